import type { LogPage, LogPosition, NodeHealth } from '../../kernel/delivery-protocol.ts';
import type { TransactionContext, Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import type { NamedStore } from '../../platform/object-store/index.ts';
import type { ArchiveRow } from './domain/archive-rows.ts';

/** A page as it was read. */
export interface ReadPage extends LogPage {
  /** It lay in a stream: how far the log went then is not how far it goes now. */
  isFromStream?: true;
}

/** The log of one delivery node. */
export interface LogSource {
  /** Name of the node, under which its offset is kept. */
  nodeId(): Promise<string>;
  /**
   * Records from a position on, in order; waits up to `waitSeconds` for the first.
   * @throws LogSourceError
   */
  read(
    from: LogPosition,
    options: { limit: number; waitSeconds: number; signal?: AbortSignal },
  ): Promise<ReadPage>;
}

/** A log whose beginning can be asked for. */
export interface KeptLog extends LogSource {
  /**
   * First position that is kept: the beginning, or what pruning left.
   * @throws LogSourceError
   */
  first(): Promise<LogPosition>;
}

/** The node could not be read. `unavailable` passes by itself; the others need a person. */
export class LogSourceError extends Error {
  readonly kind: 'unavailable' | 'unauthorised' | 'position_lost' | 'protocol';

  constructor(kind: LogSourceError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogSourceError';
    this.kind = kind;
  }
}

/** What a check against the logs uses. */
export interface TruthPorts {
  /** Reads of one transaction see one state of the database. */
  database: {
    withTransaction<T>(
      context: TransactionContext & { isolation?: 'repeatable read' },
      work: (tx: Tx) => Promise<T>,
    ): Promise<T>;
  };
  /** The logs that can be read from here. */
  logs: readonly KeptLog[];
  /**
   * Campaigns of the account of `tx`, by id. Role app.
   * @param mode `held`: none of them can be removed before the transaction ends
   */
  campaigns(tx: Tx, mode: 'seen' | 'held'): Promise<ReadonlyMap<string, { demo: boolean }>>;
  /** Records asked for at once. Default 5000; a node sends no more than a chunk of its segment. */
  pageSize?: number;
  /** Events without a right row that a reading remembers. Default 100 000, about 100 bytes each. */
  rememberedEvents?: number;
}

/** A node's health as it tells it, or why it tells nothing. */
export type HealthAnswer = NodeHealth | { away: string };

/** A node that this installation has an address of. */
export interface WatchedNode {
  log: KeptLog;
  health(): Promise<HealthAnswer>;
  /** Its name, should it have been heard before. */
  lastKnownName?(): string | null;
}

export interface HealthPorts {
  nodes: readonly WatchedNode[];
  /** Why the ingester of this process does not go on with a node; null when it does, or runs elsewhere. */
  ingester(node: string | null): string | null;
}

/** Role ingester, short transactions. */
export type IngestDatabase = UnitOfWork;

/** Files of the archive. Paths are of this machine; each is written whole. */
export interface ParquetFiles {
  write(rows: readonly ArchiveRow[], path: string): Promise<void>;
  /** One file of several, each record of a log once. */
  merge(paths: readonly string[], path: string): Promise<void>;
  /** Of each of these files that has records of the viewers, how many. */
  holding(paths: readonly string[], whom: WhomToErase): Promise<Map<string, number>>;
  /** The same file without the viewers: as many records, in the same order. */
  erase(from: string, path: string, whom: WhomToErase): Promise<void>;
}

/** One viewer until an instant, or all of them. */
export type WhomToErase = { identity: string; before: Date } | 'everybody';

export interface QueryLimits {
  timeLimitMs: number;
  memoryMegabytes: number;
  /** Of an answer, as JSON. */
  answerBytes: number;
  /** Queries that may wait for the one that runs, that one among them. */
  waiting: number;
}

export interface QueryAnswer {
  columns: Array<{ name: string; type: string }>;
  rows: Array<Array<string | number | boolean | null>>;
  truncated: boolean;
}

/**
 * Answers SQL over the given Parquet files, known to it as the table `events`, and over nothing else.
 * @throws QueryRefusedError
 */
export type QueryParquet = (files: readonly string[], sql: string, limit: number) => Promise<QueryAnswer>;

/** `invalid`: what was asked is no such query. `limit`: it takes more than it is given. */
export class QueryRefusedError extends Error {
  readonly kind: 'invalid' | 'limit';

  constructor(kind: QueryRefusedError['kind'], message: string) {
    super(message);
    this.name = 'QueryRefusedError';
    this.kind = kind;
  }
}

/** Where archived records are asked for. */
export interface ArchiveQueryPorts {
  store: Pick<NamedStore, 'list' | 'pathOf'>;
  query: QueryParquet;
}
