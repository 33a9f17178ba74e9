import { sql } from 'drizzle-orm';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import type { BackupDatabase } from './ports.ts';

/** A backup of this installation. */
export interface MadeBackup {
  id: string;
  /** ISO 8601, UTC. */
  takenAt: string;
  /** Where counting of each node's log stood in it. */
  logPositions: Readonly<Record<string, LogPosition>>;
}

/** Remembers that a backup was made; it counts for nothing before it is verified. */
export async function recordBackup(database: BackupDatabase, made: MadeBackup): Promise<void> {
  await database.withTransaction({ role: 'backup' }, (tx) =>
    tx.execute(sql`INSERT INTO backup (id, taken_at, log_positions)
      VALUES (${made.id}, ${made.takenAt}::timestamptz, ${JSON.stringify(made.logPositions)}::jsonb)`),
  );
}

/** Remembers that a backup was verified. False: it is none of this installation. */
export async function recordVerified(database: BackupDatabase, id: string, now: Date): Promise<boolean> {
  const { rowCount } = await database.withTransaction({ role: 'backup' }, (tx) =>
    tx.execute(sql`UPDATE backup SET verified_at = ${now.toISOString()}::timestamptz WHERE id = ${id}`),
  );
  return (rowCount ?? 0) > 0;
}

/** Where counting of each node's log stood in the newest verified backup; undefined when there is none. Role snapshot_builder. */
export async function verifiedPositions(tx: Tx): Promise<Record<string, LogPosition> | undefined> {
  const { rows } = await tx.execute<{ log_positions: Record<string, LogPosition> }>(
    sql`SELECT log_positions FROM backup WHERE verified_at IS NOT NULL ORDER BY taken_at DESC LIMIT 1`,
  );
  return rows[0]?.log_positions;
}
