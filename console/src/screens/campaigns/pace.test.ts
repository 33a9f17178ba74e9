import { describe, expect, it } from 'vitest';
import { neededADay, paceOf, plannedImpressions } from './pace.ts';

const campaign = {
  budgetMicros: 240_000_000_000,
  spentMicros: 90_000_000_000,
  expectedMicros: 120_000_000_000,
  expectedLeastMicros: 120_000_000_000,
  startAt: '2026-11-02T00:00:00Z',
  endAt: '2026-12-07T00:00:00Z',
};

describe('pace', () => {
  it('compares what was delivered with what was expected', () => {
    expect(paceOf(campaign)).toEqual({ actual: 0.375, expected: 0.5, ratio: 0.75, isOff: true });
    expect(paceOf({ ...campaign, spentMicros: 110_000_000_000 }).isOff).toBe(false);
    expect(paceOf({ ...campaign, expectedMicros: 0 }).ratio).toBeNull();
  });
  it('is late for nothing that is delivered as fast as possible', () => {
    const fast = { ...campaign, expectedLeastMicros: 0 };
    expect(paceOf(fast).isOff).toBe(false);
    expect(paceOf({ ...fast, spentMicros: 140_000_000_000 }).isOff).toBe(true);
  });
  it('spreads what is left over what time is left', () => {
    expect(neededADay(campaign, Date.parse('2026-11-27T00:00:00Z'))).toBe(15_000_000_000);
    expect(neededADay(campaign, Date.parse('2026-12-06T12:00:00Z'))).toBe(150_000_000_000);
    expect(neededADay(campaign, Date.parse('2026-12-07T00:00:00Z'))).toBeNull();
    expect(neededADay({ ...campaign, spentMicros: campaign.budgetMicros }, 0)).toBeNull();
  });
  it('counts whole impressions exactly for the largest budget', () => {
    expect(plannedImpressions(240_000_000_000, 24_100_000)).toBe(9_958_506);
    expect(plannedImpressions(9_000_000_000_000_000, 1000)).toBe(9_000_000_000_000_000);
    expect(plannedImpressions(1, 0)).toBe(0);
  });
});
