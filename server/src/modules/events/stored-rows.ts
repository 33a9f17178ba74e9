import { sql } from 'drizzle-orm';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { HOUR_KEYS, hourColumns, hourRecord } from './columns.ts';
import type { StoredRow } from './domain/compare-page.ts';
import { type EventRow, eventKey, type HourRow } from './domain/derive-rows.ts';

/** How far a node's log was counted, and when the newest record of it happened. */
export interface CountedThrough {
  node: string;
  through: LogPosition;
  lastEventAt: string | null;
}

/**
 * How far each log was counted. Role app.
 * @param mode `locked`: no ingester counts on before the transaction ends
 */
export async function countedThrough(tx: Tx, mode: 'seen' | 'locked'): Promise<CountedThrough[]> {
  const { rows } = await tx.execute<{
    node: string;
    segment: string;
    next_offset: string;
    last_event_at: Date | string | null;
  }>(sql`
    SELECT node, segment, next_offset, last_event_at FROM log_offset ORDER BY node
    ${mode === 'locked' ? sql`FOR UPDATE` : sql``}`);
  return rows.map((row) => ({
    node: row.node,
    through: { segment: Number(row.segment), offset: Number(row.next_offset) },
    lastEventAt: row.last_event_at === null ? null : new Date(row.last_event_at).toISOString(),
  }));
}

type EventColumns = Record<string, unknown> & {
  [Name in keyof StoredRow]: StoredRow[Name] extends number ? string | number : StoredRow[Name];
};

const columns = sql.raw(
  `e.account_id, e.decision_id, e.ad_position, e.event, e.at, e.campaign_id, e.line_item_id, e.flight_id, e.creative_id,
   e.placement_id, e.spent_micros, e.currency, e.node, e.segment, e.log_offset, e.invalid,
   e.country, e.device_type`,
);

const toStored = (row: EventColumns): StoredRow => ({
  ...row,
  ad_position: Number(row.ad_position),
  at: new Date(row.at).toISOString(),
  spent_micros: Number(row.spent_micros),
  segment: Number(row.segment),
  log_offset: Number(row.log_offset),
});

/** Events of the account whose records lie in one stretch of a node's log. Role app. */
export async function eventsBetween(
  tx: Tx,
  node: string,
  from: LogPosition,
  through: LogPosition,
): Promise<StoredRow[]> {
  const { rows } = await tx.execute<EventColumns>(sql`
    SELECT ${columns} FROM delivery_event e
    WHERE node = ${node}
      AND (segment, log_offset) >= (${from.segment}::bigint, ${from.offset}::bigint)
      AND (segment, log_offset) < (${through.segment}::bigint, ${through.offset}::bigint)`);
  return rows.map(toStored);
}

type EventId = Pick<EventRow, 'account_id' | 'decision_id' | 'ad_position' | 'event' | 'invalid'>;

/** With the account, which the policy adds anyway: only then does a database without statistics use the key. */
const idsOf = (rows: readonly EventId[]) =>
  JSON.stringify(
    rows.map(({ account_id, decision_id, ad_position, event, invalid }) => ({
      account_id,
      decision_id,
      ad_position,
      event,
      invalid,
    })),
  );

/** Stored events of the same decision, position, event and kind of traffic as those given, by `eventKey`. Role app. */
export async function eventsNamed(tx: Tx, wanted: readonly EventId[]): Promise<Map<string, StoredRow>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await tx.execute<EventColumns>(sql`
    SELECT ${columns} FROM delivery_event e
    JOIN jsonb_to_recordset(${idsOf(wanted)}::jsonb) AS r (account_id text, decision_id text,
      ad_position integer, event text, invalid text)
      ON e.account_id = r.account_id AND e.decision_id = r.decision_id AND e.ad_position = r.ad_position AND e.event = r.event
        AND e.invalid = r.invalid`);
  return new Map(rows.map((row) => [eventKey(toStored(row)), toStored(row)]));
}

/** Stored events of some decisions. Role app. */
export async function eventsOfDecisions(tx: Tx, decisionIds: readonly string[]): Promise<StoredRow[]> {
  const { rows } = await tx.execute<EventColumns>(sql`
    SELECT ${columns} FROM delivery_event e
    WHERE account_id = cuepoint.account_id()
      AND decision_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(decisionIds)}::jsonb))
    ORDER BY at, ad_position`);
  return rows.map(toStored);
}

/** Events that say they come from where nothing was counted: of a node never read, or from behind its counted end. */
export async function eventsBeyond(tx: Tx, limit: number): Promise<StoredRow[]> {
  const { rows } = await tx.execute<EventColumns>(sql`
    SELECT ${columns} FROM delivery_event e LEFT JOIN log_offset o ON o.node = e.node
    WHERE o.node IS NULL OR (e.segment, e.log_offset) >= (o.segment, o.next_offset)
    ORDER BY e.decision_id, e.ad_position, e.event, e.invalid LIMIT ${limit}`);
  return rows.map(toStored);
}

/** Events of a node from before a position, and the newest of them; all of the node's without one. Role app. */
export async function eventsBefore(
  tx: Tx,
  node: string,
  position: LogPosition | null,
): Promise<{ events: number; latestAt: string | null }> {
  const before =
    position === null
      ? sql`true`
      : sql`(segment, log_offset) < (${position.segment}::bigint, ${position.offset}::bigint)`;
  const { rows } = await tx.execute<{ n: string; latest: Date | string | null }>(
    sql`SELECT count(*)::text AS n, max(at) AS latest FROM delivery_event WHERE node = ${node} AND ${before}`,
  );
  const latest = rows[0]!.latest;
  return { events: Number(rows[0]!.n), latestAt: latest === null ? null : new Date(latest).toISOString() };
}

type HourColumns = Omit<HourRow, 'hour' | 'count' | 'spent_micros'> & {
  hour: Date | string;
  count: string;
  spent_micros: string;
} & Record<string, unknown>;

/** Every hourly row of the account. Role app. */
export async function storedHours(tx: Tx): Promise<HourRow[]> {
  const { rows } = await tx.execute<HourColumns>(sql`
    SELECT ${hourColumns} FROM delivery_hour`);
  return rows.map((row) => ({
    ...row,
    hour: new Date(row.hour).toISOString(),
    count: Number(row.count),
    spent_micros: Number(row.spent_micros),
  }));
}

/** How many events of the account are stored. Role app. */
export async function storedEventTotal(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ n: string }>(sql`SELECT count(*)::text AS n FROM delivery_event`);
  return Number(rows[0]!.n);
}

/** Takes events of the account away. Role app. */
export async function removeEvents(tx: Tx, rows: readonly EventId[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    DELETE FROM delivery_event e
    USING jsonb_to_recordset(${idsOf(rows)}::jsonb) AS r (account_id text, decision_id text,
      ad_position integer, event text, invalid text)
    WHERE e.account_id = r.account_id AND e.decision_id = r.decision_id AND e.ad_position = r.ad_position AND e.event = r.event
        AND e.invalid = r.invalid`);
}

/** Takes hourly rows of the account away. Role app. */
export async function removeHours(tx: Tx, rows: readonly HourRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    DELETE FROM delivery_hour h
    USING jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (${hourRecord}) WHERE ${sameHour}`);
}

const sameHour = sql.raw(HOUR_KEYS.map((name) => `h.${name} = r.${name}`).join(' AND '));

/** Stores hourly rows that are not there, with their whole sums. Role app. */
export async function insertHours(tx: Tx, rows: readonly HourRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    INSERT INTO delivery_hour (${hourColumns})
    SELECT ${hourColumns} FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (${hourRecord})`);
}
