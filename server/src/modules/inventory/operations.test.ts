import { randomBytes } from 'node:crypto';
import type { App, Page, Placement, Publisher } from '@cuepoint/contract';
import { beforeAll, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { databaseSuite } from '../../testing/database-suite.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { placementProblems } from './domain/placement-rules.ts';
import { createInventory, type InventoryModule, inventoryForServing } from './index.ts';

databaseSuite('inventory', (open) => {
  let app: TestApp;
  let inventory: InventoryModule;
  let publisher: Publisher;

  beforeAll(async () => {
    app = await createTestApp(await open(), ({ ids, clock }) => {
      inventory = createInventory({ ids, clock, random: randomBytes, publicUrl: 'https://ads.example' });
      return inventory.operations;
    });
    publisher = (await app.call('inventory.createPublisher', { name: 'Quillmoor TV' })) as Publisher;
  });

  async function codeOf(call: Promise<unknown>): Promise<string> {
    try {
      await call;
      return 'done';
    } catch (error) {
      if (!AppError.is(error)) throw error;
      return error.code;
    }
  }
  const place = async (over: object = {}) =>
    (await app.call('inventory.createPlacement', {
      publisherId: publisher.id,
      name: 'Pre-roll: Films!',
      ...over,
    })) as Placement;
  const change = async (placement: Placement, over: object) =>
    (await app.call(
      'inventory.updatePlacement',
      { placementId: placement.id, ...over },
      { ifMatch: placement.version },
    )) as Placement;

  it('makes a key out of the name, and tags that a player fills', async () => {
    const placement = await place({ position: 'pre' });
    expect(placement.key).toMatch(/^pre-roll-films-[0-9a-z]{10}$/);
    expect(placement.tags).toEqual({
      vast: `https://ads.example/vast?pl=${placement.key}&rid=[TRANSACTIONID]&gdpr_consent=[GDPRCONSENT]&cb=[CACHEBUSTING]`,
      vmap: expect.stringContaining(`https://ads.example/vmap?pl=${placement.key}&`),
      pod: expect.stringContaining(`https://ads.example/api/v1/pod?pl=${placement.key}&`),
      assetList: expect.stringContaining(`https://ads.example/api/v1/interstitials?pl=${placement.key}&`),
    });
    expect((await place({ name: '…' })).key).toMatch(/^placement-/);
    expect(app.events.at(-1)).toMatchObject({ type: 'inventory.changed' });
  });

  it('reaches delivery with its rules and its app, until it is archived', async () => {
    const tv = (await app.call('inventory.createApp', {
      publisherId: publisher.id,
      name: 'Quillmoor One',
      kind: 'channel',
      bundle: 'com.quillmoor.one',
      storeUrl: 'https://store.example/quillmoor',
      storeId: '886445756',
      network: 'Quillmoor',
    })) as App;
    const placement = await place({
      appId: tv.id,
      pod: { kind: 'dynamic', durationMs: 60_000, maxAds: 4 },
      floorCpmMicros: 9_000_000,
      blockedCategories: ['IAB8'],
      blockedBrands: ['brd_01k7m3x9'],
      blockedMedia: ['ab'.repeat(32)],
      separationScope: 'stream',
    });
    const serving = async () =>
      (await app.database.withTransaction({ role: 'snapshot_builder' }, inventoryForServing)).placements.find(
        ({ id }) => id === placement.id,
      );
    expect(await serving()).toMatchObject({
      pod: { kind: 'dynamic', maxAds: 4, firstPermille: 1000, categorySeparation: 'pod' },
      floorCpmMicros: 9_000_000,
      blockedCategories: ['IAB8'],
      blockedBrands: ['brd_01k7m3x9'],
      blockedMedia: ['ab'.repeat(32)],
      separationScope: 'stream',
      app: {
        id: tv.id,
        bundle: 'com.quillmoor.one',
        storeUrl: 'https://store.example/quillmoor',
        storeId: '886445756',
        network: 'Quillmoor',
        channel: null,
      },
    });
    expect(await codeOf(app.call('inventory.archiveApp', { appId: tv.id }))).toBe('app.in_use');
    expect((await change(placement, { status: 'paused' })).status).toBe('paused');
    expect(await serving()).toMatchObject({ status: 'paused' });
    await app.call('inventory.archivePlacement', { placementId: placement.id });
    expect(await serving()).toBeUndefined();
    expect(((await app.call('inventory.archiveApp', { appId: tv.id })) as App).archived).toBe(true);
    const renamed = await app.call('inventory.updateApp', { appId: tv.id, network: null }, { ifMatch: 2 });
    expect(renamed).toMatchObject({ network: null, name: 'Quillmoor One' });
  });

  it('keeps where stores list an app, and refuses what is no address or id there', async () => {
    const add = (store: object) =>
      app.call('inventory.createApp', {
        publisherId: publisher.id,
        name: 'Listed',
        ...store,
      }) as Promise<App>;
    expect(await add({})).toMatchObject({ storeUrl: null, storeId: null });
    const listed = await add({ storeUrl: 'https://store.example/1', storeId: 'x'.repeat(128) });
    expect(listed).toMatchObject({ storeUrl: 'https://store.example/1', storeId: 'x'.repeat(128) });
    const { id: appId, version } = listed;
    const moved = await app.call('inventory.updateApp', { appId, storeId: 'id 7' }, { ifMatch: version });
    expect(moved).toMatchObject({ storeUrl: 'https://store.example/1', storeId: 'id 7' });
    for (const [store, said] of [
      [{ storeUrl: 'http://store.example/1' }, 'expected an https URL'],
      [{ storeUrl: 'store' }, 'expected an https URL'],
      [{ storeId: '' }, 'expected 1 to 128 printable'],
      [{ storeId: 'x'.repeat(129) }, 'expected 1 to 128 printable'],
      [{ storeId: 'a\nb' }, 'expected 1 to 128 printable'],
    ] as const) {
      const refused = add(store);
      expect(await codeOf(refused)).toBe('input.invalid');
      expect(
        JSON.stringify(await refused.catch((error: { problem?: unknown }) => error.problem ?? error)),
      ).toContain(said);
    }
  });

  it('changes what is said and keeps the rest', async () => {
    const placement = await place({ floorCpmMicros: 5_000_000, mimes: ['video/mp4'] });
    expect(placement).toMatchObject({ blockedBrands: [], blockedMedia: [], separationScope: 'pod' });
    expect(await codeOf(place({ blockedBrands: ['Fernwhistle'] }))).toBe('input.invalid');
    expect(await codeOf(place({ blockedMedia: ['AB'] }))).toBe('input.invalid');
    const after = await change(placement, { floorCpmMicros: 6_000_000 });
    expect(after).toMatchObject({ floorCpmMicros: 6_000_000, mimes: ['video/mp4'], version: 2 });
    expect(await codeOf(change(placement, { name: 'Late' }))).toBe('version.conflict');
    const podded = await change(after, {
      pod: { kind: 'structured', maxAds: 1, slots: [{ maxDurationMs: 5 }] },
    });
    expect((await change(podded, { pod: null })).pod).toBeNull();
  });

  it('gives a host to one placement', async () => {
    const placement = await place({ hosts: ['tv.example', 'films.example'] });
    expect(await codeOf(place({ hosts: ['films.example'] }))).toBe('placement.host_taken');
    expect(await codeOf(change(placement, { hosts: ['tv.example'] }))).toBe('done');
    expect(await codeOf(place({ hosts: ['films.example'] }))).toBe('done');
    expect(await codeOf(place({ hosts: ['TV.example'] }))).toBe('input.invalid');
  });

  it('keeps one default placement, and its publisher', async () => {
    const first = await place({ isDefault: true });
    const second = await place({ isDefault: true });
    const current = (id: string) => app.call('inventory.getPlacement', { placementId: id });
    expect(await current(first.id)).toMatchObject({ isDefault: false });
    expect(await codeOf(change(second, { isDefault: false }))).toBe('placement.is_default');
    expect(await codeOf(app.call('inventory.archivePlacement', { placementId: second.id }))).toBe(
      'placement.is_default',
    );
    expect(await codeOf(app.call('inventory.archivePublisher', { publisherId: publisher.id }))).toBe(
      'placement.is_default',
    );
    const defaultId = await app.database.withTransaction({ role: 'app', accountId: app.accounts[0] }, (tx) =>
      inventory.defaultPlacementId(tx, app.accounts[0]),
    );
    expect(defaultId).toBe(second.id);
  });

  it('archives a publisher with all that is its own', async () => {
    const made = (await app.call('inventory.createPublisher', {
      name: 'Short-lived',
      domain: 'short.example',
    })) as Publisher;
    const placement = await place({ publisherId: made.id });
    const before = await app.call('inventory.listPublishers', { search: 'short-' });
    expect((before as Page<Publisher>).items).toMatchObject([{ placementCount: 1, domain: 'short.example' }]);
    const archived = await app.call('inventory.archivePublisher', { publisherId: made.id });
    expect(archived).toMatchObject({ archived: true, placementCount: 0, version: 2 });
    expect(await app.call('inventory.getPlacement', { placementId: placement.id })).toMatchObject({
      archived: true,
    });
    expect(await codeOf(place({ publisherId: made.id }))).toBe('publisher.not_found');
    const list = async (input: object) =>
      (await app.call('inventory.listPlacements', { publisherId: made.id, ...input })) as Page<Placement>;
    expect((await list({})).total).toBe(0);
    expect((await list({ archived: true })).total).toBe(1);
  });

  it('is refused where rules do not fit, and knows its own account only', async () => {
    expect(await codeOf(place({ minDurationMs: 30_001, maxDurationMs: 30_000 }))).toBe('placement.invalid');
    expect(await codeOf(place({ appId: 'app_00000000000000000000' }))).toBe('app.not_found');
    const from = (operation: string, input: object) =>
      codeOf(app.call(operation, input, { account: 1, ifMatch: 1 }));
    const { id } = await place();
    expect(await from('inventory.getPlacement', { placementId: id })).toBe('placement.not_found');
    expect(await from('inventory.updatePublisher', { publisherId: publisher.id })).toBe(
      'publisher.not_found',
    );
    expect(await from('inventory.archiveApp', { appId: 'app_00000000000000000000' })).toBe('app.not_found');
  });

  it('names what does not fit together', () => {
    const rules = {
      minDurationMs: 1,
      maxDurationMs: 30_000,
      exactDurationsMs: [15_000, 60_000],
      durationFloors: [{ minDurationMs: 9, maxDurationMs: 5, floorCpmMicros: 1 }],
      allowedCategories: ['IAB1'],
      blockedCategories: ['IAB1'],
      minBitrateKbps: 9,
      maxBitrateKbps: 5,
      pod: null,
    };
    expect(placementProblems(rules).map(({ field }) => field)).toEqual([
      'exactDurationsMs[1]',
      'durationFloors[0].minDurationMs',
      'minBitrateKbps',
      'blockedCategories[0]',
    ]);
    const pod = (over: object) =>
      placementProblems({
        ...rules,
        exactDurationsMs: [],
        durationFloors: [],
        blockedCategories: [],
        minBitrateKbps: 0,
        pod: {
          kind: 'dynamic',
          durationMs: 60_000,
          maxAds: 4,
          isExact: false,
          slots: [],
          maxAdsPerAdvertiser: 1,
          firstPermille: 1000,
          lastPermille: 1000,
          categorySeparation: 'pod',
          backups: 0,
          ...over,
        } as Placement['pod'],
      }).map(({ field }) => field);
    const slot = { kind: 'any', minDurationMs: 0, maxDurationMs: 15_000 };
    expect(pod({})).toEqual([]);
    expect(pod({ durationMs: 0 })).toEqual(['pod.durationMs']);
    expect(pod({ slots: [slot] })).toEqual(['pod.slots']);
    expect(pod({ kind: 'structured', durationMs: 0 })).toEqual(['pod.slots']);
    expect(pod({ kind: 'structured', slots: [slot] })).toEqual(['pod.durationMs']);
    expect(pod({ kind: 'hybrid', slots: [slot, slot], maxAds: 1 })).toEqual(['pod.maxAds']);
    expect(pod({ kind: 'hybrid', slots: [{ ...slot, minDurationMs: 20_000 }] })).toEqual([
      'pod.slots[0].minDurationMs',
    ]);
  });
});
