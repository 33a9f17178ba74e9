import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import type { OwnerQuery } from './types.ts';

const migrationsSchema = 'cuepoint';
const migrationsTable = 'migrations';
/** Any constant of our own: the key of the lock that keeps migrators apart. */
const advisoryKey = 726_817_001;

/** The schema of the database and the migrations of this build do not fit together. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Folder with the migrations: beside `src` in a checkout, beside the bundle in a build. */
export function defaultMigrationsFolder(): string {
  const candidates = ['../../../migrations', '../migrations', './migrations'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((path) => existsSync(`${path}/meta/_journal.json`));
  if (found === undefined)
    throw new MigrationError(`no migrations found; looked in ${candidates.join(', ')}`);
  return found;
}

/**
 * Applies what is missing, in order, all or nothing. Refuses a database that a newer build has migrated, and
 * one whose applied migrations differ from the files. Throws `MigrationError`.
 */
export async function migrateDatabase(pool: pg.Pool, migrationsFolder: string): Promise<void> {
  const files = readMigrationFiles({ migrationsFolder });
  for (const [index, file] of files.entries()) {
    const previous = files[index - 1];
    if (previous !== undefined && previous.folderMillis >= file.folderMillis) {
      throw new MigrationError(
        `entry ${index} of ${migrationsFolder}/meta/_journal.json has "when" ${file.folderMillis}, ` +
          `not later than entry ${index - 1} (${previous.folderMillis}); it would never be applied`,
      );
    }
  }
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryKey]);
    await refuseStrangers(client, files);
    await migrate(drizzle(client), { migrationsFolder, migrationsSchema, migrationsTable });
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    if (failure instanceof MigrationError) throw failure;
    const reason = failure.cause instanceof Error ? failure.cause.message : failure.message;
    throw new MigrationError(`the database could not be migrated: ${reason}`, { cause: failure });
  } finally {
    // After a failure the connection is dropped, which frees the lock as well.
    if (failure === undefined) await client.query('select pg_advisory_unlock($1)', [advisoryKey]);
    client.release(failure);
  }
}

/** One migration of the journal. */
export interface Migration {
  /** Of its text, as the database remembers it. */
  hash: string;
  /** Place in the order, ms since 1970. */
  when: number;
  statements: readonly string[];
}

/** The migrations of a folder, in order. */
export function readMigrations(migrationsFolder = defaultMigrationsFolder()): Migration[] {
  return readMigrationFiles({ migrationsFolder }).map(({ hash, folderMillis, sql }) => ({
    hash,
    when: folderMillis,
    statements: sql,
  }));
}

/**
 * Applies migrations to an empty database inside the caller's transaction, and remembers them where `migrate()` looks.
 * Waits for, and keeps out, whoever migrates at the same time.
 */
export async function applyMigrations(query: OwnerQuery, migrations: readonly Migration[]): Promise<void> {
  await query('select pg_advisory_xact_lock($1)', [advisoryKey]);
  await query(`create schema if not exists ${migrationsSchema}`);
  // As Drizzle makes it.
  await query(
    `create table if not exists ${migrationsSchema}.${migrationsTable} ` +
      '(id serial primary key, hash text not null, created_at bigint)',
  );
  for (const { statements, hash, when } of migrations) {
    for (const statement of statements) await query(statement);
    await query(`insert into ${migrationsSchema}.${migrationsTable} (hash, created_at) values ($1, $2)`, [
      hash,
      when,
    ]);
  }
}

async function refuseStrangers(
  client: pg.PoolClient,
  files: ReadonlyArray<{ folderMillis: number; hash: string }>,
): Promise<void> {
  const table = `${migrationsSchema}.${migrationsTable}`;
  const present = await client.query('select to_regclass($1) is not null as present', [table]);
  if (present.rows[0]?.present !== true) return;
  const applied = await client.query(`select hash, created_at from ${table} order by created_at`);
  const known = new Map(files.map((file) => [file.folderMillis, file.hash]));
  for (const row of applied.rows) {
    const when = Number(row.created_at);
    const hash = known.get(when);
    if (hash === undefined) {
      throw new MigrationError(
        `the database has a migration of ${new Date(when).toISOString()} that this build does not know; ` +
          'it was made by a newer version: start that version, or restore a backup from before the upgrade',
      );
    }
    if (hash !== row.hash) {
      throw new MigrationError(
        `the migration of ${new Date(when).toISOString()} was changed after it had been applied to this database; ` +
          'restore its text and put the change into a new migration',
      );
    }
  }
}
