import type { Flight, LineItem, LineItemCreative } from '@cuepoint/contract';
import { asc, eq, inArray, type SQL } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { expectedSpendMicros } from './domain/expected-spend.ts';
import { plannedMicros } from './domain/planned-money.ts';
import { shorthandsOf } from './domain/targeting-shorthands.ts';
import type { CampaignsPorts, CreativeFact } from './ports.ts';
import { booked } from './queries.ts';
import { campaignTable, flightTable, lineItemCreativeTable, lineItemTable } from './tables.ts';

type LineItemRow = typeof lineItemTable.$inferSelect;
type FlightRow = typeof flightTable.$inferSelect;
type AssignmentRow = typeof lineItemCreativeTable.$inferSelect;

export async function lineItemDetail(
  tx: Tx,
  lineItemId: string,
  now: Date,
  ports: CampaignsPorts,
): Promise<LineItem | null> {
  const [item] = await lineItemsWhere(tx, eq(lineItemTable.id, lineItemId), now, ports);
  return item ?? null;
}

/** Line items in the order they were made. */
export async function lineItemsWhere(
  tx: Tx,
  condition: SQL | undefined,
  now: Date,
  ports: CampaignsPorts,
): Promise<LineItem[]> {
  const rows = await tx
    .select()
    .from(lineItemTable)
    .where(condition)
    .orderBy(asc(lineItemTable.createdAt), asc(lineItemTable.id));
  return showLineItems(tx, rows, now, ports);
}

/** Line item rows with flights, creatives and delivery, in the order given. Six queries, whatever their number. */
export async function showLineItems(
  tx: Tx,
  rows: readonly LineItemRow[],
  now: Date,
  ports: CampaignsPorts,
): Promise<LineItem[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const campaignIds = [...new Set(rows.map((row) => row.campaignId))];
  const campaigns = await tx
    .select({ id: campaignTable.id, name: campaignTable.name })
    .from(campaignTable)
    .where(inArray(campaignTable.id, campaignIds));
  const campaignNames = new Map(campaigns.map((row) => [row.id, row.name]));
  const flights = await tx
    .select()
    .from(flightTable)
    .where(inArray(flightTable.lineItemId, ids))
    .orderBy(asc(flightTable.startAt), asc(flightTable.id));
  const assignments = await tx
    .select()
    .from(lineItemCreativeTable)
    .where(inArray(lineItemCreativeTable.lineItemId, ids))
    .orderBy(asc(lineItemCreativeTable.sequence), asc(lineItemCreativeTable.creativeId));
  const creatives = await ports.creativesOfCampaigns(tx, campaignIds);
  const delivered = await ports.deliveredByLineItem(tx, ids);
  const byFlight = await ports.deliveredByFlight(
    tx,
    flights.map((flight) => flight.id),
  );
  return rows.map((row) => {
    const own = flights.filter((flight) => flight.lineItemId === row.id);
    const assigned = assignments.filter((one) => one.lineItemId === row.id);
    const budgets = own.flatMap((flight) => flight.budgetMicros ?? []);
    return {
      id: row.id,
      campaignId: row.campaignId,
      campaignName: campaignNames.get(row.campaignId) ?? '',
      name: row.name,
      status: row.status as LineItem['status'],
      type: row.type as LineItem['type'],
      priority: row.priority,
      priceModel: row.priceModel as LineItem['priceModel'],
      cpmMicros: row.cpmMicros,
      flatMicros: row.flatMicros,
      currency: row.currency,
      budgetMicros: budgets.length === 0 ? null : budgets.reduce((sum, micros) => sum + micros, 0),
      pacing: row.pacing as LineItem['pacing'],
      sharePercent: row.sharePercent,
      targeting: row.targeting,
      ...shorthandsOf(row.targeting),
      dayparts: row.dayparts,
      frequencyCaps: row.frequencyCaps,
      separation: row.separation,
      podPosition: row.podPosition as LineItem['podPosition'],
      rotation: row.rotation as LineItem['rotation'],
      creatives: creativesOf(row, assigned, creatives),
      usesCampaignCreatives: assigned.length === 0,
      flights: own.map((flight) => ({
        ...showFlight(flight, byFlight.get(flight.id)),
        expectedMicros: expectedOf(flight, row, now),
      })),
      spentMicros: delivered.get(row.id)?.spentMicros ?? 0,
      impressions: delivered.get(row.id)?.impressions ?? 0,
      demo: row.demo,
      ...times(row),
    };
  });
}

/** Null when neither budget nor goal bounds the flight: then there is no plan. */
function expectedOf(flight: FlightRow, item: LineItemRow, now: Date): number | null {
  return plannedMicros({ ...item, ...flight }) === null
    ? null
    : expectedSpendMicros([booked(flight, item)], now);
}

/** A flight without what is expected of it, which changes by the minute. */
export function showFlight(
  row: FlightRow,
  delivered: { spentMicros: number; impressions: number } | undefined,
): Omit<Flight, 'expectedMicros'> {
  return {
    id: row.id,
    lineItemId: row.lineItemId,
    name: row.name,
    startAt: row.startAt.toISOString(),
    endAt: row.endAt.toISOString(),
    timeZone: row.timeZone,
    budgetMicros: row.budgetMicros,
    impressionGoal: row.impressionGoal,
    dailyBudgetMicros: row.dailyBudgetMicros,
    spentMicros: delivered?.spentMicros ?? 0,
    impressions: delivered?.impressions ?? 0,
    ...times(row),
  };
}

/** What is assigned, or every creative of the campaign that is bound to no other line item. */
function creativesOf(
  item: LineItemRow,
  assigned: readonly AssignmentRow[],
  creatives: readonly CreativeFact[],
): LineItemCreative[] {
  if (assigned.length === 0)
    return creatives
      .filter(
        (creative) =>
          creative.campaignId === item.campaignId &&
          (creative.lineItemId === null || creative.lineItemId === item.id),
      )
      .map((creative, index) => ({
        ...factsOf(creative),
        weight: 1,
        sequence: index + 1,
        startAt: null,
        endAt: null,
      }));
  return assigned.flatMap((row) => {
    const creative = creatives.find((one) => one.id === row.creativeId);
    return creative === undefined
      ? []
      : [
          {
            ...factsOf(creative),
            weight: row.weight,
            sequence: row.sequence,
            startAt: row.startAt?.toISOString() ?? null,
            endAt: row.endAt?.toISOString() ?? null,
          },
        ];
  });
}

function factsOf({ id, name, durationMs, approval }: CreativeFact) {
  return { creativeId: id, name, durationMs, approval };
}

export function times(row: { version: number; createdAt: Date; updatedAt: Date }) {
  return {
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
