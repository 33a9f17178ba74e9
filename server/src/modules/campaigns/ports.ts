import type { Ids } from '../../kernel/ids.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';

/** Delivery so far; the events module knows it. */
export interface DeliveredTotals {
  impressions: number;
  completes: number;
  /** In the currency of the campaign. */
  spentMicros: number;
}

/** A creative as a line item shows it; the creatives module knows it. */
export interface CreativeFact {
  id: string;
  campaignId: string;
  /** Null: serves for every line item of its campaign. */
  lineItemId: string | null;
  name: string;
  /** Null until the video is measured. */
  durationMs: number | null;
  approval: string;
}

/** What other modules tell about campaigns; compose.ts joins them. */
export interface CampaignsPorts {
  ids: Ids;
  deliveredByCampaign(tx: Tx, campaignIds: string[]): Promise<Map<string, DeliveredTotals>>;
  deliveredByLineItem(tx: Tx, lineItemIds: string[]): Promise<Map<string, DeliveredTotals>>;
  deliveredByFlight(
    tx: Tx,
    flightIds: string[],
  ): Promise<Map<string, Pick<DeliveredTotals, 'impressions' | 'spentMicros'>>>;
  /** Creatives of these campaigns that are not retired, oldest first. */
  creativesOfCampaigns(tx: Tx, campaignIds: string[]): Promise<CreativeFact[]>;
  creativeCounts(
    tx: Tx,
    campaignIds: string[],
  ): Promise<Map<string, { creatives: number; blockingFindings: number }>>;
}
