import type { DumpedTable } from './domain/format.ts';
import { loadOrder } from './domain/load-order.ts';
import type { Query } from './ports.ts';

/** Rows read at once. */
const PAGE_ROWS = 1000;

/** Ours are the tables with a policy for a role of ours: a database may hold others. */
const factsQuery = `
select c.relname::text as name, c.relkind::text as kind, c.relforcerowsecurity as forced,
  (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'made', a.attgenerated <> '' or a.attidentity <> ''
        or coalesce(pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false)) order by a.attnum)
    from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  (select coalesce(json_agg(distinct f.relname), '[]') from pg_catalog.pg_constraint k
    join pg_catalog.pg_class f on f.oid = k.confrelid where k.conrelid = c.oid and k.contype = 'f') as refers_to
from pg_catalog.pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and exists (
  select from pg_catalog.pg_policy p join pg_catalog.pg_roles r on r.oid = any (p.polroles)
  where p.polrelid = c.oid and r.rolname like 'cuepoint\\_%')`;

export interface StoredTable extends DumpedTable {
  refersTo: string[];
  /** Row-level security holds for the owner too. */
  forced: boolean;
}

/**
 * Our tables as the database describes them, in the order in which they can be loaded.
 * @throws Error when one has something that a backup would not carry over
 */
export async function storedTables(query: Query): Promise<StoredTable[]> {
  const { rows } = await query(factsQuery);
  const tables = rows.map((row) => {
    const columns = row.columns as Array<{ name: string; type: string; made: boolean }>;
    const name = String(row.name);
    if (row.kind !== 'r') throw new Error(`${name} is partitioned; backups do not carry that over yet`);
    const made = columns.find((column) => column.made);
    if (made)
      throw new Error(`${name}.${made.name} is filled by the database; backups do not carry that over yet`);
    return {
      name,
      columns: columns.map((column) => ({ name: column.name, type: column.type })),
      refersTo: row.refers_to as string[],
      forced: row.forced === true,
    };
  });
  return loadOrder(tables);
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Texts must not depend on how a server or a login is set up. */
export async function fixTextForms(query: Query): Promise<void> {
  await query(
    `select set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
       set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true),
       set_config('extra_float_digits', '1', true)`,
  );
}

/** Hands out every row of a table, a page at a time, each as a JSON array of its columns' texts. */
export async function readTable(
  query: Query,
  table: DumpedTable,
  onRows: (rows: string[]) => Promise<void>,
): Promise<void> {
  const values = table.columns.map(({ name }) => `${quoted(name)}::text`).join(', ');
  await query(
    `declare backup_rows no scroll cursor for select json_build_array(${values})::text as row from public.${quoted(table.name)}`,
  );
  for (;;) {
    const { rows } = await query(`fetch ${PAGE_ROWS} from backup_rows`);
    if (rows.length > 0) await onRows(rows.map(({ row }) => String(row)));
    if (rows.length < PAGE_ROWS) break;
  }
  await query('close backup_rows');
}

/** Puts rows that `readTable` gave into a table of the same columns. */
export async function writeRows(query: Query, table: DumpedTable, rows: readonly string[]): Promise<void> {
  const columns = table.columns.map(({ name }) => quoted(name)).join(', ');
  const values = table.columns.map(({ type }, index) => `(r->>${index})::${type}`).join(', ');
  await query(
    `insert into public.${quoted(table.name)} (${columns}) select ${values} from jsonb_array_elements($1::jsonb) r`,
    [`[${rows.join(',')}]`],
  );
}
