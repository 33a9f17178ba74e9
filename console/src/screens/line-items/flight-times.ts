import { clock, isoDay } from '../../design/format/date.ts';

/** "2026-11-17T14:32" of an instant in a zone: what a date-time field holds. */
export function localOf(at: string, zone: string): string {
  return `${isoDay(at, zone)}T${clock(at, zone)}`;
}

/**
 * The instant of a local time in a zone. Where clocks go back the first of both is taken; a time that clocks skip is the
 * one an hour later. Null when the text is no local time.
 */
export function instantOf(local: string, zone: string): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/.exec(local);
  if (!match) return null;
  const wanted = Date.parse(`${local}:00Z`);
  if (!Number.isFinite(wanted)) return null;
  // Offsets a day before and after are the only two that can apply; the earlier instant that reads as wanted is taken.
  const candidates = [wanted - 86_400_000, wanted + 86_400_000]
    .map((near) => wanted - offsetAt(near, zone))
    .sort((a, b) => a - b);
  const exact = candidates.find((at) => at + offsetAt(at, zone) === wanted);
  return new Date(exact ?? candidates.at(-1) ?? wanted).toISOString();
}

/** How far the clocks of a zone are ahead of UTC at an instant, ms. */
function offsetAt(at: number, zone: string): number {
  const text = localOf(new Date(at).toISOString(), zone);
  return Date.parse(`${text}:00Z`) - Math.floor(at / 60_000) * 60_000;
}
