import type { Dsp } from '@cuepoint/contract';
import {
  type BookedFlight,
  type CampaignRow,
  findCampaign,
  flightsOf,
  type LineItemRow,
  lineItemsOf,
} from '#modules/campaigns';
import { type Axes, loadAxes } from '#modules/governance';
import { AppError } from '../../kernel/app-error.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { chooseInventory, dspNames } from './domain/destinations.ts';
import { buildTicket, lineItemFor } from './domain/ticket.ts';
import type { Ticket } from './ports.ts';
import type { TraffickableCreative } from './trafficking-ports.ts';

/** A creative whose file is measured. */
export type ReadyCreative = TraffickableCreative & { file: { vastUrl: string } };

export interface CampaignParts {
  campaign: CampaignRow;
  market: Axes['market'];
  lineItems: LineItemRow[];
  flights: BookedFlight[];
}

/** The campaign with all that a ticket takes from it. */
export async function campaignFor(tx: Tx, campaignId: string): Promise<CampaignParts> {
  const campaign = await findCampaign(tx, campaignId);
  if (!campaign) throw new Error(`a creative names the campaign ${campaignId}, which is gone`);
  const loaded = await loadAxes(tx, campaign);
  if (!loaded.ok) throw new Error(`campaign ${campaignId} names a ${loaded.missing} that is gone`);
  return {
    campaign,
    market: loaded.axes.market,
    lineItems: await lineItemsOf(tx, campaignId),
    // A platform asks for a budget; the campaign's bounds what no flight bounds.
    flights: (await flightsOf(tx, campaignId)).map((flight) =>
      flight.budgetMicros > 0 ? flight : { ...flight, budgetMicros: campaign.budgetMicros },
    ),
  };
}

/**
 * The ticket of a creative for one destination.
 * @throws AppError `creative.not_ready` (not checked for it), `creative.qc_blocking`, `input.invalid` (no line item)
 */
export function ticketFor(dsp: Dsp, creative: ReadyCreative, parts: CampaignParts): Ticket {
  const name = dspNames[dsp];
  const choice = chooseInventory(dsp, creative.packs);
  if (!choice.ok && choice.blocked.length === 0) {
    throw new AppError(
      'creative.not_ready',
      `${creative.name} was not checked against a spec pack of ${name}.`,
    );
  }
  if (!choice.ok) {
    const packs = choice.blocked.map(({ name: pack, blocks }) => `${pack} (${blocks} blocking)`);
    throw new AppError(
      'creative.qc_blocking',
      `${creative.name} fits no inventory of ${name}: ${packs.join(', ')}.`,
      {
        details: { packs: choice.blocked.map(({ packId, blocks }) => ({ packId, blocks })) },
      },
    );
  }
  const lineItem = lineItemFor(creative.lineItemId, parts.lineItems);
  if (!lineItem) {
    throw new AppError(
      'input.invalid',
      `The campaign ${parts.campaign.name} has no line item that is not over.`,
      {
        fields: [
          { field: 'lineItem', message: 'none to run under', accepted: 'an active or paused line item' },
        ],
      },
    );
  }
  return buildTicket({
    campaign: parts.campaign,
    lineItem,
    flights: parts.flights.filter((flight) => flight.lineItemId === lineItem.id),
    market: parts.market,
    creative: { id: creative.id, name: creative.name, vastUrl: creative.file.vastUrl },
    inventory: choice.inventory,
  });
}
