import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  databaseSuite,
  embeddedTemplate,
  foundationMigrations,
  postgresMissingReason,
  startPostgres,
  type TestPostgres,
} from '../../testing/index.ts';
import { type Database, MigrationError, openDatabase } from './index.ts';

const foundation = foundationMigrations();

describe('migrations', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cuepoint-migrate-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const withFolder = async <T>(
    migrationsFolder: string,
    work: (database: Database) => Promise<T>,
  ): Promise<T> => {
    const template = await embeddedTemplate(foundation);
    const database = await openDatabase({ url: `pglite:${directory}`, template, migrationsFolder });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  };
  const newer = foundationMigrations({ '0001_newer': 'create table newer (id text);' });

  it('apply what is missing once, and refuse a build that does not know them', async () => {
    await withFolder(newer, async (database) => {
      await database.migrate();
      await database.migrate();
      expect((await database.ownerQuery('select * from newer')).rows).toEqual([]);
    });
    await withFolder(foundation, async (database) => {
      await expect(database.migrate()).rejects.toThrow(
        /this build does not know; it was made by a newer version/,
      );
    });
  });

  it('refuse an applied migration that was edited', async () => {
    const edited = foundationMigrations({ '0001_newer': 'create table newer (id text, name text);' });
    await withFolder(edited, async (database) => {
      await expect(database.migrate()).rejects.toThrow(/was changed after it had been applied/);
    });
  });

  it('apply all or nothing', async () => {
    const broken = foundationMigrations({
      '0001_newer': 'create table newer (id text);',
      '0002_half': 'create table half (id text);\n--> statement-breakpoint\ncreate table half (id text);',
    });
    await withFolder(broken, async (database) => {
      const error = await database.migrate().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(MigrationError);
      expect(String(error)).toContain('relation "half" already exists');
      expect((await database.ownerQuery(`select to_regclass('half') as half`)).rows).toEqual([
        { half: null },
      ]);
    });
  });

  it('refuse a journal whose times do not rise, as such an entry would silently never run', async () => {
    const folder = foundationMigrations({ '0001_newer': 'select 1;' });
    const path = join(folder, 'meta', '_journal.json');
    const journal = JSON.parse(readFileSync(path, 'utf8'));
    journal.entries[1].when = journal.entries[0].when;
    writeFileSync(path, JSON.stringify(journal));
    await withFolder(folder, async (database) => {
      await expect(database.migrate()).rejects.toThrow(/it would never be applied/);
    });
  });
});

databaseSuite('the migrations of this build', (open) => {
  it('apply to an empty database', async () => {
    const database = await open();
    const { rows } = await database.ownerQuery('select count(*)::int as count from cuepoint.migrations');
    expect(Number(rows[0]?.count)).toBeGreaterThan(0);
  });
});

const missing = postgresMissingReason();
describe.skipIf(missing !== null)('concurrent migrators (PostgreSQL)', () => {
  let server: TestPostgres | null = null;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => server?.stop());

  it('wait for each other on one database, and share the roles of the server between two', async () => {
    if (server === null) throw new Error('the server did not start');
    const folder = foundationMigrations({ '0001_once': 'create table once (id text);' });
    const [one, two] = [await server.createDatabase(), await server.createDatabase()];
    const opened = await Promise.all(
      [one, one, one, two].map((url) => openDatabase({ url, migrationsFolder: folder })),
    );
    await Promise.all(opened.map((database) => database.migrate()));
    const { rows } = await opened[0]!.ownerQuery('select count(*)::int as count from cuepoint.migrations');
    expect(rows).toEqual([{ count: 2 }]);
    await Promise.all(opened.map((database) => database.close()));
  });

  it('work for a superuser as the owner too, and with logins of their own for roles', async () => {
    if (server === null) throw new Error('the server did not start');
    const database = await openDatabase({ url: server.adminUrl, migrationsFolder: foundation });
    await database.migrate();
    await database.ownerQuery('create role app_login login; grant cuepoint_app to app_login');
    const appUrl = server.adminUrl.replace('postgres@', 'app_login@');
    const split = await openDatabase({
      url: server.adminUrl,
      roleUrls: { app: appUrl },
      migrationsFolder: foundation,
    });
    const users = await split.withTransaction({ role: 'app', accountId: 'acc_1' }, (tx) =>
      tx.execute(
        'select session_user::text as login, current_user::text as role, cuepoint.account_id() as account',
      ),
    );
    expect(users.rows).toEqual([{ login: 'app_login', role: 'cuepoint_app', account: 'acc_1' }]);
    await split.close();
    await database.close();
  });
});
