import type { LineItem, TargetingNode } from '@cuepoint/contract';
import { and, asc, eq, gt, inArray, or } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { plannedMicros } from './domain/planned-money.ts';
import { campaignTable, flightTable, lineItemCreativeTable, lineItemTable } from './tables.ts';

/** A line item as delivery wants it; the shape of its port. */
export interface LineItemForServing
  extends Pick<
    LineItem,
    | 'id'
    | 'campaignId'
    | 'name'
    | 'status'
    | 'type'
    | 'priority'
    | 'priceModel'
    | 'cpmMicros'
    | 'currency'
    | 'pacing'
    | 'sharePercent'
    | 'dayparts'
    | 'frequencyCaps'
    | 'separation'
    | 'podPosition'
    | 'rotation'
  > {
  accountId: string;
  brandId: string;
  campaignStatus: 'draft' | 'active' | 'paused' | 'completed' | 'archived';
  targeting: TargetingNode;
  campaignBudgetMicros: number;
  /** What all flights of the campaign plan to spend, those of other line items included. */
  campaignPlannedMicros: number;
  /** Line items of the campaign, this one included, that have a flight without a limit of money. */
  campaignOpenLineItems: number;
  /** What its own flights plan to spend. */
  plannedMicros: number;
  /** One of its flights has no limit of money. */
  isOpen: boolean;
  flights: Array<typeof flightTable.$inferSelect>;
  /** Empty: every creative of the campaign. */
  assignments: Array<typeof lineItemCreativeTable.$inferSelect>;
}

/**
 * Line items of all accounts that may serve, and those that changed or whose
 * campaign ended since `changedSince`, so that a late event still finds them.
 * Needs the role snapshot_builder.
 */
export async function lineItemsForServing(
  tx: Tx,
  { changedSince }: { changedSince: Date },
): Promise<LineItemForServing[]> {
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
  if (rows.length === 0) return [];
  const flights = await tx
    .select({ flight: flightTable, item: lineItemTable })
    .from(flightTable)
    .innerJoin(lineItemTable, eq(lineItemTable.id, flightTable.lineItemId))
    .where(inArray(lineItemTable.campaignId, [...new Set(rows.map((row) => row.campaign.id))]));
  const assignments = await tx
    .select()
    .from(lineItemCreativeTable)
    .where(
      inArray(
        lineItemCreativeTable.lineItemId,
        rows.map((row) => row.item.id),
      ),
    )
    .orderBy(asc(lineItemCreativeTable.sequence), asc(lineItemCreativeTable.creativeId));
  const byLineItem = groupBy(flights, ({ flight }) => flight.lineItemId);
  const byCampaign = groupBy(flights, ({ item }) => item.campaignId);
  const assigned = groupBy(assignments, (row) => row.lineItemId);
  return rows.map(({ item, campaign }) => {
    const own = byLineItem.get(item.id) ?? [];
    const all = byCampaign.get(campaign.id) ?? [];
    const open = all.filter(isOpen);
    return {
      id: item.id,
      accountId: item.accountId,
      campaignId: item.campaignId,
      brandId: campaign.brandId,
      name: item.name,
      status: item.status as LineItem['status'],
      campaignStatus: campaign.status as LineItemForServing['campaignStatus'],
      type: item.type as LineItem['type'],
      priority: item.priority,
      priceModel: item.priceModel as LineItem['priceModel'],
      cpmMicros: item.cpmMicros,
      currency: item.currency,
      pacing: item.pacing as LineItem['pacing'],
      sharePercent: item.sharePercent,
      targeting: item.targeting,
      dayparts: item.dayparts,
      frequencyCaps: item.frequencyCaps,
      separation: item.separation,
      podPosition: item.podPosition as LineItem['podPosition'],
      rotation: item.rotation as LineItem['rotation'],
      campaignBudgetMicros: campaign.budgetMicros,
      campaignPlannedMicros: plannedOf(all),
      campaignOpenLineItems: new Set(open.map(({ flight }) => flight.lineItemId)).size,
      plannedMicros: plannedOf(own),
      isOpen: own.some(isOpen),
      flights: own.map(({ flight }) => flight),
      assignments: assigned.get(item.id) ?? [],
    };
  });
}

interface Booked {
  flight: typeof flightTable.$inferSelect;
  item: typeof lineItemTable.$inferSelect;
}

const moneyOf = ({ flight, item }: Booked) => plannedMicros({ ...item, ...flight });
const isOpen = (booked: Booked): boolean => moneyOf(booked) === null;
const plannedOf = (booked: readonly Booked[]): number =>
  booked.reduce((sum, one) => sum + (moneyOf(one) ?? 0), 0);

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
