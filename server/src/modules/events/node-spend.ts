import type { EventsRebuild } from '@cuepoint/contract';
import { sql } from 'drizzle-orm';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import type { NodeSpendRow } from './domain/compare-node-spend.ts';
import type { EventRow } from './domain/derive-rows.ts';

/** What was counted of one node's spend in one flight; an empty flight is one that the node did not know. */
export interface NodeSpend {
  lineItemId: string;
  flightId: string;
  node: string;
  micros: number;
  impressions: number;
}

type Columns = {
  line_item_id: string;
  flight_id: string;
  node: string;
  micros: string;
  impressions: string;
} & Record<string, unknown>;

const toSpend = (row: Columns): NodeSpend => ({
  lineItemId: row.line_item_id,
  flightId: row.flight_id,
  node: row.node,
  micros: Number(row.micros),
  impressions: Number(row.impressions),
});

/** Adds what newly stored events spent, in the transaction that stores them. Role ingester. */
export async function addNodeSpend(tx: Tx, node: string, events: readonly EventRow[]): Promise<void> {
  const sums = new Map<string, Record<string, string | number>>();
  for (const row of events) {
    if (row.event !== 'impression' || row.invalid !== '') continue;
    const key = `${row.account_id} ${row.line_item_id} ${row.flight_id}`;
    const sum = sums.get(key) ?? {
      account_id: row.account_id,
      line_item_id: row.line_item_id,
      flight_id: row.flight_id,
      micros: 0,
      impressions: 0,
    };
    sum.micros = Number(sum.micros) + row.spent_micros;
    sum.impressions = Number(sum.impressions) + 1;
    sums.set(key, sum);
  }
  if (sums.size === 0) return;
  // In one order everywhere: transactions that meet wait for each other and do not stand in each other's way.
  const rows = [...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
  await tx.execute(sql`
    INSERT INTO node_spend AS n (account_id, line_item_id, flight_id, node, spent_micros, impressions)
    SELECT account_id, line_item_id, flight_id, ${node}::text, micros, impressions
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (account_id text, line_item_id text, flight_id text,
      micros bigint, impressions bigint)
    ON CONFLICT (account_id, line_item_id, flight_id, node)
    DO UPDATE SET spent_micros = n.spent_micros + excluded.spent_micros, impressions = n.impressions + excluded.impressions`);
}

type StoredColumns = Columns & { campaign_id: string };

const toRow = (row: StoredColumns): NodeSpendRow => ({
  node: row.node,
  line_item_id: row.line_item_id,
  flight_id: row.flight_id,
  campaign_id: row.campaign_id,
  spent_micros: Number(row.micros),
  impressions: Number(row.impressions),
});

/** Every row of the account. Role app. */
export async function storedNodeSpend(tx: Tx): Promise<NodeSpendRow[]> {
  const { rows } = await tx.execute<StoredColumns>(sql`
    SELECT node, line_item_id, flight_id, '' AS campaign_id, spent_micros::text AS micros,
      impressions::text AS impressions FROM node_spend`);
  return rows.map(toRow);
}

/** What stored events of a node say that it spent before a position; in all without one. Role app. */
export async function spentBefore(
  tx: Tx,
  node: string,
  position: LogPosition | null,
): Promise<NodeSpendRow[]> {
  const before =
    position === null
      ? sql`true`
      : sql`(segment, log_offset) < (${position.segment}::bigint, ${position.offset}::bigint)`;
  const { rows } = await tx.execute<StoredColumns>(sql`
    SELECT node, line_item_id, flight_id, max(campaign_id) AS campaign_id, sum(spent_micros)::text AS micros,
      count(*)::text AS impressions
    FROM delivery_event WHERE node = ${node} AND ${before} AND event = 'impression' AND invalid = ''
    GROUP BY node, line_item_id, flight_id`);
  return rows.map(toRow);
}

/** What the stored events of the account say, in the columns of `node_spend`. */
const derived = sql`(
  SELECT account_id, line_item_id, flight_id, node, sum(spent_micros)::bigint AS spent_micros, count(*) AS impressions
  FROM delivery_event WHERE event = 'impression' AND invalid = '' GROUP BY 1, 2, 3, 4)`;

/**
 * Makes the account's rows what its stored events say, and touches none that is so already. Role app.
 * @returns rows before and after, and those that were changed
 */
export async function rederiveNodeSpend(tx: Tx): Promise<EventsRebuild['nodeSpend']> {
  const { rows } = await tx.execute<Record<keyof EventsRebuild['nodeSpend'], string>>(sql`
    SELECT count(n.node)::text AS before, count(d.node)::text AS after,
      (count(*) FILTER (WHERE n.node IS NULL))::text AS inserted,
      (count(*) FILTER (WHERE d.node IS NULL))::text AS removed,
      (count(*) FILTER (WHERE (n.spent_micros, n.impressions) <> (d.spent_micros, d.impressions)))::text AS updated
    FROM node_spend n FULL JOIN ${derived} d USING (account_id, line_item_id, flight_id, node)`);
  const [found] = rows as [(typeof rows)[number]];
  const changes = {
    before: Number(found.before),
    after: Number(found.after),
    inserted: Number(found.inserted),
    updated: Number(found.updated),
    removed: Number(found.removed),
  };
  if (changes.inserted + changes.updated + changes.removed === 0) return changes;
  await tx.execute(sql`
    DELETE FROM node_spend n WHERE NOT EXISTS (
      SELECT FROM ${derived} d WHERE (d.account_id, d.line_item_id, d.flight_id, d.node, d.spent_micros, d.impressions)
        = (n.account_id, n.line_item_id, n.flight_id, n.node, n.spent_micros, n.impressions))`);
  await tx.execute(sql`
    INSERT INTO node_spend (account_id, line_item_id, flight_id, node, spent_micros, impressions)
    SELECT account_id, line_item_id, flight_id, node, spent_micros, impressions FROM ${derived} d
    ON CONFLICT DO NOTHING`);
  return changes;
}

/** What was counted of line items, by node. Role lender. */
export async function spendByNode(tx: Tx, lineItemIds: readonly string[]): Promise<NodeSpend[]> {
  const { rows } = await tx.execute<Columns>(sql`
    SELECT line_item_id, flight_id, node, spent_micros::text AS micros, impressions::text AS impressions
    FROM node_spend WHERE line_item_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(lineItemIds)}::jsonb))`);
  return rows.map(toSpend);
}

/** What was counted of one node, and the first position of its log that is not contained. Role lender. */
export async function spendOfNode(
  tx: Tx,
  node: string,
): Promise<{ through: LogPosition; spend: NodeSpend[] }> {
  const offset = await tx.execute<{ segment: string; next_offset: string }>(
    sql`SELECT segment, next_offset FROM log_offset WHERE node = ${node}`,
  );
  const { rows } = await tx.execute<Columns>(sql`
    SELECT line_item_id, flight_id, node, spent_micros::text AS micros, impressions::text AS impressions
    FROM node_spend WHERE node = ${node}`);
  const at = offset.rows[0];
  return {
    through: at ? { segment: Number(at.segment), offset: Number(at.next_offset) } : { segment: 1, offset: 0 },
    spend: rows.map(toSpend),
  };
}

/** What was counted of line items in all, whoever spent it: micros and impressions by line item and flight. Role lender. */
export async function spendInAll(tx: Tx, lineItemIds: readonly string[]): Promise<Omit<NodeSpend, 'node'>[]> {
  const { rows } = await tx.execute<Columns>(sql`
    SELECT line_item_id, flight_id, sum(spent_micros)::text AS micros,
      coalesce(sum(count) FILTER (WHERE event = 'impression'), 0)::text AS impressions
    FROM delivery_hour
    WHERE (spent_micros > 0 OR event = 'impression')
      AND line_item_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(lineItemIds)}::jsonb))
    GROUP BY line_item_id, flight_id`);
  return rows.map(toSpend);
}

/** Micros that were counted of a flight in a stretch of time, by node. Role lender. */
export async function flightSpendBetween(
  tx: Tx,
  { accountId, campaignId, flightId }: { accountId: string; campaignId: string; flightId: string },
  from: Date,
  to: Date,
): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ node: string; micros: string }>(sql`
    SELECT node, sum(spent_micros)::text AS micros FROM delivery_event
    WHERE account_id = ${accountId} AND campaign_id = ${campaignId} AND flight_id = ${flightId}
      AND at >= ${from.toISOString()}::timestamptz AND at < ${to.toISOString()}::timestamptz AND spent_micros > 0
    GROUP BY node`);
  return new Map(rows.map(({ node, micros }) => [node, Number(micros)]));
}
