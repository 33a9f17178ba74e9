import type { Connections } from './connections.ts';
import type { DataDirectoryLock } from './data-directory-lock.ts';
import { openEmbedded } from './embedded/open.ts';
import { DatabaseUnavailableError } from './errors.ts';
import { defaultMigrationsFolder, migrateDatabase } from './migrate.ts';
import { openPostgres, type RoleUrls } from './postgres/open.ts';
import { createTransactionRunner, refuseInsideTransaction } from './transaction.ts';
import type { Database, OwnerQuery } from './types.ts';
import { parseDatabaseUrl } from './url.ts';

export {
  acquireDataDirectoryLock,
  type DataDirectoryLock,
  DataDirectoryLockedError,
  type LockInformation,
  readLock,
} from './data-directory-lock.ts';
export {
  type ClassifiedDatabaseError,
  classifyDatabaseError,
  type DatabaseErrorKind,
  NestedTransactionError,
  TransactionAbortedError,
  TransactionTimeoutError,
} from './errors.ts';
export {
  applyMigrations,
  defaultMigrationsFolder,
  type Migration,
  MigrationError,
  readMigrations,
} from './migrate.ts';
export type { RoleUrls } from './postgres/open.ts';
export {
  type Database,
  type DatabaseRole,
  databaseRoles,
  type OwnerQuery,
  type Transaction,
  type TransactionContext,
} from './types.ts';
export { type DatabaseLocation, DatabaseUrlError, maskDatabaseUrl, parseDatabaseUrl } from './url.ts';

export interface OpenDatabaseOptions {
  /** `pglite:<directory>`, `pglite:memory` or `postgres://...` */
  url: string;
  /** PostgreSQL only: separate logins by role. */
  roleUrls?: RoleUrls | undefined;
  /** PostgreSQL only: connections per login. Default 10. */
  poolSize?: number | undefined;
  /** How long a caller waits for a connection, ms. Default 60 000 embedded (one connection), else 10 000. */
  connectionTimeoutMs?: number | undefined;
  /** How long a transaction may take, ms. Default 30 000. */
  transactionTimeLimitMs?: number | undefined;
  /** Embedded only: how long an abandoned statement may hold the database before it is given up, ms. Default 60 000. */
  stuckLimitMs?: number | undefined;
  /** Embedded only: a lock already held on the same data directory. */
  lock?: DataDirectoryLock | undefined;
  /** Embedded only: image to create a new database from. */
  template?: Uint8Array | undefined;
  migrationsFolder?: string | undefined;
  /** The embedded database is lost; the process should end. Without a handler the error is thrown as uncaught. */
  onFatal?: ((error: Error) => void) | undefined;
}

/**
 * Opens the database a URL names. Throws `DatabaseUrlError`, `DataDirectoryLockedError` or
 * `DatabaseUnavailableError`. Does not migrate.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const location = parseDatabaseUrl(options.url);
  if (location.kind === 'postgres') {
    return assemble(
      await openPostgres({
        connectionString: location.connectionString,
        roleUrls: options.roleUrls ?? {},
        poolSize: options.poolSize ?? 10,
        connectionTimeoutMs: options.connectionTimeoutMs ?? 10_000,
      }),
      options,
    );
  }
  return assemble(
    await openEmbedded({
      directory: location.kind === 'memory' ? null : location.directory,
      template: options.template ?? null,
      lock: options.lock ?? null,
      connectionTimeoutMs: options.connectionTimeoutMs ?? 60_000,
      stuckLimitMs: options.stuckLimitMs ?? 60_000,
      onFatal: options.onFatal ?? throwUncaught,
    }),
    options,
  );
}

async function runOwnerTransaction<T>(
  owner: Connections['owner'],
  work: (query: OwnerQuery) => Promise<T>,
): Promise<T> {
  const client = await owner.connect();
  // A connection that breaks fails its next statement; it must not end the process besides.
  client.on('error', () => undefined);
  let failure: Error | undefined;
  try {
    await client.query('begin');
    const value = await work(async (text, values) => client.query(text, values ? [...values] : undefined));
    await client.query('commit');
    return value;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // Dropping the connection rolls back, whatever state it is in.
    client.release(failure);
  }
}

function throwUncaught(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

function assemble(connections: Connections, options: OpenDatabaseOptions): Database {
  const { owner, dump } = connections;
  const identity = {};
  const transactions = createTransactionRunner(identity, {
    poolFor: (role) => connections.poolFor(role),
    timeLimitMs: options.transactionTimeLimitMs ?? 30_000,
    serverTimeLimits: connections.kind === 'postgres',
  });
  let closing: Promise<void> | undefined;
  const running = new Set<Promise<unknown>>();

  /** Lets close() wait for what was begun before it, and refuses what comes after. */
  function tracked<T>(begin: () => Promise<T>): Promise<T> {
    if (closing !== undefined) return Promise.reject(new DatabaseUnavailableError('the database is closed'));
    const promise = begin();
    running.add(promise);
    const done = (): void => {
      running.delete(promise);
    };
    promise.then(done, done);
    return promise;
  }

  const ownerQuery: Database['ownerQuery'] = async (text, values) => {
    refuseInsideTransaction(identity, 'ownerQuery()');
    const result = await tracked(() => owner.query(text, values === undefined ? undefined : [...values]));
    // A script of several statements answers with one result each.
    const results = (Array.isArray(result) ? result : [result]) as Array<{
      rows: Array<Record<string, unknown>>;
    }>;
    return { rows: results.flatMap((entry) => entry.rows) };
  };

  return {
    kind: connections.kind,
    lock: connections.lock,
    async migrate() {
      refuseInsideTransaction(identity, 'migrate()');
      await tracked(() => migrateDatabase(owner, options.migrationsFolder ?? defaultMigrationsFolder()));
    },
    withTransaction: (context, work) => tracked(() => transactions.run(context, work)),
    ownerQuery,
    async ownerTransaction(work) {
      refuseInsideTransaction(identity, 'ownerTransaction()');
      return tracked(() => runOwnerTransaction(owner, work));
    },
    async listen(channel, onPayload, onConnected) {
      refuseInsideTransaction(identity, 'listen()');
      return connections.listen(channel, onPayload, onConnected);
    },
    async ping(timeLimitMs = 2_000) {
      const started = performance.now();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(
          () => reject(new DatabaseUnavailableError(`the database did not answer within ${timeLimitMs} ms`)),
          timeLimitMs,
        );
      });
      try {
        await Promise.race([owner.query('select 1'), late]);
        return performance.now() - started;
      } finally {
        clearTimeout(timer);
      }
    },
    async sizeBytes() {
      const { rows } = await ownerQuery('select pg_database_size(current_database()) as bytes');
      return Number(rows[0]?.bytes);
    },
    ...(dump === undefined ? {} : { dump }),
    async close() {
      refuseInsideTransaction(identity, 'close()');
      closing ??= Promise.allSettled(running).then(() => connections.close());
      await closing;
    },
  };
}
