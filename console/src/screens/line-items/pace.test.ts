import type { Flight } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { flightInView, lineItemPace } from './pace.ts';

const flight = (startAt: string, endAt: string, budgetMicros: number | null, spentMicros = 0): Flight => ({
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
  impressions: 0,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});
const now = Date.parse('2026-11-11T00:00:00.000Z');

describe('the pace of a line item', () => {
  it('is spent and expected over the budgets of its flights', () => {
    const flights = [
      flight('2026-11-01', '2026-11-11', 100, 90),
      flight('2026-11-11', '2026-11-21', 300),
      flight('2026-11-01', '2026-11-21', null, 50),
    ];
    expect(lineItemPace({ flights, spentMicros: 140 }, now)).toEqual({
      actual: 90 / 400,
      expected: 100 / 400,
    });
  });
  it('is unknown without a budget', () => {
    expect(
      lineItemPace({ flights: [flight('2026-11-01', '2026-11-21', null)], spentMicros: 1 }, now),
    ).toBeNull();
    expect(lineItemPace({ flights: [], spentMicros: 0 }, now)).toBeNull();
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
