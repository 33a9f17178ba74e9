import type { TransactionContext, Tx } from '../../kernel/unit-of-work.ts';
import type { Migration, OwnerQuery } from '../../platform/database/index.ts';

/** One statement of an open transaction. */
export type Query = OwnerQuery;

/** Reads of one transaction see one state of the database. */
export interface BackupDatabase {
  readonly kind: 'embedded' | 'postgres';
  withTransaction<T>(
    context: TransactionContext & { isolation?: 'repeatable read'; attempts?: number },
    work: (tx: Tx) => Promise<T>,
  ): Promise<T>;
}

/** Told of each table that was read or loaded; what it answers is waited for. */
export type OnTable = (name: string, rows: number) => Promise<void> | void;

/** The migrations of this version. */
export interface Migrations {
  read(): Migration[];
  /** Applies some to an empty database, in the caller's transaction. */
  apply(query: Query, migrations: readonly Migration[]): Promise<void>;
}

/** A database that a backup is restored into; nobody else uses it. */
export interface RestoreDatabase {
  ownerTransaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Brings the schema up to this version. */
  migrate(): Promise<void>;
}
