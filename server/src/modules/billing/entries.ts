import type { BillingEntry } from '@cuepoint/contract';
import { and, asc, eq, gte, inArray, isNull, lte, type SQL } from 'drizzle-orm';
import { campaignsById, lineItemNames } from '#modules/campaigns';
import { deliveredByLineItem } from '#modules/reporting';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { billingEntryTable } from './tables.ts';

export type EntryRow = typeof billingEntryTable.$inferSelect;

/** Entries as they are shown, with names and what make-goods have delivered. Role app. */
export async function showEntries(tx: Tx, rows: readonly EntryRow[]): Promise<BillingEntry[]> {
  const delivering = present(rows.map((row) => row.deliveredByLineItemId));
  const campaigns = await campaignsById(tx, [...new Set(rows.map((row) => row.campaignId))]);
  const names = await lineItemNames(tx, present(rows.map((row) => row.lineItemId)));
  const delivered = await deliveredByLineItem(tx, delivering);
  return rows.map((row) => {
    const { id, kind, campaignId, lineItemId, day, amountMicros, currency, impressions, reason } = row;
    const by = row.deliveredByLineItemId;
    return {
      id,
      kind,
      campaignId,
      campaignName: campaigns.get(campaignId)?.name ?? '',
      lineItemId,
      lineItemName: lineItemId === null ? null : (names.get(lineItemId) ?? null),
      day,
      amountMicros,
      currency,
      impressions,
      deliveredByLineItemId: by,
      deliveredImpressions: by === null ? null : (delivered.get(by)?.impressions ?? 0),
      reason,
      createdAt: row.createdAt.toISOString(),
      cancelledAt: row.cancelledAt?.toISOString() ?? null,
    };
  });
}

/** Entries that count, of days from one to another. Role app. */
export async function entriesBetween(
  tx: Tx,
  from: string,
  to: string,
  campaignIds: readonly string[] | null,
): Promise<EntryRow[]> {
  return entriesWhere(
    tx,
    and(
      gte(billingEntryTable.day, from),
      lte(billingEntryTable.day, to),
      campaignIds === null ? undefined : inArray(billingEntryTable.campaignId, [...campaignIds]),
    ),
  );
}

/** Line items that deliver make-goods: what they spend is not billed, whenever. Role app. */
export async function makeGoodLineItems(tx: Tx): Promise<Set<string>> {
  const rows = await entriesWhere(tx, eq(billingEntryTable.kind, 'make_good'));
  return new Set(present(rows.map((row) => row.deliveredByLineItemId)));
}

/** Credits that count, of a campaign. Role app. */
export async function creditsOf(tx: Tx, campaignId: string): Promise<EntryRow[]> {
  return entriesWhere(
    tx,
    and(eq(billingEntryTable.campaignId, campaignId), eq(billingEntryTable.kind, 'credit')),
  );
}

function entriesWhere(tx: Tx, match: SQL | undefined): Promise<EntryRow[]> {
  return tx
    .select()
    .from(billingEntryTable)
    .where(and(match, isNull(billingEntryTable.cancelledAt)))
    .orderBy(asc(billingEntryTable.day), asc(billingEntryTable.id));
}

const present = (ids: readonly (string | null)[]): string[] => [...new Set(ids.filter((id) => id !== null))];
