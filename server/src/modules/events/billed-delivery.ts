import { sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { rolledUpName } from './domain/derive-rows.ts';

/** Impressions and spend of one flight in one stretch of time. */
export interface BilledDelivery {
  /** Number of the stretch, from 0. */
  bucket: number;
  campaignId: string;
  lineItemId: string;
  flightId: string;
  currency: string;
  /** Why they are not billed; empty when they are. */
  reason: string;
  isInvalid: boolean;
  impressions: number;
  spentMicros: number;
}

const INVALID_IMPRESSION = rolledUpName('impression', 'some');

/**
 * Impressions of campaigns between instants at whole UTC hours, in ascending order, with what was spent. Role app.
 * @param campaignIds null: of all
 */
export async function billedDelivery(
  tx: Tx,
  boundaries: readonly Date[],
  campaignIds: readonly string[] | null,
): Promise<BilledDelivery[]> {
  const [first, last] = [boundaries[0], boundaries.at(-1)];
  if (first === undefined || last === undefined || first >= last) return [];
  const limits = sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(boundaries)}::jsonb)::timestamptz)`;
  const inScope =
    campaignIds === null
      ? sql`true`
      : sql`campaign_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(campaignIds)}::jsonb))`;
  const { rows } = await tx.execute<{
    bucket: number;
    campaign_id: string;
    line_item_id: string;
    flight_id: string;
    currency: string;
    reason: string;
    event: string;
    impressions: string;
    spent: string;
  }>(sql`
    SELECT width_bucket(hour, ${limits}) AS bucket, campaign_id, line_item_id, flight_id, currency, event,
      CASE WHEN event = 'impression' THEN reason ELSE '' END AS reason, sum(count)::text AS impressions,
      sum(spent_micros)::text AS spent
    FROM delivery_hour
    WHERE event IN ('impression', ${INVALID_IMPRESSION}) AND ${inScope}
      AND hour >= ${first.toISOString()} AND hour < ${last.toISOString()}
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    ORDER BY campaign_id, line_item_id, flight_id, currency, bucket, event, reason`);
  return rows.map((row) => ({
    bucket: row.bucket - 1,
    campaignId: row.campaign_id,
    lineItemId: row.line_item_id,
    flightId: row.flight_id,
    currency: row.currency,
    reason: row.reason,
    isInvalid: row.event === INVALID_IMPRESSION,
    impressions: Number(row.impressions),
    spentMicros: Number(row.spent),
  }));
}
