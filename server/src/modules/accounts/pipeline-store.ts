import { and, eq } from 'drizzle-orm';
import type { PipelineStore } from '../../kernel/pipeline.ts';
import { auditRecordTable, idempotencyKeyTable } from './tables.ts';

/** How long a key stands for its first request, as the contract promises. */
const keptMs = 24 * 3_600_000;

/** Where the pipeline keeps idempotency keys and the audit trail. */
export const pipelineStore: PipelineStore = {
  async claimIdempotencyKey(tx, { accountId, operation, key, inputHash, now }) {
    // A second request with the same key waits here until the first has committed.
    const inserted = await tx
      .insert(idempotencyKeyTable)
      .values({ accountId, operation, key, inputHash, createdAt: now })
      .onConflictDoNothing()
      .returning({ key: idempotencyKeyTable.key });
    if (inserted.length > 0) return { claimed: true };
    const [kept] = await tx
      .select()
      .from(idempotencyKeyTable)
      .where(
        and(
          eq(idempotencyKeyTable.accountId, accountId),
          eq(idempotencyKeyTable.operation, operation),
          eq(idempotencyKeyTable.key, key),
        ),
      )
      .for('update');
    if (!kept) throw new Error('idempotency key vanished inside its transaction');
    if (now.getTime() - kept.createdAt.getTime() >= keptMs) {
      await tx
        .update(idempotencyKeyTable)
        .set({ inputHash, response: null, createdAt: now })
        .where(
          and(
            eq(idempotencyKeyTable.accountId, accountId),
            eq(idempotencyKeyTable.operation, operation),
            eq(idempotencyKeyTable.key, key),
          ),
        );
      return { claimed: true };
    }
    return { claimed: false, inputHash: kept.inputHash, response: kept.response };
  },
  async keepIdempotentResponse(tx, { accountId, operation, key }, response) {
    await tx
      .update(idempotencyKeyTable)
      .set({ response })
      .where(
        and(
          eq(idempotencyKeyTable.accountId, accountId),
          eq(idempotencyKeyTable.operation, operation),
          eq(idempotencyKeyTable.key, key),
        ),
      );
  },
  async writeAudit(tx, records) {
    await tx.insert(auditRecordTable).values(
      records.map((record) => ({
        id: record.id,
        accountId: record.accountId,
        at: record.at,
        actorKind: record.actor.kind,
        actorId: record.actor.id,
        actorName: record.actor.name,
        operation: record.operation,
        entityKind: record.entity.kind,
        entityId: record.entity.id,
        change: record.change,
        fields: record.fields,
        reason: record.reason,
        requestId: record.requestId,
      })),
    );
  },
};
