import { afterAll, beforeAll, describe } from 'vitest';
import {
  type Database,
  defaultMigrationsFolder,
  type OpenDatabaseOptions,
  openDatabase,
} from '../platform/database/index.ts';
import { embeddedTemplate } from './embedded-template.ts';
import { postgresMissingReason, startPostgres, type TestPostgres } from './postgres-server.ts';

export type TestDatabaseOptions = Omit<OpenDatabaseOptions, 'url' | 'template'>;

/** Opens a fresh, migrated database; closed by itself at the end of the suite. */
export interface OpenTestDatabase {
  (options?: TestDatabaseOptions): Promise<Database>;
  readonly kind: Database['kind'];
}

/** A fresh, migrated embedded database in memory. The caller closes it. */
export async function openEmbeddedTestDatabase(options: TestDatabaseOptions = {}): Promise<Database> {
  const template = await embeddedTemplate(options.migrationsFolder ?? defaultMigrationsFolder());
  const database = await openDatabase({ ...options, url: 'pglite:memory', template });
  await database.migrate();
  return database;
}

/**
 * Runs the same cases on the embedded database and on a real PostgreSQL server. Opening takes about a second on
 * the embedded one: open once per suite (`beforeAll`), and keep cases apart by account.
 */
export function databaseSuite(name: string, cases: (open: OpenTestDatabase) => void): void {
  describe(`${name} (embedded)`, () => {
    const opened: Database[] = [];
    const open = async (options: TestDatabaseOptions = {}): Promise<Database> => {
      const database = await openEmbeddedTestDatabase(options);
      opened.push(database);
      return database;
    };
    afterAll(() => closeAll(opened));
    cases(Object.assign(open, { kind: 'embedded' as const }));
  });

  const missing = postgresMissingReason();
  if (missing !== null) console.warn(`${name}: skipped on PostgreSQL: ${missing}`);
  describe.skipIf(missing !== null)(`${name} (PostgreSQL)`, () => {
    const opened: Database[] = [];
    let server: TestPostgres | null = null;
    beforeAll(async () => {
      server = await startPostgres();
    });
    const open = async (options: TestDatabaseOptions = {}): Promise<Database> => {
      if (server === null)
        throw new Error('the PostgreSQL server is not running; open() belongs into beforeAll or a test');
      const database = await openDatabase({ ...options, url: await server.createDatabase() });
      opened.push(database);
      await database.migrate();
      return database;
    };
    afterAll(async () => {
      await closeAll(opened);
      await server?.stop();
    });
    cases(Object.assign(open, { kind: 'postgres' as const }));
  });
}

async function closeAll(opened: Database[]): Promise<void> {
  await Promise.all(opened.splice(0).map((database) => database.close()));
}
