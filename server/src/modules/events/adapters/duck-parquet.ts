import { open, rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ARCHIVE_COLUMNS, type ArchiveRow } from '../domain/archive-rows.ts';
import type { ParquetFiles } from '../ports.ts';

/** Nothing is fetched, and a merge that does not fit fails instead of filling the disk. */
const settings = {
  threads: '1',
  memory_limit: '512MB',
  temp_directory: '',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const parquet = '(FORMAT parquet, COMPRESSION zstd)';

/** Parquet by DuckDB in this process: typed columns, compressed, in the order of the log. */
export function duckParquet(): ParquetFiles {
  return {
    async write(rows: readonly ArchiveRow[], path: string) {
      const lines = `${path}.ndjson`;
      const columns = Object.entries(ARCHIVE_COLUMNS).map(([name, type]) => `${text(name)}: ${text(type)}`);
      try {
        const file = await open(lines, 'wx', 0o600);
        await file.writeFile(rows.map((row) => JSON.stringify(row)).join('\n')).finally(() => file.close());
        await withDuck((duck) =>
          duck.run(
            `COPY (SELECT * FROM read_json(${text(lines)}, format = 'newline_delimited', columns = {${columns.join(', ')}},
               maximum_object_size = 67108864) ORDER BY node, segment, log_offset) TO ${text(path)} ${parquet}`,
          ),
        );
      } finally {
        await rm(lines, { force: true });
      }
    },
    async merge(paths: readonly string[], path: string) {
      await withDuck((duck) =>
        duck.run(
          `COPY (SELECT DISTINCT ON (node, segment, log_offset) * FROM read_parquet([${paths.map(text).join(', ')}],
             hive_partitioning = false) ORDER BY node, segment, log_offset) TO ${text(path)} ${parquet}`,
        ),
      );
    },
  };
}

async function withDuck(work: (duck: DuckDBConnection) => Promise<unknown>): Promise<void> {
  // Its library is large: only processes that archive load it.
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
