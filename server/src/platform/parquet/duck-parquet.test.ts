import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mergeParquet, writeParquet } from './duck-parquet.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = async (sql: string) => {
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  return (await duck.runAndReadAll(sql)).getRowObjectsJson();
};

it('writes columns even when there are no rows, and leaves nothing else behind', async () => {
  const path = join(folder, 'empty.parquet');
  await writeParquet({ "it's": 'BIGINT', 'a "b"': 'DATE' }, [], path, {
    about: { 'time zone': "O'Higgins" },
  });
  expect(await ask(`DESCRIBE SELECT * FROM '${path}'`)).toMatchObject([
    { column_name: "it's", column_type: 'BIGINT' },
    { column_name: 'a "b"', column_type: 'DATE' },
  ]);
  expect(await ask(`SELECT decode(value) AS value FROM parquet_kv_metadata('${path}')`)).toEqual([
    { value: "O'Higgins" },
  ]);
  expect(await readdir(folder)).toEqual(['empty.parquet']);
});

it('keeps the largest whole number that JSON can say, and refuses what does not fit its column', async () => {
  const path = join(folder, 'large.parquet');
  await writeParquet({ micros: 'BIGINT' }, [{ micros: Number.MAX_SAFE_INTEGER }], path);
  expect(await ask(`SELECT micros FROM '${path}'`)).toEqual([{ micros: String(Number.MAX_SAFE_INTEGER) }]);
  await expect(
    writeParquet({ micros: 'BIGINT' }, [{ micros: 'much' }], join(folder, 'refused.parquet')),
  ).rejects.toThrow(/much/);
});

it('makes one file of several, each key once and in order', async () => {
  const paths = [join(folder, 'left.parquet'), join(folder, 'right.parquet')];
  const columns = { node: 'VARCHAR', at: 'BIGINT' };
  await writeParquet(
    columns,
    [
      { node: 'b', at: 1 },
      { node: 'a', at: 2 },
    ],
    paths[0]!,
  );
  await writeParquet(
    columns,
    [
      { node: 'a', at: 2 },
      { node: 'a', at: 1 },
    ],
    paths[1]!,
  );
  const merged = join(folder, 'merged.parquet');
  await mergeParquet(paths, merged, ['node', 'at']);
  expect(await ask(`SELECT * FROM '${merged}'`)).toEqual([
    { node: 'a', at: '1' },
    { node: 'a', at: '2' },
    { node: 'b', at: '1' },
  ]);
});
