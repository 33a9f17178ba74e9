import { expect } from 'vitest';
import { dateOf, dayAt, dayNumber, startOfDay } from './day.ts';
import { type Daypart, isOpen, nextChangeAt, type Schedule } from './dayparts.ts';
import type { Zone } from './zone.ts';

const MINUTE_MS = 60_000;

/** What the wall shows, straight from the platform's formatter: slow, and nothing of ours in it. */
export function wallOracle(timeZone: string): (atMs: number) => { date: string; minute: number } {
  const formatter = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (atMs) => {
    const text = formatter.format(atMs);
    return { date: text.slice(0, 10), minute: Number(text.slice(12, 14)) * 60 + Number(text.slice(15, 17)) };
  };
}

/** Open by the definition: some part covers this minute of this day, or runs over from the day before. */
export function isOpenByParts(parts: readonly Daypart[], date: string, minute: number): boolean {
  const weekday = ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
  const before = weekday === 1 ? 7 : weekday - 1;
  return parts.some(({ days, fromMinute, toMinute }) =>
    toMinute > fromMinute
      ? days.includes(weekday) && minute >= fromMinute && minute < toMinute
      : (days.includes(weekday) && minute >= fromMinute) || (days.includes(before) && minute < toMinute),
  );
}

/** Goes through every minute and holds days, schedule and its changes against the oracle. */
export function walkMinutes(
  zone: Zone,
  parts: readonly Daypart[],
  schedule: Schedule,
  fromMs: number,
  days: number,
) {
  const wall = wallOracle(zone.name);
  let newest = wall(fromMs).date;
  let wasOpen = isOpenByParts(parts, newest, wall(fromMs).minute);
  let expectedChange = nextChangeAt(schedule, zone, fromMs);
  let changes = 0;
  for (let at = fromMs; at < fromMs + days * 1440 * MINUTE_MS; at += MINUTE_MS) {
    const { date, minute } = wall(at);
    if (date > newest) {
      // Dates between were skipped by the zone and are empty.
      for (let day = dayNumber(newest) + 1; day <= dayNumber(date); day++)
        if (startOfDay(zone, day) !== at)
          expect.fail(`${zone.name} ${dateOf(day)} should start at ${iso(at)}`);
      newest = date;
    }
    if (dateOf(dayAt(zone, at)) !== newest) expect.fail(`${zone.name} ${iso(at)} belongs to ${newest}`);
    const open = isOpenByParts(parts, date, minute);
    if (isOpen(schedule, zone, at) !== open) expect.fail(`${zone.name} ${iso(at)} open: ${open}`);
    if (open !== wasOpen) {
      if (expectedChange !== at) expect.fail(`${zone.name}: change at ${iso(at)}, not ${expectedChange}`);
      changes++;
      wasOpen = open;
      expectedChange = nextChangeAt(schedule, zone, at);
    } else if (at >= expectedChange) {
      expect.fail(`${zone.name}: no change at ${iso(at)}`);
    } else if (at % 37 === 0 && nextChangeAt(schedule, zone, at) !== expectedChange) {
      expect.fail(`${zone.name} ${iso(at)}: another next change than before`);
    }
  }
  return changes;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
