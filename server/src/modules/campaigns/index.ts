import type { AnyBinding } from '../../kernel/implement.ts';
import { changeCampaignOperations } from './operations/change-campaign.ts';
import { createCampaignOperation } from './operations/create-campaign.ts';
import { listCampaignsOperation } from './operations/list-campaigns.ts';
import { updateLineItemOperation } from './operations/update-line-item.ts';
import type { CampaignsPorts } from './ports.ts';

export { expectedSpendMicros } from './domain/even-pacing.ts';
export { isCampaignNameTaken } from './operations/create-campaign.ts';
export type { CampaignsPorts, DeliveredTotals } from './ports.ts';
export {
  allCampaigns,
  allFlights,
  type CampaignRow,
  campaignsById,
  type FlightRow,
  findCampaign,
  flightsOf,
  type LineItemRow,
  lineItemsOf,
  markCampaignDemo,
  removeDemoCampaigns,
} from './queries.ts';
export { lineItemsForServing } from './serving-rows.ts';

export function createCampaigns(ports: CampaignsPorts): { operations: AnyBinding[] } {
  return {
    operations: [
      listCampaignsOperation(ports),
      createCampaignOperation(ports),
      ...changeCampaignOperations(ports),
      updateLineItemOperation(ports),
    ],
  };
}
