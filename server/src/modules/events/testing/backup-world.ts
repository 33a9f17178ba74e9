import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import { type Config, loadConfig } from '../../../config.ts';
import { systemClock } from '../../../kernel/clock.ts';
import {
  type Database,
  type DatabaseRole,
  databaseRoles,
  defaultMigrationsFolder,
  openDatabase,
} from '../../../platform/database/index.ts';
import { loadKeyRing } from '../../../platform/keys/key-ring.ts';
import { openLocalStore } from '../../../platform/object-store/index.ts';
import { openEmbeddedTestDatabase } from '../../../testing/database-suite.ts';
import { embeddedTemplate } from '../../../testing/embedded-template.ts';
import type { TestPostgres } from '../../../testing/postgres-server.ts';
import { isTenantTable, readPrivileges, readSchemaFacts } from '../../../testing/schema-facts.ts';
import { tenantRows } from '../../../testing/tenant-rows.ts';
import { createIngester } from '../ingester.ts';
import type { FakeLog } from './fake-log.ts';
import { traffic, truthWorld } from './truth-world.ts';

export const passphrase = 'a passphrase of the drill';

/** A data directory and a database, as settings name them. */
export interface Site {
  config: Config;
  open(): Promise<Database>;
}

/** Makes sites; all of them go with it. */
export interface Sites {
  /** Nothing is in its database, not even a schema. */
  empty(kind: Database['kind']): Promise<Site>;
  path(name: string): string;
  remove(): void;
}

export function backupSites(server: () => TestPostgres | null): Sites {
  const root = mkdtempSync(join(tmpdir(), 'cuepoint-backup-'));
  let count = 0;
  return {
    async empty(kind) {
      const dataDir = join(root, `site-${++count}`);
      mkdirSync(dataDir, { mode: 0o700 });
      const databaseUrl =
        kind === 'embedded' ? `pglite:${join(dataDir, 'database')}` : await server()!.createDatabase();
      const { config } = loadConfig({ env: {}, flags: { dataDir, databaseUrl }, workingDir: dataDir });
      return { config, open: () => openDatabase({ url: databaseUrl, poolSize: 2 }) };
    },
    path: (name) => join(root, name),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export interface FilledSite extends Site {
  log: FakeLog;
  /** What the whole log comes to, the part that was not counted when the site was made among it. */
  counts: Record<string, string[]>;
  accounts: [string, string];
}

/** Texts, numbers and instants that lose something when they are carried over carelessly. */
const awkward = [
  'Ärger, "quotes", \'single\', back\\slash, {braces}, NULL',
  'two\nlines\tand a tab\r',
  '漢字 😀 \u0001 control',
  '',
  '\\N',
];

/**
 * An installation with two accounts: members and keys made by operations, counted traffic of a node's log, at least a row
 * in every table, files in the object store, keys. The log goes on after what was counted.
 */
export async function fillSite(site: Site): Promise<FilledSite> {
  const { config } = site;
  loadKeyRing(config.dataDir);
  const template = await embeddedTemplate(defaultMigrationsFolder());
  const database = await openDatabase({
    url: config.databaseUrl,
    ...(config.databaseUrl.startsWith('pglite:') ? { template } : {}),
  });
  try {
    await database.migrate();
    const world = await truthWorld(database);
    const log = await world.reset();
    const [first, second] = world.app.accounts;
    for (const account of [0, 1] as const) {
      await world.app.call(
        'accounts.createUser',
        { email: `one@${account}.example`, displayName: awkward[2], role: 'planner' },
        { account },
      );
      await world.app.call('accounts.createApiKey', { name: awkward[0], role: 'viewer' }, { account });
    }
    traffic(log, first, 40);
    traffic(log, second, 10, 100);
    await world.ingest();
    await everyTable(database);
    const store = await openLocalStore(join(config.dataDir, 'files'));
    for (const size of [0, 10, 3_000_000]) await store.put(Readable.from([randomBytes(size)]), 'mp4');
    // Not counted yet when the backup is made.
    traffic(log, first, 25, 200);
    const { accounts } = world.app;
    return { ...site, log, accounts, counts: await countsOf(log, accounts) };
  } finally {
    await database.close();
  }
}

async function everyTable(database: Database): Promise<void> {
  const tables = await readSchemaFacts(database);
  const writers = new Map<string, DatabaseRole>();
  for (const role of databaseRoles) {
    const rights = await readPrivileges(database, tables, `cuepoint_${role}`);
    for (const [table, held] of Object.entries(rights))
      if (held.includes('insert') && !writers.has(table)) writers.set(table, role);
  }
  const made = tenantRows(database, tables, writers);
  const [one, two] = ['acc_every_one', 'acc_every_two'];
  for (const table of tables)
    for (const account of isTenantTable(table) ? [one, two] : [one]) await made.rowOf(table.name, account);
  await database.withTransaction({ role: 'app', accountId: one }, async (tx) => {
    for (const [index, text] of awkward.entries())
      await tx.execute(sql`insert into brand (id, account_id, code, name, domain, colors)
        values (${`brd_awkward${index}0`}, ${one}, ${`code-${index}`}, ${text}, ${text}, array[${text}, null, 'NULL']::text[])`);
    await tx.execute(sql`update asset set frames = '[{"a": 1.10, "b": [null, "x\\ny"], "é": 1e300}]'::jsonb,
      size_bytes = 9007199254740993, measured_at = '2026-03-29 01:59:59.123456+00'`);
  });
}

/** Every row of every table, as text; policies let the backup see all of them. */
export async function allRows(database: Database): Promise<Record<string, string[]>> {
  const tables = await readSchemaFacts(database);
  const rows: Record<string, string[]> = {};
  await database.withTransaction({ role: 'backup', readOnly: true }, async (tx) => {
    await tx.execute(sql`set local timezone to 'UTC'`);
    for (const { name } of tables) {
      const found = await tx.execute<{ row: string }>(
        sql`select t::text as row from ${sql.identifier(name)} t`,
      );
      rows[name] = found.rows.map(({ row }) => row).sort();
    }
  });
  return rows;
}

/** Everything that was counted for some accounts. */
export async function countedRows(
  database: Database,
  accounts: readonly string[],
): Promise<Record<string, string[]>> {
  const { delivery_event, delivery_hour } = await allRows(database);
  const ours = (rows: string[] = []) =>
    rows.filter((row) => accounts.some((id) => row.startsWith(`(${id},`)));
  return { delivery_event: ours(delivery_event), delivery_hour: ours(delivery_hour) };
}

async function countsOf(log: FakeLog, accounts: readonly string[]): Promise<Record<string, string[]>> {
  const database = await openEmbeddedTestDatabase();
  try {
    for (const id of accounts)
      await database.ownerQuery('insert into account (id, name) values ($1, $1)', [id]);
    await createIngester({ database, source: log, clock: systemClock }).ingestNow();
    return await countedRows(database, accounts);
  } finally {
    await database.close();
  }
}

/** The node's log as files, as far as a restore looks at them. */
export function writeSegments(site: Site, log: FakeLog, from = 1): void {
  const folder = join(site.config.dataDir, 'log', site.config.nodeId);
  mkdirSync(folder, { recursive: true });
  for (let segment = from; segment <= log.end.segment; segment++) {
    const bytes = segment === log.end.segment ? log.end.offset : 10_000;
    writeFileSync(join(folder, `${String(segment).padStart(8, '0')}.log`), Buffer.alloc(bytes));
  }
}
