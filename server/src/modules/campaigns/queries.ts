import { eq, inArray } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import type { PacedWindow } from './domain/expected-spend.ts';
import { plannedMicros } from './domain/planned-money.ts';
import { campaignTable, flightTable, lineItemTable } from './tables.ts';

export type CampaignRow = typeof campaignTable.$inferSelect;
export type FlightRow = typeof flightTable.$inferSelect;
export type LineItemRow = typeof lineItemTable.$inferSelect;

/** For other modules: the rows themselves, of the current account. */
export async function findCampaign(tx: Tx, campaignId: string): Promise<CampaignRow | null> {
  const [row] = await tx.select().from(campaignTable).where(eq(campaignTable.id, campaignId));
  return row ?? null;
}

/** Of the current account; with the role snapshot_builder of all accounts. */
export async function campaignsById(
  tx: Tx,
  campaignIds: readonly string[],
): Promise<Map<string, CampaignRow>> {
  if (campaignIds.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(campaignTable)
    .where(inArray(campaignTable.id, [...campaignIds]));
  return new Map(rows.map((row) => [row.id, row]));
}

export async function allCampaigns(tx: Tx): Promise<CampaignRow[]> {
  return tx.select().from(campaignTable);
}

/** As `allCampaigns`; none of them can be removed before the transaction ends. */
export async function holdCampaigns(tx: Tx): Promise<CampaignRow[]> {
  return tx.select().from(campaignTable).for('key share');
}

/** Names by id; ids that the account does not have are absent. Role app. */
export async function lineItemNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: lineItemTable.id, name: lineItemTable.name })
    .from(lineItemTable)
    .where(inArray(lineItemTable.id, [...ids]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export async function lineItemsOf(tx: Tx, campaignId: string): Promise<LineItemRow[]> {
  return tx.select().from(lineItemTable).where(eq(lineItemTable.campaignId, campaignId));
}

/** Null when the account has none of this id. Role app. */
export async function findLineItem(tx: Tx, lineItemId: string): Promise<LineItemRow | null> {
  const [row] = await tx.select().from(lineItemTable).where(eq(lineItemTable.id, lineItemId));
  return row ?? null;
}

/** Line items that are sold at a flat price. Role app. */
export async function flatLineItems(tx: Tx): Promise<Array<LineItemRow & { flatMicros: number }>> {
  const rows = await tx.select().from(lineItemTable).where(eq(lineItemTable.priceModel, 'flat'));
  return rows.flatMap((row) => (row.flatMicros === null ? [] : [{ ...row, flatMicros: row.flatMicros }]));
}

/** A flight with the money it can spend at most, 0 when neither budget nor goal bounds it, and how it is paced. */
export type BookedFlight = FlightRow & PacedWindow;

export async function allFlights(tx: Tx): Promise<Array<BookedFlight & { campaignId: string }>> {
  const rows = await tx
    .select({ flight: flightTable, item: lineItemTable })
    .from(flightTable)
    .innerJoin(lineItemTable, eq(lineItemTable.id, flightTable.lineItemId));
  return rows.map(({ flight, item }) => ({ ...booked(flight, item), campaignId: item.campaignId }));
}

export async function flightsOf(tx: Tx, campaignId: string): Promise<BookedFlight[]> {
  const rows = await tx
    .select({ flight: flightTable, item: lineItemTable })
    .from(flightTable)
    .innerJoin(lineItemTable, eq(lineItemTable.id, flightTable.lineItemId))
    .where(eq(lineItemTable.campaignId, campaignId));
  return rows.map(({ flight, item }) => booked(flight, item));
}

/** The rows themselves, with null where a flight has no budget of its own. */
export async function flightRowsOf(tx: Tx, campaignId: string): Promise<FlightRow[]> {
  const rows = await tx
    .select({ flight: flightTable })
    .from(flightTable)
    .innerJoin(lineItemTable, eq(lineItemTable.id, flightTable.lineItemId))
    .where(eq(lineItemTable.campaignId, campaignId));
  return rows.map((row) => row.flight);
}

/** A flight beside its line item, as the plans of other modules want it. */
export function booked(flight: FlightRow, item: LineItemRow): BookedFlight {
  const { pacing, dayparts } = item;
  return { ...flight, pacing, dayparts, budgetMicros: plannedMicros({ ...item, ...flight }) ?? 0 };
}

/** Demo loader only: marks a campaign with all that hangs on it. */
export async function markCampaignDemo(tx: Tx, campaignId: string): Promise<void> {
  await tx.update(campaignTable).set({ demo: true }).where(eq(campaignTable.id, campaignId));
  await tx.update(lineItemTable).set({ demo: true }).where(eq(lineItemTable.campaignId, campaignId));
}

/** Removes demo campaigns; line items, flights, creatives and deployments go with them. */
export async function removeDemoCampaigns(tx: Tx): Promise<string[]> {
  const rows = await tx
    .delete(campaignTable)
    .where(eq(campaignTable.demo, true))
    .returning({ id: campaignTable.id });
  return rows.map((row) => row.id);
}
