import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlannedRange, paceOf, paceSince } from './pace.ts';
import { cumulative, curveInstants, MAX_CURVE_POINTS } from './pacing-curve.ts';

const HOUR_MS = 60 * 60 * 1000;
const at = (text: string) => new Date(`2026-11-${text}:00.000Z`);
/** Straight over each window; what is delivered as fast as possible is not promised. */
const planned: PlannedRange = (windows, instant) => ({
  leastMicros: straight(
    windows.filter(({ pacing }) => pacing !== 'asap'),
    instant,
  ),
  mostMicros: straight(windows, instant),
});
const straight = (windows: Parameters<PlannedRange>[0], instant: Date) =>
  windows.reduce((sum, { startAt, endAt, budgetMicros }) => {
    const length = endAt.getTime() - startAt.getTime();
    const elapsed = Math.min(Math.max(instant.getTime() - startAt.getTime(), 0), length);
    return sum + Number((BigInt(budgetMicros) * BigInt(elapsed)) / BigInt(length));
  }, 0);
const flight = {
  startAt: at('10T00:00'),
  endAt: at('20T00:00'),
  budgetMicros: 240_000_000,
  timeZone: 'UTC',
  pacing: 'even',
  dayparts: [],
};

describe('pace', () => {
  const half = at('15T00:00');
  it.each([
    [120_000_000, 'on_pace'],
    [108_000_000, 'on_pace'],
    [107_999_999, 'under'],
    [132_000_000, 'on_pace'],
    [132_000_001, 'over'],
    [0, 'under'],
  ] as const)('of %d micros where 120,000,000 are even is %s', (spent, expected) => {
    expect(paceOf([flight], spent, half, planned)).toBe(expected);
  });

  it('of what is delivered as fast as possible is never behind, and ahead only beyond all of it', () => {
    const fast = { ...flight, pacing: 'asap' };
    expect(paceOf([fast], 0, half, planned)).toBe('on_pace');
    // The other flight alone is behind; both together are not ahead until both plans are passed.
    expect(paceOf([flight, fast], 107_999_999, half, planned)).toBe('under');
    expect(paceOf([flight, fast], 264_000_000, half, planned)).toBe('on_pace');
    expect(paceOf([flight, fast], 264_000_001, half, planned)).toBe('over');
  });

  it('is judged only while a flight runs, after its first hour', () => {
    expect(paceOf([flight], 0, at('10T00:59'), planned)).toBe('on_pace');
    expect(paceOf([flight], 0, at('10T01:00'), planned)).toBe('under');
    expect(paceOf([flight], 0, at('09T12:00'), planned)).toBe('on_pace');
    expect(paceOf([flight], 0, at('20T00:00'), planned)).toBe('on_pace');
    expect(paceOf([], 5, half, planned)).toBe('on_pace');
  });

  it('began to deviate at the hour from which it never came back', () => {
    // One million an hour is even; from the 14th at 06:00 on nothing more was spent.
    const hours = Array.from({ length: 102 }, (_, index) => ({
      hour: new Date(flight.startAt.getTime() + index * HOUR_MS),
      spentMicros: 1_000_000,
    }));
    // 102 spent: below 90 % of what is even from hour 114 on.
    expect(paceSince([flight], 102_000_000, hours, at('15T12:30'), planned)).toEqual(at('14T18:00'));
    expect(paceSince([flight], 0, [], at('19T12:30'), planned)).toEqual(at('12T13:00'));
  });
});

describe('pacing curve', () => {
  const instant = fc
    .integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) })
    .map((ms) => new Date(ms));
  it('has at most 400 points, ascending, from start to end, with now in it', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 800 * 24 * HOUR_MS }), instant, (start, length, now) => {
        const end = new Date(start.getTime() + length);
        const points = curveInstants(start, end, now);
        expect(points.length).toBeLessThanOrEqual(MAX_CURVE_POINTS);
        expect(points[0]).toEqual(start);
        expect(points.at(-1)).toEqual(end);
        expect(points.every((point, index) => index === 0 || point > points[index - 1]!)).toBe(true);
        if (now > start && now < end) expect(points).toContainEqual(now);
      }),
    );
  });

  it('never falls, holds everything at now, and says nothing after it', () => {
    const hoursIn = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 239 }), fc.integer({ min: 0, max: 1_000_000 })),
    );
    fc.assert(
      fc.property(hoursIn, fc.integer({ min: 1, max: 239 }), (spends, nowHour) => {
        const now = new Date(flight.startAt.getTime() + nowHour * HOUR_MS - 1);
        const hours = spends
          .filter(([hour]) => hour < nowHour)
          .map(([hour, spentMicros]) => ({
            hour: new Date(flight.startAt.getTime() + hour * HOUR_MS),
            spentMicros,
          }));
        const points = curveInstants(flight.startAt, flight.endAt, now);
        const totals = cumulative(points, hours, now);
        const past = totals.filter((total) => total !== null);
        expect(past.every((total, index) => index === 0 || total >= past[index - 1]!)).toBe(true);
        expect(past.at(-1)).toBe(hours.reduce((sum, row) => sum + row.spentMicros, 0));
        expect(points.every((point, index) => point > now === (totals[index] === null))).toBe(true);
      }),
    );
  });
});
