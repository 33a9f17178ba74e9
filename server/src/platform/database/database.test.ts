import { sql } from 'drizzle-orm';
import { bigint, pgTable, text } from 'drizzle-orm/pg-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseSuite, foundationMigrations } from '../../testing/index.ts';
import {
  classifyDatabaseError,
  type Database,
  NestedTransactionError,
  type Transaction,
  TransactionAbortedError,
  TransactionTimeoutError,
} from './index.ts';

const note = pgTable('note', {
  id: text().primaryKey(),
  body: text().notNull(),
  number: bigint({ mode: 'number' }),
});

const schema = `
  create table note (id text primary key, body text not null constraint note_body_check check (body <> ''), number bigint);
  --> statement-breakpoint
  create table reply (id text primary key, note_id text not null constraint reply_note_fkey references note (id));
  --> statement-breakpoint
  grant select, insert, update, delete on note, reply to cuepoint_app, cuepoint_ingester;`;

const migrationsFolder = foundationMigrations({ '0001_notes': schema });

databaseSuite('database driver', (open) => {
  let database: Database;
  const app = { role: 'app' } as const;
  const count = (where = sql`true`): Promise<number> =>
    database.withTransaction(app, async (tx) => {
      const result = await tx.execute(sql`select count(*)::int as count from note where ${where}`);
      return Number(result.rows[0]?.count);
    });

  beforeAll(async () => {
    database = await open({ migrationsFolder });
  });

  it('commits what a transaction returned from, and hands its value back', async () => {
    const value = await database.withTransaction(app, async (tx) => {
      await tx.insert(note).values({ id: 'commit', body: 'kept', number: 9_007_199_254_740_991 });
      return 42;
    });
    expect(value).toBe(42);
    const rows = await database.withTransaction(app, (tx) =>
      tx.select().from(note).where(sql`id = 'commit'`),
    );
    expect(rows).toEqual([{ id: 'commit', body: 'kept', number: 9_007_199_254_740_991 }]);
  });

  it('rolls everything back when the work throws, and throws the same error', async () => {
    const failure = new Error('on purpose');
    const work = async (tx: Transaction): Promise<void> => {
      await tx.insert(note).values({ id: 'rollback', body: 'lost' });
      throw failure;
    };
    await expect(database.withTransaction(app, work)).rejects.toBe(failure);
    expect(await count(sql`id = 'rollback'`)).toBe(0);
  });

  it('runs as the asked role and returns to the owner afterwards', async () => {
    const roles = async (role: 'app' | 'ingester' | 'snapshot_builder' | 'scheduler' | 'signin') => {
      const result = await database.withTransaction({ role }, (tx) =>
        tx.execute(sql`select current_user as role`),
      );
      return result.rows[0]?.role;
    };
    expect(await roles('app')).toBe('cuepoint_app');
    expect(await roles('ingester')).toBe('cuepoint_ingester');
    expect(await roles('snapshot_builder')).toBe('cuepoint_snapshot_builder');
    expect(await roles('scheduler')).toBe('cuepoint_scheduler');
    expect(await roles('signin')).toBe('cuepoint_signin');
    const owner = await database.ownerQuery('select current_user as role');
    expect(owner.rows[0]?.role).not.toMatch(/^cuepoint_(app|ingester|snapshot|scheduler|signin)/);
  });

  it('sets account, user and claims for one transaction only', async () => {
    const read = sql`select cuepoint.account_id() as account, cuepoint.user_id() as usr,
      current_setting('request.jwt.claims', true) as claims`;
    const context = { role: 'app', accountId: `acc_'"; select 1`, userId: 'usr_1' } as const;
    const inside = await database.withTransaction(context, (tx) => tx.execute(read));
    expect(inside.rows[0]).toMatchObject({ account: context.accountId, usr: 'usr_1' });
    expect(JSON.parse(String(inside.rows[0]?.claims))).toEqual({
      role: 'cuepoint_app',
      sub: 'usr_1',
      account_id: context.accountId,
    });
    const next = await database.withTransaction(app, (tx) => tx.execute(read));
    expect(next.rows[0]).toMatchObject({ account: null, usr: null });
    const outside = await database.ownerQuery(
      'select cuepoint.account_id() as account, cuepoint.user_id() as usr',
    );
    expect(outside.rows[0]).toEqual({ account: null, usr: null });
  });

  it('does not leak role or account after a failure either', async () => {
    const failing = database.withTransaction({ role: 'app', accountId: 'acc_x' }, (tx) =>
      tx.execute(sql`select 1/0`),
    );
    await expect(failing).rejects.toThrow();
    const { rows } = await database.ownerQuery(
      'select cuepoint.account_id() as account, current_user as role',
    );
    expect(rows[0]?.account).toBeNull();
    expect(rows[0]?.role).not.toBe('cuepoint_app');
  });

  it('keeps concurrent transactions apart', async () => {
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        database.withTransaction({ role: 'app', accountId: `acc_${index}` }, async (tx) => {
          const first = await tx.execute(sql`select cuepoint.account_id() as account`);
          await new Promise((resolve) => setTimeout(resolve, 2));
          const second = await tx.execute(sql`select cuepoint.account_id() as account`);
          return [first.rows[0]?.account, second.rows[0]?.account];
        }),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => [`acc_${index}`, `acc_${index}`]));
  });

  it('does not show uncommitted rows to others', async () => {
    let finish = (): void => undefined;
    const hold = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const writing = database.withTransaction(app, async (tx) => {
      await tx.insert(note).values({ id: 'isolated', body: 'x' });
      await hold;
    });
    const reading = count(sql`id = 'isolated'`);
    if (open.kind === 'postgres') {
      expect(await reading).toBe(0);
      finish();
      await writing;
    } else {
      // One connection: the reader waits for the writer and then sees the committed row.
      setTimeout(finish, 20);
      await writing;
      expect(await reading).toBe(1);
    }
    expect(await count(sql`id = 'isolated'`)).toBe(1);
  });

  it('is usable after a failed statement, and refuses to commit over an ignored one', async () => {
    const ignoring = database.withTransaction(app, async (tx) => {
      await tx.insert(note).values({ id: 'ignored', body: 'x' });
      await tx.execute(sql`select * from no_such_table`).catch(() => undefined);
    });
    await expect(ignoring).rejects.toBeInstanceOf(TransactionAbortedError);
    expect(await count(sql`id = 'ignored'`)).toBe(0);
  });

  it('undoes only the savepoint of a nested drizzle transaction', async () => {
    await database.withTransaction(app, async (tx) => {
      await tx.insert(note).values({ id: 'outer', body: 'x' });
      const inner = tx.transaction(async (nested) => {
        await nested.insert(note).values({ id: 'inner', body: 'x' });
        throw new Error('inner only');
      });
      await expect(inner).rejects.toThrow('inner only');
    });
    expect(await count(sql`id in ('outer', 'inner')`)).toBe(1);
  });

  it('refuses a second transaction or owner query inside one instead of waiting for ever', async () => {
    const nested = database.withTransaction(app, () => database.withTransaction(app, async () => 1));
    await expect(nested).rejects.toBeInstanceOf(NestedTransactionError);
    const query = database.withTransaction(app, () => database.ownerQuery('select 1'));
    await expect(query).rejects.toThrow(/ownerQuery\(\) was called inside a transaction/);
    // Work started inside but run afterwards is free.
    let later: Promise<number> | undefined;
    await database.withTransaction(app, async () => {
      later = new Promise((resolve) => setTimeout(resolve, 50)).then(() => count());
    });
    expect(await later).toBeGreaterThanOrEqual(0);
  });

  it('refuses writes in a read-only transaction', async () => {
    const writing = database.withTransaction({ role: 'app', readOnly: true }, (tx) =>
      tx.insert(note).values({ id: 'read-only', body: 'x' }),
    );
    await expect(writing).rejects.toMatchObject({ cause: { code: '25006' } });
  });

  it('ends a transaction that takes too long, and goes on', async () => {
    const started = performance.now();
    const slow = database.withTransaction({ ...app, timeLimitMs: 200 }, async (tx) => {
      await tx.insert(note).values({ id: 'slow', body: 'x' });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    });
    await expect(slow).rejects.toBeInstanceOf(TransactionTimeoutError);
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(await count(sql`id = 'slow'`)).toBe(0);
  });

  it('survives a time limit that strikes while this thread is busy', async () => {
    const late = database.withTransaction({ ...app, timeLimitMs: 100 }, async (tx) => {
      await tx.execute(sql`select 1`);
      // Holds the thread, so that a limit of the engine's own would strike before our watchdog.
      const until = performance.now() + 500;
      while (performance.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    });
    await expect(late).rejects.toThrow();
    expect(await count(sql`id = 'late'`)).toBe(0);
  });

  it('ends a transaction whose statement takes too long', async () => {
    const slow = database.withTransaction({ ...app, timeLimitMs: 200 }, (tx) =>
      tx.execute(sql`select pg_sleep(1)`),
    );
    const error = await slow.catch((caught: unknown) => caught);
    expect(classifyDatabaseError(error)?.kind).toBe('timeout');
    expect(await count()).toBeGreaterThanOrEqual(0);
  });

  it('moves 20 000 rows both ways', async () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `bulk_${index}`);
    await database.withTransaction(app, async (tx) => {
      const values = sql.join(
        ids.slice(0, 10_000).map((id) => sql`(${id}, 'x')`),
        sql`, `,
      );
      await tx.execute(sql`insert into note (id, body) values ${values}`);
      await tx.execute(
        sql`insert into note (id, body) select id, repeat('ü', 100) from unnest(${sql.param(ids.slice(10_000))}::text[]) as id`,
      );
    });
    const rows = await database.withTransaction(app, (tx) =>
      tx.select().from(note).where(sql`id like 'bulk_%'`),
    );
    expect(rows).toHaveLength(20_000);
    expect(rows.filter((row) => row.body === 'ü'.repeat(100))).toHaveLength(10_000);
  });

  describe('error mapping', () => {
    const failure = async (work: (tx: Transaction) => Promise<unknown>) =>
      classifyDatabaseError(await database.withTransaction(app, work).catch((error: unknown) => error));

    it('names the constraint of each refusal', async () => {
      await database.withTransaction(app, (tx) => tx.insert(note).values({ id: 'taken', body: 'x' }));
      expect(await failure((tx) => tx.insert(note).values({ id: 'taken', body: 'y' }))).toMatchObject({
        kind: 'unique_violation',
        constraint: 'note_pkey',
        table: 'note',
      });
      expect(await failure((tx) => tx.insert(note).values({ id: 'empty', body: '' }))).toMatchObject({
        kind: 'check_violation',
        constraint: 'note_body_check',
      });
      expect(await failure((tx) => tx.execute(sql`insert into reply values ('r', 'nobody')`))).toMatchObject({
        kind: 'foreign_key_violation',
        constraint: 'reply_note_fkey',
      });
      expect(await failure((tx) => tx.execute(sql`insert into note (id) values ('n')`))).toMatchObject({
        kind: 'not_null_violation',
        column: 'body',
      });
    });

    it('tells refusals of rights, faults and foreign errors apart', async () => {
      expect(await failure((tx) => tx.execute(sql`drop table note`))).toMatchObject({
        kind: 'permission_denied',
      });
      expect(await failure((tx) => tx.execute(sql`select nonsense`))).toMatchObject({
        kind: 'other',
        sqlState: '42703',
      });
      expect(classifyDatabaseError(new Error('something else'))).toBeNull();
      expect(classifyDatabaseError('text')).toBeNull();
    });

    it('repeats the work after a serialization failure, a bounded number of times', async () => {
      let runs = 0;
      const work = async (tx: Transaction): Promise<number> => {
        runs++;
        if (runs < 3)
          await tx.execute(sql`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`);
        return runs;
      };
      expect(await database.withTransaction(app, work)).toBe(3);
      runs = -100;
      const error = await database.withTransaction(app, work).catch((caught: unknown) => caught);
      expect(classifyDatabaseError(error)?.kind).toBe('serialization_failure');
      expect(runs).toBe(-97);
    });
  });

  it('delivers notifications, also after the connection was replaced', async () => {
    const received: string[] = [];
    let connected = 0;
    const stop = await database.listen(
      'news',
      (payload) => received.push(payload),
      () => connected++,
    );
    await database.withTransaction(app, (tx) => tx.execute(sql`select pg_notify('news', 'one')`));
    await expect.poll(() => received).toEqual(['one']);
    await expect(database.ownerQuery('select broken')).rejects.toThrow(); // drops the embedded connection
    await database.withTransaction(app, (tx) => tx.execute(sql`select pg_notify('news', 'two')`));
    await expect.poll(() => received).toEqual(['one', 'two']);
    expect(connected).toBeGreaterThanOrEqual(1);
    await stop();
    await database.withTransaction(app, (tx) => tx.execute(sql`select pg_notify('news', 'three')`));
    expect(await count()).toBeGreaterThan(0);
    expect(received).toEqual(['one', 'two']);
  });

  if (open.kind === 'postgres') {
    it('survives that the server cuts a connection in a transaction', async () => {
      let tellPid = (_pid: number): void => undefined;
      const pid = new Promise<number>((resolve) => {
        tellPid = resolve;
      });
      let goOn = (): void => undefined;
      const cut = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const transaction = database.withTransaction(app, async (tx) => {
        await tx.insert(note).values({ id: 'cut', body: 'x' });
        tellPid(Number((await tx.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.pid));
        await cut;
        await new Promise((resolve) => setTimeout(resolve, 50));
        await tx.execute(sql`select 1`);
      });
      const outcome = transaction.catch((error: unknown) => error);
      await database.ownerQuery('select pg_terminate_backend($1)', [await pid]);
      goOn();
      expect(classifyDatabaseError(await outcome)?.kind).toBe('unavailable');
      expect(await count(sql`id = 'cut'`)).toBe(0);
    });
  }

  it('answers a ping and tells its size', async () => {
    expect(await database.ping()).toBeGreaterThan(0);
    expect(await database.sizeBytes()).toBeGreaterThan(1_000_000);
  });

  it('refuses queries after close with a classified error', async () => {
    const other = await open({ migrationsFolder });
    await other.close();
    await other.close();
    const error = await other.withTransaction(app, async () => 1).catch((caught: unknown) => caught);
    expect(classifyDatabaseError(error)?.kind).toBe('unavailable');
  });
});
