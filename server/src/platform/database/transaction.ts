import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodePgSession, NodePgTransaction } from 'drizzle-orm/node-postgres';
import { PgDialect } from 'drizzle-orm/pg-core';
import type pg from 'pg';
import { traced, tracer } from '../../kernel/tracing.ts';
import {
  classifyDatabaseError,
  DatabaseUnavailableError,
  NestedTransactionError,
  TransactionAbortedError,
  TransactionTimeoutError,
} from './errors.ts';
import type { DatabaseRole, Transaction, TransactionContext } from './types.ts';

/** Shared by all databases of the process; `active` is cleared at the end so that later timers are free. */
const openTransactions = new AsyncLocalStorage<{ owner: object; active: boolean; outer: OpenTransaction }>();
type OpenTransaction = { owner: object; active: boolean; outer: OpenTransaction } | undefined;

/** Ended ones are let go: a timer begun in one transaction that begins the next would string them together. */
function stillOpen(open: OpenTransaction): OpenTransaction {
  return open === undefined || open.active ? open : stillOpen(open.outer);
}

/** Throws when the caller already runs inside a transaction of `owner`. */
export function refuseInsideTransaction(owner: object, call: string): void {
  for (let open: OpenTransaction = openTransactions.getStore(); open !== undefined; open = open.outer) {
    if (open.active && open.owner === owner) throw new NestedTransactionError(call);
  }
}

// Session-local settings, all in one round trip. set_config('role', ...) is SET LOCAL ROLE with a parameter.
const settings = `select
  set_config('cuepoint.account_id', $1, true), set_config('cuepoint.user_id', $2, true),
  set_config('request.jwt.claims', $3, true),
  set_config('statement_timeout', $4, true), set_config('idle_in_transaction_session_timeout', $4, true),
  set_config('role', $5, true)`;

function claims(context: TransactionContext): string {
  return JSON.stringify({
    role: `cuepoint_${context.role}`,
    ...(context.userId === undefined ? {} : { sub: context.userId }),
    ...(context.accountId === undefined ? {} : { account_id: context.accountId }),
  });
}

function begin(context: TransactionContext): string {
  const isolation = context.isolation ?? 'read committed';
  return `begin isolation level ${isolation} ${context.readOnly === true ? 'read only' : 'read write'}`;
}

export interface TransactionRunnerOptions {
  poolFor(role: DatabaseRole): pg.Pool;
  timeLimitMs: number;
  /**
   * Whether the server ends what takes too long by itself, beside our watchdog. The embedded engine must not: a time
   * limit that strikes there ends the engine, and with it the thread that everybody waits for.
   */
  serverTimeLimits: boolean;
}

export interface TransactionRunner {
  run<T>(context: TransactionContext, work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** Runs transactions over a pool: role and account set per transaction, bounded in time, repeated on conflict. */
export function createTransactionRunner(owner: object, options: TransactionRunnerOptions): TransactionRunner {
  const dialect = new PgDialect();

  async function once<T>(context: TransactionContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const timeLimitMs = context.timeLimitMs ?? options.timeLimitMs;
    const client = await connect(options.poolFor(context.role));
    const open = { owner, active: true, outer: stillOpen(openTransactions.getStore()) };
    let broken: Error | null = null;
    let released = false;
    const release = (error?: Error): void => {
      if (released) return;
      released = true;
      // The pool only listens while a connection is idle; an error after this point must not end the process.
      client.off('error', onClientError);
      client.release(error);
    };
    const onClientError = (error: Error): void => {
      broken ??= error;
    };
    client.on('error', onClientError);

    let watchdog: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_resolve, reject) => {
      watchdog = setTimeout(() => {
        const error = new TransactionTimeoutError(timeLimitMs);
        open.active = false;
        reject(error);
        // Closing the connection ends the running statement's wait and makes the server roll back.
        release(error);
      }, timeLimitMs);
    });
    expired.catch(() => undefined);

    const body = async (): Promise<T> => {
      await client.query(begin(context));
      await client.query(settings, [
        context.accountId ?? '',
        context.userId ?? '',
        claims(context),
        options.serverTimeLimits ? String(timeLimitMs) : '0',
        `cuepoint_${context.role}`,
      ]);
      const session = new NodePgSession(client, dialect, undefined, {});
      const tx = new NodePgTransaction(dialect, session, undefined) as unknown as Transaction;
      return openTransactions.run(open, () => work(tx));
    };

    try {
      const value = await Promise.race([body(), expired]);
      clearTimeout(watchdog);
      open.active = false;
      const outcome = await client.query('commit');
      if (outcome.command !== 'COMMIT') throw new TransactionAbortedError();
      release();
      return value;
    } catch (error) {
      clearTimeout(watchdog);
      open.active = false;
      if (!released) release(await rollback(client, broken));
      throw error;
    }
  }

  return {
    async run(context, work) {
      refuseInsideTransaction(owner, 'withTransaction()');
      // Of what is traced itself: pollers would fill a collector with nothing.
      if (!tracer?.current()) return repeat(context, work);
      return traced('db.transaction', { role: context.role }, () => repeat(context, work));
    },
  };

  async function repeat<T>(context: TransactionContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const attempts = context.attempts ?? 3;
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(context, work);
      } catch (error) {
        if (attempt >= attempts || classifyDatabaseError(error)?.kind !== 'serialization_failure')
          throw error;
        // Two rivals that repeat at once would collide again.
        await sleep(Math.random() * 20 * 2 ** attempt);
      }
    }
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new DatabaseUnavailableError('no database connection could be had in time', { cause: error });
  }
}

/** Ends the transaction; a connection on which even that fails is not given back to the pool. */
async function rollback(client: pg.PoolClient, broken: Error | null): Promise<Error | undefined> {
  if (broken !== null) return broken;
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
