import { createCampaign } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { composeCampaignName, loadAxes } from '#modules/governance';
import { implement } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { nextDay, startOfDay } from '../../../kernel/zoned-day.ts';
import { withShorthands } from '../domain/targeting-shorthands.ts';
import type { CampaignsPorts } from '../ports.ts';
import { campaignDetail } from '../read-model.ts';
import { campaignTable, flightTable, lineItemTable } from '../tables.ts';

export function createCampaignOperation(ports: CampaignsPorts) {
  return implement(createCampaign, async (input, context) => {
    const { tx, accountId, now } = context;
    const loaded = await loadAxes(tx, input);
    if (!loaded.ok) {
      const field = `${loaded.missing}Id` as const;
      return context.fail(
        `${loaded.missing}.not_found`,
        `${field}: no ${loaded.missing} ${input[field]} in this account.`,
      );
    }
    const { market } = loaded.axes;
    const timeZone = input.timeZone ?? market.timeZone;
    if (input.endOn < input.startOn) {
      return context.fail(
        'campaign.dates_invalid',
        `endOn: ${input.endOn} is before the first day ${input.startOn}.`,
        {
          fields: [
            {
              field: 'endOn',
              message: 'before startOn',
              value: input.endOn,
              accepted: `${input.startOn} or later`,
            },
          ],
        },
      );
    }
    const startAt = startOfDay(input.startOn, timeZone);
    const endAt = startOfDay(nextDay(input.endOn), timeZone);
    if (endAt <= now) {
      return context.fail('campaign.dates_invalid', `endOn: ${input.endOn} has passed in ${timeZone}.`, {
        fields: [{ field: 'endOn', message: 'in the past', value: input.endOn, accepted: 'today or later' }],
      });
    }
    if (input.budgetMicros < input.cpmMicros / 1000) {
      return context.fail(
        'campaign.budget_invalid',
        'budgetMicros: does not pay for one impression at this CPM.',
        {
          fields: [
            {
              field: 'budgetMicros',
              message: 'less than one impression costs',
              value: input.budgetMicros,
              accepted: `at least ${input.cpmMicros / 1000}`,
            },
          ],
        },
      );
    }
    const composed = composeCampaignName(loaded.axes, Number(input.startOn.slice(0, 4)), input.label);
    if (!composed.ok) {
      return context.fail('name.invalid', composed.problems.map((problem) => problem.message).join(' '), {
        fields: composed.problems.map((problem) => ({
          field: problem.dimension ?? 'label',
          message: problem.message,
        })),
      });
    }
    if (await isCampaignNameTaken(tx, composed.name)) {
      return context.fail('name.taken', `label: there is a campaign ${composed.name} already.`);
    }
    const campaignId = ports.ids.next('campaign');
    const lineItemId = ports.ids.next('lineItem');
    const times = { createdAt: now, updatedAt: now };
    await tx.insert(campaignTable).values({
      id: campaignId,
      accountId,
      name: composed.name,
      label: input.label,
      description: input.description,
      objective: input.objective,
      status: 'draft',
      brandId: input.brandId,
      marketId: input.marketId,
      channelId: input.channelId,
      currency: market.currency,
      budgetMicros: input.budgetMicros,
      startAt,
      endAt,
      timeZone,
      ...times,
    });
    await tx.insert(lineItemTable).values({
      id: lineItemId,
      accountId,
      campaignId,
      name: `${composed.name}_1`,
      status: 'active',
      cpmMicros: input.cpmMicros,
      currency: market.currency,
      targeting: withShorthands({ all: [] }, { countries: input.countries }),
      ...times,
    });
    await tx.insert(flightTable).values({
      id: ports.ids.next('flight'),
      accountId,
      lineItemId,
      name: 'Flight 1',
      startAt,
      endAt,
      timeZone,
      budgetMicros: input.budgetMicros,
      ...times,
    });
    const campaign = (await campaignDetail(tx, campaignId, now, ports))!;
    context.record({ entity: { kind: 'campaign', id: campaignId }, before: null, after: campaign });
    context.emit('campaign.changed', { kind: 'campaign', id: campaignId });
    return campaign;
  });
}

export async function isCampaignNameTaken(tx: Tx, name: string): Promise<boolean> {
  const rows = await tx
    .select({ id: campaignTable.id })
    .from(campaignTable)
    .where(eq(campaignTable.name, name));
  return rows.length > 0;
}
