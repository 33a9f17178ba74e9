import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventsAnswer } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { openLocalNamedStore } from '../../platform/object-store/index.ts';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { archiveNow } from './archiver.ts';
import { createEvents, duckParquet, duckQuery } from './index.ts';
import { FakeLog } from './testing/fake-log.ts';
import { traffic } from './testing/truth-world.ts';

const root = mkdtempSync(join(tmpdir(), 'cuepoint-query-'));
const secretFile = join(root, 'secret.csv');
const store = openLocalNamedStore(join(root, 'archive'));
const query = duckQuery({ timeLimitMs: 1500, memoryMegabytes: 64, answerBytes: 100_000, waiting: 2 });
const log = new FakeLog('node-1');
let app: TestApp;
let bare: TestApp;
let asked = 0;
let site: Server;
const closers: Array<() => Promise<unknown>> = [];

beforeAll(async () => {
  writeFileSync(secretFile, 'word\ntreasure\n');
  site = createServer((_request, response) => {
    asked++;
    response.end('word\ntreasure\n');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const open = async (archive: Parameters<typeof createEvents>[0]['archive']) => {
    const database = await openEmbeddedTestDatabase();
    closers.push(() => database.close());
    return createTestApp(
      database,
      () =>
        createEvents({
          database,
          logs: [],
          campaigns: async () => new Map(),
          timeline: async () => 'away',
          nodes: [],
          ingester: () => null,
          archive,
        }).operations,
    );
  };
  app = await open({ store, query });
  bare = await open(null);
  traffic(log, app.accounts[0], 30);
  traffic(log, app.accounts[1], 7, 100);
  await archiveNow({
    logs: [log],
    store,
    parquet: duckParquet(),
    existingAccounts: async (ids) => new Set(ids),
    clock: { now: () => new Date('2026-11-21T10:00:00.000Z') },
    keepDays: 400,
    onGap: () => undefined,
  });
}, 60_000);
afterAll(async () => {
  for (const close of closers) await close();
  site.close();
  rmSync(root, { recursive: true });
});

const ask = async (sql: string, options: { account?: 0 | 1; limit?: number } = {}) => {
  const { account = 0, limit = 1000 } = options;
  return (await app.call('events.queryEvents', { sql, limit }, { account })) as EventsAnswer;
};

async function refusal(sql: string): Promise<{ code: string; detail: string }> {
  try {
    await ask(sql);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, detail: error.message };
    throw error;
  }
  throw new Error(`${sql} was answered`);
}

const contents = () =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`);

describe('a question to the archive', () => {
  it('is answered from the records of the account, and of no other', async () => {
    for (const account of [0, 1] as const) {
      const mine = log.records.filter(
        (record) =>
          (record.type === 'event' ? record.accountId : record.request.accountId) === app.accounts[account],
      );
      const answer = await ask('SELECT count(*)::INT AS n, any_value(account_id) AS account FROM events', {
        account,
      });
      expect(answer).toMatchObject({
        columns: [
          { name: 'n', type: 'INTEGER' },
          { name: 'account', type: 'VARCHAR' },
        ],
        rows: [[mine.length, app.accounts[account]]],
        truncated: false,
      });
      expect(answer.files).toBeGreaterThan(0);
    }
    const spend = await ask(
      `SELECT sum(spend_micros)::BIGINT AS spend FROM events WHERE kind = 'event' AND NOT duplicate`,
    );
    const expected = log.records.reduce(
      (sum, record) =>
        sum + (record.type === 'event' && record.accountId === app.accounts[0] ? record.spendMicros : 0),
      0,
    );
    expect(spend.rows).toEqual([[String(expected)]]);
  });

  it('gets at no file, address, setting or other account', async () => {
    const theirs = (await store.list(`events/account=${app.accounts[1]}`)).map(({ key }) =>
      store.pathOf(key),
    )[0]!;
    const mine = (await store.list(`events/account=${app.accounts[0]}`)).map(({ key }) =>
      store.pathOf(key),
    )[0]!;
    const around = theirs.replace(
      `/account=${app.accounts[1]}/`,
      `/account=${app.accounts[0]}/../account=${app.accounts[1]}/`,
    );
    const address = `http://127.0.0.1:${(site.address() as AddressInfo).port}/x.csv`;
    const before = contents();
    for (const sql of [
      `SELECT * FROM read_parquet('${theirs}')`,
      `SELECT * FROM read_parquet('${around}')`,
      `SELECT * FROM '${theirs}'`,
      `SELECT * FROM parquet_metadata('${theirs}')`,
      `SELECT * FROM parquet_scan(['${mine}', '${theirs}'])`,
      `SELECT * FROM read_csv('${secretFile}')`,
      `SELECT * FROM read_text('${secretFile}')`,
      `SELECT * FROM read_blob('/etc/passwd')`,
      `SELECT * FROM read_json('/proc/self/environ')`,
      `SELECT * FROM sniff_csv('${secretFile}')`,
      `SELECT * FROM glob('${root}/**')`,
      `SELECT * FROM read_csv('${address}')`,
      `SELECT * FROM '${address}'`,
      `SELECT getenv('HOME')`,
      `SELECT * FROM query('SELECT * FROM read_text(''${secretFile}'')')`,
      `WITH x AS (SELECT * FROM read_text('${secretFile}')) SELECT * FROM x`,
      `ATTACH '${join(root, 'x.db')}'`,
      `ATTACH '${address}' AS far`,
      'INSTALL httpfs',
      'LOAD httpfs',
      `COPY (SELECT 1) TO '${join(root, 'out.csv')}'`,
      `COPY (SELECT 1) TO '${mine}'`,
      `COPY events TO '${mine}' (FORMAT parquet)`,
      `EXPORT DATABASE '${join(root, 'out')}'`,
      'SET enable_external_access = true',
      `SET allowed_paths = ['${theirs}']`,
      'RESET lock_configuration',
      "PRAGMA enable_profiling = 'json'",
      'CREATE TABLE mine AS SELECT 1',
      'DROP VIEW events',
      'SELECT 1; SELECT 2',
      'SELECT nothing FROM events',
      'not sql',
    ]) {
      const { code } = await refusal(sql);
      expect(code, sql).toBe('query.invalid');
    }
    expect(contents()).toEqual(before);
    expect(asked).toBe(0);
    expect((await ask('SELECT count(*)::INT FROM events')).rows[0]![0]).toBeGreaterThan(0);
  }, 60_000);

  it('gets no more rows, bytes, memory or time than it is given', async () => {
    const some = await ask('SELECT * FROM range(50) t(a)', { limit: 10 });
    expect(some).toMatchObject({ truncated: true });
    expect(some.rows.map(([value]) => value)).toEqual(
      Array.from({ length: 10 }, (_, index) => String(index)),
    );
    expect(await ask('SELECT * FROM range(10) t(a)', { limit: 10 })).toMatchObject({ truncated: false });
    const wide = await ask(`SELECT repeat('x', 30000) FROM range(10)`);
    expect(wide).toMatchObject({ truncated: true });
    expect(wide.rows).toHaveLength(3);
    expect(await refusal(`SELECT repeat('x', 200000)`)).toMatchObject({ code: 'query.limit' });
    expect(await refusal('SELECT list(a) FROM range(100000000) t(a)')).toMatchObject({
      code: 'query.limit',
      detail: expect.stringContaining('memory'),
    });
    expect(await refusal('SELECT count(*) FROM range(100000000000) a, range(100) b')).toMatchObject({
      code: 'query.limit',
      detail: expect.stringContaining('longer than 1.5 s'),
    });
    const slow = 'SELECT count(*) FROM range(100000000000) a, range(100) b';
    // Whichever comes third is not let in.
    const answers = await Promise.all([refusal(slow), refusal(slow), refusal(slow)]);
    expect(answers.filter(({ detail }) => detail.includes('are waiting'))).toHaveLength(1);
  }, 60_000);

  it('finds an empty table where the account has nothing, and says so where nothing is archived', async () => {
    const none = mkdtempSync(join(root, 'none-'));
    const empty = openLocalNamedStore(none);
    const answer = await query([], 'SELECT kind, ads, spend_micros FROM events', 10);
    expect(answer).toMatchObject({ rows: [], truncated: false });
    expect(answer.columns.map(({ name }) => name)).toEqual(['kind', 'ads', 'spend_micros']);
    expect(await empty.list('events')).toEqual([]);
    await expect(bare.call('events.queryEvents', { sql: 'SELECT 1' })).rejects.toMatchObject({
      code: 'archive.off',
    });
    await expect(
      app.call('events.queryEvents', { sql: 'SELECT 1' }, { role: 'viewer' }),
    ).rejects.toMatchObject({
      code: 'auth.forbidden',
    });
  });
});
