import { day, dayTime, longTime, ownZone, zoneName } from './format/date.ts';

/** An instant with its zone beside it; the full text is the tooltip. */
export function DateTime({
  at,
  zone = ownZone(),
  quietZone = true,
}: {
  at: string;
  zone?: string;
  quietZone?: boolean;
}) {
  return (
    <time dateTime={at} title={`${longTime(at, zone)} ${zone}`} className="whitespace-nowrap">
      {dayTime(at, zone)} <span className={quietZone ? 'text-fg-3' : undefined}>{zoneName(zone)}</span>
    </time>
  );
}

/** From the first to the last day of a range whose end is the instant after it. */
export function DayRange({ from, until, zone }: { from: string; until: string; zone: string }) {
  const last = Date.parse(until) - 1;
  return (
    <span className="whitespace-nowrap" title={`${longTime(from, zone)} to ${longTime(last, zone)} ${zone}`}>
      {day(from, zone)} to {day(last, zone)} <span className="text-fg-3">{zoneName(zone)}</span>
    </span>
  );
}
