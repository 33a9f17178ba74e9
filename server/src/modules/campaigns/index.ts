import type { AnyBinding } from '../../kernel/implement.ts';
import { changeCampaignOperations } from './operations/change-campaign.ts';
import { flightOperations } from './operations/change-flights.ts';
import { createCampaignOperation } from './operations/create-campaign.ts';
import { createLineItemOperation } from './operations/create-line-item.ts';
import { listCampaignsOperation } from './operations/list-campaigns.ts';
import { readLineItemOperations } from './operations/list-line-items.ts';
import { setCreativeWeightsOperation } from './operations/set-creative-weights.ts';
import { changeLineItemOperations } from './operations/update-line-item.ts';
import type { CampaignsPorts } from './ports.ts';

export { expectedSpendMicros, type PacedWindow, plannedRangeMicros } from './domain/expected-spend.ts';
export { isCampaignNameTaken } from './operations/create-campaign.ts';
export type { CampaignsPorts, CreativeFact, DeliveredTotals } from './ports.ts';
export {
  allCampaigns,
  allFlights,
  type BookedFlight,
  type CampaignRow,
  campaignsById,
  type FlightRow,
  findCampaign,
  findLineItem,
  flatLineItems,
  flightRowsOf,
  flightsOf,
  holdCampaigns,
  type LineItemRow,
  lineItemNames,
  lineItemsOf,
  markCampaignDemo,
  removeDemoCampaigns,
} from './queries.ts';
export { type LineItemForServing, lineItemsForServing } from './serving-rows.ts';

export function createCampaigns(ports: CampaignsPorts): { operations: AnyBinding[] } {
  return {
    operations: [
      listCampaignsOperation(ports),
      createCampaignOperation(ports),
      ...changeCampaignOperations(ports),
      ...readLineItemOperations(ports),
      createLineItemOperation(ports),
      ...changeLineItemOperations(ports),
      setCreativeWeightsOperation(ports),
      ...flightOperations(ports),
    ],
  };
}
