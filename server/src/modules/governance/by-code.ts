import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { showBrand, showChannel, showMarket } from './operations/catalogue.ts';
import { brandTable, channelTable, marketTable } from './tables.ts';

/** By the code people use in briefs; null when the account has none. */
export async function marketByCode(tx: Tx, code: string) {
  const [row] = await tx.select().from(marketTable).where(eq(marketTable.code, code));
  return row ? showMarket(row) : null;
}

export async function brandByCode(tx: Tx, code: string) {
  const [row] = await tx.select().from(brandTable).where(eq(brandTable.code, code));
  return row ? showBrand(row) : null;
}

export async function channelByCode(tx: Tx, code: string) {
  const [row] = await tx.select().from(channelTable).where(eq(channelTable.code, code));
  return row ? showChannel(row) : null;
}

export async function marketCodes(tx: Tx): Promise<string[]> {
  return (await tx.select({ code: marketTable.code }).from(marketTable)).map((row) => row.code).sort();
}

export async function channelCodes(tx: Tx): Promise<string[]> {
  return (await tx.select({ code: channelTable.code }).from(channelTable)).map((row) => row.code).sort();
}

/** Of the current account; with the role snapshot_builder of all accounts. */
export async function brandsById(tx: Tx, brandIds: readonly string[]) {
  if (brandIds.length === 0) return new Map<string, ReturnType<typeof showBrand>>();
  const rows = await tx
    .select()
    .from(brandTable)
    .where(inArray(brandTable.id, [...brandIds]));
  return new Map(rows.map((row) => [row.id, showBrand(row)]));
}

/** Brands and markets by id, for lists of other modules. */
export async function axisNames(tx: Tx) {
  const brands = await tx.select().from(brandTable);
  const markets = await tx.select().from(marketTable);
  const channels = await tx.select().from(channelTable);
  return {
    brand: new Map(brands.map((row) => [row.id, showBrand(row)])),
    market: new Map(markets.map((row) => [row.id, showMarket(row)])),
    channel: new Map(channels.map((row) => [row.id, showChannel(row)])),
  };
}

/** For the demo loader: removes demo brands; those in use stay, as brands like any other. */
export async function removeDemoBrands(tx: Tx, inUse: readonly string[] = []): Promise<number> {
  if (inUse.length > 0) {
    await tx
      .update(brandTable)
      .set({ demo: false })
      .where(and(eq(brandTable.demo, true), inArray(brandTable.id, [...inUse])));
  }
  return (await tx.delete(brandTable).where(eq(brandTable.demo, true)).returning({ id: brandTable.id }))
    .length;
}

export async function markBrandDemo(tx: Tx, brandId: string): Promise<void> {
  await tx.update(brandTable).set({ demo: true }).where(eq(brandTable.id, brandId));
}
