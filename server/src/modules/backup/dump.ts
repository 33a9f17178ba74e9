import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { sql } from 'drizzle-orm';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import { BackupError } from './backup-error.ts';
import type { Frame } from './domain/format.ts';
import { TableChecksum } from './domain/table-checksum.ts';
import type { BackupDatabase, Query } from './ports.ts';
import { fixTextForms, readTable, storedTables } from './table-rows.ts';

const deflated = promisify(deflate);
const noBytes = new Uint8Array();
/** A stuck reader must not hold the database, and what it keeps from being cleaned up, for ever. */
const TIME_LIMIT_MS = 6 * 60 * 60 * 1000;

/**
 * The whole database as frames, from one state of it. Whoever takes them sets the pace.
 * @throws BackupError `source` when its schema is older than this version's
 */
export async function dumpDatabase(
  database: BackupDatabase,
  now: Date,
  emit: (frame: Frame) => Promise<void>,
): Promise<void> {
  await requireLevel(database);
  const context = {
    role: 'backup',
    readOnly: true,
    isolation: 'repeatable read',
    timeLimitMs: TIME_LIMIT_MS,
    attempts: 1,
  } as const;
  await database.withTransaction(context, async (tx) => {
    const query: Query = async (text) => {
      const { rows } = await tx.execute(sql.raw(text));
      return { rows };
    };
    await fixTextForms(query);
    const tables = await storedTables(query);
    await emit({
      meta: {
        kind: 'database',
        takenAt: now.toISOString(),
        migrations: await appliedMigrations(query),
        tables: tables.map(({ name, columns }) => ({ name, columns })),
        logPositions: await logPositions(query),
      },
      body: noBytes,
    });
    for (const table of tables) {
      const checksum = new TableChecksum();
      await readTable(query, table, async (rows) => {
        for (const row of rows) checksum.add(row);
        const body = await deflated(rows.join('\n'), { level: 3 });
        await emit({ meta: { kind: 'rows', table: table.name, rows: rows.length }, body });
      });
      const { rows, value } = checksum;
      await emit({ meta: { kind: 'table', table: table.name, rows, checksum: value }, body: noBytes });
    }
    await emit({ meta: { kind: 'database-end' }, body: noBytes });
  });
}

/** The role that reads came with the migration that brought backups. */
async function requireLevel(database: BackupDatabase): Promise<void> {
  const exists = await database.withTransaction({ role: 'app', readOnly: true }, async (tx) => {
    const { rows } = await tx.execute<{ there: boolean }>(
      sql`select exists (select from pg_catalog.pg_roles where rolname = 'cuepoint_backup')
        and to_regclass('public.backup') is not null as there`,
    );
    return rows[0]?.there === true;
  });
  if (exists) return;
  throw new BackupError(
    'source',
    'the database has not been migrated to this version, or is empty',
    'Start this version once; before an upgrade make the backup with the version that runs.',
  );
}

async function appliedMigrations(query: Query): Promise<Array<{ hash: string; when: number }>> {
  const { rows } = await query('select hash, created_at from cuepoint.migrations order by created_at');
  return rows.map((row) => ({ hash: String(row.hash), when: Number(row.created_at) }));
}

async function logPositions(query: Query): Promise<Record<string, LogPosition>> {
  const { rows } = await query('select node, segment, next_offset from public.log_offset order by node');
  return Object.fromEntries(
    rows.map((row) => [String(row.node), { segment: Number(row.segment), offset: Number(row.next_offset) }]),
  );
}
