import type { EventsVerification } from '@cuepoint/contract';
import type { Ids } from '../../kernel/ids.ts';

export interface BillingPorts {
  ids: Ids;
  /** The time of a check, UTC ms. */
  now(): number;
  /** Events up to this instant are counted; null when that is not known. */
  freshAt(): Date | null;
  /**
   * Compares what is counted of an account with the logs of its delivery nodes. `unread`, with why, when one cannot be
   * read.
   */
  verify(accountId: string): Promise<EventsVerification | { unread: string }>;
}
