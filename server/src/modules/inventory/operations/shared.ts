import { eq, ilike, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import type { appTable, placementTable, publisherTable } from '../tables.ts';

type InventoryTable = typeof publisherTable | typeof appTable | typeof placementTable;

/** The row of this id in the account, archived or not. */
export async function rowOf<T extends InventoryTable>(
  tx: Tx,
  table: T,
  id: string,
): Promise<T['$inferSelect'] | null> {
  const [row] = await tx
    .select()
    .from(table as InventoryTable)
    .where(eq(table.id, id));
  return (row as T['$inferSelect'] | undefined) ?? null;
}

/** The column contains the text; `%` and `_` mean themselves. */
export function containing(column: PgColumn, text: string | undefined): SQL | undefined {
  return text === undefined ? undefined : ilike(column, `%${text.replace(/[\\%_]/g, '\\$&')}%`);
}

/** What the input leaves out stays as it was; null is a value. */
export function changed<T extends object>(before: T, input: { [K in keyof T]?: T[K] | undefined }): T {
  const result = { ...before };
  for (const key of Object.keys(before) as Array<keyof T>) {
    const value = input[key];
    if (value !== undefined) result[key] = value as T[keyof T];
  }
  return result;
}
