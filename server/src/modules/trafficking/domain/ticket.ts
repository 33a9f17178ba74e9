import type { Ticket } from '../ports.ts';

/** What a ticket is made of, in the shape the owners of each part hand it out. */
export interface TicketParts {
  campaign: { id: string; name: string; objective: string; status: string; currency: string };
  lineItem: { id: string; name: string; cpmMicros: number; currency: string };
  flights: ReadonlyArray<{
    name: string;
    startAt: Date;
    endAt: Date;
    timeZone: string;
    budgetMicros: number;
  }>;
  market: { countryCode: string | null; language: string };
  creative: { id: string; name: string; vastUrl: string };
  inventory: Ticket['inventory'];
}

const objectives = ['awareness', 'consideration', 'conversion'] as const;

/**
 * Everything a platform is told, as it is now: later changes of the campaign do not reach a ticket.
 * Only an active campaign asks to be set live; others are built and stay paused. The VAST document reports its own
 * impressions, so the ticket carries no tracking addresses of ours.
 * @throws Error for an objective that the contract does not know
 */
export function buildTicket(parts: TicketParts): Ticket {
  const { campaign, lineItem, flights, market, creative, inventory } = parts;
  const objective = objectives.find((known) => known === campaign.objective);
  if (objective === undefined) {
    throw new Error(`campaign ${campaign.id} has the objective ${campaign.objective}`);
  }
  return {
    campaignId: campaign.id,
    lineItemId: lineItem.id,
    creativeId: creative.id,
    campaignName: campaign.name,
    lineItemName: lineItem.name,
    creativeName: creative.name,
    objective,
    inventory,
    currency: lineItem.currency,
    cpmMicros: lineItem.cpmMicros,
    flights: flights.map((flight) => ({
      name: flight.name,
      startAt: flight.startAt.toISOString(),
      endAt: flight.endAt.toISOString(),
      timeZone: flight.timeZone,
      budgetMicros: flight.budgetMicros,
    })),
    countryCode: market.countryCode,
    language: market.language,
    vastUrl: creative.vastUrl,
    impressionTrackingUrls: [],
    activate: campaign.status === 'active',
  };
}

/** The line item a creative runs under: its own, else the oldest of the campaign that is not over. */
export function lineItemFor<T extends { id: string; status: string; createdAt: Date }>(
  lineItemId: string | null,
  lineItems: readonly T[],
): T | undefined {
  if (lineItemId !== null) return lineItems.find((candidate) => candidate.id === lineItemId);
  return lineItems
    .filter((candidate) => candidate.status !== 'completed')
    .sort(
      (one, other) => one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1),
    )[0];
}
