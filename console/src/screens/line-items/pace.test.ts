import type { Flight } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { flightInView, lineItemPace } from './pace.ts';

const flight = (
  startAt: string,
  endAt: string,
  budgetMicros: number | null,
  spentMicros = 0,
  expectedMicros: number | null = null,
): Flight => ({
  id: `fl_${startAt}`,
  lineItemId: 'li_1',
  name: 'Flight',
  startAt: `${startAt}T00:00:00.000Z`,
  endAt: `${endAt}T00:00:00.000Z`,
  timeZone: 'UTC',
  budgetMicros,
  impressionGoal: null,
  dailyBudgetMicros: null,
  spentMicros,
  expectedMicros,
  impressions: 0,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});
const now = Date.parse('2026-11-11T00:00:00.000Z');

describe('the pace of a line item', () => {
  it('is spent and expected over the budgets of its flights', () => {
    const flights = [
      flight('2026-11-01', '2026-11-11', 100, 90, 100),
      flight('2026-11-11', '2026-11-21', 300, 0, 0),
      flight('2026-11-01', '2026-11-21', null, 50),
    ];
    const pace = { actual: 90 / 400, expected: 100 / 400, isOff: false };
    expect(lineItemPace({ pacing: 'even', flights })).toEqual(pace);
  });
  it('is off by more than a tenth, but for what is delivered as fast as possible', () => {
    const flights = [flight('2026-11-01', '2026-11-21', 100, 44, 50)];
    const isOff = (pacing: 'even' | 'front_loaded' | 'asap') => lineItemPace({ pacing, flights })?.isOff;
    expect([isOff('even'), isOff('front_loaded'), isOff('asap')]).toEqual([true, true, false]);
  });
  it('is unknown without a budget', () => {
    expect(lineItemPace({ pacing: 'even', flights: [flight('2026-11-01', '2026-11-21', null)] })).toBeNull();
    expect(lineItemPace({ pacing: 'even', flights: [] })).toBeNull();
  });
});

describe('the flight in view', () => {
  const past = flight('2026-10-01', '2026-10-11', 1);
  const running = flight('2026-11-10', '2026-11-20', 1);
  const next = flight('2026-12-01', '2026-12-11', 1);
  it('runs, or is the next, or was the last', () => {
    expect(flightInView([next, running, past], now)).toBe(running);
    expect(flightInView([next, past], now)).toBe(next);
    expect(flightInView([past], now)).toBe(past);
    expect(flightInView([], now)).toBeNull();
  });
});
