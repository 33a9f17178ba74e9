import { sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';

/** What explaining a sample of an hour found: how often each line item served or first failed, by reason. */
export interface ExplainedHour {
  /** Start of the UTC hour, ISO. */
  hour: string;
  requests: number;
  explained: number;
  explainedAt: Date;
  /** By line item, then by first reason; an empty reason is an ad served. */
  losses: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Puts an hour in place of what was there. Role app, of the account. */
export async function storeExplainedHour(tx: Tx, accountId: string, of: ExplainedHour): Promise<void> {
  const { hour, requests, explained, explainedAt } = of;
  // First this row: whoever else explains the same hour waits here.
  await tx.execute(sql`
    INSERT INTO explained_hour (account_id, hour, requests, explained, explained_at)
    VALUES (${accountId}, ${hour}::timestamptz, ${requests}, ${explained}, ${explainedAt.toISOString()}::timestamptz)
    ON CONFLICT (account_id, hour) DO UPDATE SET requests = excluded.requests, explained = excluded.explained,
      explained_at = excluded.explained_at`);
  await tx.execute(sql`
    DELETE FROM line_item_loss_hour WHERE account_id = ${accountId} AND hour = ${hour}::timestamptz`);
  const rows = [...of.losses].flatMap(([lineItemId, reasons]) =>
    [...reasons].map(([reason, count]) => ({ line_item_id: lineItemId, reason, count })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    INSERT INTO line_item_loss_hour (account_id, line_item_id, hour, reason, count)
    SELECT ${accountId}, line_item_id, ${hour}::timestamptz, reason, count
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (line_item_id text, reason text, count bigint)`);
}

/** Hours of all accounts whose requests are counted and not, or no longer, explained; newest first. Role ingester. */
export async function hoursToExplain(
  tx: Tx,
  { from, until, most }: { from: Date; until: Date; most: number },
): Promise<{ accountId: string; hour: string; requests: number }[]> {
  const { rows } = await tx.execute<{ account_id: string; hour: Date | string; requests: string }>(sql`
    SELECT h.account_id, h.hour, sum(h.count)::text AS requests
    FROM delivery_hour h LEFT JOIN explained_hour e ON e.account_id = h.account_id AND e.hour = h.hour
    WHERE h.event = 'request' AND h.hour >= ${from.toISOString()}::timestamptz
      AND h.hour < ${until.toISOString()}::timestamptz
    GROUP BY h.account_id, h.hour, e.requests
    HAVING e.requests IS NULL OR e.requests <> sum(h.count)
    ORDER BY h.hour DESC, h.account_id LIMIT ${most}`);
  return rows.map((row) => ({
    accountId: row.account_id,
    hour: new Date(row.hour).toISOString(),
    requests: Number(row.requests),
  }));
}

/** Accounts that have explained hours from before an instant. Role ingester. */
export async function accountsExplainedBefore(tx: Tx, before: Date): Promise<string[]> {
  const { rows } = await tx.execute<{ account_id: string }>(
    sql`SELECT DISTINCT account_id FROM explained_hour WHERE hour < ${before.toISOString()}::timestamptz`,
  );
  return rows.map((row) => row.account_id);
}

/** Forgets explained hours from before an instant, and what was found in them. Role app, of the account. */
export async function forgetExplainedBefore(tx: Tx, accountId: string, before: Date): Promise<void> {
  await tx.execute(sql`
    DELETE FROM line_item_loss_hour WHERE account_id = ${accountId} AND hour < ${before.toISOString()}::timestamptz`);
  await tx.execute(sql`
    DELETE FROM explained_hour WHERE account_id = ${accountId} AND hour < ${before.toISOString()}::timestamptz`);
}

/** Explained hours of the account from `from` to before `until`, with what was found of one line item. Role app. */
export async function lineItemLosses(
  tx: Tx,
  lineItemId: string,
  from: Date,
  until: Date,
): Promise<{ hour: string; requests: number; explained: number; counts: Record<string, number> }[]> {
  const { rows } = await tx.execute<{
    hour: Date | string;
    requests: string;
    explained: string;
    counts: Record<string, number> | string | null;
  }>(sql`
    SELECT e.hour, e.requests, e.explained,
      (SELECT jsonb_object_agg(l.reason, l.count) FROM line_item_loss_hour l
        WHERE l.account_id = e.account_id AND l.hour = e.hour AND l.line_item_id = ${lineItemId}) AS counts
    FROM explained_hour e
    WHERE e.hour >= ${from.toISOString()}::timestamptz AND e.hour < ${until.toISOString()}::timestamptz
    ORDER BY e.hour`);
  return rows.map((row) => ({
    hour: new Date(row.hour).toISOString(),
    requests: Number(row.requests),
    explained: Number(row.explained),
    counts:
      row.counts === null
        ? {}
        : ((typeof row.counts === 'string' ? JSON.parse(row.counts) : row.counts) as Record<string, number>),
  }));
}
