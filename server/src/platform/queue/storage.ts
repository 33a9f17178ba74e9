import { sql } from 'drizzle-orm';
import { type ConnectionOptions, fromDrizzle } from 'pg-boss';
import type { Database, Transaction } from '../database/index.ts';

export const jobsSchema = 'cuepoint_jobs';

type IDatabase = NonNullable<ConnectionOptions['db']>;

/** Statements of the queue outside any transaction of ours. */
export function queueDatabase(database: Database): IDatabase {
  return {
    executeSql: (text, values) => database.ownerQuery(text, values),
    async listen(channel, onNotification, onReconnect) {
      const stop = await database.listen(channel, onNotification, onReconnect);
      return { close: stop };
    },
  };
}

/** Statements of the queue inside an open transaction. */
export const transactionDatabase = (tx: Transaction): IDatabase => fromDrizzle(tx, sql);

const enqueuers = ['cuepoint_app', 'cuepoint_ingester', 'cuepoint_scheduler', 'cuepoint_signin'].join(', ');

/**
 * Lets the roles that change business data enqueue within their transactions, and no more: they may insert jobs
 * and read queue settings, but not what is in other jobs.
 */
export async function grantEnqueueing(database: Database): Promise<void> {
  // 'job' is partitioned; statements may name the partition directly.
  const { rows } = await database.ownerQuery(
    `select c.oid::regclass::text as name from pg_catalog.pg_class c
      where c.oid = $1::regclass or c.oid in (select inhrelid from pg_catalog.pg_inherits where inhparent = $1::regclass)`,
    [`${jobsSchema}.job`],
  );
  const statements = [
    `grant usage on schema ${jobsSchema} to ${enqueuers}`,
    `grant select on ${jobsSchema}.queue to ${enqueuers}`,
    ...rows.flatMap(({ name }) => [
      `grant insert on ${String(name)} to ${enqueuers}`,
      `grant select (id, start_after) on ${String(name)} to ${enqueuers}`,
    ]),
  ];
  await database.ownerQuery(statements.join(';\n'));
}

/**
 * The embedded database has one process, so a job that is running while that process starts was left by one that
 * died. Jobs without an attempt left stay as they are: they run out of time and go to the dead letters, so that
 * a job that kills its process cannot do so for ever.
 */
export async function takeBackOrphans(database: Database): Promise<void> {
  await database.ownerQuery(
    `update ${jobsSchema}.job set state = 'retry', start_after = now(), heartbeat_on = null
      where state = 'active' and retry_count < retry_limit`,
  );
}
