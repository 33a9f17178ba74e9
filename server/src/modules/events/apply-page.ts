import { sql } from 'drizzle-orm';
import type { LogPage, LogPosition } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { hourColumns, hourKeys, hourRecord } from './columns.ts';
import {
  accountOf,
  type EventRow,
  eventKey,
  type HourRow,
  hourOfEvent,
  hoursOfDecision,
  rollUp,
  toEventRow,
} from './domain/derive-rows.ts';
import { addExposure, type ReachRow } from './domain/reach-rows.ts';
import { addNodeSpend } from './node-spend.ts';
import { addReach } from './stored-reach.ts';

/** What one page brought. */
export interface AppliedPage {
  /** False: the page does not begin where this node's counting stands, and nothing was done. */
  applied: boolean;
  /** Where counting stands now. */
  position: LogPosition;
  decisions: number;
  events: number;
  /** Beacons that were counted before: marked by the node, or stored already. */
  duplicates: number;
  /** Records of accounts that do not exist (any more). */
  unknownAccounts: number;
  /** Events whose campaign the node did not know: counted in the account only. */
  unattributed: number;
  /** Accounts with something new. */
  accountIds: string[];
}

const START: LogPosition = { segment: 1, offset: 0 };

/** Where counting of a node stands; the beginning when nothing was ever counted. Role ingester. */
export async function readOffset(tx: Tx, nodeId: string): Promise<LogPosition> {
  const { rows } = await tx.execute<{ segment: string; next_offset: string }>(
    sql`SELECT segment, next_offset FROM log_offset WHERE node = ${nodeId}`,
  );
  const row = rows[0];
  return row === undefined ? START : { segment: Number(row.segment), offset: Number(row.next_offset) };
}

/**
 * Stores what a page says and moves the node's offset, in the caller's transaction (role ingester): both are kept or
 * neither. A page that begins anywhere else than at the stored offset (a replay, a page out of order, a rival that was
 * faster) changes nothing.
 * @param from the position that was asked for
 */
export async function applyPage(tx: Tx, page: LogPage, from: LogPosition, now: Date): Promise<AppliedPage> {
  const stored = await lockOffset(tx, page.nodeId, now);
  const nothing = {
    decisions: 0,
    events: 0,
    duplicates: 0,
    unknownAccounts: 0,
    unattributed: 0,
    accountIds: [],
  };
  if (stored.segment !== from.segment || stored.offset !== from.offset)
    return { applied: false, position: stored, ...nothing };

  const known = await existingAccounts(tx, new Set(page.entries.map(accountOf)));
  const entries = page.entries.filter((entry) => known.has(accountOf(entry)));
  const hours: HourRow[] = [];
  const candidates = new Map<string, EventRow>();
  let duplicates = 0;
  for (const entry of entries) {
    const { record } = entry;
    if (record.type === 'decision') {
      hours.push(...hoursOfDecision(record));
      continue;
    }
    const row = toEventRow(entry, record);
    const key = eventKey(row);
    if (record.duplicate || candidates.has(key)) duplicates++;
    else candidates.set(key, row);
  }
  const decisions = hours.length;
  const inserted = await insertEvents(tx, page.nodeId, [...candidates.values()]);
  const newRows = inserted.map((key) => candidates.get(key)!);
  const reach = new Map<string, ReachRow>();
  for (const row of newRows) {
    hours.push(hourOfEvent(row));
    addExposure(reach, row);
  }
  await addHours(tx, rollUp(hours));
  await addReach(tx, reach.values());
  await addNodeSpend(tx, page.nodeId, newRows);
  await moveOffset(tx, page, now);

  return {
    applied: true,
    position: page.next,
    decisions,
    events: inserted.length,
    duplicates: duplicates + candidates.size - inserted.length,
    unknownAccounts: page.entries.length - entries.length,
    unattributed: newRows.filter((row) => row.campaign_id === '').length,
    accountIds: [...new Set(hours.map((row) => row.account_id))],
  };
}

/** Two ingesters of one node take turns here. */
async function lockOffset(tx: Tx, nodeId: string, now: Date): Promise<LogPosition> {
  await tx.execute(sql`
    INSERT INTO log_offset (node, segment, next_offset, updated_at)
    VALUES (${nodeId}, ${START.segment}, ${START.offset}, ${now.toISOString()}) ON CONFLICT DO NOTHING`);
  await tx.execute(sql`SELECT 1 FROM log_offset WHERE node = ${nodeId} FOR UPDATE`);
  return readOffset(tx, nodeId);
}

/** Which of these accounts there are. Role ingester. */
export async function existingAccounts(tx: Tx, ids: ReadonlySet<string>): Promise<Set<string>> {
  if (ids.size === 0) return new Set();
  const { rows } = await tx.execute<{ id: string }>(
    sql`SELECT id FROM account WHERE id IN (SELECT jsonb_array_elements_text(${JSON.stringify([...ids])}::jsonb))`,
  );
  return new Set(rows.map((row) => row.id));
}

/** Stores events of one node that are not stored yet; answers the keys of those that were not. Roles ingester, app. */
export async function insertEvents(tx: Tx, nodeId: string, rows: EventRow[]): Promise<string[]> {
  if (rows.length === 0) return [];
  const result = await tx.execute<{
    account_id: string;
    decision_id: string;
    ad_position: number;
    event: string;
    invalid: string;
  }>(sql`
    INSERT INTO delivery_event (account_id, decision_id, ad_position, event, at, campaign_id, line_item_id, flight_id,
      creative_id, placement_id, spent_micros, currency, node, segment, log_offset, invalid,
      country, device_type)
    SELECT account_id, decision_id, ad_position, event, at, campaign_id, line_item_id, flight_id, creative_id,
      placement_id, spent_micros, currency, ${nodeId}::text, segment, log_offset, invalid, country, device_type
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (account_id text, decision_id text, ad_position integer,
      event text, at timestamptz, campaign_id text, line_item_id text, flight_id text, creative_id text,
      placement_id text, spent_micros bigint, currency text, segment bigint, log_offset bigint, invalid text,
      country text, device_type text)
    ORDER BY account_id, decision_id, ad_position, event, invalid
    ON CONFLICT DO NOTHING
    RETURNING account_id, decision_id, ad_position, event, invalid`);
  return result.rows.map(eventKey);
}

/**
 * Adds to the rollup, role ingester. Rows with the same keys must be one row, in one order everywhere: see `rollUp`.
 * History that no log holds (demo data) comes in this way too: `reconcile` shows its counts as differences, a verification
 * tells them apart by its campaigns.
 */
export async function addHours(tx: Tx, rows: readonly HourRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    INSERT INTO delivery_hour AS h (${hourColumns})
    SELECT ${hourColumns} FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (${hourRecord})
    ON CONFLICT (${hourKeys})
    DO UPDATE SET count = h.count + excluded.count, spent_micros = h.spent_micros + excluded.spent_micros`);
}

async function moveOffset(tx: Tx, page: LogPage, now: Date): Promise<void> {
  const latest = page.entries.reduce<string | null>(
    (max, { record }) => (max === null || record.at > max ? record.at : max),
    null,
  );
  await tx.execute(sql`
    UPDATE log_offset SET segment = ${page.next.segment}, next_offset = ${page.next.offset},
      last_event_at = greatest(last_event_at, ${latest}::timestamptz), updated_at = ${now.toISOString()}
    WHERE node = ${page.nodeId}`);
}
