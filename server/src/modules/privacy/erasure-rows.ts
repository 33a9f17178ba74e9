import type { ViewerErasure } from '@cuepoint/contract';
import { and, eq, isNull, or } from 'drizzle-orm';
import type { Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import { placesOf, stateOf } from './domain/erasure-state.ts';
import { type ErasureRow, viewerErasureTable } from './tables.ts';

/** A request as it is shown: without hash. */
export function showErasure(row: ErasureRow): ViewerErasure {
  const records = {
    nodeMemory: row.nodesAt === null ? null : row.exposures + row.sessions,
    archive: row.archiveAt === null ? null : row.archivedRecords,
  };
  return {
    id: row.id,
    kind: row.kind,
    reference: row.reference,
    requestedBy: row.requestedBy,
    requestedAt: row.requestedAt.toISOString(),
    state: stateOf(row),
    places: placesOf(row, records),
    goneBy: row.goneBy.toISOString(),
    goneAt: row.goneAt?.toISOString() ?? null,
  };
}

export interface OpenErasure {
  id: string;
  accountId: string;
  requestedAt: Date;
  nodesAt: Date | null;
  archiveAt: Date | null;
}

/** Requests of every account that are not complete, oldest first. `pending`: those with something left to do. */
export function openErasures(unitOfWork: UnitOfWork, which: 'pending' | 'all'): Promise<OpenErasure[]> {
  const { id, accountId, requestedAt, nodesAt, archiveAt, goneAt } = viewerErasureTable;
  return unitOfWork.withTransaction({ role: 'scheduler', readOnly: true }, (tx) =>
    tx
      .select({ id, accountId, requestedAt, nodesAt, archiveAt })
      .from(viewerErasureTable)
      .where(and(isNull(goneAt), which === 'all' ? undefined : or(isNull(nodesAt), isNull(archiveAt))))
      .orderBy(requestedAt, id),
  );
}

export interface Erasures {
  row(open: OpenErasure): Promise<ErasureRow | null>;
  change(open: OpenErasure, values: Partial<ErasureRow>): Promise<void>;
}

/** Rows of one request, in its account; null when account or request are gone. */
export function erasureRows(unitOfWork: UnitOfWork): Erasures {
  const inAccount = <T>(accountId: string, work: (tx: Tx) => Promise<T>) =>
    unitOfWork.withTransaction({ role: 'app', accountId }, work);
  return {
    row: ({ id, accountId }) =>
      inAccount(accountId, async (tx) => {
        const found = await tx.select().from(viewerErasureTable).where(eq(viewerErasureTable.id, id));
        return found[0] ?? null;
      }),
    change: ({ id, accountId }, values) =>
      inAccount(accountId, async (tx) => {
        await tx.update(viewerErasureTable).set(values).where(eq(viewerErasureTable.id, id));
      }),
  };
}
