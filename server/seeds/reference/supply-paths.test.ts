import { analyseFeeStack, comparePaths } from '@cuepoint/supply-economics';
import { describe, expect, it } from 'vitest';
import { type FeeRange, feesOfPath, SUPPLY_PATHS, VERIFICATION_VENDORS } from './supply-paths.ts';

const base = { grossCpmMicros: 10_000_000, currency: 'USD' };
const net = (number: number, mode: 'additive' | 'cascading', end: 'low' | 'typical' | 'high' = 'typical') =>
  analyseFeeStack({ ...base, mode, fees: feesOfPath(SUPPLY_PATHS[number - 1]!, end) }).publisherNetMicros;

describe('the supply paths', () => {
  it('are the eleven, numbered in order, with ids of their own', () => {
    expect(SUPPLY_PATHS.map(({ number, name }) => `${number} ${name}`)).toEqual([
      '1 Amazon DSP -> Bidswitch -> Magnite',
      '2 The Trade Desk -> Bidswitch -> Magnite',
      '3 DV360 -> Bidswitch -> Magnite',
      '4 StackAdapt -> Bidswitch -> PubMatic',
      '5 Adelphic (Viant) -> Bidswitch -> Index Exchange',
      '6 Amazon DSP -> Bidswitch -> PubMatic',
      '7 Amazon DSP -> Bidswitch -> Index Exchange',
      '8 Amazon DSP -> FreeWheel, direct',
      '9 The Trade Desk -> Index Exchange, direct',
      '10 The Trade Desk -> FreeWheel, direct',
      '11 DV360 -> PubMatic, direct',
    ]);
    expect(new Set(SUPPLY_PATHS.map(({ id }) => id)).size).toBe(11);
    expect(SUPPLY_PATHS[0]?.id).toBe('amazon_dsp__bidswitch__magnite');
  });

  it('reproduce the reference case to the micro, in both modes', () => {
    expect([net(1, 'additive'), net(2, 'additive')]).toEqual([7_020_000, 6_720_000]);
    expect([net(1, 'cascading'), net(2, 'cascading')]).toEqual([7_263_760, 7_013_860]);
    const advantage = (mode: 'additive' | 'cascading') => {
      const [one, two] = SUPPLY_PATHS.slice(0, 2).map((path) => ({
        id: path.id,
        name: path.name,
        fees: feesOfPath(path),
      }));
      return comparePaths({ ...base, mode, referenceId: two!.id, paths: [one!, two!] }).paths[0]
        ?.advantageBeforeCpmFeesPpm;
    };
    expect([advantage('additive'), advantage('cascading')]).toEqual([30_000, 24_990]);
  });

  it('typical percentages per path', () => {
    const percentages = SUPPLY_PATHS.map(({ dsp, exchange, ssp }) =>
      [dsp, exchange, ssp].map((range) => (range ? range.typical.value / 10_000 : null)),
    );
    expect(percentages).toEqual([
      [12, 2, 15],
      [15, 2, 15],
      [12, 2, 15],
      [18, 2, 12],
      [15, 2, 12],
      [12, 2, 12],
      [12, 2, 12],
      [12, null, 12],
      [15, null, 12],
      [15, null, 12],
      [12, null, 12],
    ]);
  });

  it('are feasible at either end, the publisher getting most at the low one', () => {
    for (const { number } of SUPPLY_PATHS) {
      expect(net(number, 'additive', 'high')).toBeGreaterThan(0);
      expect(net(number, 'additive', 'low')).toBeGreaterThanOrEqual(net(number, 'additive'));
      expect(net(number, 'additive')).toBeGreaterThanOrEqual(net(number, 'additive', 'high'));
    }
    expect(net(2, 'additive', 'high')).toBe(6_220_000);
  });

  it('give confidence, source and date with every figure, low to high', () => {
    const ranges = SUPPLY_PATHS.flatMap(({ dsp, exchange, ssp, measurement, creative }) =>
      [dsp, exchange, ssp, measurement, creative].filter((range): range is FeeRange => range !== null),
    );
    for (const { low, typical, high, effectiveOn } of ranges) {
      expect(effectiveOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      const figures = [low, typical, high].filter((one) => one !== null);
      for (const { confidence, source } of figures) {
        expect('RTDA').toContain(confidence);
        expect(source.length).toBeGreaterThan(10);
      }
      const values = figures.map(({ value }) => value);
      expect(values).toEqual([...values].sort((a, b) => a - b));
    }
    expect(SUPPLY_PATHS[0]?.dsp.low).toMatchObject({ value: 10_000, confidence: 'T' });
  });
});

describe('verification vendors', () => {
  it('Moat is retired and has no price', () => {
    const moat = VERIFICATION_VENDORS.find(({ key }) => key === 'moat');
    expect(moat).toMatchObject({ retiredOn: '2024-09-30', cpm: null });
    expect(VERIFICATION_VENDORS.filter(({ retiredOn }) => retiredOn === null).map(({ key }) => key)).toEqual([
      'ias',
      'doubleverify',
    ]);
  });
});
