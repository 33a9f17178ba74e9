import { mergeParquet, writeParquet } from '../../../platform/parquet/index.ts';
import { ARCHIVE_COLUMNS } from '../domain/archive-rows.ts';
import type { ParquetFiles } from '../ports.ts';

const ADDRESS = ['node', 'segment', 'log_offset'];

/** Files of the archive: typed columns, compressed, in the order of the log. */
export function duckParquet(): ParquetFiles {
  return {
    write: (rows, path) => writeParquet(ARCHIVE_COLUMNS, rows, path, { orderBy: ADDRESS }),
    merge: (paths, path) => mergeParquet(paths, path, ADDRESS),
  };
}
