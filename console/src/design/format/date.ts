const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
    formats.set(key, known);
  }
  return known;
}

/** "New York" for America/New_York: the zone beside a time, short. */
export function zoneName(zone: string): string {
  if (zone === 'UTC' || zone === 'Etc/UTC') return 'UTC';
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "2 Nov" of an instant, in a zone; with the year when `year` is set. Months have three letters in every locale. */
export function day(at: string | number, zone: string, year = false): string {
  const [years, month, date] = isoDay(at, zone).split('-');
  return `${Number(date)} ${months[Number(month) - 1]}${year ? ` ${years}` : ''}`;
}

/** "17 Nov 14:32" of an instant, in a zone. */
export function dayTime(at: string | number, zone: string): string {
  return `${day(at, zone)} ${clock(at, zone)}`;
}

/** "14:32", or "14:32:07" with seconds. */
export function clock(at: string | number, zone: string, withSeconds = false): string {
  return format(zone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  }).format(new Date(at));
}

/** "Tue 17 Nov 2026, 14:32" */
export function longTime(at: string | number, zone: string): string {
  const date = new Date(at);
  const weekday = format(zone, { weekday: 'short' }).format(date);
  return `${weekday} ${day(at, zone, true)}, ${clock(at, zone)}`;
}

/** How long ago or ahead, in its largest unit: "41 min", "3 d". */
export function span(ms: number): string {
  const size = Math.abs(ms);
  if (size < 60_000) return `${Math.max(0, Math.floor(size / 1000))} s`;
  if (size < 3_600_000) return `${Math.floor(size / 60_000)} min`;
  if (size < 172_800_000) return `${Math.floor(size / 3_600_000)} h`;
  return `${Math.floor(size / 86_400_000)} d`;
}

/** The zone of the person at the screen. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** "2026-11-17" of an instant, in a zone: what date inputs hold. */
export function isoDay(at: string | number, zone: string): string {
  const parts = format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(
    new Date(at),
  );
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}
