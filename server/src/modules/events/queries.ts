import { sql } from 'drizzle-orm';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';

export interface IngestedSpend {
  byLineItem: Map<string, number>;
  byFlight: Map<string, { micros: number; impressions: number }>;
  ingestedThrough: Record<string, LogPosition>;
}

/**
 * Micros spent by line item, micros and impressions by flight, and how far each log was read. Roles snapshot_builder,
 * ingester.
 */
export async function ingestedSpend(tx: Tx, lineItemIds: readonly string[]): Promise<IngestedSpend> {
  const spent = await tx.execute<{
    line_item_id: string;
    flight_id: string;
    micros: string;
    impressions: string;
  }>(sql`
    SELECT line_item_id, flight_id, sum(spent_micros)::text AS micros,
      coalesce(sum(count) FILTER (WHERE event = 'impression'), 0)::text AS impressions
    FROM delivery_hour
    WHERE (spent_micros > 0 OR event = 'impression') AND line_item_id IN (${idList(lineItemIds)})
    GROUP BY line_item_id, flight_id`);
  const byLineItem = new Map<string, number>();
  const byFlight = new Map<string, { micros: number; impressions: number }>();
  for (const row of spent.rows) {
    byLineItem.set(row.line_item_id, (byLineItem.get(row.line_item_id) ?? 0) + Number(row.micros));
    if (row.flight_id === '') continue;
    const sums = byFlight.get(row.flight_id) ?? { micros: 0, impressions: 0 };
    sums.micros += Number(row.micros);
    sums.impressions += Number(row.impressions);
    byFlight.set(row.flight_id, sums);
  }
  const offsets = await tx.execute<{ node: string; segment: string; next_offset: string }>(
    sql`SELECT node, segment, next_offset FROM log_offset`,
  );
  return {
    byLineItem,
    byFlight,
    ingestedThrough: Object.fromEntries(
      offsets.rows.map((row) => [
        row.node,
        { segment: Number(row.segment), offset: Number(row.next_offset) },
      ]),
    ),
  };
}

/** A stored player event, for a check from outside. */
export interface StoredEvent {
  decisionId: string;
  position: number;
  event: string;
  at: string;
  campaignId: string;
  lineItemId: string;
  creativeId: string;
  spentMicros: number;
  currency: string;
  /** Why it is no viewer's; null when it is one. */
  invalid: string | null;
}

/** Where the next page of events begins: behind this one. */
export interface EventPosition {
  decisionId: string;
  position: number;
  event: string;
  invalid: string;
}

/**
 * Events of one campaign in the order of their keys, after one of them when given; all of them without a limit.
 * Role app.
 */
export async function storedEventsOf(
  tx: Tx,
  campaignId: string,
  page: { after: EventPosition | null; limit: number } | null = null,
): Promise<StoredEvent[]> {
  const after = page?.after ?? null;
  const beyond =
    after === null
      ? sql`true`
      : sql`(decision_id, ad_position, event, invalid) > (${after.decisionId}, ${after.position}::int, ${after.event},
          ${after.invalid})`;
  const limited = page === null ? sql`` : sql`LIMIT ${page.limit}`;
  const { rows } = await tx.execute<{
    decision_id: string;
    ad_position: number;
    event: string;
    at: Date | string;
    campaign_id: string;
    line_item_id: string;
    creative_id: string;
    spent_micros: string;
    currency: string;
    invalid: string;
  }>(sql`
    SELECT decision_id, ad_position, event, at, campaign_id, line_item_id, creative_id, spent_micros, currency, invalid
    FROM delivery_event WHERE campaign_id = ${campaignId} AND ${beyond}
    ORDER BY decision_id, ad_position, event, invalid ${limited}`);
  return rows.map((row) => ({
    decisionId: row.decision_id,
    position: row.ad_position,
    event: row.event,
    at: new Date(row.at).toISOString(),
    campaignId: row.campaign_id,
    lineItemId: row.line_item_id,
    creativeId: row.creative_id,
    spentMicros: Number(row.spent_micros),
    currency: row.currency,
    invalid: row.invalid === '' ? null : row.invalid,
  }));
}

/** Whether anything was delivered of a creative. Role app. */
export async function hasDelivered(tx: Tx, creativeId: string): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`SELECT 1 FROM delivery_hour WHERE creative_id = ${creativeId} LIMIT 1`,
  );
  return rows.length > 0;
}

/** How many events of one campaign are stored. Role app. */
export async function storedEventCount(tx: Tx, campaignId: string): Promise<number> {
  const { rows } = await tx.execute<{ n: string }>(
    sql`SELECT count(*)::text AS n FROM delivery_event WHERE campaign_id = ${campaignId}`,
  );
  return Number(rows[0]!.n);
}

/** Removes what campaigns delivered, for the removal of demo data only. Role app. */
export async function removeDeliveryOf(tx: Tx, campaignIds: readonly string[]): Promise<void> {
  await tx.execute(sql`
    DELETE FROM node_spend WHERE line_item_id IN (
      SELECT line_item_id FROM delivery_event WHERE campaign_id IN (${idList(campaignIds)}) AND event = 'impression')`);
  await tx.execute(sql`DELETE FROM delivery_event WHERE campaign_id IN (${idList(campaignIds)})`);
  await tx.execute(sql`DELETE FROM delivery_hour WHERE campaign_id IN (${idList(campaignIds)})`);
  await tx.execute(sql`DELETE FROM delivery_reach WHERE campaign_id IN (${idList(campaignIds)})`);
}

/** A list of any length as one parameter. */
function idList(ids: readonly string[]) {
  return sql`SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)`;
}
