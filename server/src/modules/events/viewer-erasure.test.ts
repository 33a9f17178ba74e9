import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventsVerification, ViewerErasure } from '@cuepoint/contract';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPrivacy, type PrivacyPorts } from '#modules/privacy';
import { AppError } from '../../kernel/app-error.ts';
import type { ErasableKind, ErasureOrder, LogPage, LogPosition } from '../../kernel/delivery-protocol.ts';
import type { Database } from '../../platform/database/index.ts';
import { type NamedStore, openLocalNamedStore } from '../../platform/object-store/index.ts';
import { Erasures } from '../../skins/delivery/erasures.ts';
import { hashOfId, IdentityKeys } from '../../skins/delivery/viewer/index.ts';
import { identityText } from '../../skins/delivery/viewer-claim.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { clearIdentities, countArchived, eraseArchived } from './archive-erasure.ts';
import { archiveNow } from './archiver.ts';
import { createEvents, createIngester, duckParquet, duckQuery } from './index.ts';
import { clearOldIdentities } from './jobs/archive.ts';
import type { KeptLog } from './ports.ts';
import { decision, event, FakeLog } from './testing/fake-log.ts';

/* Forgetting a viewer from the request to the archive, with rebuilding and verification, on both databases. */

const keys = new IdentityKeys('a secret of the nodes, for this test');
const hashOf = (kind: ErasableKind, accountId: string, id: string) => {
  const hash = hashOfId(kind, accountId, id, keys);
  return hash === null ? null : identityText([hash.hi, hash.lo]);
};
const HERS = 'Her-Id-At-The-Publisher-77';
const OTHERS = 'somebody-elses-id';

/** A node: its log as the door gives it away, and its list. */
class Node implements KeptLog {
  readonly log = new FakeLog('node-1');
  erasures = Erasures.none();
  isAway = false;
  logFrom: string | null = null;
  readonly orders: ErasureOrder[] = [];
  nodeId = () => this.log.nodeId();
  first = () => this.log.first();
  async read(from: LogPosition, options: Parameters<KeptLog['read']>[1]): Promise<LogPage> {
    const page = await this.log.read(from, options);
    const entries = page.entries.map((entry) => {
      const { record } = entry;
      return record.type === 'decision' ? { ...entry, record: this.erasures.strip(record) } : entry;
    });
    return { ...page, entries };
  }
  async forget(order: ErasureOrder) {
    this.orders.push(order);
    if (this.isAway) throw new Error('the node is away');
    if (!order.isPreview) await this.erasures.add(order);
    return { nodeId: 'node-1', exposures: 2, sessions: 1, logFrom: this.logFrom };
  }
}

databaseSuite('a viewer who asks to be forgotten', (open) => {
  const root = mkdtempSync(join(tmpdir(), 'cuepoint-erasure-'));
  const parquet = duckParquet();
  let database: Database;
  let app: TestApp;
  let node: Node;
  let store: NamedStore;
  let folder = 0;
  let privacy: ReturnType<typeof createPrivacy>;
  let failures: string[];
  const sent: string[] = [];
  const rounds: Array<{ pending: number; oldestPendingMs: number }> = [];
  let breakArchive: (() => void) | null = null;

  beforeAll(async () => {
    database = await open();
    node = new Node();
    store = openLocalNamedStore(join(root, 'first'));
    const log: KeptLog = {
      nodeId: () => node.nodeId(),
      first: () => node.first(),
      read: (...given) => node.read(...given),
    };
    const archive = { store: named(), parquet };
    app = await createTestApp(database, ({ clock, ids }) => {
      const ports: PrivacyPorts = {
        unitOfWork: database,
        queue: {
          createQueue: async () => undefined,
          work: async () => undefined,
          schedule: async () => undefined,
          send: async (name) => {
            sent.push(name);
            return 'job';
          },
        },
        clock,
        ids,
        hashOf,
        nodes: [{ forget: (order) => node.forget(order) }],
        archive: {
          count: (viewer) => countArchived(archive, viewer),
          async erase(viewer) {
            breakArchive?.();
            return eraseArchived(archive, viewer);
          },
          soon: null,
        },
        logKeepMs: 35 * 86_400_000,
        onFault: (_, what) => void failures.push(what),
        onRound: (round) => void rounds.push(round),
      };
      privacy = createPrivacy(ports);
      const events = createEvents({
        database,
        logs: [log],
        campaigns: async () => new Map([['cmp_one00000', { demo: false }]]),
        timeline: async () => 'away',
        nodes: [],
        ingester: () => null,
        archive: {
          store: named(),
          query: duckQuery({ timeLimitMs: 9000, memoryMegabytes: 256, answerBytes: 1e6, waiting: 2 }),
        },
      });
      return [...privacy.operations, ...events.operations];
    });
    source = log;
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let source: KeptLog;
  /** The store of the running test. */
  function named(): NamedStore {
    return new Proxy({} as NamedStore, { get: (_, name) => store[name as keyof NamedStore] });
  }

  beforeEach(async () => {
    failures = [];
    breakArchive = null;
    sent.length = 0;
    rounds.length = 0;
    node = new Node();
    store = openLocalNamedStore(join(root, `${open.kind}-${++folder}`));
    app.clock.set('2026-11-21T12:00:00.000Z');
    await database.ownerQuery(
      'DELETE FROM log_offset; DELETE FROM delivery_event; DELETE FROM delivery_hour; DELETE FROM delivery_reach',
    );
    // Not even the owner of the database sees rows of an account without saying which.
    for (const accountId of app.accounts)
      await database.withTransaction({ role: 'app', accountId }, async (tx) => {
        await tx.execute(sql`DELETE FROM viewer_erasure`);
        await tx.execute(sql`DELETE FROM node_spend`);
      });
  });

  const watch = (account: 0 | 1, viewer: string, n: number, at: string) => {
    const accountId = app.accounts[account];
    const identity = hashOf('supplied', accountId, viewer)!;
    const id = `dec_${account}_${viewer.slice(0, 3)}_${n}`;
    const made = decision({ id, accountId, at, facts: { country: 'DE', city: 'Bonn', segment: ['hers'] } });
    made.request.identity = identity;
    made.request.identityKind = 'supplied';
    made.request.session = hashOf('session', accountId, 'evening')!;
    made.request.requestId = `of-${viewer}`;
    node.log.append(
      made,
      event(id, 'impression', { accountId, at, identity, identityKind: 'supplied', country: 'DE' }),
    );
  };
  /** Two viewers in two accounts, counted and archived. */
  async function history(): Promise<void> {
    for (const account of [0, 1] as const)
      for (const [at, viewer] of [HERS, OTHERS, HERS].entries())
        watch(account, viewer, at, `2026-11-21T0${7 + at}:10:00.000Z`);
    await createIngester({ database, source, clock: app.clock, batchSize: 5 }).ingestNow();
    await archive();
  }
  const archive = () =>
    archiveNow({
      logs: [source],
      store,
      parquet,
      existingAccounts: async (ids) => new Set(ids),
      clock: app.clock,
      keepDays: 400,
      onGap: () => undefined,
    });
  const request = (over: Record<string, unknown> = {}, options: Parameters<TestApp['call']>[2] = {}) =>
    app.call(
      'privacy.eraseViewer',
      { kind: 'supplied', viewer: HERS, reference: 'DSR-2026-14', ...over },
      options,
    ) as Promise<ViewerErasure>;
  const show = (erasureId: string) => app.call('privacy.getErasure', { erasureId }) as Promise<ViewerErasure>;
  const place = (erasure: ViewerErasure, name: string) => erasure.places.find((one) => one.place === name)!;
  const archived = async (account: 0 | 1) => {
    const { rows } = (await app.call(
      'events.queryEvents',
      {
        sql: `select identity, identity_kind, request_id, facts::varchar, decision_id, log_offset from events
              where kind = 'decision' order by segment, log_offset`,
      },
      { account },
    )) as { rows: Array<Array<string | null>> };
    return rows;
  };
  const verify = (account: 0 | 1 = 0) =>
    app.call('events.verifyEvents', {}, { account }) as Promise<EventsVerification>;
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (AppError.is(error) ? `${error.code} ${error.message}` : String(error)),
    );
  /** Every row of every table, as text. */
  async function everything(): Promise<string> {
    const { rows: tables } = await database.ownerQuery(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await database.ownerQuery(`SELECT t::text AS row FROM ${name} t`);
      texts.push(...rows.map(({ row }) => `${name} ${row}`));
    }
    return texts.join('\n');
  }

  it('is erased in nodes and archive, and nobody else is, in whichever account', async () => {
    await history();
    const [before, theirs] = [await archived(0), await archived(1)];
    const made = await request();
    expect(made).toMatchObject({
      state: 'pending',
      kind: 'supplied',
      reference: 'DSR-2026-14',
      goneAt: null,
    });
    expect(made.goneBy).toBe('2026-12-28T12:00:00.000Z');
    expect(sent).toEqual(['privacy.erase']);
    await privacy.jobs.erase();
    expect(failures).toEqual([]);
    const done = await show(made.id);
    expect(done.state).toBe('expiring');
    expect(done.places.map(({ place: name, state, records }) => [name, state, records])).toEqual([
      ['database', 'holds_none', 0],
      ['node_memory', 'erased', 3],
      ['archive', 'erased', 2],
      ['node_logs', 'expiring', null],
      ['backups', 'holds_none', 0],
    ]);
    expect(node.orders).toEqual([
      {
        accountId: app.accounts[0],
        identity: hashOf('supplied', app.accounts[0], HERS),
        erasedAt: '2026-11-21T12:00:00.000Z',
        isPreview: false,
      },
    ]);
    const after = await archived(0);
    expect(after.map((row) => row.slice(4))).toEqual(before.map((row) => row.slice(4)));
    expect(after[1]).toEqual(before[1]);
    for (const at of [0, 2]) {
      expect(after[at]!.slice(0, 3)).toEqual([null, 'none', '']);
      expect(JSON.parse(after[at]![3]!)).toEqual({ country: 'DE' });
    }
    expect(await archived(1)).toEqual(theirs);
    expect(rounds.at(-1)).toEqual({ pending: 0, oldestPendingMs: 0 });
  });

  it('is in no table before, and only its hash is while the logs still hold it', async () => {
    await history();
    const hash = hashOf('supplied', app.accounts[0], HERS)!;
    expect(await everything()).not.toContain(hash);
    const made = await request({}, { idempotencyKey: 'ask-once' });
    await privacy.jobs.erase();
    const held = await everything();
    expect(held.toLowerCase()).not.toContain(HERS.toLowerCase());
    expect(held).toContain('viewer_erasure');
    const lines = held.split('\n').filter((line) => line.includes(hash));
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['public.viewer_erasure']);
    const audit = (await app.call('accounts.listAudit', { limit: 5 })) as { items: object[] };
    expect(JSON.stringify(audit.items)).toContain(made.id);
    expect(JSON.stringify(audit.items)).not.toContain(hash);
    expect(JSON.stringify(await show(made.id))).not.toContain(hash);
  });

  it('changes no count and no spend: verification and rebuilding agree to the unit', async () => {
    await history();
    const stored = async () => (await everything()).split('\n').filter((line) => line.includes('.delivery_'));
    const before = await stored();
    await request();
    await privacy.jobs.erase();
    expect(await stored()).toEqual(before);
    expect(await verify()).toMatchObject({ agrees: true, differencesTotal: 0 });
    // Everything is derived from the logs again, and the archive written again: nothing brings the viewer back.
    await database.ownerQuery(
      'DELETE FROM delivery_event; DELETE FROM delivery_hour; DELETE FROM delivery_reach',
    );
    for (const account of [0, 1] as const) await app.call('events.rebuildEvents', {}, { account });
    expect((await stored()).sort()).toEqual(before.sort());
    expect(await verify()).toMatchObject({ agrees: true });
    store = openLocalNamedStore(join(root, `${open.kind}-again-${folder}`));
    await archive();
    expect((await archived(0)).map(([identity]) => identity)).toEqual([
      null,
      hashOf('supplied', app.accounts[0], OTHERS),
      null,
    ]);
    expect((await archived(1)).filter(([identity]) => identity === null)).toEqual([]);
  });

  it('counts as new from the request on', async () => {
    await history();
    await request();
    await privacy.jobs.erase();
    watch(0, HERS, 9, '2026-11-21T13:10:00.000Z');
    await archive();
    await request({ viewer: OTHERS });
    await privacy.jobs.erase();
    expect((await archived(0)).map(([identity]) => identity)).toEqual([
      null,
      null,
      null,
      hashOf('supplied', app.accounts[0], HERS),
    ]);
  });

  it('changes nothing on a dry run, which says what there is', async () => {
    await history();
    const before = [await everything(), await archived(0)];
    const found = await request({}, { dryRun: true });
    expect(place(found, 'node_memory')).toMatchObject({ state: 'pending', records: 3 });
    expect(place(found, 'archive')).toMatchObject({ state: 'pending', records: 2 });
    expect(node.orders).toMatchObject([{ isPreview: true }]);
    await privacy.jobs.erase();
    expect([await everything(), await archived(0)]).toEqual(before);
    expect(sent).toEqual([]);
    node.isAway = true;
    expect(place(await request({}, { dryRun: true }), 'node_memory')).toMatchObject({
      records: null,
      problem: '1 of 1 delivery nodes do not answer',
    });
  });

  it('is erased once what was in the way is gone, wherever it stopped', async () => {
    await history();
    const { id } = await request();
    node.isAway = true;
    await privacy.jobs.erase();
    expect(place(await show(id), 'node_memory')).toMatchObject({
      state: 'pending',
      problem: '1 of 1 delivery nodes do not answer',
    });
    expect((await archived(0)).some(([identity]) => identity === null)).toBe(false);
    app.clock.advance(60_000);
    node.isAway = false;
    // The disk fails in the middle of the archive: some files are done, and none is half done.
    const put = store.put;
    let puts = 0;
    store.put = async (key, draft) => {
      if (++puts > 1) throw new Error('the disk is full');
      return put(key, draft);
    };
    await privacy.jobs.erase();
    expect(rounds.at(-1)).toEqual({ pending: 1, oldestPendingMs: 60_000 });
    const half = await show(id);
    expect(half.state).toBe('pending');
    expect(place(half, 'node_memory')).toMatchObject({ state: 'erased', problem: null });
    expect(place(half, 'archive')).toMatchObject({ state: 'pending', records: null });
    expect(place(half, 'archive').problem).toMatch(/could not be rewritten/);
    expect((await archived(0)).filter(([identity]) => identity === null)).toHaveLength(1);
    store.put = put;
    // The process dies before it can say that it is done: all of it is found done, and said.
    breakArchive = () => {
      breakArchive = null;
      throw new Error('killed');
    };
    await privacy.jobs.erase();
    await privacy.jobs.erase();
    expect((await show(id)).state).toBe('expiring');
    expect((await archived(0)).filter(([identity]) => identity === null)).toHaveLength(2);
    expect(await verify()).toMatchObject({ agrees: true });
  });

  it('is gone for good when no log has a record from before, and only then', async () => {
    await history();
    const { id } = await request();
    const hash = hashOf('supplied', app.accounts[0], HERS)!;
    await privacy.jobs.erase();
    for (const logFrom of [null, '2026-11-21T11:00:00.000Z', '2026-11-21T12:00:30.000Z']) {
      node.logFrom = logFrom;
      await privacy.jobs.expire();
      expect((await show(id)).state, String(logFrom)).toBe('expiring');
    }
    node.isAway = true;
    node.logFrom = '2026-12-26T00:00:00.000Z';
    await privacy.jobs.expire();
    expect((await show(id)).state).toBe('expiring');
    node.isAway = false;
    app.clock.set('2026-12-26T03:41:00.000Z');
    await privacy.jobs.expire();
    expect(await show(id)).toMatchObject({ state: 'complete', goneAt: '2026-12-26T03:41:00.000Z' });
    expect(await everything()).not.toContain(hash);
    const told = node.orders.length;
    await privacy.jobs.expire();
    expect(node.orders).toHaveLength(told);
  });

  it('is refused by what is wrong, without the id in the answer', async () => {
    for (const viewer of ['abc', '00000000-0000-0000-0000-000000000000', 'has a space', 'optout'])
      expect(await refusal(request({ viewer }))).toContain('viewer_erasure.invalid');
    const leaky = await refusal(request({ reference: `about ${HERS.toUpperCase()}` }));
    expect(leaky).toMatch(/^\S+ reference: it holds the id/);
    expect(leaky).toContain('viewer_erasure.invalid');
    expect(leaky.toLowerCase()).not.toContain(HERS.toLowerCase());
    expect(await refusal(request({ kind: 'household' }))).toMatch(/^input\.invalid kind/);
    expect(await refusal(request({}, { role: 'trafficker' }))).toMatch(/^auth\.forbidden/);
    expect(await refusal(request({}, { role: 'agent' }))).toMatch(/^auth\.forbidden/);
    const { id } = await request({}, { account: 1 });
    expect(await refusal(show(id))).toContain('viewer_erasure.not_found');
    expect(await app.call('privacy.listErasures', {})).toMatchObject({ items: [], total: 0 });
    expect(await app.call('privacy.listErasures', {}, { account: 1 })).toMatchObject({
      items: [{ id }],
      total: 1,
    });
  });

  it('is forgotten in the archive after its days without asking, with every other', async () => {
    await history();
    watch(0, HERS, 5, '2026-11-21T11:50:00.000Z');
    await archive();
    const cleared: number[] = [];
    const daily = (now: string) =>
      clearOldIdentities({
        store,
        parquet,
        clock: { now: () => new Date(now) },
        identityDays: 1,
        onIdentitiesCleared: (records) => void cleared.push(records),
      });
    await daily('2026-11-22T09:30:00.000Z');
    await daily('2026-11-22T23:30:00.000Z');
    // Hours that had ended a day before: 7 and 8 of both accounts.
    expect(cleared).toEqual([4]);
    expect((await archived(0)).map(([identity]) => identity === null)).toEqual([true, true, false, false]);
    await daily('2026-11-23T12:00:00.000Z');
    expect(cleared).toEqual([4, 3]);
    expect(await clearIdentities({ store, parquet }, new Date('2027-01-01T00:00:00Z'))).toBe(0);
  });
});
