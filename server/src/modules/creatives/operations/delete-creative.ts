import { deleteCreative } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { lockCreative } from '../approvals.ts';
import type { CreativesPorts } from '../ports.ts';
import { auditView } from '../rows.ts';
import { approvalEventTable, assetTable, creativeTable } from '../tables.ts';

export function deleteCreativeOperation(ports: CreativesPorts) {
  return implement(deleteCreative, async ({ creativeId }, context) => {
    const { tx, now } = context;
    const before = await lockCreative(tx, creativeId);
    if (!before) return context.fail('creative.not_found', `No creative ${creativeId} in this account.`);
    const kept = (await wasTrafficked(tx, creativeId)) || (await ports.hasHistory(tx, creativeId));
    let after: Record<string, unknown> | null = null;
    if (kept) {
      const [row] = await tx
        .update(creativeTable)
        .set({ status: 'inactive', version: before.version + 1, updatedAt: now })
        .where(eq(creativeTable.id, creativeId))
        .returning();
      after = auditView(row!);
    } else {
      await tx.delete(creativeTable).where(eq(creativeTable.id, creativeId));
      if (before.assetId !== null) await removeUnusedAsset(tx, before.assetId);
    }
    context.record({ entity: { kind: 'creative', id: creativeId }, before: auditView(before), after });
    context.emit('creative.changed', { kind: 'creative', id: creativeId });
    return { creativeId, outcome: kept ? ('inactive' as const) : ('deleted' as const) };
  });
}

async function wasTrafficked(tx: Tx, creativeId: string): Promise<boolean> {
  const events = await tx
    .select({ to: approvalEventTable.toState })
    .from(approvalEventTable)
    .where(eq(approvalEventTable.creativeId, creativeId));
  return events.some((event) => event.to === 'trafficked');
}

/** The file itself is removed by the file sweep, once no account names it. */
async function removeUnusedAsset(tx: Tx, assetId: string): Promise<void> {
  const [user] = await tx
    .select({ id: creativeTable.id })
    .from(creativeTable)
    .where(eq(creativeTable.assetId, assetId))
    .limit(1);
  if (!user) await tx.delete(assetTable).where(eq(assetTable.id, assetId));
}
