import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { databaseSuite, foundationMigrations } from '../../testing/index.ts';
import { classifyDatabaseError, type Database, type Transaction } from './index.ts';

const migrationsFolder = foundationMigrations({
  '0001_sample': `
    create table box (id text primary key, account_id text not null, label text not null, unique (account_id, id));
    --> statement-breakpoint
    create table item (
      id text primary key, account_id text not null, box_id text not null, unique (account_id, id),
      foreign key (account_id, box_id) references box (account_id, id));
    --> statement-breakpoint
    select cuepoint.protect_tenant_table('box');
    --> statement-breakpoint
    select cuepoint.protect_tenant_table('item');
    --> statement-breakpoint
    select cuepoint.allow_all_accounts('box', 'cuepoint_snapshot_builder', '{select}');
    --> statement-breakpoint
    create table loose (id text primary key, account_id text);`,
});

databaseSuite('row-level security', (open) => {
  let database: Database;
  const as = <T>(accountId: string | undefined, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withTransaction({ role: 'app', accountId }, work);
  const kindOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'accepted',
      (error: unknown) => classifyDatabaseError(error)?.kind,
    );

  beforeAll(async () => {
    database = await open({ migrationsFolder });
    for (const account of ['a', 'b']) {
      await as(account, async (tx) => {
        await tx.execute(sql`insert into box values (${`box_${account}`}, ${account}, 'mine')`);
        await tx.execute(
          sql`insert into item values (${`item_${account}`}, ${account}, ${`box_${account}`})`,
        );
      });
    }
  });

  it('shows each account its own rows and nobody any without an account', async () => {
    const ids = async (account: string | undefined) =>
      (await as(account, (tx) => tx.execute(sql`select id from box order by id`))).rows.map((row) => row.id);
    expect(await ids('a')).toEqual(['box_a']);
    expect(await ids('b')).toEqual(['box_b']);
    expect(await ids(undefined)).toEqual([]);
    expect(await ids('')).toEqual([]);
  });

  it('neither changes, deletes, moves nor plants rows in another account', async () => {
    const changed = await as('a', (tx) =>
      tx.execute(sql`update box set label = 'stolen' where id = 'box_b'`),
    );
    expect(changed.rowCount).toBe(0);
    const deleted = await as('a', (tx) => tx.execute(sql`delete from box where id = 'box_b'`));
    expect(deleted.rowCount).toBe(0);
    expect(
      await kindOf(as('a', (tx) => tx.execute(sql`insert into box values ('box_x', 'b', 'planted')`))),
    ).toBe('permission_denied');
    expect(
      await kindOf(as('a', (tx) => tx.execute(sql`update box set account_id = 'b' where id = 'box_a'`))),
    ).toBe('permission_denied');
    const kept = await as('b', (tx) => tx.execute(sql`select label from box`));
    expect(kept.rows).toEqual([{ label: 'mine' }]);
  });

  it('refuses a link to a row of another account', async () => {
    expect(
      await kindOf(as('a', (tx) => tx.execute(sql`insert into item values ('item_x', 'a', 'box_b')`))),
    ).toBe('foreign_key_violation');
    expect(
      await kindOf(as('a', (tx) => tx.execute(sql`insert into item values ('item_y', 'a', 'box_a')`))),
    ).toBe('accepted');
  });

  it('gives other roles exactly what was granted', async () => {
    const all = await database.withTransaction({ role: 'snapshot_builder' }, (tx) =>
      tx.execute(sql`select id from box`),
    );
    expect(all.rows).toHaveLength(2);
    const builder = (query: ReturnType<typeof sql>) =>
      kindOf(database.withTransaction({ role: 'snapshot_builder' }, (tx) => tx.execute(query)));
    expect(await builder(sql`select id from item`)).toBe('permission_denied');
    expect(await builder(sql`update box set label = 'x'`)).toBe('permission_denied');
    for (const role of ['ingester', 'scheduler', 'signin'] as const) {
      expect(
        await kindOf(database.withTransaction({ role }, (tx) => tx.execute(sql`select id from box`))),
      ).toBe('permission_denied');
    }
  });

  it('forces the policies on the owner of the tables too', async () => {
    const { rows } = await database.ownerQuery(
      `select relname, relrowsecurity and relforcerowsecurity as forced from pg_class where relname in ('box', 'item') order by 1`,
    );
    expect(rows).toEqual([
      { relname: 'box', forced: true },
      { relname: 'item', forced: true },
    ]);
    // The embedded database has no owner but the superuser, whom no policy binds.
    if (open.kind === 'postgres') expect((await database.ownerQuery('select id from item')).rows).toEqual([]);
  });

  it('lets no application role become another or run the helpers of migrations', async () => {
    if (open.kind === 'postgres') {
      const { rows } = await database.ownerQuery(
        `select pg_has_role('cuepoint_app', 'cuepoint_snapshot_builder', 'MEMBER') as member`,
      );
      expect(rows[0]?.member).toBe(false);
    }
    expect(await kindOf(as('a', (tx) => tx.execute(sql`select cuepoint.protect_tenant_table('box')`)))).toBe(
      'permission_denied',
    );
  });

  it('takes away what a host grants on new tables by default', async () => {
    await database.ownerQuery('create role anon nologin');
    await database.ownerQuery(`
      alter default privileges in schema public grant all on tables to anon;
      create table hosted (id text primary key, account_id text not null, unique (account_id, id))`);
    const granted = async () => {
      const { rows } = await database.ownerQuery(
        `select has_table_privilege('anon', 'hosted', 'select') as granted`,
      );
      return rows[0]?.granted;
    };
    expect(await granted()).toBe(true);
    await database.ownerQuery(`select cuepoint.protect_tenant_table('hosted')`);
    expect(await granted()).toBe(false);
  });

  it('refuses to protect a table without a proper account column, and to open one to the app role', async () => {
    await expect(database.ownerQuery(`select cuepoint.protect_tenant_table('loose')`)).rejects.toThrow(
      'tenant table public.loose needs a column "account_id text not null"',
    );
    await expect(
      database.ownerQuery(`select cuepoint.allow_all_accounts('box', 'cuepoint_app', '{select}')`),
    ).rejects.toThrow('may not be let past');
  });
});
