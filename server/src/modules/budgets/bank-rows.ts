import { sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';

/** A node's share in a pot, as it is stored. */
export interface LeaseRow {
  accountId: string;
  pot: string;
  node: string;
  beforeLease: number;
  granted: number;
  returned: number;
  expiresAtMs: number;
}

type LeaseColumns = {
  account_id: string;
  pot: string;
  node: string;
  before_lease: string;
  granted: string;
  returned: string;
  expires_at: Date | string;
} & Record<string, unknown>;

const leaseColumns = sql.raw(
  'account_id, pot, node, before_lease::text AS before_lease, granted::text AS granted, returned::text AS returned, expires_at',
);

const toLease = (row: LeaseColumns): LeaseRow => ({
  accountId: row.account_id,
  pot: row.pot,
  node: row.node,
  beforeLease: Number(row.before_lease),
  granted: Number(row.granted),
  returned: Number(row.returned),
  expiresAtMs: new Date(row.expires_at).getTime(),
});

const list = (values: readonly string[]) =>
  sql`SELECT jsonb_array_elements_text(${JSON.stringify(values)}::jsonb)`;

/** The life of a node, 0 for one that is not known; locked until the transaction ends unless it only looks. */
export async function epochOf(tx: Tx, node: string, mode: 'seen' | 'locked'): Promise<number> {
  const { rows } = await tx.execute<{ epoch: string }>(sql`
    SELECT epoch FROM lease_node WHERE node = ${node} ${mode === 'locked' ? sql`FOR UPDATE` : sql``}`);
  return Number(rows[0]?.epoch ?? 0);
}

/** A node was heard of: it is one of those that share. */
export async function seeNode(tx: Tx, node: string, nowMs: number): Promise<void> {
  await tx.execute(sql`
    INSERT INTO lease_node AS n (node, epoch, seen_at) VALUES (${node}, 0, ${new Date(nowMs).toISOString()})
    ON CONFLICT (node) DO UPDATE SET seen_at = greatest(n.seen_at, excluded.seen_at)`);
}

export async function setEpoch(tx: Tx, node: string, epoch: number): Promise<void> {
  await tx.execute(sql`UPDATE lease_node SET epoch = ${epoch} WHERE node = ${node}`);
}

/** How many nodes were heard of since an instant. */
export async function nodesSeenSince(tx: Tx, sinceMs: number): Promise<number> {
  const { rows } = await tx.execute<{ n: string }>(
    sql`SELECT count(*)::text AS n FROM lease_node WHERE seen_at >= ${new Date(sinceMs).toISOString()}::timestamptz`,
  );
  return Number(rows[0]!.n);
}

/** Which of these pots the bank has, with what was spent of them before it. */
export async function storedPots(tx: Tx, pots: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ pot: string; prior: string }>(
    sql`SELECT pot, prior::text AS prior FROM budget_pot WHERE pot IN (${list(pots)})`,
  );
  return new Map(rows.map(({ pot, prior }) => [pot, Number(prior)]));
}

export async function addPots(
  tx: Tx,
  pots: readonly { accountId: string; pot: string; prior: number }[],
  nowMs: number,
): Promise<void> {
  if (pots.length === 0) return;
  const rows = pots.map(({ accountId, pot, prior }) => ({ account_id: accountId, pot, prior }));
  await tx.execute(sql`
    INSERT INTO budget_pot (account_id, pot, prior, created_at)
    SELECT account_id, pot, prior, ${new Date(nowMs).toISOString()}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (account_id text, pot text, prior bigint)
    ORDER BY pot ON CONFLICT DO NOTHING`);
}

/** From here to the end of the transaction nobody else lends of these pots. */
export async function lockPots(tx: Tx, pots: readonly string[]): Promise<void> {
  await tx.execute(sql`SELECT 1 FROM budget_pot WHERE pot IN (${list(pots)}) ORDER BY pot FOR UPDATE`);
}

/** Everybody's shares in these pots. */
export async function leasesIn(tx: Tx, pots: readonly string[]): Promise<LeaseRow[]> {
  const { rows } = await tx.execute<LeaseColumns>(
    sql`SELECT ${leaseColumns} FROM budget_lease WHERE pot IN (${list(pots)})`,
  );
  return rows.map(toLease);
}

/** One node's shares in whatever it has. */
export async function leasesOf(tx: Tx, node: string): Promise<LeaseRow[]> {
  const { rows } = await tx.execute<LeaseColumns>(
    sql`SELECT ${leaseColumns} FROM budget_lease WHERE node = ${node}`,
  );
  return rows.map(toLease);
}

/** Stores what a node has of pots that the bank has. */
export async function keepLeases(tx: Tx, leases: readonly LeaseRow[]): Promise<void> {
  if (leases.length === 0) return;
  const rows = leases.map((lease) => ({
    account_id: lease.accountId,
    pot: lease.pot,
    node: lease.node,
    before_lease: lease.beforeLease,
    granted: lease.granted,
    returned: lease.returned,
    expires_at: new Date(lease.expiresAtMs).toISOString(),
  }));
  await tx.execute(sql`
    INSERT INTO budget_lease AS l (account_id, pot, node, before_lease, granted, returned, expires_at)
    SELECT account_id, pot, node, before_lease, granted, returned, expires_at
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (account_id text, pot text, node text,
      before_lease bigint, granted bigint, returned bigint, expires_at timestamptz)
    ORDER BY pot
    ON CONFLICT (account_id, pot, node)
    DO UPDATE SET granted = excluded.granted, returned = excluded.returned, expires_at = excluded.expires_at`);
}

/** Forgets pots of single days that were opened before an instant: nothing can be spent of them any more. */
export async function forgetDays(tx: Tx, beforeMs: number): Promise<void> {
  await tx.execute(sql`
    DELETE FROM budget_pot WHERE pot LIKE '%#d%' AND created_at < ${new Date(beforeMs).toISOString()}::timestamptz`);
}
