import { createLineItem } from '@cuepoint/contract';
import { count, eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { flightRefusal } from '../domain/flight-rules.ts';
import { priorityOf } from '../domain/line-item-rules.ts';
import { plannedMicros } from '../domain/planned-money.ts';
import { lineItemDetail } from '../line-item-reads.ts';
import type { CampaignsPorts } from '../ports.ts';
import { campaignTable, flightTable, lineItemTable } from '../tables.ts';
import { requireFittingSettings, requireMoney, targetingOf } from './line-item-input.ts';

export function createLineItemOperation(ports: CampaignsPorts) {
  return implement(createLineItem, async (input, context) => {
    const { tx, accountId, now } = context;
    const [campaign] = await tx
      .select()
      .from(campaignTable)
      .where(eq(campaignTable.id, input.campaignId))
      .for('update');
    if (!campaign)
      return context.fail(
        'campaign.not_found',
        `campaignId: no campaign ${input.campaignId} in this account.`,
      );
    if (campaign.status === 'archived' || campaign.status === 'completed')
      return context.fail(
        'campaign.transition_denied',
        `campaignId: the campaign is ${campaign.status}; a line item joins one that is draft, active or paused.`,
      );
    if (input.currency && input.currency !== campaign.currency)
      return context.fail('line_item.invalid', `currency: ${input.currency} is not that of the campaign.`, {
        fields: [
          {
            field: 'currency',
            message: 'not that of the campaign',
            value: input.currency,
            accepted: campaign.currency,
          },
        ],
      });
    requireFittingSettings(input, context.fail);
    const targeting = targetingOf(input, { all: [] }, context.fail);
    const flights = input.flights.map((flight, index) => ({
      ...flight,
      name: flight.name ?? `Flight ${index + 1}`,
      startAt: new Date(flight.startAt),
      endAt: new Date(flight.endAt),
      timeZone: flight.timeZone ?? campaign.timeZone,
    }));
    for (const [index, flight] of flights.entries()) {
      const around = { type: input.type, campaign, others: flights };
      const refusal = flightRefusal(flight, around, `flights[${index}].`);
      if (refusal) return context.fail(refusal.code, refusal.detail, { fields: refusal.fields });
    }
    const planned = flights.reduce((sum, flight) => sum + (plannedMicros({ ...input, ...flight }) ?? 0), 0);
    if (planned > 0) await requireMoney(tx, campaign, { planned, field: 'flights' }, context.fail);

    const id = ports.ids.next('lineItem');
    const times = { createdAt: now, updatedAt: now };
    await tx.insert(lineItemTable).values({
      id,
      accountId,
      campaignId: campaign.id,
      name: input.name ?? `${campaign.name}_${(await lineItemCount(tx, campaign.id)) + 1}`,
      status: input.status,
      type: input.type,
      priority: priorityOf(input.type, input.priority),
      priceModel: input.priceModel,
      cpmMicros: input.cpmMicros,
      flatMicros: input.flatMicros,
      currency: campaign.currency,
      pacing: input.pacing,
      sharePercent: input.sharePercent,
      targeting,
      dayparts: input.dayparts,
      frequencyCaps: input.frequencyCaps,
      separation: input.separation,
      podPosition: input.podPosition,
      rotation: input.rotation,
      demo: campaign.demo,
      ...times,
    });
    if (flights.length > 0)
      await tx.insert(flightTable).values(
        flights.map((flight) => ({
          ...flight,
          ...times,
          id: ports.ids.next('flight'),
          accountId,
          lineItemId: id,
        })),
      );
    const after = (await lineItemDetail(tx, id, now, ports))!;
    context.record({ entity: { kind: 'line_item', id }, before: null, after });
    context.emit('line_item.changed', { kind: 'line_item', id });
    return after;
  });
}

async function lineItemCount(tx: Parameters<typeof lineItemDetail>[0], campaignId: string): Promise<number> {
  const [row] = await tx
    .select({ n: count() })
    .from(lineItemTable)
    .where(eq(lineItemTable.campaignId, campaignId));
  return row!.n;
}
