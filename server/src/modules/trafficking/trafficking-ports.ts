import type { ApprovalState, Dsp } from '@cuepoint/contract';
import type { Clock } from '../../kernel/clock.ts';
import type { EventBus } from '../../kernel/event-bus.ts';
import type { Ids } from '../../kernel/ids.ts';
import type { AuditEntry } from '../../kernel/pipeline.ts';
import type { RetryLimits } from '../../kernel/retry-policy.ts';
import type { Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import type { Queue } from '../../platform/queue/index.ts';
import type { PackVerdict } from './domain/destinations.ts';
import type { ReviewLimits } from './domain/retry-policy.ts';
import type { PlatformAdapter } from './ports.ts';

/** A creative as far as sending it somewhere needs. */
export interface TraffickableCreative {
  id: string;
  campaignId: string;
  /** Null: runs under any line item of its campaign. */
  lineItemId: string | null;
  name: string;
  /** Of the file. */
  status: 'processing' | 'active' | 'inactive' | 'failed';
  approval: ApprovalState;
  /** Every spec pack the file was checked against. */
  packs: readonly PackVerdict[];
  /** Null until it is measured. `vastUrl` is the tag that the platform fetches. */
  file: { vastUrl: string } | null;
}

/** A destination this installation can reach. */
export interface Platform {
  dsp: Dsp;
  adapter: PlatformAdapter;
  /** Its requests go to a stand-in server. */
  simulated: boolean;
}

/** What the module needs; compose.ts joins it. */
export interface TraffickingPorts {
  unitOfWork: UnitOfWork;
  queue: Pick<Queue, 'send'>;
  clock: Clock;
  ids: Ids;
  /** From 0 up to 1. */
  random: () => number;
  events: Pick<EventBus, 'publish'>;
  platforms: readonly Platform[];
  /** Answered by the creatives module; null when the account has none of this id. */
  creativeForTrafficking(tx: Tx, creativeId: string): Promise<TraffickableCreative | null>;
  /**
   * Told to the creatives module, inside the transaction, when all of a deployment is at the platform. Answers the
   * creative before and after for the audit trail, or null when it is not approved any more.
   */
  markTrafficked(
    tx: Tx,
    creativeId: string,
    move: { by: { id: string; name: string }; now: Date; reason?: string },
  ): Promise<{ moved: boolean; before: Record<string, unknown>; after: Record<string, unknown> } | null>;
  /** Writes to the audit trail inside the transaction; the accounts module owns it. */
  recordAudit(tx: Tx, entries: AuditEntry[]): Promise<void>;
  retryLimits?: Partial<RetryLimits>;
  reviewLimits?: Partial<ReviewLimits>;
}
