import { open, rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';

/** Columns in order, with their DuckDB types. */
export type ParquetColumns = Readonly<Record<string, string>>;

/** Nothing is fetched, and what does not fit fails instead of filling the disk. */
const settings = {
  threads: '1',
  memory_limit: '512MB',
  temp_directory: '',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/** A text in SQL. */
export const sqlText = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const name = (column: string): string => `"${column.replaceAll('"', '""')}"`;

/**
 * Writes rows as a Parquet file, typed and compressed, by DuckDB in this process.
 * @param rows by column name; what JSON can say of a type is what it takes
 * @param path must not exist
 * @param options.orderBy columns; as given when left out
 * @param options.about kept in the file as key-value metadata
 */
export async function writeParquet(
  columns: ParquetColumns,
  rows: readonly object[],
  path: string,
  options: { orderBy?: readonly string[]; about?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const lines = `${path}.ndjson`;
  const types = Object.entries(columns).map(([column, type]) => `${sqlText(column)}: ${sqlText(type)}`);
  const order = options.orderBy ? ` ORDER BY ${options.orderBy.map(name).join(', ')}` : '';
  try {
    const file = await open(lines, 'wx', 0o600);
    await file.writeFile(rows.map((row) => JSON.stringify(row)).join('\n')).finally(() => file.close());
    await withDuck((duck) =>
      duck.run(
        `COPY (SELECT * FROM read_json(${sqlText(lines)}, format = 'newline_delimited', columns = {${types.join(', ')}},
           maximum_object_size = 67108864)${order}) TO ${sqlText(path)} ${parquetFormat(options.about)}`,
      ),
    );
  } finally {
    await rm(lines, { force: true });
  }
}

/** One file of several that have the same columns: of rows that are alike in `key` one, in the order of it. */
export async function mergeParquet(
  paths: readonly string[],
  path: string,
  key: readonly string[],
): Promise<void> {
  const by = key.map(name).join(', ');
  await withDuck((duck) =>
    duck.run(
      `COPY (SELECT DISTINCT ON (${by}) * FROM read_parquet([${paths.map(sqlText).join(', ')}],
         hive_partitioning = false) ORDER BY ${by}) TO ${sqlText(path)} ${parquetFormat()}`,
    ),
  );
}

/** How files are written: compressed, with what is to be kept about them. */
export function parquetFormat(about: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(about).map(([key, value]) => `${name(key)}: ${sqlText(value)}`);
  const metadata = pairs.length === 0 ? '' : `, KV_METADATA {${pairs.join(', ')}}`;
  return `(FORMAT parquet, COMPRESSION zstd${metadata})`;
}

/** Runs work in an engine of its own, in memory. */
export async function withDuck(work: (duck: DuckDBConnection) => Promise<unknown>): Promise<void> {
  // Its library is large: only processes that write such files load it.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', settings);
  const connection = await instance.connect();
  try {
    await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
