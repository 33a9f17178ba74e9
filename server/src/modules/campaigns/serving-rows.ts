import { and, eq, gt, inArray } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { campaignTable, flightTable, lineItemTable } from './tables.ts';

/** What serving needs of every active campaign that has not ended, over all accounts (role snapshot_builder). */
export async function servingLineItems(tx: Tx, now: Date) {
  const items = await tx
    .select({
      id: lineItemTable.id,
      accountId: lineItemTable.accountId,
      campaignId: lineItemTable.campaignId,
      brandId: campaignTable.brandId,
      name: lineItemTable.name,
      status: lineItemTable.status,
      priority: lineItemTable.priority,
      cpmMicros: lineItemTable.cpmMicros,
      currency: lineItemTable.currency,
      countries: lineItemTable.countries,
      deviceTypes: lineItemTable.deviceTypes,
    })
    .from(lineItemTable)
    .innerJoin(campaignTable, eq(campaignTable.id, lineItemTable.campaignId))
    .where(and(eq(campaignTable.status, 'active'), gt(campaignTable.endAt, now)));
  const flights =
    items.length === 0
      ? []
      : await tx
          .select()
          .from(flightTable)
          .where(
            inArray(
              flightTable.lineItemId,
              items.map((item) => item.id),
            ),
          );
  return items.map((item) => ({
    ...item,
    flights: flights.filter((flight) => flight.lineItemId === item.id),
  }));
}
