import type { SupplyAnalysis, SupplyPath } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPLY_PATHS } from '../../../seeds/reference/supply-paths.ts';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { createSupply } from './index.ts';
import { loadSupplyPaths } from './stored-paths.ts';

let app: TestApp;
let supply: ReturnType<typeof createSupply>;

beforeAll(async () => {
  const database = await openEmbeddedTestDatabase();
  app = await createTestApp(database, (parts) => {
    supply = createSupply(parts);
    return supply.operations;
  });
  await supply.loadReferenceData(database);
});
afterAll(() => app.database.close());

const analyse = async (input: Record<string, unknown> = {}) =>
  (await app.call('supply.analyseSupplyPaths', input, { role: 'viewer' })) as SupplyAnalysis;

describe('supply paths', () => {
  it('are the eleven, to every account, with source and confidence', async () => {
    for (const account of [0, 1] as const) {
      const { items } = (await app.call('supply.listSupplyPaths', {}, { role: 'viewer', account })) as {
        items: SupplyPath[];
      };
      expect(items.map((path) => path.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(items[0]).toMatchObject({
        name: 'Amazon DSP -> Bidswitch -> Magnite',
        dsp: { party: 'Amazon DSP', typicalPpm: 120_000, lowPpm: 10_000, confidence: 'R' },
        exchange: { party: 'Bidswitch', typicalPpm: 20_000, lowPpm: null },
        measurementCpmMicros: 75_000,
        creativeCpmMicros: 5_000,
      });
      expect(items[7]).toMatchObject({ exchange: null });
    }
  });

  it('are loaded once a version, and brought up to a new one', async () => {
    const loaded = async () =>
      (await app.database.ownerQuery('SELECT id, data_version, loaded_at FROM supply_path ORDER BY number'))
        .rows;
    const before = await loaded();
    app.clock.advance(60_000);
    await supply.loadReferenceData(app.database);
    expect(await loaded()).toEqual(before);
    const [first, second] = SUPPLY_PATHS;
    // A new version may drop paths and let others change numbers.
    const next = [
      { ...second!, number: 1, dataVersion: 'next' },
      { ...first!, number: 2, dataVersion: 'next' },
    ];
    await loadSupplyPaths(app.database, next, app.clock.now());
    expect(await loaded()).toMatchObject([
      { id: second!.id, data_version: 'next' },
      { id: first!.id, data_version: 'next' },
    ]);
    await supply.loadReferenceData(app.database);
    expect((await loaded()).map((row) => row.id)).toEqual(SUPPLY_PATHS.map((path) => path.id));
  });
});

describe('the analysis', () => {
  it('reproduces the reference case to the micro', async () => {
    const { paths, comparison, assumptions, computedAt } = await analyse();
    const [amazon, tradeDesk] = paths;
    expect(amazon!.additive.rows.map((row) => [row.name, row.feeMicros, row.remainingMicros])).toEqual([
      ['creative', 5_000, 9_995_000],
      ['dsp', 1_200_000, 8_795_000],
      ['exchange', 200_000, 8_595_000],
      ['ssp', 1_500_000, 7_095_000],
      ['measurement', 75_000, 7_020_000],
    ]);
    expect(amazon!.additive).toMatchObject({ publisherNetMicros: 7_020_000, takeRatePpm: 298_000 });
    expect(tradeDesk!.additive.publisherNetMicros).toBe(6_720_000);
    expect([amazon!.cascading.publisherNetMicros, tradeDesk!.cascading.publisherNetMicros]).toEqual([
      7_263_760, 7_013_860,
    ]);
    expect(comparison).toMatchObject({
      first: 'Amazon DSP -> Bidswitch -> Magnite',
      second: 'The Trade Desk -> Bidswitch -> Magnite',
      additiveAdvantagePpm: 30_000,
      cascadingAdvantagePpm: 24_990,
      creativeCostMicros: 5_000_000,
    });
    expect(comparison.additiveBreakEvenImpressions).toBeCloseTo(16_666.66667, 4);
    expect(comparison.cascadingBreakEvenImpressions).toBeCloseTo(20_008.0032, 4);
    expect(assumptions).toContain('Creative: USD 5.00 spread over 1,000,000 impressions = USD 0.005 CPM.');
    expect(new Set(assumptions).size).toBe(assumptions.length);
    expect(computedAt).toBe(app.clock.now().toISOString());
  });

  it('adds up in every stack, at an awkward price too', async () => {
    const { paths, baseCpmMicros } = await analyse({ baseCpm: 7.333333 });
    expect(baseCpmMicros).toBe(7_333_333);
    for (const stack of paths.flatMap((path) => [path.additive, path.cascading])) {
      const fees = stack.rows.reduce((sum, row) => sum + row.feeMicros, 0);
      expect(fees + stack.publisherNetMicros).toBe(baseCpmMicros);
      expect(stack.publisherSharePpm + stack.takeRatePpm).toBe(1_000_000);
    }
  });

  it('turns round with the paths, and a path has no advantage over itself', async () => {
    const { comparison } = await analyse({ first: 2, second: 1 });
    expect(comparison).toMatchObject({
      additiveAdvantagePpm: -30_000,
      cascadingAdvantagePpm: -24_990,
      additiveBreakEvenImpressions: null,
    });
    const same = await analyse({ first: 3, second: 3 });
    expect(same.comparison).toMatchObject({ additiveAdvantagePpm: 0, cascadingBreakEvenImpressions: null });
  });

  it('spreads another creative cost, and says what another currency means', async () => {
    const { paths, assumptions } = await analyse({ creativeCostMicros: 250_000_000, currency: 'EUR' });
    expect(paths[0]!.additive.rows[0]).toMatchObject({ name: 'creative', feeMicros: 250_000 });
    expect(assumptions.at(-1)).toContain('no exchange rate is applied');
  });

  it('refuses a path that is not there, naming the field and what there is', async () => {
    await expect(analyse({ second: 12 })).rejects.toMatchObject({
      code: 'supply_path.not_found',
      fields: [{ field: 'second', value: 12, accepted: '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11' }],
    });
  });

  it.each([0.05, 0.0000001])('refuses a base CPM of %d, which the fees eat up', async (baseCpm) => {
    await expect(analyse({ baseCpm })).rejects.toMatchObject({
      code: 'supply.infeasible',
      fields: [{ field: 'baseCpm', value: baseCpm }],
    });
  });

  it('refuses a base CPM of 0 or less', async () => {
    await expect(analyse({ baseCpm: 0 })).rejects.toMatchObject({ code: 'input.invalid' });
  });
});
