import { type SQL, sql } from 'drizzle-orm';
import { EVENT_FIGURES } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { INVALID_PREFIX } from './domain/derive-rows.ts';

const HOUR_MS = 60 * 60 * 1000;

/** Counts of a campaign, a line item, a day. One request is one decision for it; see the README for the account's. */
export interface DeliveryCounts {
  requests: number;
  impressions: number;
  starts: number;
  firstQuartiles: number;
  midpoints: number;
  thirdQuartiles: number;
  completes: number;
  clicks: number;
  errors: number;
}

/** Counts with spend; currencies are kept apart. */
export interface Delivered extends DeliveryCounts {
  spend: ReadonlyMap<string, number>;
}

const figureOf: Readonly<Record<string, keyof DeliveryCounts>> = {
  ...EVENT_FIGURES,
  request: 'requests',
  selection: 'requests',
};

export function noCounts(): DeliveryCounts {
  return {
    requests: 0,
    impressions: 0,
    starts: 0,
    firstQuartiles: 0,
    midpoints: 0,
    thirdQuartiles: 0,
    completes: 0,
    clicks: 0,
    errors: 0,
  };
}

/** Adds a rollup row to counts; events without a figure of their own (mute, pause) change nothing. */
export function addCount(into: DeliveryCounts, event: string, count: number): void {
  const figure = figureOf[event];
  if (figure !== undefined) into[figure] += count;
}

/** Micros spent in one currency; amounts of others are never added to it. */
export function spentIn(delivered: Pick<Delivered, 'spend'> | undefined, currency: string): number {
  return delivered?.spend.get(currency) ?? 0;
}

/** All that campaigns delivered so far, by campaign id; one that delivered nothing is absent. Role app. */
export function deliveryTotalsFor(tx: Tx, campaignIds: readonly string[]): Promise<Map<string, Delivered>> {
  return totalsBy(tx, sql`campaign_id`, campaignIds);
}

/** As `deliveryTotalsFor`, by line item. */
export function lineItemTotalsFor(tx: Tx, lineItemIds: readonly string[]): Promise<Map<string, Delivered>> {
  return totalsBy(tx, sql`line_item_id`, lineItemIds);
}

/** As `deliveryTotalsFor`, by flight. */
export function flightTotalsFor(tx: Tx, flightIds: readonly string[]): Promise<Map<string, Delivered>> {
  return totalsBy(tx, sql`flight_id`, flightIds);
}

async function totalsBy(tx: Tx, column: SQL, ids: readonly string[]): Promise<Map<string, Delivered>> {
  const totals = new Map<string, DeliveryCounts & { spend: Map<string, number> }>();
  if (ids.length === 0) return totals;
  const { rows } = await tx.execute<CountRow & { id: string }>(sql`
    SELECT ${column} AS id, event, currency, sum(count)::text AS count, sum(spent_micros)::text AS spent
    FROM delivery_hour
    WHERE ${column} IN (SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
    GROUP BY ${column}, event, currency`);
  for (const row of rows) {
    let total = totals.get(row.id);
    if (total === undefined) {
      total = { ...noCounts(), spend: new Map() };
      totals.set(row.id, total);
    }
    addCount(total, row.event, Number(row.count));
    if (Number(row.spent) > 0)
      total.spend.set(row.currency, (total.spend.get(row.currency) ?? 0) + Number(row.spent));
  }
  return totals;
}

/** What was delivered between two boundaries: `bucket` i lies between boundary i and i + 1. */
export interface BucketRow {
  bucket: number;
  creativeId: string;
  event: string;
  /** Of a request: it got an ad. True for everything else. */
  isFilled: boolean;
  currency: string;
  count: number;
  spentMicros: number;
}

/**
 * Delivery of a campaign, or of the whole account, between instants in ascending order (the starts of local days, say).
 * Hours of the rollup are UTC; where a boundary lies within one, as midnight does in India, its events are counted one
 * by one. Requests are in the rollup alone: those of such an hour count where the hour begins. Role app.
 */
export async function deliveryByBucket(
  tx: Tx,
  scope: { campaignId: string } | 'account',
  boundaries: readonly Date[],
): Promise<BucketRow[]> {
  const first = boundaries[0];
  const last = boundaries.at(-1);
  if (first === undefined || last === undefined || first >= last) return [];
  const inScope = scope === 'account' ? sql`true` : sql`campaign_id = ${scope.campaignId}`;
  const limits = instants(boundaries);
  const split = instants(
    [...new Set(boundaries.map(Number).filter((at) => at % HOUR_MS !== 0))].map(
      (at) => new Date(Math.floor(at / HOUR_MS) * HOUR_MS),
    ),
  );
  const { rows } = await tx.execute<CountRow & { bucket: number; creative_id: string; filled: boolean }>(sql`
    SELECT width_bucket(hour, ${limits}) AS bucket, creative_id, event, currency,
      (event NOT IN ('request', 'selection') OR reason = '') AS filled, sum(count)::text AS count, sum(spent_micros)::text AS spent
    FROM delivery_hour
    WHERE ${inScope} AND hour >= ${first.toISOString()} AND hour < ${last.toISOString()}
      AND (event IN ('request', 'selection') OR hour <> ALL (${split}))
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT width_bucket(at, ${limits}), creative_id,
      CASE WHEN invalid = '' THEN event ELSE ${INVALID_PREFIX}::text || event END, currency, true, count(*)::text,
      sum(spent_micros)::text
    FROM delivery_event JOIN unnest(${split}) AS edge ON at >= edge AND at < edge + interval '1 hour'
    WHERE ${inScope} AND at >= ${first.toISOString()} AND at < ${last.toISOString()}
    GROUP BY 1, 2, 3, 4`);
  return rows.map((row) => ({
    bucket: row.bucket - 1,
    creativeId: row.creative_id,
    event: row.event,
    isFilled: row.filled,
    currency: row.currency,
    count: Number(row.count),
    spentMicros: Number(row.spent),
  }));
}

/** Events of one kind that count as nobody's, for one reason. */
export interface InvalidCount {
  event: string;
  reason: string;
  count: number;
}

/** Invalid traffic of a campaign from the first of instants until before the last, the most first. Role app. */
export async function invalidTrafficOf(
  tx: Tx,
  campaignId: string,
  boundaries: readonly Date[],
): Promise<InvalidCount[]> {
  const from = boundaries[0];
  const until = boundaries.at(-1);
  if (from === undefined || until === undefined) return [];
  const { rows } = await tx.execute<{ event: string; reason: string; count: string }>(sql`
    SELECT event, invalid AS reason, count(*)::text AS count FROM delivery_event
    WHERE campaign_id = ${campaignId} AND invalid <> '' AND at >= ${from.toISOString()} AND at < ${until.toISOString()}
    GROUP BY event, invalid ORDER BY count(*) DESC, event, invalid`);
  return rows.map(({ event, reason, count }) => ({ event, reason, count: Number(count) }));
}

/** Micros a campaign spent in each UTC hour from an hour on, in one currency. Role app. */
export async function spendByHour(
  tx: Tx,
  campaignId: string,
  currency: string,
  from: Date,
  lineItemId: string | null = null,
): Promise<Array<{ hour: Date; spentMicros: number }>> {
  const { rows } = await tx.execute<{ hour: Date | string; spent: string }>(sql`
    SELECT hour, sum(spent_micros)::text AS spent FROM delivery_hour
    WHERE campaign_id = ${campaignId} AND currency = ${currency} AND spent_micros > 0
      AND hour >= ${from.toISOString()} AND (${lineItemId}::text IS NULL OR line_item_id = ${lineItemId})
    GROUP BY hour ORDER BY hour`);
  return rows.map((row) => ({ hour: new Date(row.hour), spentMicros: Number(row.spent) }));
}

/** Counts of the account by UTC hour from an instant on. Role app. */
export async function accountHours(
  tx: Tx,
  from: Date,
): Promise<Array<{ hour: Date; event: string; count: number }>> {
  const { rows } = await tx.execute<{ hour: Date | string; event: string; count: string }>(sql`
    SELECT hour, event, sum(count)::text AS count FROM delivery_hour
    WHERE hour >= ${from.toISOString()} AND event IN ('impression', 'request', 'complete')
    GROUP BY hour, event`);
  return rows.map((row) => ({ hour: new Date(row.hour), event: row.event, count: Number(row.count) }));
}

/** All micros the account ever spent, by currency. Role app. */
export async function accountSpend(tx: Tx): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ currency: string; spent: string }>(sql`
    SELECT currency, sum(spent_micros)::text AS spent FROM delivery_hour
    WHERE spent_micros > 0 GROUP BY currency ORDER BY currency`);
  return new Map(rows.map((row) => [row.currency, Number(row.spent)]));
}

/** Start of the first hour in which a campaign delivered anything; null before that. Role app. */
export async function firstDeliveryAt(tx: Tx, campaignId: string): Promise<Date | null> {
  const { rows } = await tx.execute<{ hour: Date | string | null }>(
    sql`SELECT min(hour) AS hour FROM delivery_hour WHERE campaign_id = ${campaignId}`,
  );
  const hour = rows[0]?.hour ?? null;
  return hour === null ? null : new Date(hour);
}

interface CountRow extends Record<string, unknown> {
  event: string;
  currency: string;
  count: string;
  spent: string;
}

/** A list of instants of any length as one parameter. */
export function instants(list: readonly Date[]) {
  return sql`${`{${list.map((at) => at.toISOString()).join(',')}}`}::timestamptz[]`;
}
