import { and, eq, gt, inArray, or } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { campaignTable, flightTable, lineItemTable } from './tables.ts';

/**
 * Line items of all accounts that may serve, and those that changed or whose
 * campaign ended since `changedSince`, so that a late event still finds them.
 * Needs the role snapshot_builder.
 */
export async function lineItemsForServing(tx: Tx, { changedSince }: { changedSince: Date }) {
  const rows = await tx
    .select({ item: lineItemTable, campaign: campaignTable })
    .from(lineItemTable)
    .innerJoin(campaignTable, eq(campaignTable.id, lineItemTable.campaignId))
    .where(
      or(
        and(eq(campaignTable.status, 'active'), gt(campaignTable.endAt, changedSince)),
        gt(campaignTable.updatedAt, changedSince),
        gt(lineItemTable.updatedAt, changedSince),
      ),
    );
  const campaignIds = [...new Set(rows.map((row) => row.campaign.id))];
  const flights =
    campaignIds.length === 0
      ? []
      : await tx
          .select({ flight: flightTable, campaignId: lineItemTable.campaignId })
          .from(flightTable)
          .innerJoin(lineItemTable, eq(lineItemTable.id, flightTable.lineItemId))
          .where(inArray(lineItemTable.campaignId, campaignIds));
  const byLineItem = new Map<string, Array<typeof flightTable.$inferSelect>>();
  const planned = new Map<string, number>();
  for (const { flight, campaignId } of flights) {
    byLineItem.set(flight.lineItemId, [...(byLineItem.get(flight.lineItemId) ?? []), flight]);
    planned.set(campaignId, (planned.get(campaignId) ?? 0) + flight.budgetMicros);
  }
  return rows.map(({ item, campaign }) => ({
    id: item.id,
    accountId: item.accountId,
    campaignId: item.campaignId,
    brandId: campaign.brandId,
    name: item.name,
    status: item.status as 'draft' | 'active' | 'paused' | 'completed',
    campaignStatus: campaign.status as 'draft' | 'active' | 'paused' | 'completed' | 'archived',
    priority: item.priority,
    cpmMicros: item.cpmMicros,
    currency: item.currency,
    countries: item.countries,
    deviceTypes: item.deviceTypes,
    campaignBudgetMicros: campaign.budgetMicros,
    campaignFlightBudgetMicros: planned.get(campaign.id) ?? 0,
    flights: byLineItem.get(item.id) ?? [],
  }));
}
