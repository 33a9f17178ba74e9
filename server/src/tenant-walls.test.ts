import { readdirSync } from 'node:fs';
import { is, sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Database,
  type DatabaseRole,
  databaseRoles,
  type Transaction,
} from './platform/database/index.ts';
import { databaseSuite } from './testing/index.ts';
import { isTenantTable, readPrivileges, readSchemaFacts, type TableFact } from './testing/schema-facts.ts';
import { insertRow, type TenantRows, tenantRows } from './testing/tenant-rows.ts';

/** Append-only rows that nothing refers to: they need no key for links. */
const leaves = ['approval_event', 'audit_record', 'deployment_attempt'];

/**
 * Fields that name another object without a foreign key, each for a reason:
 * ids of other systems, of actors that may be gone, and of what a log line was about.
 */
const looseFields = [
  'app.store_id',
  'approval_event.actor_id',
  'audit_record.actor_id',
  'audit_record.entity_id',
  'audit_record.request_id',
  'creative.universal_ad_id',
  'delivery_event.campaign_id',
  'delivery_event.creative_id',
  'delivery_event.decision_id',
  'delivery_event.flight_id',
  'delivery_event.line_item_id',
  'delivery_event.placement_id',
  'delivery_hour.campaign_id',
  'delivery_hour.creative_id',
  'delivery_hour.flight_id',
  'delivery_hour.line_item_id',
  'delivery_hour.placement_id',
  'delivery_reach.campaign_id',
  'delivery_reach.line_item_id',
  'deployment_step.external_id',
  'generation_scene.external_id',
  'line_item_loss_hour.line_item_id',
  'node_spend.flight_id',
  'node_spend.line_item_id',
  'qc_result.pack_id',
  'report_view.owner_id',
];

const all = ['select', 'insert', 'update', 'delete'];

/** Everything that each role beside `app` may do. What is not here is refused. */
const roleRights: Record<Exclude<DatabaseRole, 'app' | 'backup'>, Record<string, string[]>> = {
  ingester: {
    account: ['select(id)'],
    delivery_event: ['select', 'insert', 'update'],
    delivery_hour: ['select', 'insert', 'update'],
    delivery_reach: ['select', 'insert', 'update'],
    explained_hour: ['select'],
    log_offset: ['select', 'insert', 'update'],
    node_spend: ['select', 'insert', 'update'],
  },
  lender: {
    budget_lease: all,
    budget_pot: all,
    delivery_event: ['select'],
    delivery_hour: ['select'],
    lease_node: ['select', 'insert', 'update'],
    log_offset: ['select'],
    node_spend: ['select'],
  },
  scheduler: {
    account: ['select'],
    creative: ['select(account_id,approval,asset_id,id,status,updated_at)'],
    deployment: ['select(account_id,id,next_attempt_at,status,updated_at)'],
    generation_job: ['select(account_id,id,status,updated_at)'],
    hls_package: ['select(account_id,asset_id,retry_at,status,updated_at)'],
    log_offset: ['select'],
    report_run: ['select(account_id,id,next_attempt_at,status,updated_at)'],
    report_schedule: ['select(account_id,id,next_run_at,status)'],
    spec_pack: all,
    supply_path: all,
    viewer_erasure: ['select(account_id,archive_at,gone_at,id,nodes_at,requested_at)'],
  },
  snapshot_builder: {
    account: ['select'],
    app: ['select'],
    asset: ['select'],
    brand: ['select'],
    campaign: ['select'],
    creative: ['select'],
    delivery_hour: ['select'],
    flight: ['select'],
    hls_package: ['select'],
    line_item: ['select'],
    line_item_creative: ['select'],
    log_offset: ['select'],
    backup: ['select'],
    placement: ['select'],
    publisher: ['select'],
    qc_result: ['select(account_id,blocks,creative_id,pack_id)'],
  },
  signin: {
    account: all,
    api_key: ['select', 'update(last_used_at)'],
    app_user: all,
    audit_record: ['insert'],
    idempotency_key: ['select', 'insert', 'update'],
    membership: all,
    session: all,
    sign_in_link: all,
    sign_in_throttle: all,
  },
};

/** Code of what PostgreSQL answers: `ok n` with the number of rows, or the SQLSTATE. */
async function outcome(work: Promise<{ rowCount: number | null }>): Promise<string> {
  try {
    const result = await work;
    return `ok ${result.rowCount ?? 0}`;
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause ?? (error as { code?: string });
    if (cause.code === undefined) throw error;
    return cause.code;
  }
}

const denied = '42501';
const noSuchParent = '23503';

databaseSuite('walls between tenants', (open) => {
  const [mine, theirs] = ['acc_walls_mine', 'acc_walls_theirs'] as const;
  let database: Database;
  let tables: TableFact[];
  let tenant: TableFact[];
  let rows: TenantRows;

  const as = <T>(role: DatabaseRole, accountId: string | undefined, work: (tx: Transaction) => Promise<T>) =>
    database.withTransaction({ role, accountId, attempts: 1 }, work);

  beforeAll(async () => {
    database = await open();
    tables = await readSchemaFacts(database);
    tenant = tables.filter(isTenantTable);
    const writers = new Map<string, DatabaseRole>();
    for (const role of databaseRoles) {
      const rights = await readPrivileges(database, tables, `cuepoint_${role}`);
      for (const [table, held] of Object.entries(rights)) {
        if (held.includes('insert') && !writers.has(table)) writers.set(table, role);
      }
    }
    rows = tenantRows(database, tables, writers);
    for (const table of tenant) {
      for (const account of [mine, theirs]) await rows.rowOf(table.name, account);
    }
  });

  it('sees the tables it is about', () => {
    expect(tables.length).toBeGreaterThanOrEqual(28);
    expect(tenant.length).toBeGreaterThanOrEqual(22);
  });

  it('has row-level security forced and a policy on every table', () => {
    const open = tables.filter((table) => !table.enabled || !table.forced || table.policies.length === 0);
    expect(open.map((table) => table.name)).toEqual([]);
  });

  it('lets the app role past no other account, by policy', () => {
    const ours = '(account_id = ( SELECT cuepoint.account_id() AS account_id))';
    const loose = tenant.flatMap((table) =>
      table.policies
        .filter((policy) => policy.roles.some((role) => role === 'cuepoint_app' || role === 'public'))
        .filter((policy) => [policy.using, policy.check].some((text) => text !== null && text !== ours))
        .map((policy) => `${table.name}.${policy.name}`),
    );
    expect(loose).toEqual([]);
  });

  it('can be linked to within the account on every tenant table', () => {
    const without = tenant.filter(
      (table) =>
        table.columns.some((column) => column.name === 'id') &&
        !table.uniqueKeys.some((key) => key.join() === 'account_id,id'),
    );
    expect(without.map((table) => table.name)).toEqual(leaves);
    const referred = new Set(tables.flatMap((table) => table.foreignKeys.map((key) => key.target)));
    expect(leaves.filter((leaf) => referred.has(leaf))).toEqual([]);
  });

  it('carries the account in every link between tenant tables', () => {
    const names = new Set(tenant.map((table) => table.name));
    const crossing = tenant.flatMap((table) =>
      table.foreignKeys
        .filter((key) => names.has(key.target))
        .filter((key) => key.targetColumns[key.columns.indexOf('account_id')] !== 'account_id')
        .map((key) => `${table.name}.${key.name}`),
    );
    expect(crossing).toEqual([]);
  });

  it('links every id-bearing field, or says why not', () => {
    const loose = tenant.flatMap((table) => {
      const linked = new Set(table.foreignKeys.flatMap((key) => key.columns));
      return table.columns
        .map((column) => column.name)
        .filter((name) => name.endsWith('_id') && !linked.has(name))
        .map((name) => `${table.name}.${name}`);
    });
    expect(loose.sort()).toEqual([...looseFields].sort());
  });

  it('shows an account its own rows only, and nobody any without an account', async () => {
    for (const table of tenant) {
      const read = (accountId: string | undefined) =>
        outcome(as('app', accountId, (tx) => tx.execute(sql`select * from ${sql.identifier(table.name)}`)));
      const expected =
        rows.writerOf(table.name) === 'signin' && table.name !== 'membership' ? denied : 'ok 1';
      expect(await read(mine), `${table.name} read by its account`).toBe(expected);
      expect(await read(undefined), `${table.name} read by nobody`).toBe(
        expected === denied ? denied : 'ok 0',
      );
      if (expected === denied) continue;
      const seen = await as('app', mine, (tx) =>
        tx.execute(sql`select account_id from ${sql.identifier(table.name)}`),
      );
      expect(seen.rows, table.name).toEqual([{ account_id: mine }]);
    }
  });

  it('changes, moves, removes and plants nothing across accounts', async () => {
    for (const table of tenant) {
      const name = sql.identifier(table.name);
      const attempt = (work: (tx: Transaction) => Promise<{ rowCount: number | null }>) =>
        outcome(as('app', mine, work));
      const theirRow = sql`account_id = ${theirs}`;
      const untouched = [denied, 'ok 0'];
      expect(untouched, `${table.name} changed`).toContain(
        await attempt((tx) => tx.execute(sql`update ${name} set account_id = account_id where ${theirRow}`)),
      );
      expect(untouched, `${table.name} removed`).toContain(
        await attempt((tx) => tx.execute(sql`delete from ${name} where ${theirRow}`)),
      );
      expect(
        await attempt((tx) => tx.execute(sql`update ${name} set account_id = ${theirs}`)),
        table.name,
      ).toBe(denied);
      const planted = await rows.freshRow(table.name, theirs);
      expect(await attempt((tx) => insertRow(tx, table.name, planted)), `${table.name} planted`).toBe(denied);
    }
  });

  it('accepts no link into another account, whoever writes it', async () => {
    const names = new Set(tenant.map((table) => table.name));
    let links = 0;
    for (const table of tenant) {
      for (const key of table.foreignKeys.filter((candidate) => names.has(candidate.target))) {
        links += 1;
        const parent = await rows.rowOf(key.target, theirs);
        const foreign = Object.fromEntries(
          key.columns
            .map((column, index) => [column, parent[key.targetColumns[index]!]] as const)
            .filter(([column]) => column !== 'account_id'),
        );
        const row = { ...(await rows.freshRow(table.name, mine)), ...foreign };
        const write = outcome(as(rows.writerOf(table.name), mine, (tx) => insertRow(tx, table.name, row)));
        expect(await write, `${table.name}.${key.name}`).toBe(noSuchParent);
        const set = sql.join(
          Object.entries(foreign).map(([column, value]) => sql`${sql.identifier(column)} = ${value}`),
          sql`, `,
        );
        const change = as('app', mine, (tx) =>
          tx.execute(sql`update ${sql.identifier(table.name)} set ${set}`),
        );
        expect([denied, noSuchParent], `${table.name}.${key.name} changed`).toContain(await outcome(change));
      }
    }
    expect(links).toBeGreaterThanOrEqual(18);
  });

  describe.each(Object.entries(roleRights))('the role %s', (name, expected) => {
    const role = name as DatabaseRole;

    it('has exactly the rights that are written down', async () => {
      expect(await readPrivileges(database, tables, `cuepoint_${role}`)).toEqual(expected);
    });

    it('is refused everything else', async () => {
      for (const table of tables) {
        const target = sql.identifier(table.name);
        const key = sql.identifier(table.primaryKey[0]!);
        const statements = {
          select: sql`select * from ${target}`,
          insert: sql`insert into ${target} default values`,
          update: sql`update ${target} set ${key} = ${key}`,
          delete: sql`delete from ${target}`,
        };
        for (const [privilege, statement] of Object.entries(statements)) {
          if (expected[table.name]?.includes(privilege)) continue;
          const answer = await outcome(as(role, mine, (tx) => tx.execute(statement)));
          expect(answer, `${role} ${privilege} ${table.name}`).toBe(denied);
        }
      }
    });

    it('neither owns a table nor passes policies by', async () => {
      const { rows: found } = await database.ownerQuery(
        `select rolsuper or rolbypassrls or rolcreaterole or rolcanlogin as too_much,
           (select count(*) from pg_class where relowner = r.oid)::int as owns from pg_roles r where rolname = $1`,
        [`cuepoint_${role}`],
      );
      expect(found).toEqual([{ too_much: false, owns: 0 }]);
    });
  });

  it('lets a backup read every table, whatever is added, and write its own list alone', async () => {
    const expected = Object.fromEntries(
      tables.map(({ name }) => [
        name,
        name === 'backup' ? ['select', 'insert', 'update(verified_at)'] : ['select'],
      ]),
    );
    expect(await readPrivileges(database, tables, 'cuepoint_backup')).toEqual(expected);
    for (const table of tenant) {
      const name = sql.identifier(table.name);
      const seen = await as('backup', undefined, (tx) =>
        tx.execute(sql`select distinct account_id from ${name} where account_id in (${mine}, ${theirs})`),
      );
      expect(seen.rowCount, table.name).toBe(2);
      for (const change of [
        sql`insert into ${name} default values`,
        sql`update ${name} set account_id = ${theirs}`,
        sql`delete from ${name}`,
      ])
        expect(await outcome(as('backup', mine, (tx) => tx.execute(change))), table.name).toBe(denied);
    }
  });

  it('has the columns that the code declares', async () => {
    const modules = new URL('./modules/', import.meta.url);
    const declared = new Map<string, string[]>();
    for (const module of readdirSync(modules)) {
      const folder = new URL(`${module}/`, modules);
      if (!readdirSync(folder).includes('tables.ts')) continue;
      const exported = (await import(new URL('tables.ts', folder).pathname)) as Record<string, unknown>;
      for (const table of Object.values(exported)) {
        if (!is(table, PgTable)) continue;
        const { name, columns } = getTableConfig(table);
        expect(declared.has(name), `${name} is declared twice`).toBe(false);
        declared.set(
          name,
          columns.map((column) => describeColumn(column.name, column.getSQLType(), column.notNull)).sort(),
        );
      }
    }
    const present = tables.map((table): [string, string[]] => [
      table.name,
      table.columns.map((column) => describeColumn(column.name, column.type, column.notNull)).sort(),
    ]);
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(present));
  });
});

const describeColumn = (name: string, type: string, notNull: boolean): string =>
  `${name} ${type}${notNull ? ' not null' : ''}`;
