import type { ApprovalState } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import type { Ids } from '../../kernel/ids.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { auditView, type CreativeRow } from './rows.ts';
import { approvalEventTable, creativeTable } from './tables.ts';

/** Who made an approval move. */
export interface ApprovalActor {
  id: string;
  name: string;
}

export interface ApprovalMove {
  action: string;
  to: ApprovalState;
  reason?: string | undefined;
  by: ApprovalActor;
  now: Date;
}

/** The row, locked until the transaction ends, so that two moves at once do not pass each other. */
export async function lockCreative(tx: Tx, creativeId: string): Promise<CreativeRow | null> {
  const [row] = await tx.select().from(creativeTable).where(eq(creativeTable.id, creativeId)).for('update');
  return row ?? null;
}

/** Writes a move that was decided: the row with a new version, and its approval event. */
export async function moveApproval(
  tx: Tx,
  row: CreativeRow,
  move: ApprovalMove,
  ids: Ids,
): Promise<CreativeRow> {
  const { action, to, reason, by, now } = move;
  const [after] = await tx
    .update(creativeTable)
    .set({ approval: to, approvalAt: now, version: row.version + 1, updatedAt: now })
    .where(eq(creativeTable.id, row.id))
    .returning();
  await tx.insert(approvalEventTable).values({
    id: ids.next('approvalEvent'),
    accountId: row.accountId,
    creativeId: row.id,
    at: now,
    actorId: by.id,
    actorName: by.name,
    action,
    fromState: row.approval,
    toState: to,
    reason: reason ?? null,
  });
  return after!;
}

/**
 * Marks an approved creative as trafficked, in the transaction in which a deployment has put all of it at a platform.
 * The caller writes the audit record and tells `creative.changed`.
 * @returns what changed; null when it was trafficked before, is not approved (any more), or is gone
 */
export async function markTrafficked(
  tx: Tx,
  fact: { creativeId: string; at: Date; reason: string },
  ids: Ids,
): Promise<{ before: Record<string, unknown>; after: Record<string, unknown> } | null> {
  const row = await lockCreative(tx, fact.creativeId);
  if (row?.approval !== 'approved') return null;
  const by = { id: 'system:trafficking', name: 'Trafficking' };
  const move = { action: 'traffic', to: 'trafficked' as const, reason: fact.reason, by, now: fact.at };
  const after = await moveApproval(tx, row, move, ids);
  return { before: auditView(row), after: auditView(after) };
}
