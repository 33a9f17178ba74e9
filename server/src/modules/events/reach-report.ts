import { sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { inScope, type ReportScope } from './delivery-report.ts';
import { ReachSketch } from './domain/reach-sketch.ts';
import { instants } from './report-queries.ts';

/** Whom a part of a report reached. */
export interface ReachGroup {
  sketch: ReachSketch;
  lasting: number;
  household: number;
  session: number;
}

/** Sketches that are put together for one answer, 12 KiB at most each. */
const MOST_SKETCHES = 20_000;
const SKETCHES_AT_ONCE = 500;

/**
 * Unions of sketches by bucket, campaign and line item; null when there are too many for one answer. Role app.
 * @param keysOf the groups that a sketch belongs to, by names of the caller's
 */
export async function reachGroups(
  tx: Tx,
  scope: ReportScope,
  keysOf: (bucket: number, campaignId: string, lineItemId: string) => readonly string[],
): Promise<Map<string, ReachGroup> | null> {
  const counted = await tx.execute<{ n: number }>(
    sql`SELECT count(*)::int AS n FROM delivery_reach WHERE ${inScope(scope)}`,
  );
  if (counted.rows[0]!.n > MOST_SKETCHES) return null;
  const groups = new Map<string, ReachGroup>();
  let after = { hour: '-infinity', campaign: '', item: '' };
  for (;;) {
    const { rows } = await tx.execute<{
      bucket: number;
      at: string;
      campaign_id: string;
      line_item_id: string;
      sketch: Uint8Array;
      lasting: string;
      household: string;
      session: string;
    }>(sql`
      SELECT width_bucket(hour, ${instants(scope.boundaries)}) - 1 AS bucket, hour::text AS at, campaign_id, line_item_id,
        sketch, lasting, household, session
      FROM delivery_reach
      WHERE ${inScope(scope)}
        AND (hour, campaign_id, line_item_id) > (${after.hour}::timestamptz, ${after.campaign}, ${after.item})
      ORDER BY hour, campaign_id, line_item_id LIMIT ${SKETCHES_AT_ONCE}`);
    for (const row of rows) {
      if (row.sketch.length === 0) continue;
      const sketch = ReachSketch.fromBytes(row.sketch);
      for (const key of keysOf(row.bucket, row.campaign_id, row.line_item_id)) {
        const group = groups.get(key) ?? { sketch: new ReachSketch(), lasting: 0, household: 0, session: 0 };
        groups.set(key, group);
        group.sketch.merge(sketch);
        group.lasting += Number(row.lasting);
        group.household += Number(row.household);
        group.session += Number(row.session);
      }
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < SKETCHES_AT_ONCE) return groups;
    after = { hour: last.at, campaign: last.campaign_id, item: last.line_item_id };
  }
}
