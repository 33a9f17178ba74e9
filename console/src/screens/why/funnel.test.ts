import { describe, expect, it } from 'vitest';
import { funnelBars, stepToOpen } from './funnel.ts';

const funnel = [
  { step: 'candidates' as const, count: 1000, lost: [] },
  {
    step: 'live' as const,
    count: 10,
    lost: [
      { reason: 'ended', count: 900 },
      { reason: 'paused', count: 90 },
    ],
  },
  { step: 'floor' as const, count: 1, lost: [{ reason: 'below_floor', count: 9 }] },
  { step: 'served' as const, count: 0, lost: [] },
];

describe('the bars of the funnel', () => {
  it('are full at the most, empty at zero, and fall in the order of the counts', () => {
    const bars = funnelBars(funnel);
    expect(bars.map((bar) => bar.share)).toEqual([...bars.map((bar) => bar.share)].sort((a, b) => b - a));
    expect(bars[0]?.share).toBe(1);
    expect(bars[3]?.share).toBe(0);
    expect(bars[2]?.share).toBeGreaterThan(0.09);
  });

  it('say what was there before, and how many ended', () => {
    const [first, second] = funnelBars(funnel);
    expect(first?.shareBefore).toBe(1);
    expect(second?.shareBefore).toBe(1);
    expect(second?.lostCount).toBe(990);
  });

  it('do not divide by nothing', () => {
    expect(funnelBars([{ step: 'candidates', count: 0, lost: [] }])[0]?.share).toBe(0);
    expect(funnelBars([])).toEqual([]);
  });
});

describe('the step that is open first', () => {
  const row = {
    lineItemId: 'li_1',
    lineItemName: 'One',
    campaignId: 'cmp_1',
    step: 'live' as const,
    reason: 'ended',
    reasons: [],
    unread: [],
  };
  const focus = {
    lineItemId: 'li_1',
    lineItemName: 'One',
    campaignId: 'cmp_1',
    served: false,
    reasons: [],
    rulesAsked: 1,
    rulesHeld: 0,
    edits: [],
    editsVerified: false,
    unread: [],
    countersNow: null,
    noEdit: null,
  };
  it('is where the line item in focus ended', () => {
    expect(stepToOpen({ funnel, excluded: [row], focus })).toBe('live');
  });
  it('is the last that lost something otherwise', () => {
    expect(stepToOpen({ funnel, excluded: [row], focus: null })).toBe('floor');
    expect(stepToOpen({ funnel, excluded: [row], focus: { ...focus, served: true } })).toBe('floor');
    expect(stepToOpen({ funnel: funnel.slice(0, 1), excluded: [], focus: null })).toBeNull();
  });
});
