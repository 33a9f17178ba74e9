import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { DataDirectoryLock } from './data-directory-lock.ts';

/** Database roles; each has its own policies on every table. */
export const databaseRoles = [
  'app',
  'snapshot_builder',
  'ingester',
  'scheduler',
  'signin',
  'lender',
  'backup',
] as const;
export type DatabaseRole = (typeof databaseRoles)[number];

/** An open transaction: Drizzle's query builder bound to it. Its own `transaction()` makes a savepoint. */
export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

export interface TransactionContext {
  role: DatabaseRole;
  /** Tenant whose rows are visible; without one an `app` transaction sees no tenant's rows. */
  accountId?: string | undefined;
  userId?: string | undefined;
  readOnly?: boolean | undefined;
  /** `repeatable read` gives one consistent view over several queries. Default `read committed`. */
  isolation?: 'read committed' | 'repeatable read' | 'serializable' | undefined;
  /** Overrides the database's time limit for this transaction, ms. */
  timeLimitMs?: number | undefined;
  /** Attempts in all when the server asks for a repeat (serialization failure, deadlock). Default 3. */
  attempts?: number | undefined;
}

export interface QueryRows {
  rows: Array<Record<string, unknown>>;
}

/** One statement inside an open transaction. */
export type OwnerQuery = (text: string, values?: readonly unknown[]) => Promise<QueryRows>;

export interface Database {
  readonly kind: 'embedded' | 'postgres';
  /** Present when this process holds a data directory: publish the server's address through it. */
  readonly lock: DataDirectoryLock | null;
  /** Brings the schema up to date; safe to call from several processes at once. */
  migrate(): Promise<void>;
  /**
   * Runs `work` in one transaction as the given role and account, committing when it returns and rolling back
   * when it throws. `work` may run again after a serialization failure, so it must do nothing but queries.
   */
  withTransaction<T>(context: TransactionContext, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * One statement (or a parameterless script) as the owner of the schema, past row-level security. For the
   * platform itself: queue, migrations, diagnostics. Never with a tenant's input in the text.
   */
  ownerQuery(text: string, values?: readonly unknown[]): Promise<QueryRows>;
  /**
   * Several statements as the owner of the schema in one transaction, without a limit of time: all of it is kept, or
   * nothing. For a restore, which has the database to itself.
   */
  ownerTransaction<T>(work: (query: OwnerQuery) => Promise<T>): Promise<T>;
  /** Calls `onPayload` for every NOTIFY on the channel. `onConnected` tells when messages may have been missed. */
  listen(
    channel: string,
    onPayload: (payload: string) => void,
    onConnected?: () => void,
  ): Promise<() => Promise<void>>;
  /** Resolves with the round trip in ms; throws when the database does not answer within the limit. */
  ping(timeLimitMs?: number): Promise<number>;
  sizeBytes(): Promise<number>;
  /** Embedded only: a gzipped, consistent image of the database files. */
  dump?(): Promise<Uint8Array>;
  /** Waits for open transactions, then lets go of connections, thread and lock. */
  close(): Promise<void>;
}
