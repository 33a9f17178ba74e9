import { listAudit, type OutputOf } from '@cuepoint/contract';
import { and, count, desc, eq, lt, or } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement } from '../../../kernel/implement.ts';
import { auditRecordTable } from '../tables.ts';

type AuditItem = OutputOf<typeof listAudit>['items'][number];

export const listAuditOperation = implement(
  listAudit,
  async ({ limit, cursor, entityId, operation }, { tx }) => {
    const after = decodeCursor(cursor, 'instant');
    const match = and(
      entityId ? eq(auditRecordTable.entityId, entityId) : undefined,
      operation ? eq(auditRecordTable.operation, operation) : undefined,
    );
    const rows = await tx
      .select()
      .from(auditRecordTable)
      .where(
        and(
          match,
          after
            ? or(
                lt(auditRecordTable.at, new Date(after.key)),
                and(eq(auditRecordTable.at, new Date(after.key)), lt(auditRecordTable.id, after.id)),
              )
            : undefined,
        ),
      )
      .orderBy(desc(auditRecordTable.at), desc(auditRecordTable.id))
      .limit(limit + 1);
    const [total] = await tx.select({ n: count() }).from(auditRecordTable).where(match);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map((row) => ({
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
      nextCursor:
        rows.length > limit && last ? encodeCursor({ key: last.at.toISOString(), id: last.id }) : null,
      total: total!.n,
    };
  },
);
