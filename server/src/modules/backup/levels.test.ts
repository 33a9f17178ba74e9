import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  applyMigrations,
  type Database,
  defaultMigrationsFolder,
  readMigrations,
} from '../../platform/database/index.ts';
import { loadKeyRing } from '../../platform/keys/key-ring.ts';
import { openLocalStore } from '../../platform/object-store/index.ts';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { createBackup, dumpDatabase, recordBackup, restoreBackup } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'cuepoint-levels-'));
const path = join(root, 'one.backup');
const passphrase = 'only for this test';
const opened: Database[] = [];

async function open(migrationsFolder?: string): Promise<Database> {
  const database = await openEmbeddedTestDatabase(migrationsFolder ? { migrationsFolder } : {});
  opened.push(database);
  return database;
}

beforeAll(async () => {
  const database = await open();
  await database.ownerQuery("INSERT INTO account (id, name) VALUES ('acc_level000001', 'Of this level')");
  loadKeyRing(root);
  await createBackup({
    path,
    passphrase,
    keysFile: join(root, 'keys.json'),
    store: await openLocalStore(join(root, 'files')),
    withFiles: false,
    dump: (emit) => dumpDatabase(database, new Date('2026-12-01T00:00:00.000Z'), emit),
    record: (made) => recordBackup(database, made),
    engine: database.kind,
    productVersion: 'test',
    now: new Date('2026-12-01T00:00:00.000Z'),
    id: 'bak_01jcx9w2b8k3m5n7p9q1',
  });
}, 60_000);
afterAll(async () => {
  for (const database of opened) await database.close();
  rmSync(root, { recursive: true });
});

/** The migrations of a later version: ours, and one that a row of today would not survive being loaded after. */
function laterMigrations(): string {
  const folder = join(root, 'later');
  cpSync(defaultMigrationsFolder(), folder, { recursive: true });
  const journal = join(folder, 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as {
    entries: Array<{ idx: number; when: number; tag: string }>;
  };
  const last = entries.at(-1)!;
  entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: '9999_later' });
  writeFileSync(journal, JSON.stringify({ ...rest, entries }));
  writeFileSync(
    join(folder, '9999_later.sql'),
    `ALTER TABLE account NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE account ADD COLUMN greeting text;
--> statement-breakpoint
UPDATE account SET greeting = 'hello ' || name;
--> statement-breakpoint
ALTER TABLE account ALTER COLUMN greeting SET NOT NULL, DROP COLUMN name;
--> statement-breakpoint
ALTER TABLE account FORCE ROW LEVEL SECURITY;`,
  );
  return folder;
}

async function restoreInto(database: Database, read: () => ReturnType<typeof readMigrations>): Promise<void> {
  await restoreBackup({
    path,
    passphrase,
    database,
    migrations: { read, apply: applyMigrations },
    store: await openLocalStore(join(root, 'files')),
    keysFile: join(root, 'keys.json'),
    replace: false,
    allowMissingFiles: false,
    logDir: join(root, 'log'),
    nodeId: 'node-1',
  });
}

describe('a backup of another version', () => {
  it('is loaded at its own level, and migrated on with its rows', async () => {
    const folder = laterMigrations();
    const database = await open(folder);
    await restoreInto(database, () => readMigrations(folder));
    const { rows } = await database.ownerQuery('SELECT id, greeting FROM account');
    expect(rows).toEqual([{ id: 'acc_level000001', greeting: 'hello Of this level' }]);
    const { rows: applied } = await database.ownerQuery('SELECT count(*)::int AS n FROM cuepoint.migrations');
    expect(applied).toEqual([{ n: readMigrations(folder).length }]);
  }, 60_000);

  it('is refused by a version that lacks its migrations, which changes nothing', async () => {
    const database = await open();
    await expect(restoreInto(database, () => readMigrations().slice(0, -1))).rejects.toMatchObject({
      kind: 'newer',
    });
    const { rows } = await database.ownerQuery('SELECT count(*)::int AS n FROM account');
    expect(rows).toEqual([{ n: 0 }]);
  });
});
