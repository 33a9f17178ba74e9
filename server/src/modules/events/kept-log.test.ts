import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CreatedBackup,
  createBackup,
  dumpDatabase,
  recordBackup,
  recordVerified,
  restoreBackup,
  verifyBackup,
} from '#modules/backup';
import { systemClock } from '../../kernel/clock.ts';
import { applyMigrations, type Database, readMigrations } from '../../platform/database/index.ts';
import { openLocalStore } from '../../platform/object-store/index.ts';
import { call, until } from '../../skins/delivery/testing/call.ts';
import { TEST_PLANE_KEY } from '../../testing/control-app.ts';
import { openEmbeddedTestDatabase } from '../../testing/database-suite.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';
import { sellAt } from '../../testing/sold-campaigns.ts';
import { createIngester, httpLogSource } from './index.ts';

/** A real node that keeps nothing it may forget, and may forget what a verified backup holds. */
let served: ServedApp;
let tag: string;
const folder = mkdtempSync(join(tmpdir(), 'cuepoint-kept-'));
const source = () =>
  httpLogSource({ origin: `http://127.0.0.1:${served.node.internalPort}`, planeKey: TEST_PLANE_KEY });
const migrations = { read: () => readMigrations(), apply: applyMigrations };
const passphrase = 'only for this test';

beforeAll(async () => {
  served = await startServedApp({ segmentBytes: 12_000, logMaxBytes: 0, logPruneAfter: 'backup' });
  await sellAt(served.app, 'Kept', [20, 30]);
  const { output } = await served.app.tenants[0].caller.call('inventory.listPlacements', {});
  tag = `pl=${(output as { items: Array<{ key: string }> }).items[0]!.key}`;
  await until(async () => (await served.vast(tag)).includes('<Impression'));
}, 60_000);
afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true });
});

/** Ads that are asked for and seen. */
async function play(ads: number): Promise<void> {
  for (let i = 0; i < ads; i++) {
    const text = await served.vast(tag);
    for (const [, address] of text.matchAll(/<Impression id="cuepoint">([^<]+)/g)) {
      const { pathname, search } = new URL(address!.replaceAll('&amp;', '&'));
      expect((await call(served.node.publicPort, pathname + search)).status).toBe(200);
    }
  }
}

const ingest = (database: Database) =>
  createIngester({ database, source: source(), clock: systemClock }).ingestNow();

/** Waits until the node holds a snapshot that tells of everything counted, and has done what it does then. */
async function told(): Promise<void> {
  const { rows } = await served.app.database.ownerQuery(
    'SELECT segment::int, next_offset::int FROM log_offset',
  );
  await until(async () => {
    const status = await call(served.node.internalPort, '/internal/status', {
      headers: { authorization: `Bearer ${TEST_PLANE_KEY}` },
    });
    const { snapshotTag } = status.json() as { snapshotTag?: string };
    const answer = await fetch(`${served.app.origin}/internal/delivery/snapshot`, {
      headers: { authorization: `Bearer ${TEST_PLANE_KEY}` },
    });
    const statement = JSON.parse((await answer.text()).split('\n')[2]!) as {
      ingestedThrough: Record<string, { segment: number; offset: number }>;
    };
    const { segment, offset } = statement.ingestedThrough['node-1'] ?? {};
    const isCounted = segment === rows[0]!.segment && offset === rows[0]!.next_offset;
    return isCounted && answer.headers.get('etag') === `"${snapshotTag}"`;
  }, 30_000);
}

async function rowsOf(database: Database): Promise<Record<string, unknown>> {
  const of = async (table: string) =>
    (await database.ownerQuery(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)).rows;
  const { rows: offsets } = await database.ownerQuery('SELECT node, segment, next_offset FROM log_offset');
  return { events: await of('delivery_event'), hours: await of('delivery_hour'), offsets };
}

async function backUp(path: string): Promise<CreatedBackup> {
  const { database, dataDir } = served.app;
  return createBackup({
    path,
    passphrase,
    keysFile: join(dataDir, 'keys.json'),
    store: await openLocalStore(join(dataDir, 'files')),
    withFiles: true,
    dump: (emit) => dumpDatabase(database, systemClock.now(), emit),
    record: (made) => recordBackup(database, made),
    engine: database.kind,
    productVersion: 'test',
    now: systemClock.now(),
    id: 'bak_01jcx9w2b8k3m5n7p9q1',
  });
}

describe('a log whose segments wait for a verified backup', () => {
  it('rebuilds a database that is lost after the backup, to the unit', async () => {
    const { database, dataDir } = served.app;
    await play(40);
    await ingest(database);
    const path = join(folder, 'one.backup');
    const made = await backUp(path);
    const position = made.logPositions['node-1']!;
    expect(position.segment).toBeGreaterThan(2);
    // The second snapshot is taken over after the node has acted on the first.
    for (const ads of [30, 1]) {
      await play(ads);
      await ingest(database);
      await told();
    }
    // Counted, and in a backup that nobody has proved: everything is kept.
    expect((await source().first()).segment).toBe(1);

    const verified = await verifyBackup({
      path,
      passphrase,
      store: await openLocalStore(join(dataDir, 'files')),
      migrations,
      openScratch: () => openEmbeddedTestDatabase(),
      record: (id) => recordVerified(database, id, systemClock.now()),
      now: () => systemClock.now(),
    });
    expect(verified.recorded).toBe(true);
    await until(async () => (await source().first()).segment > 1, 30_000);
    await told();
    expect(await source().first()).toEqual({ segment: position.segment, offset: 0 });

    await play(10);
    await ingest(database);
    const lost = await rowsOf(database);
    const again = await openEmbeddedTestDatabase();
    try {
      await restoreBackup({
        path,
        passphrase,
        database: again,
        migrations,
        store: await openLocalStore(join(folder, 'files')),
        keysFile: join(folder, 'keys.json'),
        replace: false,
        allowMissingFiles: false,
        // The log is another machine's.
        logDir: join(folder, 'log'),
        nodeId: 'node-2',
      });
      expect(await rowsOf(again)).not.toEqual(lost);
      await ingest(again);
      expect(await rowsOf(again)).toEqual(lost);
    } finally {
      await again.close();
    }
  }, 120_000);
});
