import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';

/** One record of the audit trail, without the values that changed. */
export interface PastChange {
  id: string;
  at: string;
  actorName: string;
  operation: string;
  change: 'created' | 'updated' | 'deleted' | 'noted';
  entityKind: string;
  entityId: string;
  fields: string[];
  reason: string | null;
}

/**
 * The newest changes since an instant, oldest first, and how many there are: of some objects, or of some kinds. Role app; the
 * caller checks that the audit trail may be read.
 */
export async function changesSince(
  tx: Tx,
  query: { since: Date; entityIds?: readonly string[]; entityKinds?: readonly string[]; most: number },
): Promise<{ changes: PastChange[]; total: number }> {
  const { since, entityIds, entityKinds, most } = query;
  const match = sql`at >= ${since.toISOString()}::timestamptz AND ${
    entityIds ? among(sql`entity_id`, entityIds) : among(sql`entity_kind`, entityKinds ?? [])
  }`;
  const { rows } = await tx.execute<{
    id: string;
    at: Date | string;
    actor_name: string;
    operation: string;
    change: PastChange['change'];
    entity_kind: string;
    entity_id: string;
    fields: string;
    reason: string | null;
    total: string;
  }>(sql`
    SELECT id, at, actor_name, operation, change, entity_kind, entity_id, reason,
      (SELECT coalesce(jsonb_agg(f ->> 'field'), '[]'::jsonb) FROM jsonb_array_elements(fields) f)::text AS fields,
      count(*) OVER ()::text AS total
    FROM audit_record WHERE ${match} ORDER BY at DESC, id DESC LIMIT ${most}`);
  return {
    changes: rows
      .map((row) => ({
        id: row.id,
        at: new Date(row.at).toISOString(),
        actorName: row.actor_name,
        operation: row.operation,
        change: row.change,
        entityKind: row.entity_kind,
        entityId: row.entity_id,
        fields: JSON.parse(row.fields) as string[],
        reason: row.reason,
      }))
      .reverse(),
    total: Number(rows[0]?.total ?? 0),
  };
}

const among = (column: SQL, values: readonly string[]): SQL =>
  sql`${column} IN (SELECT jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
