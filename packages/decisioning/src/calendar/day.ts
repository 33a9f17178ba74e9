import { FIRST_YEAR, LAST_YEAR, type Zone } from './zone.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_OF_WEEK = 7 * 1440;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const FIRST_WEEKDAY = 3;
/** No change of the clocks goes back by more than this, so later than this before midnight no new day has begun. */
const LONGEST_REPEAT_MS = 3 * 3_600_000;

/**
 * The number of a calendar date: days since 1970-01-01. Throws RangeError for what is not a date `YYYY-MM-DD` of the
 * years 1970 to 2199.
 */
export function dayNumber(date: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const ms = parts ? Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : Number.NaN;
  const day = ms / DAY_MS;
  if (!(day >= 0) || Number(parts![1]) > LAST_YEAR || dateOf(day) !== date)
    throw new RangeError(
      `date '${date}' must be a calendar date YYYY-MM-DD of the years ${FIRST_YEAR} to ${LAST_YEAR}`,
    );
  return day;
}

/** The calendar date `YYYY-MM-DD` of a day number. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The first instant of a calendar day in a zone, UTC ms. Where midnight is skipped the day starts with the first
 * instant after the gap; where it comes twice, with the first. A date that a zone skipped altogether (Samoa's
 * 2011-12-30) starts and ends at the same instant.
 */
export function startOfDay(zone: Zone, day: number): number {
  return zone.firstInstantOf(day * DAY_MS);
}

/** The end of a calendar day, exclusive: where the next one starts. Days are 23 to 25 hours long where clocks change. */
export function endOfDay(zone: Zone, day: number): number {
  return zone.firstInstantOf((day + 1) * DAY_MS);
}

/**
 * The day an instant belongs to: `startOfDay(day) <= at < endOfDay(day)`. It never goes back, also where the clocks
 * are set back over midnight and the wall shows the old date again for a while.
 */
export function dayAt(zone: Zone, atMs: number): number {
  const wall = zone.wallAt(atMs);
  const day = Math.floor(wall / DAY_MS);
  const left = (day + 1) * DAY_MS - wall;
  return left <= LONGEST_REPEAT_MS && startOfDay(zone, day + 1) <= atMs ? day + 1 : day;
}

/** Minute of the week that the wall shows: 0 is Monday 00:00, 10079 is Sunday 23:59. */
export function weekMinuteAt(zone: Zone, atMs: number): number {
  return weekMinuteOf(zone.wallAt(atMs));
}

/** The same of a reading of the wall. */
export function weekMinuteOf(wallMs: number): number {
  const minutes = Math.floor(wallMs / MINUTE_MS) + FIRST_WEEKDAY * 1440;
  return ((minutes % MINUTES_OF_WEEK) + MINUTES_OF_WEEK) % MINUTES_OF_WEEK;
}
