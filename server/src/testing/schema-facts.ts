import type { Database } from '../platform/database/index.ts';

export interface ColumnFact {
  name: string;
  type: string;
  notNull: boolean;
  hasDefault: boolean;
  /** The first value a check constraint of the form `column IN (…)` accepts. */
  accepted: string | null;
}

export interface ForeignKeyFact {
  name: string;
  columns: string[];
  target: string;
  targetColumns: string[];
}

export interface PolicyFact {
  name: string;
  roles: string[];
  using: string | null;
  check: string | null;
}

export interface TableFact {
  name: string;
  enabled: boolean;
  forced: boolean;
  columns: ColumnFact[];
  foreignKeys: ForeignKeyFact[];
  policies: PolicyFact[];
  /** Columns of each unique constraint or index over whole rows, the primary key among them. */
  uniqueKeys: string[][];
  primaryKey: string[];
}

const query = `
select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
  (select json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'notNull', a.attnotnull, 'hasDefault', a.atthasdef,
      'accepted', (select substring(pg_get_constraintdef(k.oid) from 'ARRAY\\[''([^'']*)''')
        from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] limit 1)
    ) order by a.attnum)
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  (select coalesce(json_agg(json_build_object(
      'name', k.conname, 'target', k.confrelid::regclass::text,
      'columns', (select json_agg(a.attname order by x.n) from unnest(k.conkey) with ordinality x(num, n)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.num),
      'targetColumns', (select json_agg(a.attname order by x.n) from unnest(k.confkey) with ordinality x(num, n)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.num)
    ) order by k.conname), '[]') from pg_constraint k where k.conrelid = c.oid and k.contype = 'f') as "foreignKeys",
  (select coalesce(json_agg(json_build_object(
      'name', p.polname, 'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
      'roles', (select json_agg(coalesce(r.rolname, 'public')) from unnest(p.polroles) x(id)
        left join pg_roles r on r.oid = x.id)
    ) order by p.polname), '[]') from pg_policy p where p.polrelid = c.oid) as policies,
  (select coalesce(json_agg((select json_agg(a.attname order by x.n)
      from unnest(i.indkey::int2[]) with ordinality x(num, n)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = x.num)), '[]')
    from pg_index i where i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null)
    as "uniqueKeys",
  (select coalesce(json_agg(a.attname order by x.n), '[]') from pg_index i
      cross join unnest(i.indkey::int2[]) with ordinality x(num, n)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = x.num
    where i.indrelid = c.oid and i.indisprimary) as "primaryKey"
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname`;

/** Every table of the business as the database itself describes it. */
export async function readSchemaFacts(database: Database): Promise<TableFact[]> {
  const { rows } = await database.ownerQuery(query);
  return rows as unknown as TableFact[];
}

export const isTenantTable = (table: TableFact): boolean =>
  table.columns.some((column) => column.name === 'account_id');

/** What a role may do with each table: `select`, or `select(id,name)` when only with some columns. */
export async function readPrivileges(
  database: Database,
  tables: readonly TableFact[],
  role: string,
): Promise<Record<string, string[]>> {
  const privileges: Record<string, string[]> = {};
  for (const table of tables) {
    const { rows } = await database.ownerQuery(
      `select p.privilege, has_table_privilege($1, $2, p.privilege) as whole,
         case when p.privilege = 'delete' then '{}' else
           (select coalesce(array_agg(a.attname::text order by a.attname), '{}') from pg_attribute a
             where a.attrelid = $2::regclass and a.attnum > 0 and not a.attisdropped
               and has_column_privilege($1, $2, a.attname, p.privilege)) end as columns
       from (values ('select'), ('insert'), ('update'), ('delete')) p(privilege)`,
      [role, table.name],
    );
    const held = rows.flatMap((row) => {
      if (row.whole === true) return [String(row.privilege)];
      const columns = row.columns as string[];
      return columns.length === 0 ? [] : [`${String(row.privilege)}(${columns.join(',')})`];
    });
    if (held.length > 0) privileges[table.name] = held;
  }
  return privileges;
}
