import type { VideoMeasurement } from '@cuepoint/media';
import { asc, eq, or, sql } from 'drizzle-orm';
import type { Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import { CUEPOINT_SERVING, evaluateMeasurement, packVerdict, type SpecPack } from './domain/qc/index.ts';
import { specPackTable } from './tables.ts';

/** The pack of this server itself: what it blocks cannot be approved. */
export const SERVING_PACK_ID = CUEPOINT_SERVING.id;

/** The packs that every creative is held against: this server's own, then the default matrix in its order. */
export async function packsToCheck(tx: Tx): Promise<SpecPack[]> {
  const rows = await tx
    .select()
    .from(specPackTable)
    .where(or(eq(specPackTable.defaultMatrix, true), eq(specPackTable.id, SERVING_PACK_ID)))
    .orderBy(asc(specPackTable.position));
  return rows.map((row) => row.data as SpecPack);
}

/** Name and sources of every pack by its id. */
export async function packNames(tx: Tx): Promise<Map<string, { name: string; source: string }>> {
  const rows = await tx.select({ id: specPackTable.id, data: specPackTable.data }).from(specPackTable);
  return new Map(
    rows.map(({ id, data }) => {
      const { name, sources } = data as SpecPack;
      return [id, { name, source: sources.join('; ') }];
    }),
  );
}

/** One measurement against packs, as it is stored. Pure. */
export function checkAgainst(
  measurement: VideoMeasurement,
  packs: readonly SpecPack[],
  market: string | null,
) {
  return packs.map((pack, position) => {
    const findings = evaluateMeasurement(measurement, pack, market === null ? {} : { market });
    const { verdict, blocks, warns, passes } = packVerdict(findings);
    return { packId: pack.id, packVersion: pack.version, position, verdict, blocks, warns, passes, findings };
  });
}

/**
 * Brings the table to the given packs and this server's own. When it holds these versions already nothing is written,
 * so that this can be called at every start.
 */
export async function loadSpecPacks(
  database: UnitOfWork,
  packs: readonly SpecPack[],
  now: Date,
): Promise<void> {
  const wanted = [CUEPOINT_SERVING, ...packs];
  const mark = (pack: { id: string; version: string }) => `${pack.id} ${pack.version}`;
  await database.withTransaction({ role: 'scheduler' }, async (tx) => {
    // Several processes may start at once.
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('spec_pack'))`);
    const stored = await tx
      .select({ id: specPackTable.id, version: specPackTable.dataVersion })
      .from(specPackTable)
      .orderBy(asc(specPackTable.position));
    if (stored.map(mark).join() === wanted.map(mark).join()) return;
    await tx.delete(specPackTable);
    await tx.insert(specPackTable).values(
      wanted.map((pack) => ({
        id: pack.id,
        position: pack.position,
        defaultMatrix: pack.defaultMatrix,
        data: pack,
        dataVersion: pack.version,
        loadedAt: now,
      })),
    );
  });
}
