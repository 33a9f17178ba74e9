import { and, eq, inArray, notExists, sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { appTable, placementTable, publisherTable } from './tables.ts';

/** Demo loader only: marks a publisher with its apps and placements. */
export async function markInventoryDemo(tx: Tx, publisherId: string): Promise<void> {
  await tx.update(publisherTable).set({ demo: true }).where(eq(publisherTable.id, publisherId));
  await tx.update(appTable).set({ demo: true }).where(eq(appTable.publisherId, publisherId));
  await tx.update(placementTable).set({ demo: true }).where(eq(placementTable.publisherId, publisherId));
}

/** Names by id; ids that the account does not have are absent. Role app. */
export async function placementNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: placementTable.id, name: placementTable.name })
    .from(placementTable)
    .where(inArray(placementTable.id, [...ids]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Demo placements by name, of the current account. */
export async function demoPlacementIds(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx
    .select({ id: placementTable.id, name: placementTable.name })
    .from(placementTable)
    .where(and(eq(placementTable.demo, true), eq(placementTable.archived, false)));
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/**
 * Removes demo placements, apps and publishers; one that people put something of their own into stays, as theirs. A
 * placement that became the default of the account stays too.
 */
export async function removeDemoInventory(tx: Tx): Promise<number> {
  const placements = await tx
    .delete(placementTable)
    .where(and(eq(placementTable.demo, true), eq(placementTable.isDefault, false)))
    .returning({ id: placementTable.id });
  const one = sql`1`;
  await tx
    .delete(appTable)
    .where(
      and(
        eq(appTable.demo, true),
        notExists(tx.select({ one }).from(placementTable).where(eq(placementTable.appId, appTable.id))),
      ),
    );
  await tx
    .delete(publisherTable)
    .where(
      and(
        eq(publisherTable.demo, true),
        notExists(
          tx.select({ one }).from(placementTable).where(eq(placementTable.publisherId, publisherTable.id)),
        ),
        notExists(tx.select({ one }).from(appTable).where(eq(appTable.publisherId, publisherTable.id))),
      ),
    );
  const theirs = { demo: false };
  await tx.update(placementTable).set(theirs).where(eq(placementTable.demo, true));
  await tx.update(appTable).set(theirs).where(eq(appTable.demo, true));
  await tx.update(publisherTable).set(theirs).where(eq(publisherTable.demo, true));
  return placements.length;
}

/** Name of a placement; null when the account has none of this id. Role app. */
export async function placementName(tx: Tx, placementId: string): Promise<string | null> {
  const [row] = await tx
    .select({ name: placementTable.name })
    .from(placementTable)
    .where(eq(placementTable.id, placementId));
  return row?.name ?? null;
}
