import { listAudit, type OutputOf } from '@cuepoint/contract';
import { and, count, eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { auditRecordTable } from '../tables.ts';

type AuditItem = OutputOf<typeof listAudit>['items'][number];

export const listAuditOperation = implement(listAudit, async (input, { tx }) => {
  const { entityId, operation } = input;
  const page = newestFirst(input, { at: auditRecordTable.at, id: auditRecordTable.id });
  const match = and(
    entityId ? eq(auditRecordTable.entityId, entityId) : undefined,
    operation ? eq(auditRecordTable.operation, operation) : undefined,
  );
  const rows = await tx
    .select()
    .from(auditRecordTable)
    .where(and(match, page.beyond))
    .orderBy(...page.order)
    .limit(page.limit);
  const [total] = await tx.select({ n: count() }).from(auditRecordTable).where(match);
  const { shown, nextCursor } = page.cut(rows, (row) => row.at);
  return {
    items: shown.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actor: { kind: row.actorKind as AuditItem['actor']['kind'], id: row.actorId, name: row.actorName },
      operation: row.operation,
      entity: { kind: row.entityKind, id: row.entityId },
      change: row.change as AuditItem['change'],
      fields: row.fields as AuditItem['fields'],
      reason: row.reason,
      requestId: row.requestId,
    })),
    nextCursor,
    total: total!.n,
  };
});
