import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import { type NamedStore, openLocalNamedStore } from '../../platform/object-store/index.ts';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { duckParquet } from './adapters/duck-parquet.ts';
import { type ArchiverPorts, archiveNow } from './archiver.ts';
import { accountOf } from './domain/derive-rows.ts';
import { createIngester } from './ingester.ts';
import { event, FakeLog } from './testing/fake-log.ts';
import { traffic } from './testing/truth-world.ts';

const [first, second] = ['acc_archive0001', 'acc_archive0002'];
const root = mkdtempSync(join(tmpdir(), 'cuepoint-archive-'));
const parquet = duckParquet();
let duck: DuckDBInstance;
let count = 0;
let folder: string;
let store: NamedStore;
let log: FakeLog;
let gaps: Array<[string, LogPosition, LogPosition]>;

beforeAll(async () => {
  duck = await DuckDBInstance.create(':memory:');
});
afterAll(() => {
  duck.closeSync();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  folder = join(root, String(++count));
  store = openLocalNamedStore(folder);
  log = new FakeLog('node-1');
  gaps = [];
});

/** The traffic of tests is of the morning of that day: by then all of its hours may get more. */
const sameDay = '2026-11-21T10:00:00.000Z';
const nextDay = '2026-11-22T12:00:00.000Z';

const run = (over: Partial<ArchiverPorts> & { now?: string } = {}) =>
  archiveNow({
    logs: [log],
    store,
    parquet,
    existingAccounts: async (ids) => new Set(ids),
    clock: { now: () => new Date(over.now ?? sameDay) },
    keepDays: 400,
    onGap: (...gap) => void gaps.push(gap),
    stretchRecords: 10,
    pageSize: 4,
    ...over,
  });

/** Keys of all files, and every row of them as it stands: no reader takes anything away. */
async function archived(): Promise<{ files: string[]; rows: Array<Record<string, unknown>> }> {
  const files = (await store.list('events')).map(({ key }) => key);
  if (files.length === 0) return { files, rows: [] };
  const connection = await duck.connect();
  try {
    const list = files.map((key) => `'${store.pathOf(key)}'`).join(', ');
    const reader = await connection.runAndReadAll(
      `SELECT * FROM read_parquet([${list}], hive_partitioning = false, filename = true)
         ORDER BY node, segment, log_offset`,
    );
    return { files, rows: reader.getRowObjectsJson() as Array<Record<string, unknown>> };
  } finally {
    connection.closeSync();
  }
}

const addresses = (rows: Array<Record<string, unknown>>) =>
  rows.map((row) => `${row.node} ${row.segment} ${row.log_offset}`);
const addressesOf = (...logs: FakeLog[]) =>
  logs.flatMap((one) =>
    one.entries.map(({ segment, offset }) => `${one === log ? 'node-1' : 'node-2'} ${segment} ${offset}`),
  );

describe('the archive', () => {
  it('holds each record once, in the hour of its own time, with what the log has of it', async () => {
    traffic(log, first, 40);
    traffic(log, second, 10, 60);
    const totals = await run();
    const { files, rows } = await archived();
    expect(totals).toMatchObject({ records: log.entries.length, files: files.length });
    expect(addresses(rows)).toEqual(addressesOf(log));
    for (const [index, { record }] of log.entries.entries()) {
      const row = rows[index]!;
      const at = record.at;
      expect(row.filename).toContain(
        `/events/account=${accountOf(log.entries[index]!)}/day=${at.slice(0, 10)}/hour=${at.slice(11, 13)}/node-1-`,
      );
      expect(row).toMatchObject({
        kind: record.type,
        record_at: at.replace('T', ' ').replace(/(\.000)?Z$/, ''),
        decision_id: record.decisionId,
      });
      if (record.type === 'event')
        expect(row).toMatchObject({
          event: record.event,
          spend_micros: String(record.spendMicros),
          duplicate: record.duplicate,
          invalid: record.invalid ?? null,
        });
      else
        expect(row).toMatchObject({
          reason: record.reason,
          identity: record.request.identity,
          ads: record.ads.map((ad) => ({ campaign_id: ad.campaignId, price_micros: String(ad.priceMicros) })),
        });
    }
    expect(await run()).toEqual({ records: 0, files: 0, merged: 0, removed: 0 });
  });

  it('has the events that are stored and the repetitions of them, no more and no fewer', async () => {
    const database = await openEmbeddedTestDatabase();
    try {
      await database.ownerQuery('INSERT INTO account (id, name) VALUES ($1, $1)', [first]);
      traffic(log, first, 40);
      traffic(log, second, 5, 60);
      const counted = await createIngester({
        database,
        source: log,
        clock: { now: () => new Date(sameDay) },
      }).ingestNow();
      await run({ existingAccounts: async (ids) => new Set([...ids].filter((id) => id === first)) });
      const { rows } = await archived();
      const events = rows.filter((row) => row.kind === 'event');
      expect(counted.duplicates).toBeGreaterThan(0);
      expect(events).toHaveLength(counted.events + counted.duplicates);
      expect(rows.filter((row) => row.account_id !== first)).toEqual([]);
      const { rows: stored } = await database.ownerQuery(
        'SELECT segment::text, log_offset::text, event, spent_micros::text FROM delivery_event ORDER BY delivery_event.segment, delivery_event.log_offset',
      );
      const kept = new Set(
        stored.map((row) => `${row.segment} ${row.log_offset} ${row.event} ${row.spent_micros}`),
      );
      const seen = events.map((row) => `${row.segment} ${row.log_offset} ${row.event} ${row.spend_micros}`);
      expect(seen.filter((one) => kept.has(one))).toHaveLength(kept.size);
    } finally {
      await database.close();
    }
  }, 60_000);

  it('is the same wherever it was interrupted, and however much it read at once then', async () => {
    traffic(log, first, 30);
    traffic(log, second, 6, 20);
    await run();
    const whole = await archived();
    for (let stopAt = 1; stopAt < 24; stopAt++) {
      folder = join(root, String(++count));
      store = openLocalNamedStore(folder);
      let steps = 0;
      const failing: NamedStore = {
        ...store,
        put: async (key, draft) => {
          if (++steps === stopAt) throw new Error('cut');
          return store.put(key, draft);
        },
        write: async (key, text) => {
          if (++steps === stopAt) throw new Error('cut');
          return store.write(key, text);
        },
      };
      await expect(
        run({ store: failing, stretchRecords: 5 + (stopAt % 17), pageSize: 1 + (stopAt % 5) }),
      ).rejects.toThrow('cut');
      await run();
      const again = await archived();
      expect(addresses(again.rows), `stopped at step ${stopAt}`).toEqual(addresses(whole.rows));
    }
  }, 120_000);

  it('takes late records into their own hour, and makes one file of an hour that is over', async () => {
    traffic(log, first, 20);
    await run();
    log.append(event('dec_000001', 'firstQuartile', { accountId: first, at: '2026-11-21T06:59:59.999Z' }));
    await run();
    const before = await archived();
    const hour = (key: string) => key.slice(0, key.lastIndexOf('/'));
    const sixth = before.files.filter((key) => key.includes('/hour=06/'));
    expect(sixth.length).toBeGreaterThan(1);
    expect((await run()).merged).toBe(0);
    expect((await run({ now: nextDay })).merged).toBeGreaterThan(0);
    const after = await archived();
    expect(after.files).toEqual([...new Set(after.files)]);
    expect(after.files).toHaveLength(new Set(before.files.map(hour)).size);
    const plain = (rows: Array<Record<string, unknown>>) => rows.map(({ filename: _path, ...row }) => row);
    expect(plain(after.rows)).toEqual(plain(before.rows));
    expect((await run({ now: nextDay })).merged).toBe(0);
    log.append(event('dec_000002', 'firstQuartile', { accountId: first, at: '2026-11-21T06:59:00.000Z' }));
    expect(await run({ now: nextDay })).toMatchObject({ records: 1, files: 1, merged: 2 });
    expect(addresses((await archived()).rows)).toEqual(addressesOf(log));
  });

  it('loses and doubles nothing when a merge is cut off', async () => {
    traffic(log, first, 20);
    await run();
    const before = await archived();
    let removals = 0;
    const failing: NamedStore = {
      ...store,
      remove: async (key) => {
        if (++removals === 2) throw new Error('cut');
        return store.remove(key);
      },
    };
    await expect(run({ store: failing, now: nextDay })).rejects.toThrow('cut');
    await run({ now: nextDay });
    expect(addresses((await archived()).rows)).toEqual(addresses(before.rows));
  });

  it('keeps several nodes apart, and merges only what it knows to be whole', async () => {
    const other = new FakeLog('node-2');
    traffic(log, first, 12);
    traffic(other, first, 12, 50);
    await run({ logs: [log, other] });
    expect(addresses((await archived()).rows)).toEqual(addressesOf(log, other));
    const { files } = await archived();
    const ofOther = files.filter((key) => key.includes('node-2'));
    await run({ now: nextDay });
    expect((await archived()).files.filter((key) => key.includes('node-2'))).toEqual(ofOther);
  });

  it('forgets hours that are older than it keeps, and says what was pruned before it came', async () => {
    traffic(log, first, 20);
    log.firstSegment = 3;
    await run();
    expect(gaps).toEqual([]);
    expect(addresses((await archived()).rows)).toEqual(
      addressesOf(log).filter((address) => Number(address.split(' ')[1]) >= 3),
    );
    traffic(log, first, 20, 40);
    log.firstSegment = log.end.segment - 1;
    await run();
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject(['node-1', expect.anything(), { segment: log.firstSegment, offset: 0 }]);
    const { removed } = await run({ now: '2026-11-25T00:00:00.000Z', keepDays: 3 });
    expect(removed).toBeGreaterThan(0);
    expect((await archived()).files).toEqual([]);
    expect(readdirSync(join(folder, '.incoming'))).toEqual([]);
  });
});
