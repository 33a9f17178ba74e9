import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createInventory } from '#modules/inventory';
import { decodeSnapshot, openSnapshot, PLANE_PATHS } from '../../kernel/delivery-protocol.ts';
import { createIds } from '../../kernel/ids.ts';
import type { Database } from '../../platform/database/index.ts';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { registerSnapshotRoute } from './adapters/snapshot-route.ts';
import { creative, emptySpend, lineItem, signingKey } from './fixture.ts';
import type { IngestedSpend, ServableLineItem } from './ports.ts';
import type { SnapshotArchive } from './snapshot-archive.ts';
import { createSnapshotSource, type SnapshotSource } from './snapshot-source.ts';

const clock = { now: () => new Date('2026-11-21T09:00:00.000Z') };
const planeKey = 'p'.repeat(40);
const accountId = 'acc_one00000';
let database: Database;

beforeAll(async () => {
  database = await openEmbeddedTestDatabase();
  await database.ownerQuery('INSERT INTO account (id, name) VALUES ($1, $1)', [accountId]);
  const inventory = createInventory({
    ids: createIds(clock, randomBytes),
    random: randomBytes,
    clock,
    publicUrl: 'https://ads.example',
  });
  await database.withTransaction({ role: 'app', accountId }, (tx) =>
    inventory.ensureDefaultInventory(tx, accountId),
  );
});
afterAll(() => database.close());

/** A source over the real inventory, with line items that the test changes. */
function world(options: { debounceMs?: number; intervalMs?: number } = {}) {
  const state = {
    items: [lineItem()] as ServableLineItem[],
    builds: 0,
    failure: null as Error | null,
    errors: [] as unknown[],
    slowMs: 0,
    spend: emptySpend as IngestedSpend,
    kept: [] as string[],
    pruned: 0,
    archiveFailure: null as Error | null,
  };
  const archive: SnapshotArchive = {
    async keep(hash) {
      if (state.archiveFailure !== null) throw state.archiveFailure;
      state.kept.push(hash);
    },
    load: async () => null,
    async prune() {
      state.pruned++;
      return [];
    },
  };
  const source = createSnapshotSource({
    database,
    clock,
    keys: { signingKeys: async () => [signingKey] },
    lineItems: {
      async lineItemsForServing() {
        state.builds++;
        if (state.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, state.slowMs));
        if (state.failure !== null) throw state.failure;
        return state.items;
      },
    },
    creatives: { creativesForServing: async () => [creative()] },
    spend: { ingestedSpend: async () => state.spend },
    archive,
    onError: (error) => state.errors.push(error),
    debounceMs: 20,
    intervalMs: 60_000,
    ...options,
  });
  return { source, state };
}

async function serve<T>(source: SnapshotSource, use: (app: FastifyInstance) => Promise<T>): Promise<T> {
  const app = Fastify({ forceCloseConnections: true });
  registerSnapshotRoute(app, source, planeKey);
  try {
    return await use(app);
  } finally {
    await source.stop();
    await app.close();
  }
}

const get = (
  app: FastifyInstance,
  more: { wait?: string; body?: string; etag?: string; key?: string } = {},
) =>
  app.inject({
    url: PLANE_PATHS.snapshot,
    query: {
      ...(more.wait === undefined ? {} : { wait: more.wait }),
      ...(more.body === undefined ? {} : { body: more.body }),
    },
    headers: {
      authorization: `Bearer ${more.key ?? planeKey}`,
      ...(more.etag === undefined ? {} : { 'if-none-match': more.etag }),
    },
  });

describe('snapshot source', () => {
  it('builds from the database, keeps the hash when nothing changed, and changes it when something did', async () => {
    const { source, state } = world();
    const first = await source.rebuild();
    const decoded = decodeSnapshot(first.text);
    expect(decoded.ok && decoded.snapshot.placements.length).toBe(3);
    expect(decoded.ok && decoded.snapshot.accounts[0]!.id).toBe(accountId);
    expect(await source.rebuild()).toBe(first);
    state.items = [lineItem({ status: 'paused' })];
    expect((await source.rebuild()).header.hash).not.toBe(first.header.hash);
    await source.stop();
  });

  it('changes its tag with what is spent, and keeps its hash', async () => {
    const { source, state } = world();
    const first = await source.rebuild();
    state.spend = {
      byLineItem: new Map([['li_one000000', 40_000]]),
      byFlight: new Map([['flt_one00000', { micros: 40_000, impressions: 2 }]]),
      ingestedThrough: { 'node-1': { segment: 1, offset: 200 } },
    };
    const second = await source.rebuild();
    expect(second.header.hash).toBe(first.header.hash);
    expect(second.tag).not.toBe(first.tag);
    const decoded = decodeSnapshot(second.text);
    expect(decoded.ok && decoded.snapshot.spend.flights).toEqual({ flt_one00000: [40_000, 2] });
    await source.stop();
    // One body, kept once, whatever was spent.
    expect(state.kept).toEqual([first.header.hash]);
  });

  it('keeps every body that was served, and serves on when it cannot', async () => {
    const { source, state } = world();
    const first = await source.rebuild();
    state.items = [lineItem({ name: 'Second' })];
    const second = await source.rebuild();
    await vi.waitFor(() => expect(state.kept).toHaveLength(3));
    state.archiveFailure = new Error('disk full');
    state.items = [lineItem({ name: 'Third' })];
    const third = await source.rebuild();
    await source.stop();
    expect(source.current()).toBe(third);
    // The one before is marked as used up to the change.
    expect(state.kept).toEqual([first.header.hash, first.header.hash, second.header.hash]);
    expect(state.pruned).toBe(1);
    expect(state.errors).toEqual([state.archiveFailure, state.archiveFailure]);
  });

  it('makes one build of many changes', async () => {
    const { source, state } = world();
    await source.start();
    for (let i = 0; i < 50; i++) source.markDirty();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(state.builds).toBe(2);
    await source.stop();
  });

  it('sees a change that came during a build', async () => {
    const { source, state } = world();
    state.slowMs = 60;
    const early = source.rebuild();
    await new Promise((resolve) => setTimeout(resolve, 10));
    state.items = [lineItem({ name: 'Renamed' })];
    const late = await source.rebuild();
    await early;
    expect(late.text).toContain('Renamed');
    expect(state.builds).toBe(2);
    await source.stop();
  });

  it('keeps the last good snapshot when a build fails, reports it, and recovers by itself', async () => {
    const { source, state } = world({ intervalMs: 30 });
    await source.start();
    const good = source.current();
    state.failure = new Error('database away');
    source.markDirty();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(state.errors.length).toBeGreaterThan(0);
    expect(source.current()).toBe(good);
    state.failure = null;
    state.items = [lineItem({ name: 'Back again' })];
    const back = await source.waitForChange(good!.tag, 2000);
    expect(back?.text).toContain('Back again');
    await source.stop();
  });
});

describe('snapshot route', () => {
  it('answers 200 with an ETag, then 304 for the same', async () => {
    const { source } = world();
    await source.start();
    await serve(source, async (app) => {
      const first = await get(app);
      expect(first.statusCode).toBe(200);
      expect(first.headers['content-type']).toContain('application/x-ndjson');
      expect(first.headers.etag).toBe(`"${source.current()!.tag}"`);
      expect(decodeSnapshot(first.body).ok).toBe(true);
      expect((await get(app, { etag: first.headers.etag as string })).statusCode).toBe(304);
    });
  });

  it('leaves the body out for who holds it and asks so', async () => {
    const { source, state } = world();
    await source.start();
    await serve(source, async (app) => {
      const first = await get(app);
      const opened = openSnapshot(first.body);
      const etag = first.headers.etag as string;
      state.spend = { ...emptySpend, byLineItem: new Map([[lineItem().id, 20_000]]) };
      await source.rebuild();
      const whole = await get(app, { etag });
      expect(whole.body.split('\n')[1]).toBe(first.body.split('\n')[1]);
      const counters = await get(app, { etag, body: 'changed' });
      expect(counters.headers.etag).toBe(whole.headers.etag);
      expect(counters.body.split('\n')[1]).toBe('');
      const held = opened.ok ? opened.header.hash : '';
      expect(openSnapshot(counters.body, held)).toMatchObject({ ok: true, bodyText: null });
      expect(openSnapshot(counters.body, 'another')).toMatchObject({ ok: false });
      const other = await get(app, { etag: `"${'0'.repeat(64)}.${'0'.repeat(64)}"`, body: 'changed' });
      expect(other.body).toBe(whole.body);
    });
  });

  it('sends what differs to who holds an earlier body and asks so, and the body to everybody else', async () => {
    const { source, state } = world();
    const others = Array.from({ length: 20 }, (_, n) => lineItem({ id: `li_other${n}0000` }));
    state.items = [lineItem(), ...others];
    await source.start();
    await serve(source, async (app) => {
      const first = await get(app);
      const etag = first.headers.etag as string;
      state.items = [lineItem({ campaignStatus: 'paused' }), ...others];
      await source.rebuild();
      const whole = await get(app, { etag });
      const difference = await get(app, { etag, body: 'difference' });
      expect(difference.headers.etag).toBe(whole.headers.etag);
      expect(difference.body.length).toBeLessThan(whole.body.length / 4);
      const opened = openSnapshot(difference.body);
      expect(opened).toMatchObject({
        ok: true,
        bodyText: null,
        header: { hash: source.current()!.header.hash },
      });
      const { from, lineItems } = JSON.parse(difference.body.split('\n')[1]!);
      expect(etag).toContain(from);
      expect(lineItems).toMatchObject({ put: [{ id: lineItem().id, status: 'paused' }], gone: [] });
      const unknown = `"${'0'.repeat(64)}.${'0'.repeat(64)}"`;
      for (const asked of [
        { etag, body: 'changed' },
        { etag: unknown, body: 'difference' },
        { etag: `${etag}, ${unknown}`, body: 'difference' },
        { body: 'difference' },
      ])
        expect((await get(app, asked)).body).toBe(whole.body);
      const held = await get(app, {
        etag: `"${whole.headers.etag!.slice(1, 65)}.${'0'.repeat(64)}"`,
        body: 'difference',
      });
      expect(held.body.split('\n')[1]).toBe('');
    });
  });

  it('holds a request over a real connection and answers it soon after a change', async () => {
    const { source, state } = world();
    await source.start();
    await serve(source, async (app) => {
      const origin = await app.listen({ port: 0, host: '127.0.0.1' });
      const etag = `"${source.current()!.tag}"`;
      const started = performance.now();
      const held = fetch(`${origin}${PLANE_PATHS.snapshot}?wait=10`, {
        headers: { authorization: `Bearer ${planeKey}`, 'if-none-match': etag },
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      state.items = [lineItem({ campaignStatus: 'paused' })];
      source.markDirty();
      const answer = await held;
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('"status":"paused"');
      // A second is promised on a machine that has nothing else to do.
      expect(performance.now() - started).toBeLessThan(3000);
    });
  });

  it('answers 304 when the wait passes, and lets a caller go that hangs up', async () => {
    const { source } = world();
    await source.start();
    await serve(source, async (app) => {
      const etag = `"${source.current()!.tag}"`;
      expect((await get(app, { etag, wait: '0.05' })).statusCode).toBe(304);
      const origin = await app.listen({ port: 0, host: '127.0.0.1' });
      const hangUp = new AbortController();
      const held = fetch(`${origin}${PLANE_PATHS.snapshot}?wait=30`, {
        headers: { authorization: `Bearer ${planeKey}`, 'if-none-match': etag },
        signal: hangUp.signal,
      });
      setTimeout(() => hangUp.abort(), 30);
      await expect(held).rejects.toThrow();
    });
  });

  it.each([
    ['a wrong key', { key: 'q'.repeat(40) }, 401, 'plane.unauthorised'],
    ['a part of the key', { key: 'p'.repeat(39) }, 401, 'plane.unauthorised'],
    ['a wait that is too long', { wait: '31' }, 400, 'input.invalid'],
    ['a wait that is no number', { wait: 'forever' }, 400, 'input.invalid'],
  ])('refuses %s', async (_name, request, status, code) => {
    const { source } = world();
    await source.start();
    await serve(source, async (app) => {
      const answer = await get(app, request);
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toMatchObject({ code, status });
    });
  });

  it('says so when there is no snapshot yet', async () => {
    const { source } = world();
    await serve(source, async (app) => {
      const answer = await get(app);
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'snapshot.not_ready' });
    });
  });

  it('does not start with a plane key that is too short', () => {
    expect(() => registerSnapshotRoute(Fastify(), world().source, 'short')).toThrow('5 characters');
  });
});
