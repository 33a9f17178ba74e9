import { SCHEDULE_FREQUENCIES, WEEKDAYS } from '@cuepoint/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, nextDay, offsetMs } from '../../../kernel/zoned-day.ts';
import { dueRun, instantOf, nextRunAfter, type Recurrence, recurrenceOf } from './recurrence.ts';

const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Santiago',
  'Africa/Cairo',
  'UTC',
];
const wallOf = (at: Date, zone: string) =>
  new Date(at.getTime() + offsetMs(at.getTime(), zone)).toISOString();
const daily = (localTime: string, timeZone: string): Recurrence => ({
  frequency: 'daily',
  weekday: null,
  dayOfMonth: null,
  localTime,
  timeZone,
});
const localTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const instant = fc
  .integer({ min: Date.parse('2025-01-01') / 1000, max: Date.parse('2028-01-01') / 1000 })
  .map((second) => new Date(second * 1000));

describe('the next run', () => {
  it('comes once a local day at its time, on days of 23, 24 and 25 hours', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), localTime, instant, (zone, time, start) => {
        const every = daily(time, zone);
        let at = nextRunAfter(every, start);
        expect(at > start).toBe(true);
        for (let n = 0; n < 40; n++) {
          const next = nextRunAfter(every, at);
          // One a calendar day, and none left out.
          expect(dayOf(next, zone)).toBe(nextDay(dayOf(at, zone)));
          const shown = wallOf(next, zone).slice(11, 16);
          if (shown !== time) {
            // The time does not exist that day: it runs at the first instant after the gap.
            const before = offsetMs(next.getTime() - 1000, zone);
            const gapMs = offsetMs(next.getTime(), zone) - before;
            const wall = Date.parse(`${dayOf(next, zone)}T${time}:00Z`);
            expect(gapMs).toBeGreaterThan(0);
            expect(next.getTime() + before).toBeLessThanOrEqual(wall);
            expect(wall).toBeLessThan(next.getTime() + before + gapMs);
          }
          at = next;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is later than asked for and the earliest such time, however often it comes', () => {
    const recurrence = fc.record({
      frequency: fc.constantFrom(...SCHEDULE_FREQUENCIES),
      weekday: fc.constantFrom(...WEEKDAYS),
      dayOfMonth: fc.integer({ min: 1, max: 31 }),
      localTime,
      timeZone: fc.constantFrom(...zones),
    });
    fc.assert(
      fc.property(recurrence, instant, (one, after) => {
        const at = nextRunAfter(one, after);
        expect(at > after).toBe(true);
        // Whatever is asked between the two gives the same run.
        const between = new Date(after.getTime() + Math.floor((at.getTime() - after.getTime()) / 2));
        expect(nextRunAfter(one, between)).toEqual(at);
        expect(nextRunAfter(one, new Date(at.getTime() - 1))).toEqual(at);
        const day = dayOf(at, one.timeZone);
        if (one.frequency === 'weekly')
          expect(WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7]).toBe(one.weekday);
        if (one.frequency === 'monthly') {
          const length = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
          expect(Number(day.slice(8))).toBe(Math.min(one.dayOfMonth, length));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('knows the hour that comes twice and the one that is skipped', () => {
    const at = (day: string, time: string, zone = 'America/New_York') =>
      instantOf(day, time, zone).toISOString();
    // 2026-11-01 has 25 hours: 01:30 comes at -04:00 and again at -05:00.
    expect(at('2026-11-01', '01:30')).toBe('2026-11-01T05:30:00.000Z');
    expect(
      nextRunAfter(daily('01:30', 'America/New_York'), new Date('2026-11-01T05:30:00Z')).toISOString(),
    ).toBe('2026-11-02T06:30:00.000Z');
    // 2026-03-08 has 23 hours: 02:30 is skipped, and 03:00 follows on 01:59.
    expect(at('2026-03-08', '02:30')).toBe('2026-03-08T07:00:00.000Z');
    expect(at('2026-03-08', '03:00')).toBe('2026-03-08T07:00:00.000Z');
    // Half an hour in Lord Howe.
    expect(at('2026-10-04', '02:15', 'Australia/Lord_Howe')).toBe('2026-10-03T15:30:00.000Z');
    // Midnight is skipped in Santiago.
    expect(at('2026-09-06', '00:00', 'America/Santiago')).toBe('2026-09-06T04:00:00.000Z');
  });

  it('takes the last day of a month that is too short', () => {
    const monthly = { ...daily('06:00', 'UTC'), frequency: 'monthly' as const, dayOfMonth: 31 };
    const from = (day: string) =>
      nextRunAfter(monthly, new Date(`${day}T07:00:00Z`))
        .toISOString()
        .slice(0, 10);
    expect([from('2026-01-31'), from('2028-02-01'), from('2026-04-01')]).toEqual([
      '2026-02-28',
      '2028-02-29',
      '2026-04-30',
    ]);
  });
});

it('makes one run of those that were missed, and counts the others', () => {
  const every = daily('06:00', 'America/New_York');
  const due = new Date('2026-10-30T10:00:00Z');
  expect(dueRun(every, due, due)).toEqual({ at: due, missed: 0, next: new Date('2026-10-31T10:00:00Z') });
  // Over the change of clocks.
  expect(dueRun(every, due, new Date('2026-11-03T10:59:59Z'))).toEqual({
    at: new Date('2026-11-02T11:00:00Z'),
    missed: 3,
    next: new Date('2026-11-03T11:00:00Z'),
  });
});

it('refuses days that do not go with the frequency', () => {
  const every = daily('06:00', 'UTC');
  expect(recurrenceOf({ ...every, frequency: 'weekly' }, {})).toMatchObject({ ok: false, field: 'weekday' });
  expect(recurrenceOf({ ...every, frequency: 'monthly' }, {})).toMatchObject({
    ok: false,
    field: 'dayOfMonth',
  });
  expect(recurrenceOf({ ...every, weekday: 'monday' }, { weekday: 'monday' })).toMatchObject({ ok: false });
  expect(recurrenceOf({ ...every, dayOfMonth: 3 }, {})).toEqual({ ok: true, value: every });
});
