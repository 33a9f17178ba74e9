import {
  mergeParquet,
  parquetFormat,
  sqlText,
  withDuck,
  writeParquet,
} from '../../../platform/parquet/index.ts';
import { ARCHIVE_COLUMNS } from '../domain/archive-rows.ts';
import type { ParquetFiles, WhomToErase } from '../ports.ts';

const ADDRESS = ['node', 'segment', 'log_offset'];

/** Files of the archive: typed columns, compressed, in the order of the log. */
export function duckParquet(): ParquetFiles {
  return {
    write: (rows, path) => writeParquet(ARCHIVE_COLUMNS, rows, path, { orderBy: ADDRESS }),
    merge: (paths, path) => mergeParquet(paths, path, ADDRESS),
    async holding(paths, whom) {
      const found = new Map<string, number>();
      for (let at = 0; at < paths.length; at += FILES_AT_ONCE) {
        const some = paths.slice(at, at + FILES_AT_ONCE);
        await withDuck(async (duck) => {
          const reader = await duck.runAndReadAll(
            `SELECT filename, count(*)::INTEGER AS n FROM read_parquet([${some.map(sqlText).join(', ')}],
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
             ${unless('request_id', "''")}, ${unless('facts', `json_merge_patch(facts, ${sqlText(NOT_KEPT)})`)})
             FROM read_parquet([${sqlText(from)}], hive_partitioning = false) ORDER BY ${ADDRESS.join(', ')})
             TO ${sqlText(path)} ${parquetFormat()}`,
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
    : `coalesce(identity = ${sqlText(whom.identity)} AND record_at < TIMESTAMP ${sqlText(whom.before.toISOString().slice(0, -1).replace('T', ' '))}, false)`;
