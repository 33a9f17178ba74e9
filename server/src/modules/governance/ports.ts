import type { Ids } from '../../kernel/ids.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';

export interface GovernancePorts {
  ids: Ids;
  /** Answered by the campaigns module, which owns the names. */
  isCampaignNameTaken(tx: Tx, name: string): Promise<boolean>;
}
