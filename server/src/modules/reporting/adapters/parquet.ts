import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParquetColumns, writeParquet } from '../../../platform/parquet/index.ts';

/** As registered with IANA. */
export const PARQUET_TYPE = 'application/vnd.apache.parquet';

/** A Parquet file in memory; `about` is its key-value metadata. */
export async function parquetFile(
  columns: ParquetColumns,
  rows: readonly object[],
  about: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'cuepoint-report-'));
  try {
    const path = join(folder, 'report.parquet');
    await writeParquet(columns, rows, path, { about });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
