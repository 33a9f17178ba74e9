import { sql } from 'drizzle-orm';
import type { Database, DatabaseRole, Transaction } from '../platform/database/index.ts';
import type { TableFact } from './schema-facts.ts';

export type Row = Record<string, unknown>;

/** Makes rows of any table from its description alone, with the rows they refer to. */
export interface TenantRows {
  /** The one row of a table and account, written on first use by a role that may. */
  rowOf(table: string, accountId: string): Promise<Row>;
  /** Values for a further row: new keys, the same links. */
  freshRow(table: string, accountId: string): Promise<Row>;
  /** The role that writes rows of this table. */
  writerOf(table: string): DatabaseRole;
}

export function tenantRows(
  database: Database,
  tables: readonly TableFact[],
  writers: ReadonlyMap<string, DatabaseRole>,
): TenantRows {
  const kept = new Map<string, Promise<Row>>();
  let count = 0;
  const factOf = (name: string): TableFact => {
    const fact = tables.find((table) => table.name === name);
    if (!fact) throw new Error(`no table ${name}`);
    return fact;
  };
  const writerOf = (name: string): DatabaseRole => {
    const role = writers.get(name);
    if (!role) throw new Error(`no role may insert into ${name}`);
    return role;
  };

  async function freshRow(name: string, accountId: string): Promise<Row> {
    const fact = factOf(name);
    const row: Row = {};
    count += 1;
    for (const column of fact.columns) {
      if (column.name === 'account_id') row[column.name] = accountId;
      else if (name === 'account' && column.name === 'id') row[column.name] = accountId;
      else if (column.notNull && !column.hasDefault) {
        row[column.name] = column.accepted ?? sampleValue(column.name, column.type, `${name}_${count}`);
      }
    }
    for (const key of fact.foreignKeys) {
      const parent = await rowOf(key.target, accountId);
      for (const [index, column] of key.columns.entries()) row[column] = parent[key.targetColumns[index]!];
    }
    return row;
  }

  async function rowOf(name: string, accountId: string): Promise<Row> {
    const at = `${name} ${accountId}`;
    let row = kept.get(at);
    if (!row) {
      row = write(name, accountId);
      kept.set(at, row);
    }
    return row;
  }

  async function write(name: string, accountId: string): Promise<Row> {
    const row = await freshRow(name, accountId);
    await database.withTransaction({ role: writerOf(name), accountId }, (tx) => insertRow(tx, name, row));
    return row;
  }

  return { rowOf, freshRow, writerOf };
}

/** Writes one row of any table. */
export function insertRow(tx: Transaction, table: string, row: Row): Promise<{ rowCount: number | null }> {
  const columns = sql.join(
    Object.keys(row).map((name) => sql.identifier(name)),
    sql`, `,
  );
  const values = sql.join(
    Object.values(row).map((value) => sql`${value}`),
    sql`, `,
  );
  return tx.execute(sql`insert into ${sql.identifier(table)} (${columns}) values (${values})`);
}

/** Something the type takes; ends lie after starts, and every text is unique. */
function sampleValue(column: string, type: string, unique: string): unknown {
  if (type === 'timestamp with time zone') {
    return /^(end|expires|blocked)/.test(column) ? '2030-01-02T00:00:00Z' : '2030-01-01T00:00:00Z';
  }
  if (type === 'bigint') return 1000;
  if (type === 'integer' || type === 'double precision') return 1;
  if (type === 'boolean') return false;
  if (type === 'jsonb') return '{}';
  if (type.endsWith('[]')) return '{}';
  if (type === 'date') return '2026-11-01';
  if (type === 'text') return `${unique}_${column}`;
  throw new Error(`no sample value for the type ${type} of ${column}`);
}
