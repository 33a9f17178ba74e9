import { sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';

/**
 * Requests of the account by UTC hour and why they got no ad; an empty reason is an ad. Of one placement when given.
 * Role app.
 */
export async function requestsByHour(
  tx: Tx,
  { from, until, placementId }: { from: Date; until: Date; placementId: string | null },
): Promise<{ hour: string; reason: string; count: number }[]> {
  const { rows } = await tx.execute<{ hour: Date | string; reason: string; count: string }>(sql`
    SELECT hour, reason, sum(count)::text AS count FROM delivery_hour
    WHERE event = 'request' AND hour >= ${from.toISOString()}::timestamptz
      AND hour < ${until.toISOString()}::timestamptz
      AND ${placementId === null ? sql`true` : sql`placement_id = ${placementId}`}
    GROUP BY hour, reason`);
  return rows.map((row) => ({
    hour: new Date(row.hour).toISOString(),
    reason: row.reason,
    count: Number(row.count),
  }));
}
