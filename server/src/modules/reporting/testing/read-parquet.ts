import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** What another engine reads out of a Parquet file: 64-bit integers as text, instants as microseconds in UTC. */
export async function readParquet(bytes: Buffer): Promise<{
  columns: Record<string, string>;
  rows: Record<string, unknown>[];
  about: Record<string, string>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'read-parquet-'));
  const instance = await DuckDBInstance.create(':memory:');
  const duck = await instance.connect();
  try {
    const path = join(folder, 'file.parquet');
    await writeFile(path, bytes);
    const ask = async (sql: string) => (await duck.runAndReadAll(sql)).getRowObjectsJson();
    const described = await ask(`DESCRIBE SELECT * FROM '${path}'`);
    const columns = Object.fromEntries(
      described.map(({ column_name, column_type }) => [String(column_name), String(column_type)]),
    );
    const shown = Object.entries(columns).map(([name, type]) =>
      type === 'TIMESTAMP WITH TIME ZONE' ? `epoch_us("${name}") AS "${name}"` : `"${name}"`,
    );
    const rows = await ask(`SELECT ${shown.join(', ')} FROM '${path}'`);
    const pairs = await ask(
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${path}')`,
    );
    return {
      columns,
      rows,
      about: Object.fromEntries(pairs.map(({ key, value }) => [String(key), String(value)])),
    };
  } finally {
    duck.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}
