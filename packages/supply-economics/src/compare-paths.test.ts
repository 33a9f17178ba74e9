import { describe, expect, it } from 'vitest';
import { comparePaths } from './compare-paths.ts';
import { ppmFromPercent } from './fee.ts';
import { supplyPathFees } from './supply-path.ts';

const path = (id: string, dspPercent: number, exchange = true) => ({
  id,
  name: id,
  fees: supplyPathFees({
    dsp: { party: 'Buyer', sharePpm: ppmFromPercent(dspPercent) },
    exchange: exchange ? { party: 'Exchange', sharePpm: 20_000 } : null,
    ssp: { party: 'Seller', sharePpm: 150_000 },
    measurement: { party: 'Vendors', cpmMicros: 75_000 },
    creative: null,
  }),
});
const base = { grossCpmMicros: 10_000_000, currency: 'USD', referenceId: 'ttd' };

describe('comparePaths', () => {
  it('three points additive', () => {
    const comparison = comparePaths({
      ...base,
      mode: 'additive',
      paths: [path('ttd', 15), path('amazon', 12)],
    });
    expect(
      comparison.paths.map(({ id, advantageMicros, advantagePpm, advantageBeforeCpmFeesPpm }) => [
        id,
        advantageMicros,
        advantagePpm,
        advantageBeforeCpmFeesPpm,
      ]),
    ).toEqual([
      ['amazon', 300_000, 30_000, 30_000],
      ['ttd', 0, 0, 0],
    ]);
  });

  it('2.499 points cascading before CPM fees', () => {
    const [amazon] = comparePaths({
      ...base,
      mode: 'cascading',
      paths: [path('ttd', 15), path('amazon', 12)],
    }).paths;
    expect(amazon?.advantageBeforeCpmFeesPpm).toBe(24_990);
    expect(amazon?.analysis.beforeCpmFees.publisherNetMicros).toBe(7_330_400);
  });

  it('a direct path has no exchange row; ties go by id', () => {
    const { paths } = comparePaths({
      ...base,
      mode: 'additive',
      paths: [path('b', 15), path('ttd', 15), path('direct', 15, false)],
    });
    expect(paths.map(({ id }) => id)).toEqual(['direct', 'b', 'ttd']);
    expect(paths[0]?.analysis.rows.map((row) => row.role)).toEqual(['dsp', 'ssp', 'measurement']);
  });

  it('names an unknown reference and a doubled id', () => {
    expect(() =>
      comparePaths({ ...base, referenceId: 'x', mode: 'additive', paths: [path('a', 1)] }),
    ).toThrow('referenceId is "x"; accepted: the id of one of the paths (a).');
    expect(() =>
      comparePaths({ ...base, mode: 'additive', paths: [path('ttd', 1), path('ttd', 2)] }),
    ).toThrow('each path id once');
  });
});
