import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidateReasons } from './candidate.ts';
import { CREATIVES, lineItem, OPEN, REQUEST } from './fixture.ts';
import { buildIndex, decide, explain, type LineItemInput, type Readings, type Reason } from './index.ts';

const index = (lineItems: LineItemInput[]) => buildIndex({ lineItems, creatives: CREATIVES });
const winner = (lineItems: LineItemInput[], seed = 1, readings: Readings = OPEN) => {
  const { outcome } = decide(index(lineItems), REQUEST, readings, seed);
  return outcome.kind === 'ad' ? outcome.lineItem.id : outcome.reason;
};

describe('rank', () => {
  it('puts priority before price, price before id', () => {
    const dear = lineItem({ id: 'li_b', priority: 8, cpmMicros: 90_000_000 });
    const first = lineItem({ id: 'li_c', priority: 4, cpmMicros: 1_000_000 });
    const twin = lineItem({ id: 'li_a', priority: 8, cpmMicros: 90_000_000 });
    expect(winner([dear, first, twin])).toBe('li_c');
    expect(winner([dear, twin])).toBe('li_a');
  });

  it('never crosses accounts, neither by line item nor by creative', () => {
    expect(winner([lineItem({ id: 'li_x', accountId: 'acc_2' })])).toBe('no_line_item');
    expect(winner([lineItem({ id: 'li_x', creatives: [{ creativeId: 'crv_foreign', weight: 1 }] })])).toBe(
      'no_approved_creative',
    );
  });

  it('refuses a price that is no whole number of micros', () => {
    expect(() => index([lineItem({ id: 'li_x', cpmMicros: 20_000_500 })])).toThrow(/multiple of 1000/);
  });
});

/** Each breaks one rule of a line item that would serve. */
const BROKEN: [Reason, Partial<LineItemInput>, Partial<Readings>?][] = [
  ['paused', { status: 'paused' }],
  ['ended', { status: 'completed' }],
  ['not_started', { status: 'draft' }],
  ['not_started', { flights: [flight('2026-03-15T12:00:00.001Z', '2026-04-01T00:00:00Z')] }],
  ['ended', { flights: [flight('2026-03-01T00:00:00Z', '2026-03-15T12:00:00Z')] }],
  ['geo', { targeting: [{ dimension: 'country', operator: 'any_of', values: ['DE', 'AT'] }] }],
  ['geo', { targeting: [{ dimension: 'country', operator: 'none_of', values: ['US'] }] }],
  ['device', { targeting: [{ dimension: 'device', operator: 'any_of', values: ['phone'] }] }],
  ['placement', { targeting: [{ dimension: 'placement', operator: 'any_of', values: ['plc_9'] }] }],
  ['key_value', { targeting: [{ dimension: 'moon_phase', operator: 'any_of', values: ['full'] }] }],
  ['no_approved_creative', { creatives: [{ creativeId: 'crv_new', weight: 1 }] }],
  ['no_budget', {}, { availableMicros: () => 19_999 }],
  ['pacing_ahead', {}, { passRate: () => 0 }],
];
function flight(startAt: string, endAt: string) {
  return { id: 'flt_1', startAt, endAt, budgetMicros: null };
}

describe('reasons', () => {
  it.each(BROKEN)('breaking one rule gives exactly %s', (reason, over, readings) => {
    const built = index([lineItem({ id: 'li_x', ...over })]);
    const answer = explain(built, REQUEST, { ...OPEN, ...readings }, 1);
    expect(answer.candidates[0]!.reasons).toEqual([reason]);
    expect(answer.outcome).toEqual({ kind: 'no_ad', reason });
  });

  it('says duration_fit when the only creative is too long or too short', () => {
    const built = index([lineItem({ id: 'li_x' })]);
    for (const range of [{ maxDurationMs: 29_999 }, { minDurationMs: 30_001, maxDurationMs: 60_000 }])
      expect(decide(built, { ...REQUEST, ...range }, OPEN, 1).outcome).toEqual({
        kind: 'no_ad',
        reason: 'duration_fit',
      });
  });

  it('gives losers their rank and several reasons in order', () => {
    const built = index([
      lineItem({ id: 'li_a', priority: 1 }),
      lineItem({ id: 'li_b', priority: 1 }),
      lineItem({ id: 'li_c' }),
      lineItem({ id: 'li_d', status: 'paused', creatives: [], targeting: BROKEN[5]![1].targeting! }),
    ]);
    const { candidates } = explain(built, REQUEST, OPEN, 1);
    expect(candidates.map((candidate) => [candidate.lineItem.id, candidate.reasons])).toEqual([
      ['li_a', []],
      ['li_b', ['lost_rank']],
      ['li_c', ['lower_priority']],
      ['li_d', ['paused', 'geo', 'no_approved_creative']],
    ]);
  });

  it('treats an unknown value as outside every rule', () => {
    const excluded = lineItem({
      id: 'li_x',
      targeting: [{ dimension: 'country', operator: 'none_of', values: ['DE'] }],
    });
    expect(decide(index([excluded]), REQUEST, OPEN, 1).outcome.kind).toBe('ad');
    expect(decide(index([excluded]), { ...REQUEST, country: null }, OPEN, 1).outcome).toEqual({
      kind: 'no_ad',
      reason: 'geo',
    });
  });
});

describe('draws', () => {
  it('lets in the share that the pass rate says, and rotates by weight', () => {
    const item = lineItem({
      id: 'li_x',
      creatives: [
        { creativeId: 'crv_15', weight: 3 },
        { creativeId: 'crv_30', weight: 1 },
      ],
    });
    const built = index([item]);
    let served = 0;
    let short = 0;
    for (let seed = 0; seed < 20_000; seed++) {
      const { outcome } = decide(built, REQUEST, { ...OPEN, passRate: () => 0.3 }, seed);
      if (outcome.kind !== 'ad') continue;
      served++;
      if (outcome.creative.id === 'crv_15') short++;
    }
    expect(served / 20_000).toBeGreaterThan(0.28);
    expect(served / 20_000).toBeLessThan(0.32);
    expect(short / served).toBeGreaterThan(0.72);
    expect(short / served).toBeLessThan(0.78);
  });
});

const anyLineItem = fc.record({
  id: fc.constantFrom(...Array.from({ length: 200 }, (_, n) => `li_${n}`)),
  priority: fc.integer({ min: 1, max: 4 }),
  cpmMicros: fc.integer({ min: 1, max: 5 }).map((dollars) => dollars * 1_000_000),
  status: fc.constantFrom('active' as const, 'active' as const, 'paused' as const),
  creatives: fc.subarray([
    { creativeId: 'crv_15', weight: 1 },
    { creativeId: 'crv_30', weight: 2 },
    { creativeId: 'crv_new', weight: 1 },
  ]),
  targeting: fc.array(
    fc.record({
      dimension: fc.constantFrom('country', 'device', 'placement', 'other'),
      operator: fc.constantFrom('any_of' as const, 'none_of' as const),
      values: fc.uniqueArray(fc.constantFrom('US', 'DE', 'ctv', 'phone', 'plc_1'), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    { maxLength: 3 },
  ),
});
const anyRequest = fc.record({
  country: fc.constantFrom('US', 'DE', 'FR', null),
  device: fc.constantFrom('ctv', 'phone', 'desktop'),
  maxDurationMs: fc.constantFrom(10_000, 15_000, 30_000),
});

describe('properties', () => {
  it('serves the best candidate that the plain rules let in, deterministically', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyLineItem, { selector: (item) => item.id, maxLength: 70 }),
        anyRequest,
        fc.nat(),
        (items, over, seed) => {
          const lineItems = items.map((item) => lineItem(item));
          const request = { ...REQUEST, ...over };
          const built = index(lineItems);
          const first = decide(built, request, OPEN, seed);
          const again = decide(index([...lineItems].reverse()), request, OPEN, seed);
          const name = (decision: typeof first) =>
            decision.outcome.kind === 'ad'
              ? [decision.outcome.lineItem.id, decision.outcome.creative.id]
              : decision.outcome.reason;
          expect(name(again)).toEqual(name(first));
          const candidates = (built.accounts.get('acc_1')?.items ?? []).filter(
            (item) => candidateReasons(item, request).length === 0,
          );
          expect(first.outcome.kind === 'ad' ? first.outcome.lineItem.id : undefined).toBe(candidates[0]?.id);
          if (first.outcome.kind === 'ad')
            expect(first.outcome.creative.durationMs).toBeLessThanOrEqual(request.maxDurationMs);
          for (const candidate of explain(built, request, OPEN, seed).candidates)
            expect(candidate.reasons.length === 0).toBe(
              first.outcome.kind === 'ad' && candidate.lineItem === first.outcome.lineItem,
            );
        },
      ),
      { numRuns: 300 },
    );
  });
});
