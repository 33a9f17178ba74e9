import { campaignsById } from '#modules/campaigns';
import {
  type Delivered,
  deliveryTotalsFor,
  flightTotalsFor,
  lineItemTotalsFor,
  spentIn,
} from '#modules/events';
import type { Tx } from '../../kernel/unit-of-work.ts';

/** Delivery so far, spend in the one currency the object has. */
export interface DeliveredSoFar {
  impressions: number;
  completes: number;
  spentMicros: number;
}

/** Delivery by campaign id, spend in the campaign's currency; what delivered nothing is absent. */
export async function deliveredByCampaign(
  tx: Tx,
  campaignIds: readonly string[],
): Promise<Map<string, DeliveredSoFar>> {
  const totals = await deliveryTotalsFor(tx, campaignIds);
  const campaigns = await campaignsById(tx, [...totals.keys()]);
  return new Map(
    [...totals].map(([id, total]) => [id, soFar(total, spentIn(total, campaigns.get(id)?.currency ?? ''))]),
  );
}

/** As `deliveredByCampaign`, by line item id. @throws Error when a line item spent in two currencies */
export async function deliveredByLineItem(
  tx: Tx,
  lineItemIds: readonly string[],
): Promise<Map<string, DeliveredSoFar>> {
  const totals = await lineItemTotalsFor(tx, lineItemIds);
  return new Map([...totals].map(([id, total]) => [id, soFar(total, onlySpend(id, total))]));
}

/** As `deliveredByLineItem`, by flight id. */
export async function deliveredByFlight(
  tx: Tx,
  flightIds: readonly string[],
): Promise<Map<string, DeliveredSoFar>> {
  const totals = await flightTotalsFor(tx, flightIds);
  return new Map([...totals].map(([id, total]) => [id, soFar(total, onlySpend(id, total))]));
}

function soFar(total: Delivered, spentMicros: number): DeliveredSoFar {
  return { impressions: total.impressions, completes: total.completes, spentMicros };
}

function onlySpend(id: string, total: Delivered): number {
  if (total.spend.size > 1)
    throw new Error(`${id} spent in ${[...total.spend.keys()].join(' and ')}: not to be added`);
  return [...total.spend.values()][0] ?? 0;
}
