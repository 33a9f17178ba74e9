import { asc, sql } from 'drizzle-orm';
import type { SupplyPathSeed } from '../../../seeds/reference/supply-paths.ts';
import type { Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import { supplyPathTable } from './tables.ts';

/** Every stored path in the order of its number. */
export async function storedPaths(tx: Tx): Promise<SupplyPathSeed[]> {
  const rows = await tx.select().from(supplyPathTable).orderBy(asc(supplyPathTable.number));
  return rows.map((row) => row.data as SupplyPathSeed);
}

/**
 * Brings the table to the given paths. When it holds these versions already nothing is written, so that this can be
 * called at every start.
 */
export async function loadSupplyPaths(
  database: UnitOfWork,
  paths: readonly SupplyPathSeed[],
  now: Date,
): Promise<void> {
  const mark = (path: { id: string; number: number; dataVersion: string }) =>
    `${path.number} ${path.id} ${path.dataVersion}`;
  await database.withTransaction({ role: 'scheduler' }, async (tx) => {
    // Several processes may start at once.
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('supply_path'))`);
    const stored = await tx.select().from(supplyPathTable).orderBy(asc(supplyPathTable.number));
    const wanted = [...paths].sort((a, b) => a.number - b.number);
    if (stored.map(mark).join() === wanted.map(mark).join()) return;
    // Numbers may have changed hands, and are unique: all go before any comes.
    await tx.delete(supplyPathTable);
    await tx.insert(supplyPathTable).values(
      wanted.map((path) => ({
        id: path.id,
        number: path.number,
        data: path,
        dataVersion: path.dataVersion,
        loadedAt: now,
      })),
    );
  });
}
