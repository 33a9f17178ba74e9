import { BackupError, damagedError } from './backup-error.ts';
import type { DumpedTable, Frame, MetaOf } from './domain/format.ts';
import { TableChecksum } from './domain/table-checksum.ts';
import type { Migrations, OnTable, Query } from './ports.ts';
import { rowsOf } from './scan.ts';
import { fixTextForms, quoted, readTable, storedTables, writeRows } from './table-rows.ts';

const oursQuery = `
select c.relname::text as name from pg_catalog.pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and exists (
  select from pg_catalog.pg_policy p join pg_catalog.pg_roles r on r.oid = any (p.polroles)
  where p.polrelid = c.oid and r.rolname like 'cuepoint\\_%')
order by 1`;

/**
 * Makes the database of a backup in place of whatever is there, inside the caller's transaction: its schema at the
 * backup's own level, every row, and a comparison of what was loaded with what was saved.
 * @param frames of a backup that was scanned, at any place before its database
 * @param replace a database that is not empty may go
 * @throws BackupError `not_empty`, `in_use`, `newer` or `mismatch`
 */
export async function loadDatabase(
  query: Query,
  frames: AsyncIterator<Frame>,
  options: { what: string; replace: boolean; migrations: Migrations; onTable?: OnTable | undefined },
): Promise<Array<{ name: string; rows: number }>> {
  const { what } = options;
  const meta = await nextOf(frames, 'database', what);
  const level = options.migrations
    .read()
    .filter(({ hash }) => meta.migrations.some((one) => one.hash === hash));
  if (level.length < meta.migrations.length)
    throw new BackupError(
      'newer',
      `${what} was made by a version whose migrations this one does not have`,
      'Restore it with the version of the product that made it, or a later one.',
    );
  await refuseInUse(query);
  await clear(query, options.replace);
  await options.migrations.apply(query, level);
  await fixTextForms(query);
  const present = await storedTables(query);
  const byName = new Map(present.map((table) => [table.name, table]));
  for (const table of meta.tables) {
    const made = byName.get(table.name);
    if (JSON.stringify(made?.columns) !== JSON.stringify(table.columns))
      throw damagedError(what, `its table ${table.name} is not what its migrations make`);
    await query(`alter table public.${quoted(table.name)} no force row level security`);
  }
  const loaded = await loadRows(query, frames, meta.tables, options);
  for (const { name, forced } of present)
    if (forced) await query(`alter table public.${quoted(name)} force row level security`);
  return loaded;
}

async function loadRows(
  query: Query,
  frames: AsyncIterator<Frame>,
  tables: readonly DumpedTable[],
  { what, onTable }: { what: string; onTable?: OnTable | undefined },
): Promise<Array<{ name: string; rows: number }>> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const loaded: Array<{ name: string; rows: number }> = [];
  for (;;) {
    const { value: frame, done } = await frames.next();
    if (done) throw damagedError(what, 'its database does not end');
    const { meta, body } = frame;
    if (meta.kind === 'database-end') return loaded;
    if (meta.kind === 'rows') {
      await writeRows(query, byName.get(meta.table)!, await rowsOf(what, meta, body));
    } else if (meta.kind === 'table') {
      await compare(query, byName.get(meta.table)!, meta);
      loaded.push({ name: meta.table, rows: meta.rows });
      await onTable?.(meta.table, meta.rows);
    }
  }
}

async function compare(query: Query, table: DumpedTable, saved: MetaOf<'table'>): Promise<void> {
  const stored = new TableChecksum();
  await readTable(query, table, async (rows) => {
    for (const row of rows) stored.add(row);
  });
  if (stored.rows === saved.rows && stored.value === saved.checksum) return;
  throw new BackupError(
    'mismatch',
    `${table.name} has ${stored.rows} rows after loading that are not the ${saved.rows} that were saved`,
    'Nothing was kept. This is a fault of the product: report it with the versions of both databases.',
  );
}

/** @throws BackupError `not_empty` */
async function clear(query: Query, replace: boolean): Promise<void> {
  const names = await ourTables(query);
  if (!replace) {
    // The owner sees no rows of other accounts while policies hold for it too.
    for (const name of names) await query(`alter table public.${quoted(name)} no force row level security`);
    refuseFilled(await filledTables(query));
  }
  for (const name of names) await query(`drop table public.${quoted(name)} cascade`);
  await query('drop schema if exists cuepoint cascade');
  await query('drop schema if exists cuepoint_jobs cascade');
}

async function ourTables(query: Query): Promise<string[]> {
  const { rows } = await query(oursQuery);
  return rows.map((row) => String(row.name));
}

/** Our tables that have rows. The caller must see all of them. */
export async function filledTables(query: Query): Promise<Array<{ name: string; rows: number }>> {
  const filled: Array<{ name: string; rows: number }> = [];
  for (const name of await ourTables(query)) {
    const { rows } = await query(`select count(*)::int as n from public.${quoted(name)}`);
    if (Number(rows[0]?.n) > 0) filled.push({ name, rows: Number(rows[0]?.n) });
  }
  return filled;
}

/** @throws BackupError `not_empty` when there are any */
export function refuseFilled(filled: ReadonlyArray<{ name: string; rows: number }>): void {
  if (filled.length === 0) return;
  const shown = filled.slice(0, 5).map(({ name, rows }) => `${name} ${rows}`);
  throw new BackupError(
    'not_empty',
    `the database is not empty; rows: ${shown.join(', ')}${filled.length > 5 ? ', …' : ''}`,
    'Restore into an empty one, or say --replace: everything in it is then removed.',
  );
}

/** @throws BackupError `in_use` */
async function refuseInUse(query: Query): Promise<void> {
  const { rows } = await query(
    `select count(*)::int as n from pg_catalog.pg_stat_activity
      where datname = current_database() and application_name = 'cuepoint' and pid <> pg_backend_pid()`,
  );
  const others = Number(rows[0]?.n ?? 0);
  if (others === 0) return;
  throw new BackupError(
    'in_use',
    `${others} connections of running servers or workers use the database`,
    'Stop them first: what they write would be lost, and what they read would change under them.',
  );
}

async function nextOf<K extends Frame['meta']['kind']>(
  frames: AsyncIterator<Frame>,
  kind: K,
  what: string,
): Promise<MetaOf<K>> {
  for (;;) {
    const { value, done } = await frames.next();
    if (done) throw damagedError(what, `it holds no ${kind}`);
    if (value.meta.kind === kind) return value.meta as MetaOf<K>;
  }
}
