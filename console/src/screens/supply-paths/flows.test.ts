import type { SupplyAnalysis } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { cpmFees, ppmText, sankeyFlows, sourceOf, stageOf, waterfallSteps } from './flows.ts';

type Entry = SupplyAnalysis['paths'][number];
type Stack = Entry['additive'];

const rate = (party: string, percent: number, confidence = 'R') => ({
  party,
  typicalPpm: percent * 10_000,
  lowPpm: null,
  highPpm: null,
  confidence,
  source: 'contract',
});

function stack(mode: Stack['mode'], rows: readonly (readonly [string, number])[]): Stack {
  let remaining = 10_000_000;
  const taken = rows.map(([name, feeMicros]) => {
    remaining -= feeMicros;
    return { name, party: name, kind: 'cpm' as const, value: 0, feeMicros, remainingMicros: remaining };
  });
  return {
    mode,
    grossCpmMicros: 10_000_000,
    rows: taken,
    publisherNetMicros: remaining,
    publisherSharePpm: remaining / 10,
    takeRatePpm: 1_000_000 - remaining / 10,
  };
}

// The cascading reference case of two paths, and a direct one.
const first: Entry = {
  path: {
    id: 'one',
    number: 1,
    name: 'one',
    dsp: rate('Amazon DSP', 12),
    exchange: rate('Bidswitch', 2),
    ssp: rate('Magnite', 15),
    measurementCpmMicros: 75_000,
    creativeCpmMicros: 5000,
    effectiveOn: '2026-01-01',
    dataVersion: '1',
  },
  additive: stack('additive', [
    ['creative', 5000],
    ['dsp', 1_200_000],
    ['exchange', 200_000],
    ['ssp', 1_500_000],
    ['measurement', 75_000],
  ]),
  cascading: stack('cascading', [
    ['dsp', 1_200_000],
    ['measurement', 75_000],
    ['creative', 5000],
    ['exchange', 174_400],
    ['ssp', 1_281_840],
  ]),
};
const direct: Entry = {
  path: { ...first.path, id: 'eight', number: 8, exchange: null, ssp: rate('FreeWheel', 12, 'A') },
  additive: stack('additive', [['dsp', 1_200_000]]),
  cascading: stack('cascading', [
    ['dsp', 1_200_000],
    ['measurement', 75_000],
    ['creative', 5000],
    ['ssp', 1_046_400],
  ]),
};

describe('supply path pictures', () => {
  it('lets the money of a flow end at the publisher net, in both modes', () => {
    for (const mode of ['additive', 'cascading'] as const) {
      const [flow] = sankeyFlows([first], mode, 1, 2);
      expect(flow?.after.at(-1)).toBe(first[mode].publisherNetMicros);
      expect(flow?.highlight).toBe(1);
    }
    expect(first.cascading.publisherNetMicros).toBe(7_263_760);
    expect(first.additive.publisherNetMicros).toBe(7_020_000);
  });
  it('passes the exchange by on a direct path', () => {
    const [flow] = sankeyFlows([direct], 'cascading', 1, 2);
    expect(flow?.nodes).toEqual(['Amazon DSP', null, 'FreeWheel', 'Publishers']);
    expect(flow?.after[0]).toBe(flow?.after[1]);
    expect(flow?.highlight).toBe(0);
  });
  it('lines up the steps of two paths and says none where one has no such step', () => {
    const steps = waterfallSteps(direct, first, 'cascading');
    expect(steps.map((step) => step.name)).toEqual([
      'Gross',
      'DSP',
      'Measurement',
      'Creative',
      'Exchange',
      'SSP',
      'Publisher',
    ]);
    expect(steps[4]).toMatchObject({ first: null, detail: 'none / 2 % of rest' });
    const fees = steps
      .filter((step) => step.kind === 'fee')
      .reduce((sum, step) => sum + (step.second?.amountMicros ?? 0), 0);
    expect(fees + (steps.at(-1)?.second?.amountMicros ?? 0)).toBe(10_000_000);
  });
  it('reads stages, rates and how sure they are', () => {
    expect(
      ['DSP fee', 'exchange', 'SSP', 'measurement', 'Creative', 'tax'].map((name) => stageOf({ name })),
    ).toEqual(['dsp', 'exchange', 'ssp', 'measurement', 'creative', null]);
    expect(ppmText(120_000)).toBe('12 %');
    expect(ppmText(726_376, 2)).toBe('72.64 %');
    expect(cpmFees(first.path)).toBe(80_000);
    expect(sourceOf(first.path).word).toBe('stated');
    expect(sourceOf(direct.path).word).toBe('part assumed');
  });
});
