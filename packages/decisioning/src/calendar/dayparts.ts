import { weekMinuteAt, weekMinuteOf } from './day.ts';
import type { Zone } from './zone.ts';

const DAY = 1440;
const WEEK = 7 * DAY;
const MINUTE_MS = 60_000;
/** More parts than this say nothing that fewer could not: a week has 168 hours. */
const MAX_PARTS = 168;
/** A change of state lies within a week; clocks that skip just that minute put it off by a week or two. */
const HORIZON_MS = 22 * DAY * MINUTE_MS;

/** Hours of some days, in what the wall shows. */
export interface Daypart {
  /** ISO weekdays: 1 Monday to 7 Sunday. For a part that runs over midnight, the day it begins on. */
  readonly days: readonly number[];
  /** Minute of the day it opens, 0 to 1439. */
  readonly fromMinute: number;
  /** Minute of the day it closes, exclusive, 1 to 1440; not after `fromMinute`: on the next day. */
  readonly toMinute: number;
}

/** A weekly schedule as merged stretches of minutes of the week; made by {@link compileSchedule}. */
export interface Schedule {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Checks and merges the parts of a schedule. A schedule without parts is never open; who wants "always" passes no
 * schedule. Throws RangeError naming the field and what would be accepted.
 */
export function compileSchedule(parts: readonly Daypart[]): Schedule {
  if (parts.length > MAX_PARTS)
    throw new RangeError(`dayparts has ${parts.length} parts, at most ${MAX_PARTS} are accepted`);
  const spans: [number, number][] = [];
  parts.forEach((part, index) => {
    const at = `dayparts[${index}]`;
    whole(`${at}.fromMinute`, part.fromMinute, 0, DAY - 1);
    whole(`${at}.toMinute`, part.toMinute, 1, DAY);
    if (part.fromMinute === part.toMinute)
      throw new RangeError(
        `${at}.toMinute ${part.toMinute} must differ from fromMinute; all day is 0 to 1440`,
      );
    if (part.days.length === 0 || part.days.length > 7)
      throw new RangeError(`${at}.days has ${part.days.length} days, 1 to 7 are accepted`);
    for (const day of part.days) {
      whole(`${at}.days`, day, 1, 7);
      const start = (day - 1) * DAY + part.fromMinute;
      const end = (day - 1) * DAY + part.toMinute + (part.toMinute <= part.fromMinute ? DAY : 0);
      spans.push([start, Math.min(end, WEEK)]);
      if (end > WEEK) spans.push([0, end - WEEK]);
    }
  });
  spans.sort((a, b) => a[0] - b[0]);
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [start, end] of spans) {
    const last = ends.length - 1;
    if (last >= 0 && start <= ends[last]!) ends[last] = Math.max(ends[last]!, end);
    else {
      starts.push(start);
      ends.push(end);
    }
  }
  return { starts, ends };
}

/** True when the schedule is open in that minute of the week (0 is Monday 00:00). */
export function isOpenMinute(schedule: Schedule, weekMinute: number): boolean {
  const span = spanAt(schedule, weekMinute);
  return span >= 0 && weekMinute < schedule.ends[span]!;
}

/** True when the schedule is open at an instant, by what the wall shows there. */
export function isOpen(schedule: Schedule, zone: Zone, atMs: number): boolean {
  return isOpenMinute(schedule, weekMinuteAt(zone, atMs));
}

/**
 * The first instant after `atMs` at which {@link isOpen} answers otherwise than at `atMs`; Infinity when the schedule
 * is always or never open. Changes of the clocks count: one may jump into, over or back behind an edge.
 */
export function nextChangeAt(schedule: Schedule, zone: Zone, atMs: number): number {
  const was = isOpen(schedule, zone, atMs);
  let at = atMs;
  while (at < atMs + HORIZON_MS) {
    const wall = zone.wallAt(at);
    const minute = Math.floor(wall / MINUTE_MS);
    const change = (minute + minutesToChange(schedule, weekMinuteOf(wall))) * MINUTE_MS;
    const end = zone.stretchEnd(at);
    const instant = at + (change - wall);
    if (instant < end) return instant;
    if (isOpen(schedule, zone, end) !== was) return end;
    at = end;
  }
  return Number.POSITIVE_INFINITY;
}

/** Minutes from the start of a minute of the week to the next edge, going round the week; Infinity without one. */
function minutesToChange({ starts, ends }: Schedule, minute: number): number {
  const span = spanAt({ starts, ends }, minute);
  if (span >= 0 && minute < ends[span]!) {
    if (ends[span]! < WEEK || starts[0] !== 0) return ends[span]! - minute;
    // Open over the end of the week.
    return starts.length === 1 ? Number.POSITIVE_INFINITY : WEEK - minute + ends[0]!;
  }
  if (starts.length === 0) return Number.POSITIVE_INFINITY;
  return span + 1 < starts.length ? starts[span + 1]! - minute : WEEK - minute + starts[0]!;
}

/** The last span that starts at or before a minute; -1 when there is none. */
function spanAt({ starts }: Schedule, minute: number): number {
  let low = -1;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= minute) low = middle;
    else high = middle;
  }
  return low;
}

function whole(field: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${field} ${value} must be a whole number from ${least} to ${most}`);
}
