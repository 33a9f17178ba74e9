import { sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { type ReachRow, reachKey, type StoredReach } from './domain/reach-rows.ts';
import { ReachSketch } from './domain/reach-sketch.ts';

const columns = sql.raw(
  'r.account_id, r.hour, r.campaign_id, r.line_item_id, r.sketch, r.lasting, r.household, r.session',
);
const record = sql.raw(
  'account_id text, hour timestamptz, campaign_id text, line_item_id text, sketch text, lasting bigint, household bigint, session bigint',
);
const same = (left: string, right: string) =>
  sql.raw(
    ['account_id', 'hour', 'campaign_id', 'line_item_id']
      .map((name) => `${left}.${name} = ${right}.${name}`)
      .join(' AND '),
  );

/** Rows of this size are read and written together: a sketch takes up to 12 KiB. */
const ROWS_AT_ONCE = 200;

type Columns = {
  account_id: string;
  hour: Date | string;
  campaign_id: string;
  line_item_id: string;
  sketch: Uint8Array;
  lasting: string;
  household: string;
  session: string;
};

const placeAndCounts = (row: Omit<Columns, 'sketch'>): Omit<ReachRow, 'sketch'> => ({
  account_id: row.account_id,
  hour: new Date(row.hour).toISOString(),
  campaign_id: row.campaign_id,
  line_item_id: row.line_item_id,
  lasting: Number(row.lasting),
  household: Number(row.household),
  session: Number(row.session),
});

const toRow = ({ sketch, ...row }: Columns): ReachRow => ({
  ...placeAndCounts(row),
  sketch: sketch.length === 0 ? new ReachSketch() : ReachSketch.fromBytes(sketch),
});

const placesOf = (rows: readonly StoredReach[]) =>
  JSON.stringify(
    rows.map(({ account_id, hour, campaign_id, line_item_id }) => ({
      account_id,
      hour,
      campaign_id,
      line_item_id,
    })),
  );

const asJson = (rows: readonly ReachRow[]) =>
  JSON.stringify(
    rows.map((row) => ({ ...row, sketch: Buffer.from(row.sketch.toBytes()).toString('base64') })),
  );

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) yield rows.slice(at, at + ROWS_AT_ONCE);
}

/**
 * Adds reach to what is stored, role ingester: counts are added, sketches merged. A sketch that learns nothing new is not
 * written again, which is most of the time for a line item that has been seen by many.
 */
export async function addReach(tx: Tx, rows: Iterable<ReachRow>): Promise<void> {
  // In one order everywhere, so that two ingesters that meet lock rows in the same one.
  const sorted = [...rows].sort((left, right) => (reachKey(left) < reachKey(right) ? -1 : 1));
  for (const chunk of chunks(sorted)) {
    await tx.execute(sql`
      INSERT INTO delivery_reach (account_id, hour, campaign_id, line_item_id)
      SELECT account_id, hour, campaign_id, line_item_id
      FROM jsonb_to_recordset(${asJson(chunk)}::jsonb) AS n (${record}) ORDER BY 1, 2, 3, 4
      ON CONFLICT DO NOTHING`);
    const { rows: held } = await tx.execute<Columns>(sql`
      SELECT ${columns} FROM delivery_reach r JOIN jsonb_to_recordset(${asJson(chunk)}::jsonb) AS n (${record})
        ON ${same('r', 'n')}
      ORDER BY r.account_id, r.hour, r.campaign_id, r.line_item_id FOR UPDATE OF r`);
    const stored = new Map(held.map((row) => [reachKey(toRow(row)), toRow(row)]));
    const grown: ReachRow[] = [];
    for (const row of chunk) {
      const into = stored.get(reachKey(row))!;
      if (into.sketch.merge(row.sketch)) grown.push(into);
    }
    await tx.execute(sql`
      UPDATE delivery_reach r SET lasting = r.lasting + n.lasting, household = r.household + n.household,
        session = r.session + n.session
      FROM jsonb_to_recordset(${asJson(chunk)}::jsonb) AS n (${record}) WHERE ${same('r', 'n')}`);
    if (grown.length === 0) continue;
    await tx.execute(sql`
      UPDATE delivery_reach r SET sketch = decode(n.sketch, 'base64')
      FROM jsonb_to_recordset(${asJson(grown)}::jsonb) AS n (${record}) WHERE ${same('r', 'n')}`);
  }
}

/** Every reach row of the account, known by digests. Role app. */
export async function storedReach(tx: Tx): Promise<Map<string, StoredReach>> {
  const { rows } = await tx.execute<Omit<Columns, 'sketch'> & { digest: string }>(sql`
    SELECT account_id, hour, campaign_id, line_item_id, lasting, household, session,
      encode(sha256(sketch), 'hex') AS digest FROM delivery_reach`);
  const known = rows.map(({ digest, ...row }) => ({ ...placeAndCounts(row), digest, sketch: null }));
  return new Map(known.map((row) => [reachKey(row), row]));
}

/** Reads sketches of stored rows into them. Role app. */
export async function readSketches(tx: Tx, wanted: readonly StoredReach[]): Promise<void> {
  const byKey = new Map(wanted.map((row) => [reachKey(row), row]));
  for (const chunk of chunks(wanted)) {
    const { rows } = await tx.execute<Columns>(sql`
      SELECT ${columns} FROM delivery_reach r JOIN jsonb_to_recordset(${placesOf(chunk)}::jsonb) AS n (${record})
        ON ${same('r', 'n')}`);
    for (const row of rows.map(toRow)) byKey.get(reachKey(row))!.sketch = row.sketch;
  }
}

/** Takes reach rows of the account away. Role app. */
export async function removeReach(tx: Tx, rows: readonly StoredReach[]): Promise<void> {
  for (const chunk of chunks(rows))
    await tx.execute(sql`
      DELETE FROM delivery_reach r USING jsonb_to_recordset(${placesOf(chunk)}::jsonb) AS n (${record})
      WHERE ${same('r', 'n')}`);
}

/** Stores reach rows that are not there. Role app. */
export async function insertReach(tx: Tx, rows: readonly ReachRow[]): Promise<void> {
  for (const chunk of chunks(rows))
    await tx.execute(sql`
      INSERT INTO delivery_reach (account_id, hour, campaign_id, line_item_id, sketch, lasting, household, session)
      SELECT account_id, hour, campaign_id, line_item_id, decode(sketch, 'base64'), lasting, household, session
      FROM jsonb_to_recordset(${asJson(chunk)}::jsonb) AS n (${record})`);
}
