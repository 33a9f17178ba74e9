import type { Ids } from '../../kernel/ids.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';

/** Delivery so far; the events module knows it. */
export interface DeliveredTotals {
  impressions: number;
  completes: number;
  /** In the currency of the campaign. */
  spentMicros: number;
}

/** What other modules tell about campaigns; compose.ts joins them. */
export interface CampaignsPorts {
  ids: Ids;
  deliveredByCampaign(tx: Tx, campaignIds: string[]): Promise<Map<string, DeliveredTotals>>;
  deliveredByLineItem(tx: Tx, lineItemIds: string[]): Promise<Map<string, DeliveredTotals>>;
  creativeCounts(
    tx: Tx,
    campaignIds: string[],
  ): Promise<Map<string, { creatives: number; blockingFindings: number }>>;
}
