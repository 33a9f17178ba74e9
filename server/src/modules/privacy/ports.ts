import type { Clock } from '../../kernel/clock.ts';
import type { ErasableKind, ErasureOrder, NodeErasure } from '../../kernel/delivery-protocol.ts';
import type { Ids } from '../../kernel/ids.ts';
import type { UnitOfWork } from '../../kernel/unit-of-work.ts';
import type { Queue } from '../../platform/queue/index.ts';

/** A delivery node as far as it forgets viewers. Repeating an order changes nothing. */
export interface ForgettingNode {
  /** @throws when the node does not answer or refuses */
  forget(order: ErasureOrder): Promise<NodeErasure>;
}

/** Whom archived records are to lose. */
export interface ArchivedViewer {
  accountId: string;
  identity: string;
  /** Records of this instant and later stay. */
  before: Date;
}

export interface PrivacyPorts {
  unitOfWork: UnitOfWork;
  queue: Pick<Queue, 'createQueue' | 'work' | 'schedule' | 'send'>;
  clock: Clock;
  ids: Ids;
  /** The keyed hash that records have of an id, as 16 hex digits; null for what is no id. */
  hashOf(kind: ErasableKind, accountId: string, viewerId: string): string | null;
  nodes: readonly ForgettingNode[];
  archive: {
    /** Archived records of the viewer; nothing changes. */
    count(viewer: ArchivedViewer): Promise<number>;
    /** Takes the viewer out of archived records; answers of how many. Not beside a writer of the archive. */
    erase(viewer: ArchivedViewer): Promise<number>;
    /** Has `eraseArchived` called soon, where nothing else writes; null where nobody writes to the archive. */
    soon: (() => Promise<void>) | null;
  };
  /** How long the logs of the nodes keep what they may forget, ms. */
  logKeepMs: number;
  onFault(error: unknown, what: string): void;
  /** After each round: requests that are still to be carried out, and how long the oldest has waited. */
  onRound(open: { pending: number; oldestPendingMs: number }): void;
}
