import type { CallOptions, EventsRebuild, EventsVerification, Role } from '@cuepoint/contract';
import { sql } from 'drizzle-orm';
import type { EventRecord } from '../../../kernel/delivery-protocol.ts';
import type { Database } from '../../../platform/database/index.ts';
import { createTestApp, type TestApp } from '../../../testing/test-app.ts';
import { createEvents, createIngester, type TruthPorts } from '../index.ts';
import { decision, event, FakeLog } from './fake-log.ts';

const clock = { now: () => new Date('2026-11-21T09:30:00.000Z') };

/** Operations against logs in memory, and what is stored, as text to compare. */
export interface TruthWorld {
  app: TestApp;
  logs: FakeLog[];
  campaigns: Map<string, { demo: boolean }>;
  settings: Pick<TruthPorts, 'pageSize' | 'rememberedEvents'>;
  /** Forgets logs and what was counted, and begins with one empty log. */
  reset(): Promise<FakeLog>;
  addLog(node: string): FakeLog;
  ingest(...logs: FakeLog[]): Promise<void>;
  verify(options?: { account?: 0 | 1; limit?: number }): Promise<EventsVerification>;
  rebuild(options?: CallOptions & { role?: Role; account?: 0 | 1 }): Promise<EventsRebuild>;
  /** Runs a statement as the owner of the database, with the account's id for `:mine`; answers how many rows it hit. */
  damage(sql: string): Promise<number>;
  /** Every stored row of an account. */
  rows(account?: 0 | 1): Promise<{ events: string[]; hours: string[]; reach: string[]; nodeSpend: string[] }>;
}

export async function truthWorld(database: Database): Promise<TruthWorld> {
  const logs: FakeLog[] = [];
  const campaigns: TruthWorld['campaigns'] = new Map();
  const settings: TruthWorld['settings'] = {};
  const app = await createTestApp(
    database,
    () =>
      createEvents({
        database,
        logs,
        campaigns: async () => new Map(campaigns),
        timeline: async () => 'away',
        nodes: [],
        ingester: () => null,
        archive: null,
        get pageSize() {
          return settings.pageSize ?? 6;
        },
        get rememberedEvents() {
          return settings.rememberedEvents ?? 1000;
        },
      }).operations,
  );
  const world: TruthWorld = {
    app,
    logs,
    campaigns,
    settings,
    async reset() {
      await database.ownerQuery(
        'DELETE FROM log_offset; DELETE FROM delivery_event; DELETE FROM delivery_hour; DELETE FROM delivery_reach',
      );
      for (const accountId of app.accounts)
        await database.withTransaction({ role: 'app', accountId }, (tx) =>
          tx.execute(sql`DELETE FROM node_spend`),
        );
      logs.length = 0;
      campaigns.clear();
      for (const id of ['cmp_one00000', 'cmp_two00000']) campaigns.set(id, { demo: false });
      delete settings.pageSize;
      delete settings.rememberedEvents;
      return world.addLog('node-1');
    },
    addLog(node) {
      const log = new FakeLog(node);
      logs.push(log);
      return log;
    },
    async ingest(...given) {
      for (const source of given.length > 0 ? given : logs)
        await createIngester({ database, source, clock, batchSize: 5 }).ingestNow();
    },
    async verify({ account = 0, limit = 50 } = {}) {
      return (await app.call('events.verifyEvents', { limit }, { account })) as EventsVerification;
    },
    async rebuild(options = {}) {
      return (await app.call('events.rebuildEvents', {}, options)) as EventsRebuild;
    },
    async damage(text) {
      const statement = text.replaceAll(':mine', `'${app.accounts[0]}'`);
      const counting = `WITH done AS (${statement} RETURNING 1) SELECT count(*)::int AS n FROM done`;
      const byApp = { role: 'app', accountId: app.accounts[0] } as const;
      // Nobody but the account itself takes its spend by node away.
      const { rows } = statement.startsWith('DELETE FROM node_spend')
        ? await database.withTransaction(byApp, (tx) => tx.execute<{ n: number }>(sql.raw(counting)))
        : await database.ownerQuery(counting);
      return Number(rows[0]!.n);
    },
    async rows(account = 0) {
      const of = async (table: string) => {
        const { rows } = await database.ownerQuery(
          `SELECT t::text AS row FROM ${table} t WHERE account_id = $1 ORDER BY 1`,
          [app.accounts[account]],
        );
        return rows.map(({ row }) => String(row));
      };
      return {
        events: await of('delivery_event'),
        hours: await of('delivery_hour'),
        reach: await of('delivery_reach'),
        nodeSpend: await of('node_spend'),
      };
    },
  };
  return world;
}

/** Where viewers are and what they watch on; empty: unknown. */
const VIEWERS = [
  ['US', 'ctv'],
  ['DE', 'phone'],
  ['', 'ctv'],
  ['US', ''],
] as const;

/** Whose impressions are whose, some of them nobody's. */
const WHO: readonly Pick<EventRecord, 'identity' | 'identityKind'>[] = [
  { identity: '00000000000000a1', identityKind: 'ifa' },
  { identity: '00000000000000b2', identityKind: 'household' },
  { identity: null, identityKind: 'none' },
  { identity: '00000000000000c3', identityKind: 'supplied' },
  { identity: '00000000000000a1', identityKind: 'ifa' },
  { identity: '00000000000000d4', identityKind: 'session' },
  { identity: null, identityKind: 'none' },
];

/**
 * Traffic of an account over several hours: breaks that fill and that do not, events of two campaigns, repetitions that
 * the node marked and that it did not.
 */
export function traffic(log: FakeLog, accountId: string, decisions: number, from = 0): void {
  for (let i = from; i < from + decisions; i++) {
    const id = `dec_${String(i).padStart(6, '0')}`;
    const at = new Date(Date.parse('2026-11-21T06:10:00.000Z') + i * 7 * 60_000).toISOString();
    const campaignId = i % 3 === 0 ? 'cmp_two00000' : 'cmp_one00000';
    const [country, deviceType] = VIEWERS[i % VIEWERS.length]!;
    const ofTwo = { lineItemId: 'li_two000000', flightId: 'flt_two00000' };
    const own = { accountId, campaignId, at, country, deviceType, ...(i % 3 === 0 && ofTwo) };
    const who = WHO[i % WHO.length]!;
    const facts = { ...(country && { country }), device: deviceType || 'unknown' };
    log.append(
      decision({ id, accountId, campaignId, at, facts, ...(i % 5 === 4 ? { noAd: 'no_budget' } : {}) }),
    );
    if (i % 5 === 4) continue;
    log.append(event(id, 'impression', { ...own, ...who }), event(id, 'start', own));
    if (i % 2 === 0) log.append(event(id, 'complete', own));
    if (i % 3 === 0) log.append(event(id, 'impression', { ...own, ...who, duplicate: true, spendMicros: 0 }));
    if (i % 4 === 0) log.append(event(id, 'start', own));
    if (i % 6 === 0)
      log.append(
        event(id, 'impression', { ...own, position: 2, spendMicros: 0, unbilled: 'budget_exhausted' }),
      );
    if (i % 7 === 0) log.append(event(id, 'error', { ...own, errorCode: 405 }));
    if (i % 8 === 0)
      log.append(
        event(id, 'impression', {
          ...own,
          ...who,
          spendMicros: 0,
          unbilled: 'invalid_traffic',
          invalid: 'prefetch',
        }),
      );
  }
}
