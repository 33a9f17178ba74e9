import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { type ControlApp, startControlApp } from '../../testing/control-app.ts';
import { demoPorts, jobOf, makeSpots } from './demo.fixture.ts';
import { demoWorld } from './domain/demo-world.ts';
import { type FinishData, type LoadData, runFinish, runLoad } from './jobs.ts';
import type { DemoPorts } from './ports.ts';

let app: ControlApp;
let ports: DemoPorts;
/** Jobs that the loader sent: nobody works here, the test does. */
let finish: FinishData[] = [];

beforeAll(async () => {
  app = await startControlApp({ keyRoles: ['admin'] });
  ports = demoPorts(app, (data) => finish.push(data));
});
afterAll(() => app?.close());
beforeEach(() => {
  finish = [];
});

const accountId = () => app.tenants[0].accountId;
const call = async (operation: string, input: object = {}) =>
  (await app.tenants[0].caller.call(operation, input)).output as Record<string, unknown>;
const load = () => runLoad(jobOf<LoadData>({ accountId: accountId(), seed: 42 }), ports);

/** What is only ever added: who did what, and the keys of requests. */
const appendOnly = ['audit_record', 'idempotency_key'];
async function rowCounts(): Promise<Record<string, number>> {
  const { rows } = await app.database.ownerQuery(
    `SELECT DISTINCT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'account_id'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows as Array<{ name: string }>) {
    if (appendOnly.includes(name)) continue;
    const found = await app.database.ownerQuery(`SELECT count(*)::int AS n FROM "${name}"`);
    counts[name] = Number(found.rows[0]!.n);
  }
  return counts;
}

describe('the demo data', () => {
  it('is loaded, does what people would do, and leaves no row behind when it is removed', async () => {
    const before = await rowCounts();
    expect(await call('system.loadDemo', { seed: 42 })).toEqual({
      loaded: true,
      campaigns: demoWorld.length,
      creatives: demoWorld.filter(({ spot }) => spot).length,
    });
    await load();
    // Repeated after a crash: nothing is there twice.
    const once = await rowCounts();
    await runFinish(jobOf(finish[0]!), ports).catch((error: Error) => expect(error.name).toBe('RetryLater'));
    expect(await rowCounts()).toEqual(once);
    expect(once.campaign).toBe(before.campaign! + demoWorld.length);

    await makeSpots(app, finish[0]!);
    await runFinish(jobOf(finish[0]!), ports);
    const { rows } = await app.database.ownerQuery(
      'SELECT approval, count(*)::int AS n FROM creative GROUP BY 1 ORDER BY 1',
    );
    expect(rows).toEqual([
      { approval: 'approved', n: 3 },
      { approval: 'submitted', n: 1 },
    ]);
    const full = await rowCounts();
    for (const table of [
      'deployment',
      'delivery_hour',
      'approval_event',
      'generation_scene',
      'line_item_creative',
      'app',
    ])
      expect(full[table], table).toBeGreaterThan(0);
    expect((await call('system.getStatus')).demo).toEqual({ loaded: true, seed: 42 });

    // No log holds its history, which is neither missed there nor taken away for it.
    expect(await call('events.rebuildEvents')).toMatchObject({ changed: false });
    expect(await call('events.verifyEvents')).toMatchObject({
      agrees: true,
      compared: { hours: 0 },
      uncompared: { demoHours: full.delivery_hour, demoSpend: [{ currency: 'GBP' }, { currency: 'USD' }] },
    });

    expect(await call('system.removeDemo')).toEqual({
      removed: { campaigns: demoWorld.length, creatives: 4, brands: 2, placements: 6 },
    });
    expect(await rowCounts()).toEqual(before);
    expect((await call('system.getStatus')).demo).toEqual({ loaded: false, seed: null });
    // Once more: nothing to do, and no error.
    expect(await call('system.removeDemo')).toEqual({
      removed: { campaigns: 0, creatives: 0, brands: 0, placements: 0 },
    });
  });

  it('that is removed while it is being made does not come back', async () => {
    const before = await rowCounts();
    await call('system.loadDemo');
    let calls = 0;
    const caller = app.tenants[0].caller;
    const interrupted: DemoPorts = {
      ...ports,
      callerFor: () => ({
        async call(operation, input, options) {
          const result = await caller.call(operation, input, options);
          if (operation === 'campaigns.createCampaign' && ++calls === 2) await call('system.removeDemo');
          return result;
        },
      }),
    };
    // The spot of a campaign that is gone cannot be asked for: the queue runs the job again.
    for (let attempt = 1; attempt <= 3; attempt++) {
      const job = { ...jobOf<LoadData>({ accountId: accountId(), seed: 42 }), id: 'one-job', attempt };
      const failed = await runLoad(job, interrupted).then(
        () => null,
        (error: unknown) => error,
      );
      if (failed === null) break;
      expect(AppError.is(failed)).toBe(true);
    }
    expect(await rowCounts()).toEqual(before);
    expect(finish).toEqual([]);
  });

  it('leaves alone what the account had before, and what people made with it', async () => {
    const own = await call('governance.createBrand', { code: 'FRN', name: 'Our own', domain: 'own.example' });
    await call('system.loadDemo');
    await load();
    const { rows } = await app.database.ownerQuery(`SELECT id FROM brand WHERE code = 'QLM'`);
    const { items: markets } = (await call('governance.listMarkets')) as { items: Array<{ id: string }> };
    const { items: channels } = (await call('governance.listChannels')) as { items: Array<{ id: string }> };
    const mine = await call('campaigns.createCampaign', {
      brandId: rows[0]!.id,
      marketId: markets[0]!.id,
      channelId: channels[0]!.id,
      label: 'My Own',
      budgetMicros: 5e9,
      cpmMicros: 24_000_000,
      startOn: '2027-01-01',
      endOn: '2027-02-01',
    });
    expect(await call('system.removeDemo')).toMatchObject({
      removed: { campaigns: demoWorld.length, brands: 0 },
    });
    const { items } = (await call('governance.listBrands')) as { items: Array<{ id: string; code: string }> };
    expect(items.map(({ code }) => code).sort()).toEqual(['FRN', 'QLM']);
    expect(items.map(({ id }) => id)).toContain(own.id);
    expect(await call('campaigns.getCampaign', { campaignId: mine.id })).toMatchObject({ label: 'My Own' });
    expect(app.faults).toEqual([]);
  });
});
