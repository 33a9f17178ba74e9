import { describe, expect, it } from 'vitest';
import { generateHistory, type HistoryInput } from './history.ts';

const from = Date.parse('2026-11-10T00:00:00Z');
const input: HistoryInput = {
  accountId: 'acc_1',
  placementId: 'plc_1',
  lineItem: {
    id: 'li_1',
    campaignId: 'cmp_1',
    cpmMicros: 24_000_000,
    currency: 'USD',
    flights: [
      {
        id: 'flt_1',
        startAt: '2026-11-10T00:00:00.000Z',
        endAt: '2026-11-20T00:00:00.000Z',
        timeZone: 'UTC',
        budgetMicros: 40_000_000,
        impressionGoal: null,
        dailyBudgetMicros: null,
      },
    ],
  },
  creativeId: 'crv_1',
  fromMs: from,
  untilMs: from + 5 * 86_400_000,
  seed: 42,
  requestsPerHour: 60,
};

describe('generated history', () => {
  const rows = generateHistory(input);
  const sum = (event: string) =>
    rows.filter((row) => row.event === event).reduce((total, row) => total + row.count, 0);
  const spent = rows.reduce((total, row) => total + row.spent_micros, 0);

  it('spends exactly the price of its impressions, at an even pace', () => {
    expect(spent).toBe(sum('impression') * 24_000);
    // Half of the flight has passed: half of the money, and at most an hour of head start more.
    expect(spent).toBeGreaterThan(19_000_000);
    expect(spent).toBeLessThan(20_800_000);
  });

  it('has a funnel that only narrows', () => {
    const funnel = ['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete'].map(sum);
    expect(funnel).toEqual([...funnel].sort((a, b) => b - a));
    expect(sum('complete') / sum('start')).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed and another for another', () => {
    expect(generateHistory(input)).toEqual(rows);
    expect(generateHistory({ ...input, seed: 43 })).not.toEqual(rows);
  });
});
