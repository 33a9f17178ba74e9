import { open, rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ARCHIVE_COLUMNS, type ArchiveRow } from '../domain/archive-rows.ts';
import type { ParquetFiles, WhomToErase } from '../ports.ts';

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
    async holding(paths, whom) {
      const found = new Map<string, number>();
      for (let at = 0; at < paths.length; at += FILES_AT_ONCE) {
        const some = paths.slice(at, at + FILES_AT_ONCE);
        await withDuck(async (duck) => {
          const reader = await duck.runAndReadAll(
            `SELECT filename, count(*)::INTEGER AS n FROM read_parquet([${some.map(text).join(', ')}],
               hive_partitioning = false, filename = true) WHERE ${isMeant(whom)} GROUP BY filename`,
          );
          for (const [path, n] of reader.getRows()) found.set(String(path), Number(n));
        });
      }
      return found;
    },
    async erase(from, path, whom) {
      const unless = (column: string, erased: string) =>
        `CASE WHEN ${isMeant(whom)} THEN ${erased} ELSE ${column} END AS ${column}`;
      await withDuck((duck) =>
        duck.run(
          `COPY (SELECT * REPLACE (${unless('identity', 'NULL')}, ${unless('identity_kind', "'none'")},
             ${unless('request_id', "''")}, ${unless('facts', `json_merge_patch(facts, ${text(NOT_KEPT)})`)})
             FROM read_parquet([${text(from)}], hive_partitioning = false) ORDER BY node, segment, log_offset)
             TO ${text(path)} ${parquet}`,
        ),
      );
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

const FILES_AT_ONCE = 500;
/** Facts that go with the viewer, as a merge patch (RFC 7396): those that a node leaves out where it may not log one. */
const NOT_KEPT = JSON.stringify({ segment: null, city: null, postal: null, dma: null });

const isMeant = (whom: WhomToErase): string =>
  whom === 'everybody'
    ? 'coalesce(identity IS NOT NULL, false)'
    : `coalesce(identity = ${text(whom.identity)} AND record_at < TIMESTAMP ${text(whom.before.toISOString().slice(0, -1).replace('T', ' '))}, false)`;

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
