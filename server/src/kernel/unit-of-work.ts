import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

/** A drizzle transaction with its role and account already set. */
export type Tx = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

export type DatabaseRole =
  | 'app'
  | 'snapshot_builder'
  | 'ingester'
  | 'scheduler'
  | 'signin'
  | 'lender'
  | 'backup';

export interface TransactionContext {
  role: DatabaseRole;
  accountId?: string;
  userId?: string;
  readOnly?: boolean;
  /** Longest time of this transaction, ms; the database's own limit when left out. */
  timeLimitMs?: number;
}

/** One consistent change: all of it is kept, or nothing. */
export interface UnitOfWork {
  withTransaction<T>(context: TransactionContext, work: (tx: Tx) => Promise<T>): Promise<T>;
}
