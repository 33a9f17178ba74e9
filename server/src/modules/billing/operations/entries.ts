import { cancelBillingEntry, createBillingEntry, listBillingEntries } from '@cuepoint/contract';
import { and, count, eq, isNotNull, isNull } from 'drizzle-orm';
import { findCampaign, findLineItem } from '#modules/campaigns';
import { deliveredByCampaign, deliveredByLineItem } from '#modules/reporting';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { dayOf } from '../../../kernel/zoned-day.ts';
import { creditsOf, showEntries } from '../entries.ts';
import type { BillingPorts } from '../ports.ts';
import { billingEntryTable } from '../tables.ts';

export function entryOperations(ports: BillingPorts) {
  return [
    implement(listBillingEntries, async (input, { tx }) => {
      const { campaignId, cancelled } = input;
      const match = and(
        campaignId === undefined ? undefined : eq(billingEntryTable.campaignId, campaignId),
        cancelled ? isNotNull(billingEntryTable.cancelledAt) : isNull(billingEntryTable.cancelledAt),
      );
      const page = newestFirst(input, { at: billingEntryTable.createdAt, id: billingEntryTable.id });
      const rows = await tx
        .select()
        .from(billingEntryTable)
        .where(and(match, page.beyond))
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx.select({ n: count() }).from(billingEntryTable).where(match);
      const cut = page.cut(rows, (row) => row.createdAt);
      return { items: await showEntries(tx, cut.shown), nextCursor: cut.nextCursor, total: total!.n };
    }),

    implement(createBillingEntry, async (input, context) => {
      const { tx, accountId, now, fail } = context;
      const { kind, campaignId, reason } = input;
      const campaign = await findCampaign(tx, campaignId);
      if (!campaign)
        return fail('campaign.not_found', `campaignId: no campaign ${campaignId} in this account.`);
      const lineItemOf = async (field: 'lineItemId' | 'deliveredByLineItemId') => {
        const id = input[field];
        if (id === undefined) return null;
        const item = await findLineItem(tx, id);
        if (item?.campaignId === campaignId) return item;
        return fail('line_item.not_found', `${field}: no line item ${id} in campaign ${campaignId}.`);
      };
      const lineItem = await lineItemOf('lineItemId');
      const deliveredBy = await lineItemOf('deliveredByLineItemId');
      const isMakeGood = kind === 'make_good';
      if (isMakeGood && input.impressions === undefined)
        return fail(
          'billing_entry.invalid',
          'impressions: a make-good says how many are owed; accepted: 1 or more.',
        );
      if (!isMakeGood && (input.impressions !== undefined || deliveredBy))
        return fail(
          'billing_entry.invalid',
          'impressions, deliveredByLineItemId: a credit is of money alone; accepted: neither of them.',
        );
      if (deliveredBy && deliveredBy.id === lineItem?.id)
        return fail(
          'billing_entry.invalid',
          'deliveredByLineItemId: what this line item spends would not be billed; accepted: another one than lineItemId.',
        );
      const worth =
        isMakeGood && lineItem ? Math.round((input.impressions! * lineItem.cpmMicros) / 1000) : undefined;
      const amountMicros = input.amountMicros ?? worth;
      if (amountMicros === undefined || amountMicros === 0)
        return fail(
          'billing_entry.invalid',
          `amountMicros: ${isMakeGood ? 'without lineItemId a make-good' : 'a credit'} says what it is worth; accepted: micros above 0.`,
        );
      if (!isMakeGood) {
        const left = await creditable(tx, campaignId, lineItem?.id ?? null);
        if (amountMicros > left)
          return fail(
            'billing_entry.exceeds_spend',
            `amountMicros: ${amountMicros} is more than was spent and not credited yet; accepted: at most ${left}.`,
          );
      }
      const id = ports.ids.next('billingEntry');
      const [row] = await tx
        .insert(billingEntryTable)
        .values({
          id,
          accountId,
          kind,
          campaignId,
          lineItemId: lineItem?.id ?? null,
          day: input.day ?? dayOf(now, campaign.timeZone),
          amountMicros,
          currency: campaign.currency,
          impressions: input.impressions ?? null,
          deliveredByLineItemId: deliveredBy?.id ?? null,
          reason,
          createdAt: now,
        })
        .returning();
      const after = (await showEntries(tx, [row!]))[0]!;
      context.record({ entity: { kind: 'billing_entry', id }, before: null, after, reason });
      return after;
    }),

    implement(cancelBillingEntry, async ({ billingEntryId, reason }, context) => {
      const { tx, now, fail } = context;
      const match = eq(billingEntryTable.id, billingEntryId);
      const [row] = await tx.select().from(billingEntryTable).where(match).for('update');
      if (!row)
        return fail('billing_entry.not_found', `billingEntryId: no entry ${billingEntryId} in this account.`);
      if (row.cancelledAt !== null)
        return fail(
          'billing_entry.cancelled',
          `billingEntryId: ${billingEntryId} was cancelled at ${row.cancelledAt.toISOString()}.`,
        );
      const [before] = await showEntries(tx, [row]);
      await tx.update(billingEntryTable).set({ cancelledAt: now }).where(match);
      const after = { ...before!, cancelledAt: now.toISOString() };
      context.record({
        entity: { kind: 'billing_entry', id: billingEntryId },
        before: before!,
        after,
        reason,
      });
      return after;
    }),
  ];
}

/** What was spent and is not credited, of a line item or of the whole campaign: the smaller where both are bounds. */
async function creditable(tx: Tx, campaignId: string, lineItemId: string | null): Promise<number> {
  const credits = await creditsOf(tx, campaignId);
  const sum = (rows: typeof credits) => rows.reduce((total, { amountMicros }) => total + amountMicros, 0);
  const spent = (await deliveredByCampaign(tx, [campaignId])).get(campaignId)?.spentMicros ?? 0;
  const ofCampaign = spent - sum(credits);
  if (lineItemId === null) return Math.max(0, ofCampaign);
  const own = (await deliveredByLineItem(tx, [lineItemId])).get(lineItemId)?.spentMicros ?? 0;
  const ofItem = own - sum(credits.filter((credit) => credit.lineItemId === lineItemId));
  return Math.max(0, Math.min(ofCampaign, ofItem));
}
