import { describe, expect, it } from 'vitest';
import { feeStackAssumptions, formatMicros, REFERENCE_CASE } from './assumptions.ts';
import { amortisedCreativeCpmMicros, breakEvenImpressions, freedBudgetMicros } from './creative-cost.ts';

describe('breakEvenImpressions', () => {
  it.each([
    [5_000_000, 30_000, 10_000_000, 16_666.66667],
    [5_000_000, 24_990, 10_000_000, 20_008.0032],
    [250_000_000, 30_000, 25_000_000, 333_333.3333],
  ])('%i micros at %i ppm of %i', (creativeCostMicros, netAdvantagePpm, grossCpmMicros, expected) => {
    expect(breakEvenImpressions({ creativeCostMicros, netAdvantagePpm, grossCpmMicros })).toBeCloseTo(
      expected,
      4,
    );
  });

  it('never, when nothing is saved', () => {
    const at = (netAdvantagePpm: number) =>
      breakEvenImpressions({ creativeCostMicros: 5_000_000, netAdvantagePpm, grossCpmMicros: 10_000_000 });
    expect([at(0), at(-30_000)]).toEqual([null, null]);
  });
});

describe('amortisedCreativeCpmMicros', () => {
  it('$5 over a million impressions is half a cent CPM', () => {
    expect(amortisedCreativeCpmMicros(5_000_000, 1_000_000)).toBe(5_000);
  });
  it('rounds to the micro', () => {
    expect(amortisedCreativeCpmMicros(1, 3)).toBe(333);
    expect(amortisedCreativeCpmMicros(0, 3)).toBe(0);
  });
  it('names what it cannot divide by', () => {
    expect(() => amortisedCreativeCpmMicros(1, 0)).toThrow(
      'plannedImpressions is 0; accepted: a whole number of impressions',
    );
  });
});

describe('freedBudgetMicros', () => {
  it('three points of $50,000 are $1,500', () => {
    expect(freedBudgetMicros(50_000_000_000, 30_000)).toBe(1_500_000_000);
    expect(freedBudgetMicros(50_000_000_000, -30_000)).toBe(-1_500_000_000);
  });
});

describe('feeStackAssumptions', () => {
  it('says how the reference case amortises its creative, and which mode is shown', () => {
    const { currency, creativeCostMicros, creativePlannedImpressions, measurementCpmMicros } = REFERENCE_CASE;
    const lines = (mode: 'additive' | 'cascading') =>
      feeStackAssumptions({
        mode,
        currency,
        creativeCostMicros,
        plannedImpressions: creativePlannedImpressions,
        measurementCpmMicros,
      });
    expect(lines('additive')).toContain(
      'Creative: USD 5.00 spread over 1,000,000 impressions = USD 0.005 CPM.',
    );
    expect(lines('additive')).toContain('Measurement: USD 0.075 CPM for the vendor bundle.');
    expect(lines('additive')[0]).toMatch(/^Mode additive/);
    expect(lines('cascading')[0]).toMatch(/^Mode cascading/);
  });

  it.each([
    [0, '0.00'],
    [5_000, '0.005'],
    [-7_263_760, '-7.26376'],
    [1_234_567_000_000, '1,234,567.00'],
    [1, '0.000001'],
    [100_000, '0.10'],
  ])('formats %i micros as %s', (micros, text) => {
    expect(formatMicros(micros)).toBe(text);
  });
});
