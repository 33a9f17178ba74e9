import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fee, type FeeRole, ppmFromPercent } from './fee.ts';
import { analyseFeeStack } from './fee-stack.ts';
import { supplyPathFees } from './supply-path.ts';

const path = (dspPercent: number): Fee[] =>
  supplyPathFees({
    dsp: { party: 'Buyer', sharePpm: ppmFromPercent(dspPercent) },
    exchange: { party: 'Exchange', sharePpm: ppmFromPercent(2) },
    ssp: { party: 'Seller', sharePpm: ppmFromPercent(15) },
    measurement: { party: 'Vendors', cpmMicros: 75_000 },
    creative: { party: 'Studio', cpmMicros: 5_000 },
  });
const analyse = (mode: 'additive' | 'cascading', fees: Fee[], grossCpmMicros = 10_000_000) =>
  analyseFeeStack({ grossCpmMicros, currency: 'USD', mode, fees });
const table = (analysis: ReturnType<typeof analyse>) =>
  analysis.rows.map((row) => [row.name, row.kind, row.value, row.feeMicros, row.remainingMicros]);

describe('reference case at a gross CPM of 10', () => {
  it('additive, 12 % DSP', () => {
    const analysis = analyse('additive', path(12));
    expect(table(analysis)).toEqual([
      ['creative', 'cpm', 5_000, 5_000, 9_995_000],
      ['dsp', 'pct_gross', 120_000, 1_200_000, 8_795_000],
      ['exchange', 'pct_gross', 20_000, 200_000, 8_595_000],
      ['ssp', 'pct_gross', 150_000, 1_500_000, 7_095_000],
      ['measurement', 'cpm', 75_000, 75_000, 7_020_000],
    ]);
    expect(analysis.publisherNetMicros).toBe(7_020_000);
    expect(analysis.takeRate).toBeCloseTo(0.298, 12);
    expect(analysis.beforeCpmFees).toEqual({ publisherNetMicros: 7_100_000, takeRate: 0.29 });
    expect(analysis.infeasible).toBeNull();
  });

  it('additive, 15 % DSP', () => {
    const analysis = analyse('additive', path(15));
    expect(table(analysis)).toEqual([
      ['creative', 'cpm', 5_000, 5_000, 9_995_000],
      ['dsp', 'pct_gross', 150_000, 1_500_000, 8_495_000],
      ['exchange', 'pct_gross', 20_000, 200_000, 8_295_000],
      ['ssp', 'pct_gross', 150_000, 1_500_000, 6_795_000],
      ['measurement', 'cpm', 75_000, 75_000, 6_720_000],
    ]);
    expect(analysis.publisherNetMicros).toBe(6_720_000);
    expect(analysis.takeRate).toBeCloseTo(0.328, 12);
    expect(analysis.beforeCpmFees.publisherNetMicros).toBe(6_800_000);
  });

  it('cascading, 12 % DSP', () => {
    const analysis = analyse('cascading', path(12));
    expect(table(analysis)).toEqual([
      ['dsp', 'pct_remaining', 120_000, 1_200_000, 8_800_000],
      ['measurement', 'cpm', 75_000, 75_000, 8_725_000],
      ['creative', 'cpm', 5_000, 5_000, 8_720_000],
      ['exchange', 'pct_remaining', 20_000, 174_400, 8_545_600],
      ['ssp', 'pct_remaining', 150_000, 1_281_840, 7_263_760],
    ]);
    expect(analysis.publisherNetMicros).toBe(7_263_760);
    expect(analysis.takeRate).toBeCloseTo(0.273624, 12);
    expect([analysis.takeRatePpm, analysis.publisherSharePpm]).toEqual([273_624, 726_376]);
    expect(analysis.beforeCpmFees.publisherNetMicros).toBe(7_330_400);
  });

  it('cascading, 15 % DSP', () => {
    const analysis = analyse('cascading', path(15));
    expect(table(analysis)).toEqual([
      ['dsp', 'pct_remaining', 150_000, 1_500_000, 8_500_000],
      ['measurement', 'cpm', 75_000, 75_000, 8_425_000],
      ['creative', 'cpm', 5_000, 5_000, 8_420_000],
      ['exchange', 'pct_remaining', 20_000, 168_400, 8_251_600],
      ['ssp', 'pct_remaining', 150_000, 1_237_740, 7_013_860],
    ]);
    expect(analysis.publisherNetMicros).toBe(7_013_860);
    expect(analysis.takeRate).toBeCloseTo(0.298614, 12);
    expect(analysis.beforeCpmFees.publisherNetMicros).toBe(7_080_500);
  });

  it('DSP fee as a markup on what it passes on', () => {
    const fees = path(12).map((fee): Fee => (fee.role === 'dsp' ? { ...fee, kind: 'markup' } : fee));
    const analysis = analyse('cascading', fees);
    expect(table(analysis)).toEqual([
      ['dsp', 'markup', 120_000, 1_071_429, 8_928_571],
      ['measurement', 'cpm', 75_000, 75_000, 8_853_571],
      ['creative', 'cpm', 5_000, 5_000, 8_848_571],
      ['exchange', 'pct_remaining', 20_000, 176_971, 8_671_600],
      ['ssp', 'pct_remaining', 150_000, 1_300_740, 7_370_860],
    ]);
    expect(analysis.takeRate).toBeCloseTo(0.262914, 12);
  });
});

describe('what a fee is a share of', () => {
  const fee = (role: FeeRole, kind: Fee['kind'], value: number): Fee => ({
    name: role,
    party: role,
    role,
    kind,
    value,
  });

  it('an explicit base wins over the mode', () => {
    const fees = [fee('dsp', 'pct', 100_000), fee('ssp', 'pct_gross', 100_000)];
    expect(analyse('cascading', fees).publisherNetMicros).toBe(8_000_000);
    expect(
      analyse('additive', [fee('dsp', 'pct', 100_000), fee('ssp', 'pct_remaining', 100_000)])
        .publisherNetMicros,
    ).toBe(8_100_000);
  });

  it('rounds ties to even', () => {
    expect(analyse('additive', [fee('dsp', 'pct', 500_000)], 5).rows[0]?.feeMicros).toBe(2);
    expect(analyse('additive', [fee('dsp', 'pct', 500_000)], 7).rows[0]?.feeMicros).toBe(4);
  });

  it('fees of the same role keep the order they were given in', () => {
    const fees = [
      fee('ssp', 'pct', 1),
      { ...fee('dsp', 'pct', 1), name: 'platform' },
      { ...fee('dsp', 'pct', 1), name: 'bid' },
    ];
    expect(analyse('additive', fees).rows.map((row) => row.name)).toEqual(['platform', 'bid', 'ssp']);
  });

  it('is infeasible once nothing remains, and takes no share of nothing', () => {
    const analysis = analyse('cascading', [
      fee('dsp', 'pct', 200_000),
      fee('measurement', 'cpm', 9_000_000),
      fee('ssp', 'pct', 150_000),
    ]);
    expect(analysis.rows.map((row) => row.feeMicros)).toEqual([2_000_000, 9_000_000, 0]);
    expect(analysis.publisherNetMicros).toBe(-1_000_000);
    expect(analysis.infeasible).toMatchObject({ row: 'measurement', remainingMicros: -1_000_000 });
    expect(analysis.infeasible?.message).toContain('"measurement"');
    expect(analysis.takeRate).toBeCloseTo(1.1, 12);
  });

  it('taking exactly everything is infeasible too', () => {
    expect(analyse('additive', [fee('dsp', 'pct', 1_000_000)]).infeasible?.row).toBe('dsp');
  });
});

describe('bad figures are named', () => {
  const fees: Fee[] = [{ name: 'dsp', party: 'd', role: 'dsp', kind: 'pct', value: 120_000 }];
  const withFee = (change: Partial<Fee>) => () => analyse('additive', [{ ...fees[0]!, ...change }]);
  it.each([
    [() => analyse('additive', fees, 0), 'grossCpmMicros is 0; accepted: a whole number of micros from 1'],
    [() => analyse('additive', fees, 1.5), 'grossCpmMicros is 1.5'],
    [() => analyse('additive', fees, Number.NaN), 'grossCpmMicros is NaN'],
    [
      withFee({ value: 1_000_001 }),
      'fees[0].value is 1000001; accepted: a whole number of parts per million from 0 to 1000000',
    ],
    [withFee({ value: -1 }), 'fees[0].value is -1'],
    [withFee({ kind: 'markup', value: 10_000_001 }), 'fees[0].value is 10000001'],
    [withFee({ kind: 'cpm', value: 0.5 }), 'micros per thousand impressions'],
    [withFee({ kind: 'flat' as Fee['kind'] }), 'fees[0].kind is "flat"; accepted: pct, pct_gross'],
    [withFee({ role: 'agency' as FeeRole }), 'fees[0].role is "agency"'],
    [
      () => analyseFeeStack({ grossCpmMicros: 1, currency: 'usd', mode: 'additive', fees }),
      'currency is "usd"',
    ],
    [
      () => analyseFeeStack({ grossCpmMicros: 1, currency: 'USD', mode: 'sum' as 'additive', fees }),
      'mode is "sum"',
    ],
    [() => ppmFromPercent(12.34567), 'percent is 12.34567'],
  ])('%#', (call, message) => {
    expect(call).toThrow(message);
  });

  it('percent to parts per million is exact at the limits of its precision', () => {
    expect([12, 2.499, 0.0001, 100, 0.07].map(ppmFromPercent)).toEqual([120_000, 24_990, 1, 1_000_000, 700]);
  });
});

describe('for any stack', () => {
  const anyFee: fc.Arbitrary<Fee> = fc
    .tuple(
      fc.constantFrom<FeeRole>('creative', 'dsp', 'data', 'exchange', 'ssp', 'measurement'),
      fc.oneof(
        fc.record({
          kind: fc.constantFrom<Fee['kind']>('pct', 'pct_gross', 'pct_remaining', 'markup'),
          value: fc.integer({ min: 0, max: 400_000 }),
        }),
        fc.record({ kind: fc.constant<Fee['kind']>('cpm'), value: fc.integer({ min: 0, max: 3_000_000 }) }),
      ),
    )
    .map(([role, rest]) => ({ name: role, party: role, role, ...rest }));
  const anyStack = fc.record({
    grossCpmMicros: fc.integer({ min: 1, max: 60_000_000 }),
    mode: fc.constantFrom('additive' as const, 'cascading' as const),
    fees: fc.array(anyFee, { maxLength: 8 }),
  });

  it('rows and net add up to the gross exactly, row by row', () => {
    fc.assert(
      fc.property(anyStack, ({ grossCpmMicros, mode, fees }) => {
        const analysis = analyse(mode, fees, grossCpmMicros);
        let remaining = grossCpmMicros;
        for (const row of analysis.rows) {
          expect(Number.isSafeInteger(row.feeMicros) && row.feeMicros >= 0).toBe(true);
          remaining -= row.feeMicros;
          expect(row.remainingMicros).toBe(remaining);
        }
        expect(analysis.publisherNetMicros).toBe(remaining);
        expect(analysis.infeasible === null).toBe(remaining > 0);
        expect(analysis.rows).toHaveLength(fees.length);
      }),
    );
  });

  it('a higher fee never leaves the publisher more', () => {
    fc.assert(
      fc.property(
        anyStack,
        fc.nat(),
        fc.integer({ min: 1, max: 100_000 }),
        ({ grossCpmMicros, mode, fees }, pick, more) => {
          fc.pre(fees.length > 0);
          const index = pick % fees.length;
          const dearer = fees.map((fee, i) => (i === index ? { ...fee, value: fee.value + more } : fee));
          const before = analyse(mode, fees, grossCpmMicros);
          const after = analyse(mode, dearer, grossCpmMicros);
          fc.pre(before.infeasible === null && after.infeasible === null);
          expect(after.publisherNetMicros).toBeLessThanOrEqual(before.publisherNetMicros);
        },
      ),
    );
  });

  it('compounding shares never cost more than adding them', () => {
    const shares = fc.array(
      anyFee.filter((fee) => fee.kind !== 'cpm').map((fee): Fee => ({ ...fee, kind: 'pct' })),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 60_000_000 }), shares, (gross, fees) => {
        const additive = analyse('additive', fees, gross);
        fc.pre(additive.infeasible === null);
        // One micro per row: each row is rounded on its own.
        expect(analyse('cascading', fees, gross).publisherNetMicros).toBeGreaterThanOrEqual(
          additive.publisherNetMicros - fees.length,
        );
      }),
    );
  });
});
