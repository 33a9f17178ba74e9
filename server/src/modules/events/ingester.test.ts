import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../platform/database/index.ts';
import { databaseSuite } from '../../testing/index.ts';
import { applyPage } from './apply-page.ts';
import { ReachSketch } from './domain/reach-sketch.ts';
import {
  addHours,
  createIngester,
  ingestedSpend,
  reconcile,
  removeDeliveryOf,
  rollUp,
  storedEventsOf,
} from './index.ts';
import { readSketches, storedReach } from './stored-reach.ts';
import { decision, event, FakeLog, impressionsOf } from './testing/fake-log.ts';

const accountId = 'acc_one00000';
const clock = { now: () => new Date('2026-11-21T09:30:00.000Z') };
let database: Database;
let nodes = 0;

const newLog = () => new FakeLog(`node-${++nodes}`);
const ingester = (source: FakeLog, more: object = {}) =>
  createIngester({ database, source, clock, batchSize: 5, ...more });

/** A campaign of its own per test, so that tests share one database. */
async function counted(campaignId: string): Promise<Record<string, number>> {
  const { rows } = await database.ownerQuery(
    'SELECT event, sum(count)::int AS count FROM delivery_hour WHERE campaign_id = $1 GROUP BY event',
    [campaignId],
  );
  return Object.fromEntries(rows.map((row) => [row.event, row.count]));
}

async function totalsOf(campaignId: string) {
  const counts = await counted(campaignId);
  const spent = await database.ownerQuery(
    'SELECT coalesce(sum(spent_micros), 0)::text AS micros FROM delivery_hour WHERE campaign_id = $1',
    [campaignId],
  );
  return {
    requests: counts.request ?? 0,
    impressions: counts.impression ?? 0,
    starts: counts.start ?? 0,
    firstQuartiles: counts.firstQuartile ?? 0,
    midpoints: counts.midpoint ?? 0,
    thirdQuartiles: counts.thirdQuartile ?? 0,
    completes: counts.complete ?? 0,
    clicks: counts.click ?? 0,
    errors: counts.error ?? 0,
    spentMicros: Number(spent.rows[0]!.micros),
  };
}

async function check(log: FakeLog, campaignId: string) {
  const events = await database.withTransaction({ role: 'app', accountId }, (tx) =>
    storedEventsOf(tx, campaignId),
  );
  return reconcile({ records: log.records, campaignId, totals: await totalsOf(campaignId), events });
}

/** A log with duplicates of every kind: marked by the node, and unmarked as a second node would write them. */
function traffic(log: FakeLog, campaignId: string, decisions: number): void {
  for (let i = 0; i < decisions; i++) {
    const id = `dec_${campaignId}_${i}`;
    const own = { campaignId };
    log.append(decision({ id, ...own, ...(i % 5 === 4 ? { noAd: 'no_budget' } : {}) }));
    if (i % 5 === 4) continue;
    log.append(event(id, 'impression', own), event(id, 'start', own));
    if (i % 2 === 0) log.append(event(id, 'complete', own));
    if (i % 3 === 0) log.append(event(id, 'impression', { ...own, duplicate: true, spendMicros: 0 }));
    if (i % 4 === 0) log.append(event(id, 'start', own));
    if (i % 7 === 0) log.append(event(id, 'error', { ...own, errorCode: 405 }));
  }
}

databaseSuite('ingestion', (open) => {
  beforeAll(async () => {
    database = await open();
    for (const id of [accountId, 'acc_two00000'])
      await database.ownerQuery('INSERT INTO account (id, name) VALUES ($1, $1)', [id]);
  });

  it('counts every record once and agrees with the log', async () => {
    const log = newLog();
    traffic(log, 'cmp_plain000', 40);
    const first = await ingester(log).ingestNow();
    expect(first).toMatchObject({ decisions: 40, unknownAccounts: 0, unattributed: 0 });
    const result = await check(log, 'cmp_plain000');
    expect(result.differences).toEqual([]);
    expect(result).toMatchObject({
      agrees: true,
      log: { requests: 32, impressions: 32, spentMicros: 640_000 },
    });
    expect(await ingester(log).ingestNow()).toMatchObject({ pages: 0, decisions: 0, events: 0 });
  });

  it('counts events of no viewer apart, beside those of a viewer, and once for a reason', async () => {
    const log = newLog();
    const campaignId = 'cmp_invalid0';
    const own = { campaignId };
    const nobodys = { ...own, spendMicros: 0, unbilled: 'invalid_traffic' as const };
    log.append(
      decision({ id: 'dec_invalid', ...own }),
      event('dec_invalid', 'impression', { ...nobodys, invalid: 'prefetch' }),
      event('dec_invalid', 'impression', own),
      // A second node knows nothing of what the first has marked.
      event('dec_invalid', 'impression', { ...nobodys, invalid: 'prefetch' }),
      event('dec_invalid', 'complete', { ...own, invalid: 'impossible_speed' }),
    );
    expect(await ingester(log).ingestNow()).toMatchObject({ events: 3, duplicates: 1 });
    expect(await counted(campaignId)).toEqual({
      request: 1,
      impression: 1,
      invalid_impression: 1,
      invalid_complete: 1,
    });
    const result = await check(log, campaignId);
    expect(result.differences).toEqual([]);
    expect(result).toMatchObject({
      comparedEvents: 3,
      log: { impressions: 1, completes: 0, spentMicros: 20_000 },
    });
    const spend = await database.withTransaction({ role: 'ingester' }, (tx) =>
      ingestedSpend(tx, ['li_one000000']),
    );
    expect(spend.byFlight.get('flt_one00000')!.impressions).toBeGreaterThan(0);
    await database.ownerQuery(
      `UPDATE delivery_event SET invalid = '' WHERE event = 'complete' AND campaign_id = $1`,
      [campaignId],
    );
    expect((await check(log, campaignId)).differences.map(({ kind }) => kind).sort()).toEqual([
      'event_missing',
      'event_unexpected',
    ]);
  });

  it('notices a single event that is missing from the report', async () => {
    const log = newLog();
    traffic(log, 'cmp_dropped0', 6);
    await ingester(log).ingestNow();
    expect((await check(log, 'cmp_dropped0')).agrees).toBe(true);
    await database.ownerQuery(
      `WITH gone AS (DELETE FROM delivery_event WHERE decision_id = 'dec_cmp_dropped0_1' AND event = 'impression' RETURNING *)
       UPDATE delivery_hour h SET count = count - 1, spent_micros = h.spent_micros - gone.spent_micros
       FROM gone WHERE h.campaign_id = gone.campaign_id AND h.event = gone.event`,
    );
    const result = await check(log, 'cmp_dropped0');
    expect(result.agrees).toBe(false);
    expect(result.differences).toEqual([
      { kind: 'event_missing', event: 'impression', decisionId: 'dec_cmp_dropped0_1', position: 1 },
      { kind: 'count_differs', figure: 'impressions', log: 5, report: 4 },
      { kind: 'count_differs', figure: 'spentMicros', log: 100_000, report: 80_000 },
    ]);
  });

  it('counts exactly once through crashes before and after commit', async () => {
    const log = newLog();
    traffic(log, 'cmp_crashing', 60);
    let calls = 0;
    const crashing: Pick<Database, 'withTransaction'> = {
      async withTransaction(context, work) {
        const turn = ++calls % 4;
        const result = await database.withTransaction(context, async (tx) => {
          const value = await work(tx);
          if (turn === 1) throw new Error('killed before commit');
          return value;
        });
        if (turn === 3) throw new Error('killed after commit');
        return result;
      },
    };
    let done = false;
    for (let attempt = 0; attempt < 200 && !done; attempt++) {
      // Each attempt is a process of its own: it knows only what the database kept.
      done = await createIngester({ database: crashing, source: log, clock, batchSize: 4 })
        .ingestNow()
        .then(
          () => true,
          () => false,
        );
    }
    expect(done).toBe(true);
    expect(calls).toBeGreaterThan(40);
    expect((await check(log, 'cmp_crashing')).differences).toEqual([]);
  });

  it('counts exactly once with four ingesters at the same time', async () => {
    const log = newLog();
    traffic(log, 'cmp_rivals00', 50);
    const all = await Promise.all([3, 4, 5, 7].map((batchSize) => ingester(log, { batchSize }).ingestNow()));
    expect(all.reduce((sum, one) => sum + one.decisions, 0)).toBe(50);
    expect((await check(log, 'cmp_rivals00')).differences).toEqual([]);
  });

  it('ignores a page that is replayed or out of order', async () => {
    const log = newLog();
    traffic(log, 'cmp_replayed', 12);
    const apply = (from: { segment: number; offset: number }, limit: number) =>
      database.withTransaction({ role: 'ingester' }, (tx) =>
        applyPage(tx, log.page(from, limit), from, clock.now()),
      );
    const start = { segment: 1, offset: 0 };
    const first = await apply(start, 6);
    expect(first.applied).toBe(true);
    const later = log.entries[20]!;
    expect(await apply({ segment: later.segment, offset: later.offset }, 5)).toMatchObject({
      applied: false,
      position: first.position,
    });
    expect(await apply(start, 6)).toMatchObject({ applied: false, decisions: 0, events: 0 });
    await ingester(log).ingestNow();
    expect((await check(log, 'cmp_replayed')).differences).toEqual([]);
  });

  it('reaches every viewer once, whichever nodes report them and however often', async () => {
    const [first, second] = [newLog(), newLog()];
    const campaignId = 'cmp_reach000';
    const seen = (log: FakeLog, decisionId: string, viewer: number, kind: 'ifa' | 'household', at: string) =>
      log.append(
        event(decisionId, 'impression', {
          campaignId,
          at,
          identity: viewer.toString(16).padStart(16, '0'),
          identityKind: kind,
        }),
      );
    const at = ['2026-11-21T09:10:01.000Z', '2026-11-21T10:10:01.000Z'];
    for (let n = 0; n < 40; n++) seen(n % 2 === 0 ? first : second, `dec_reach_${n}`, n % 8, 'ifa', at[0]!);
    for (let n = 0; n < 6; n++) seen(second, `dec_later_${n}`, 6 + n, 'household', at[1]!);
    // Reported to both, and of a viewer that nobody may know.
    seen(second, 'dec_reach_0', 0, 'ifa', at[0]!);
    first.append(event('dec_nobody', 'impression', { campaignId }));
    first.append(
      event('dec_reach_1', 'start', { campaignId, identity: 'f'.repeat(16), identityKind: 'ifa' }),
    );
    first.append(
      event('dec_bot', 'impression', {
        campaignId,
        identity: 'e'.repeat(16),
        identityKind: 'ifa',
        invalid: 'prefetch',
        spendMicros: 0,
        unbilled: 'invalid_traffic',
      }),
    );
    await Promise.all([first, second, first].map((log) => ingester(log).ingestNow()));

    const own = await database.withTransaction({ role: 'app', accountId }, async (tx) => {
      const rows = [...(await storedReach(tx)).values()].filter((row) => row.campaign_id === campaignId);
      await readSketches(tx, rows);
      return rows.map((row) => ({ ...row, sketch: row.sketch! }));
    });
    const union = new ReachSketch();
    for (const { sketch } of own) union.merge(sketch);
    expect(own.map(({ lasting, household }) => lasting + household).sort()).toEqual([40, 6].sort());
    expect(own.map(({ sketch }) => Math.round(sketch.estimate())).sort()).toEqual([6, 8]);
    // Two of the later six had been seen before.
    expect(Math.round(union.estimate())).toBe(12);
    expect((await counted(campaignId)).impression).toBe(47);
    const others = await database.withTransaction({ role: 'app', accountId: 'acc_two00000' }, storedReach);
    expect([...others.values()].filter((row) => row.campaign_id === campaignId)).toEqual([]);
  });

  it('counts an event that two nodes report once', async () => {
    const [left, right] = [newLog(), newLog()];
    const own = { campaignId: 'cmp_twonodes' };
    left.append(event('dec_shared', 'impression', own), event('dec_shared', 'start', own));
    right.append(event('dec_shared', 'impression', own), event('dec_shared', 'complete', own));
    await Promise.all([ingester(left).ingestNow(), ingester(right).ingestNow()]);
    expect(await totalsOf('cmp_twonodes')).toMatchObject({
      impressions: 1,
      starts: 1,
      completes: 1,
      spentMicros: 20_000,
    });
  });

  it('skips and counts records of accounts that do not exist', async () => {
    const log = newLog();
    const stranger = { accountId: 'acc_gone0000', campaignId: 'cmp_gone0000' };
    log.append(
      decision({ id: 'dec_gone', ...stranger }),
      event('dec_gone', 'impression', stranger),
      decision({ id: 'dec_here', campaignId: 'cmp_here0000' }),
    );
    expect(await ingester(log).ingestNow()).toMatchObject({ unknownAccounts: 2, decisions: 1, events: 0 });
    expect(await counted('cmp_here0000')).toEqual({ request: 1 });
  });

  it('keeps what the node did not know as unknown, in no campaign', async () => {
    const log = newLog();
    const unknown = { campaignId: null, flightId: null, currency: null, placementId: null, spendMicros: 0 };
    log.append(
      event('dec_unknown', 'impression', {
        ...unknown,
        lineItemId: 'li_unknown00',
        unbilled: 'line_item_unknown',
      }),
    );
    expect(await ingester(log).ingestNow()).toMatchObject({ events: 1, unattributed: 1 });
    const { rows } = await database.ownerQuery(
      "SELECT * FROM delivery_hour WHERE line_item_id = 'li_unknown00'",
    );
    expect(rows).toMatchObject([
      { campaign_id: '', flight_id: '', currency: '', reason: 'line_item_unknown' },
    ]);
  });

  it('keeps why there was no ad, whatever the text', async () => {
    const log = newLog();
    const strange = { id: 'dec_n1', accountId: 'acc_two00000', at: '2026-11-20T23:59:59.999Z' };
    log.append(decision({ ...strange, noAd: 'geo' }), decision({ ...strange, id: 'dec_n2', noAd: '\u0000' }));
    await ingester(log).ingestNow();
    const { rows } = await database.ownerQuery(
      "SELECT reason, campaign_id, hour FROM delivery_hour WHERE account_id = 'acc_two00000' ORDER BY reason",
    );
    expect(rows).toMatchObject([
      { reason: 'geo', campaign_id: '', hour: new Date('2026-11-20T23:00:00.000Z') },
      { reason: 'unknown' },
    ]);
  });

  it('answers spend and position from one transaction, for the snapshot', async () => {
    const log = newLog();
    log.append(
      event('dec_spend', 'impression', {
        campaignId: 'cmp_spend000',
        lineItemId: 'li_spend0000',
        flightId: 'flt_spend000',
      }),
    );
    log.append(
      event('dec_spend2', 'impression', {
        campaignId: 'cmp_spend000',
        lineItemId: 'li_spend0000',
        flightId: null,
      }),
    );
    await ingester(log).ingestNow();
    const spend = await database.withTransaction({ role: 'snapshot_builder', readOnly: true }, (tx) =>
      ingestedSpend(tx, ['li_spend0000']),
    );
    expect(spend.byLineItem).toEqual(new Map([['li_spend0000', 40_000]]));
    expect(spend.byFlight).toEqual(new Map([['flt_spend000', { micros: 20_000, impressions: 1 }]]));
    expect(spend.ingestedThrough[await log.nodeId()]).toEqual(log.end);
  });

  it('goes on by itself after the node was away, tells since when it is fresh, and stops at once', async () => {
    const log = newLog();
    log.isAway = true;
    const failures: number[] = [];
    const batches: string[][] = [];
    const running = ingester(log, {
      backOffMs: { first: 5, longest: 20 },
      onError: (_error: unknown, count: number) => failures.push(count),
      onIngested: (batch: { accountIds: string[] }) => batches.push(batch.accountIds),
    });
    running.start();
    await until(() => failures.length >= 3);
    expect(failures.slice(0, 3)).toEqual([1, 2, 3]);
    expect(running.state()).toMatchObject({ freshAt: null, failure: { kind: 'unavailable' } });
    traffic(log, 'cmp_awayback', 4);
    log.isAway = false;
    await until(() => running.state().freshAt !== null);
    expect(running.state()).toMatchObject({ failure: null, decisions: 4, position: log.end });
    expect(batches.flat()).toContain(accountId);
    await running.stop();
    const reads = log.reads;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(log.reads).toBe(reads);
    expect((await check(log, 'cmp_awayback')).agrees).toBe(true);
  });

  it('lets an account remove what its own campaigns delivered, and nobody else', async () => {
    const log = newLog();
    traffic(log, 'cmp_removed0', 3);
    await ingester(log).ingestNow();
    const remove = (owner: string) =>
      database.withTransaction({ role: 'app', accountId: owner }, (tx) =>
        removeDeliveryOf(tx, ['cmp_removed0']),
      );
    await remove('acc_two00000');
    expect((await check(log, 'cmp_removed0')).agrees).toBe(true);
    await remove(accountId);
    expect(await counted('cmp_removed0')).toEqual({});
  });

  it('adds history that no log holds, beside what was ingested', async () => {
    const log = newLog();
    traffic(log, 'cmp_history0', 5);
    await ingester(log).ingestNow();
    const hour = impressionsOf('2026-11-21T09:00:00.000Z', 10, {
      account_id: accountId,
      campaign_id: 'cmp_history0',
    });
    await database.withTransaction({ role: 'ingester' }, (tx) => addHours(tx, rollUp([hour, hour])));
    expect(await totalsOf('cmp_history0')).toMatchObject({ impressions: 24, spentMicros: 480_000 });
    expect((await check(log, 'cmp_history0')).differences).toMatchObject([
      { kind: 'count_differs', figure: 'impressions', log: 4, report: 24 },
      { kind: 'count_differs', figure: 'spentMicros', log: 80_000, report: 480_000 },
    ]);
  });

  it('can read no tenant content as ingester', async () => {
    for (const table of ['campaign', 'creative', 'app_user'])
      await expect(
        database.withTransaction({ role: 'ingester' }, (tx) => tx.execute(`SELECT * FROM ${table}`)),
      ).rejects.toThrow();
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 5000; !condition(); ) {
    if (performance.now() > deadline) throw new Error('the condition did not come true within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
