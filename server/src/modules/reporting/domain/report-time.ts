import { nextDay, startOfDay } from '../../../kernel/zoned-day.ts';
import { localDays } from './local-days.ts';

const HOUR_MS = 60 * 60 * 1000;

/** A stretch of time that figures are added up over. */
export interface TimeBucket {
  /** A date, `2026-11` for a month, the Monday of a week, or the instant that an hour begins. */
  value: string;
  /** The first whole UTC hour that begins in it. */
  startAt: Date;
}

/**
 * The buckets of days `from` to `to` in a zone and the instant behind the last, all at whole UTC hours: counts are kept by
 * those, and an hour counts where it begins. Weeks begin on Monday (ISO 8601); the first and the last may be cut off.
 */
export function timeBuckets(
  timeZone: string,
  from: string,
  to: string,
  by: 'hour' | 'day' | 'week' | 'month' | null,
): { buckets: TimeBucket[]; endAt: Date } {
  const endAt = wholeHour(startOfDay(nextDay(to), timeZone));
  const first = wholeHour(startOfDay(from, timeZone));
  if (by === null) return { buckets: [{ value: '', startAt: first }], endAt };
  const buckets: TimeBucket[] = [];
  if (by === 'hour') {
    for (let at = first.getTime(); at < endAt.getTime(); at += HOUR_MS)
      buckets.push({ value: new Date(at).toISOString(), startAt: new Date(at) });
    return { buckets, endAt };
  }
  for (const { day, startAt } of localDays(timeZone, from, to)) {
    const value = by === 'day' ? day : by === 'week' ? mondayOf(day) : day.slice(0, 7);
    if (buckets.at(-1)?.value !== value) buckets.push({ value, startAt: wholeHour(startAt) });
  }
  return { buckets, endAt };
}

/** Whether every day of the range begins at a whole UTC hour. */
export function isWholeHours(timeZone: string, from: string, to: string): boolean {
  return [from, nextDay(to)].every((day) => startOfDay(day, timeZone).getTime() % HOUR_MS === 0);
}

function wholeHour(at: Date): Date {
  return new Date(Math.ceil(at.getTime() / HOUR_MS) * HOUR_MS);
}

function mondayOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7;
  return new Date(at - sinceMonday * 24 * HOUR_MS).toISOString().slice(0, 10);
}
