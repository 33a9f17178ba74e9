import type { DuckDBConnection } from '@duckdb/node-api';
import { ARCHIVE_COLUMNS } from '../domain/archive-rows.ts';
import { type QueryAnswer, type QueryLimits, type QueryParquet, QueryRefusedError } from '../ports.ts';

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/**
 * Answers a stranger's SQL over some Parquet files, in a DuckDB of its own for each query. It can open these files and no
 * others (`allowed_paths` is by exact name, and external access is off otherwise), its settings are locked before the
 * query is looked at, and only one SELECT is run. One query at a time: a second waits.
 */
export function duckQuery(limits: QueryLimits): QueryParquet {
  let before: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (files, sql, limit) => {
    if (waiting >= limits.waiting)
      throw new QueryRefusedError('limit', `${waiting} queries are waiting; ask again in a moment`);
    waiting++;
    // Who asked before was told why it failed; here it only means that it is over.
    const turn = before.catch(() => undefined).then(() => answer(files, sql, limit, limits));
    before = turn;
    try {
      return await turn;
    } finally {
      waiting--;
    }
  };
}

async function answer(
  files: readonly string[],
  sql: string,
  limit: number,
  limits: QueryLimits,
): Promise<QueryAnswer> {
  // Its library is large: only processes that are asked load it.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${limits.memoryMegabytes}MB`,
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    await fence(connection, files);
    return await bounded(connection, limits.timeLimitMs, () => ask(connection, sql, limit, limits));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** From here on the instance opens these files and nothing else, and cannot be told otherwise. */
async function fence(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  const list = `[${files.map(text).join(', ')}]`;
  const nothing = Object.entries(ARCHIVE_COLUMNS).map(([name, type]) => `NULL::${type} AS ${name}`);
  await connection.run(
    files.length === 0
      ? `CREATE VIEW events AS SELECT ${nothing.join(', ')} WHERE false`
      : `CREATE VIEW events AS SELECT * FROM read_parquet(${list}, union_by_name = true, hive_partitioning = false)`,
  );
  if (files.length > 0) await connection.run(`SET allowed_paths = ${list}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

async function bounded<T>(
  connection: DuckDBConnection,
  timeLimitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    connection.interrupt();
  }, timeLimitMs);
  try {
    return await work();
  } catch (error) {
    if (isLate) throw new QueryRefusedError('limit', `it took longer than ${timeLimitMs / 1000} s`);
    throw refused(error);
  } finally {
    clearTimeout(timer);
  }
}

async function ask(
  connection: DuckDBConnection,
  sql: string,
  limit: number,
  { answerBytes }: QueryLimits,
): Promise<QueryAnswer> {
  const { StatementType } = await import('@duckdb/node-api');
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1)
    throw new QueryRefusedError('invalid', `it holds ${statements.count} statements; one SELECT is accepted`);
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT)
    throw new QueryRefusedError(
      'invalid',
      `it is a ${StatementType[prepared.statementType] ?? 'statement'}; one SELECT is accepted`,
    );
  const reader = await prepared.streamAndReadUntil(limit + 1);
  const columns = reader
    .columnNames()
    .map((name, index) => ({ name, type: String(reader.columnTypes()[index]) }));
  const found = reader.getRowsJson();
  const rows: QueryAnswer['rows'] = [];
  let bytes = 0;
  for (const row of found.slice(0, limit)) {
    const cells = row.map(cell);
    bytes += JSON.stringify(cells).length;
    if (bytes > answerBytes) break;
    rows.push(cells);
  }
  if (found.length > 0 && rows.length === 0)
    throw new QueryRefusedError('limit', `its first row alone is larger than ${answerBytes} bytes`);
  return { columns, rows, truncated: rows.length < found.length };
}

function cell(value: unknown): QueryAnswer['rows'][number][number] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return JSON.stringify(value);
}

function refused(error: unknown): Error {
  if (error instanceof QueryRefusedError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/^(Out of Memory|INTERRUPT)/.test(message))
    return new QueryRefusedError('limit', 'it needs more memory than it is given');
  // A file that a merge took away meanwhile; the caller looks again.
  if (/^IO Error/.test(message)) return new Error(message);
  return new QueryRefusedError('invalid', message.replace(/\s*\n\s*/g, ' ').slice(0, 500));
}
