import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedSpendMicros, type PacedWindow, plannedRangeMicros } from './expected-spend.ts';

const BUDGET = 1_000_000_000;
const window = (more: Partial<PacedWindow> = {}): PacedWindow => ({
  startAt: new Date('2026-11-02T00:00:00Z'),
  endAt: new Date('2026-11-12T00:00:00Z'),
  timeZone: 'UTC',
  budgetMicros: BUDGET,
  pacing: 'even',
  dayparts: [],
  ...more,
});
/** Part of the budget that is expected by an instant. */
const share = (at: string, more: Partial<PacedWindow> = {}) =>
  expectedSpendMicros([window(more)], new Date(at)) / BUDGET;
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const evening = [{ days: everyDay, fromMinute: 18 * 60, toMinute: 22 * 60 }];

describe('expected spend', () => {
  it('runs from 0 to the budget and never back', () => {
    const { startAt, endAt } = window();
    const lengthMs = endAt.getTime() - startAt.getTime();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_000_000_000_000_000 }),
        fc.constantFrom('even', 'front_loaded', 'asap'),
        fc.nat(10_000),
        fc.nat(10_000),
        (budgetMicros, pacing, a, b) => {
          const one = window({ budgetMicros, pacing });
          const at = (n: number) => new Date(startAt.getTime() + (lengthMs * n) / 10_000);
          const [first, second] = a < b ? [a, b] : [b, a];
          expect(expectedSpendMicros([one], at(first))).toBeLessThanOrEqual(
            expectedSpendMicros([one], at(second)),
          );
          expect(expectedSpendMicros([one], new Date(startAt.getTime() - 1))).toBe(0);
          expect(expectedSpendMicros([one], endAt)).toBe(budgetMicros);
        },
      ),
    );
  });

  it('of an open, even flight is the straight line from day to day, and the typical day within each', () => {
    for (let day = 1; day < 10; day++) {
      const midnight = `2026-11-${String(2 + day).padStart(2, '0')}T00:00:00Z`;
      // The plan ends half an hour early, which is all that is left of a difference.
      expect(Math.abs(share(midnight) - day / 10)).toBeLessThan(0.004);
    }
    // By six little has been watched, by noon a third, and the evening makes up for it.
    const [six, noon] = [share('2026-11-02T06:00:00Z'), share('2026-11-02T12:00:00Z')];
    expect(six).toBeGreaterThan(0.01);
    expect(six).toBeLessThan(0.025);
    expect(noon).toBeGreaterThan(0.03);
    expect(noon).toBeLessThan(0.05);
  });

  it('waits while dayparts are closed', () => {
    const open = (at: string) => share(at, { dayparts: evening });
    expect(open('2026-11-02T17:59:00Z')).toBe(0);
    expect(open('2026-11-02T22:00:00Z')).toBeCloseTo(0.1, 6);
    expect(open('2026-11-03T17:59:00Z')).toBe(open('2026-11-02T22:00:00Z'));
    expect(open('2026-11-11T22:00:00Z')).toBe(1);
  });

  it('leans to the start when front-loaded', () => {
    const half = share('2026-11-07T00:00:00Z', { pacing: 'front_loaded' });
    expect(half).toBeGreaterThan(0.59);
    expect(half).toBeLessThan(0.61);
    expect(share('2026-11-12T00:00:00Z', { pacing: 'front_loaded' })).toBe(1);
  });

  it('is everything from the start on when as fast as possible, and promised at no hour', () => {
    expect(share('2026-11-01T23:59:59Z', { pacing: 'asap' })).toBe(0);
    expect(share('2026-11-02T00:00:00Z', { pacing: 'asap' })).toBe(1);
    const both = [window({ pacing: 'asap' }), window({ pacing: 'even', dayparts: evening })];
    const { leastMicros, mostMicros } = plannedRangeMicros(both, new Date('2026-11-02T22:00:00Z'));
    expect(leastMicros / BUDGET).toBeCloseTo(0.1, 6);
    expect(mostMicros / BUDGET).toBeCloseTo(1.1, 6);
  });

  it('keeps to the clock on the wall over a change of daylight saving', () => {
    // Clocks of Berlin go forward on 29 March: the same evening is an hour earlier in UTC.
    const berlin = {
      timeZone: 'Europe/Berlin',
      startAt: new Date('2026-03-27T23:00:00Z'),
      endAt: new Date('2026-03-30T22:00:00Z'),
    };
    const open = (at: string) => share(at, { ...berlin, dayparts: evening });
    expect(open('2026-03-28T17:00:00Z')).toBe(0);
    expect(open('2026-03-28T21:00:00Z')).toBeCloseTo(1 / 3, 6);
    expect(open('2026-03-29T16:00:00Z')).toBeCloseTo(1 / 3, 6);
    expect(open('2026-03-29T20:00:00Z')).toBeCloseTo(2 / 3, 6);
    // Even all day: the day of 23 hours is expected to bring the hour less that it has.
    const days = ['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'].map((at) => share(at, berlin));
    expect(days[1]! - days[0]!).toBeLessThan(days[0]!);
    expect(days[0]! - (days[1]! - days[0]!)).toBeLessThan(0.01);
  });

  it('expects nothing of what has no money', () => {
    expect(share('2026-11-07T00:00:00Z', { budgetMicros: 0 })).toBe(0);
    expect(expectedSpendMicros([], new Date())).toBe(0);
  });
});
