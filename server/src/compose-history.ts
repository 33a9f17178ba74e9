import { changesSince } from '#modules/accounts';
import { findLineItem, flightsOf } from '#modules/campaigns';
import type { LossHistoryPorts } from '#modules/delivery';
import { requestsByHour } from '#modules/events';
import { placementName } from '#modules/inventory';
import type { Tx } from './kernel/unit-of-work.ts';

/** What the history of lost requests is joined from. */
export function lossHistoryPorts(
  creativesOfCampaigns: (tx: Tx, campaignIds: readonly string[]) => Promise<readonly { id: string }[]>,
): LossHistoryPorts {
  return {
    requestsByHour,
    placementName,
    changesSince,
    async lineItemFamily(tx, lineItemId) {
      const item = await findLineItem(tx, lineItemId);
      if (item === null) return null;
      const flights = (await flightsOf(tx, item.campaignId)).filter((one) => one.lineItemId === item.id);
      const creatives = await creativesOfCampaigns(tx, [item.campaignId]);
      return [item.id, item.campaignId, ...[...flights, ...creatives].map(({ id }) => id)];
    },
  };
}
