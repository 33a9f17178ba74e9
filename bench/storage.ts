/**
 * What counting and reporting cost beside plain PostgreSQL, and how that grows with what is stored:
 *
 *     node --import tsx --conditions=@cuepoint/source bench/storage.ts [--events 100000,1000000,10000000] [--name storage]
 *
 * At each volume: an ingester counts a log beside `COPY` of the very rows it stored, and delivery reports of thirty days
 * are asked for through the pipeline beside `count(*)` of the events. Everything in one run on one server, whose fsync is
 * off for both sides: read the ratios. The history is written by SQL, in the shape in which the ingester would leave it.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TrackingEvent } from '../server/src/kernel/delivery-protocol.ts';
import { type Database, openDatabase } from '../server/src/platform/database/index.ts';
import { startControlApp } from '../server/src/testing/control-app.ts';
import { adOf, deliver, type TestCampaign } from '../server/src/testing/delivered-world.ts';
import { startPostgres } from '../server/src/testing/postgres-server.ts';
import { median } from './tables.ts';

const DAYS = 30;
const LOG_ADS = 3000;
const REPORTS: readonly string[][] = [
  ['day'],
  ['hour'],
  ['campaign'],
  ['day', 'campaign'],
  ['country', 'device'],
  ['placement', 'creative'],
];
const EVENTS: readonly TrackingEvent[] = [
  'impression',
  'start',
  'firstQuartile',
  'midpoint',
  'thirdQuartile',
  'complete',
];

interface Cost {
  readonly events: number;
  readonly hours: number;
  readonly ingestedPerSecond: number;
  readonly copiedPerSecond: number;
  /** Median of counting all events, ms. */
  readonly countMs: number;
  readonly reports: { readonly by: string; readonly p50Ms: number; readonly p99Ms: number }[];
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000,1000000,10000000' },
    name: { type: 'string', default: 'storage' },
    runs: { type: 'string', default: '20' },
  },
});
const volumes = values.events.split(',').map(Number);
const runs = Number(values.runs);
if (volumes.some((events) => !Number.isInteger(events) || events < 1000) || !(runs >= 3)) {
  console.error('--events takes whole numbers from 1000, by commas; --runs a number from 3');
  process.exit(2);
}
const costs: Cost[] = [];
for (const events of volumes) costs.push(await measure(events));
console.log(tableOf(costs));
writeFileSync(
  new URL(`results/${values.name}.json`, import.meta.url),
  `${JSON.stringify({ node: process.version, runs, costs }, null, 2)}\n`,
);

async function measure(events: number): Promise<Cost> {
  const server = await startPostgres();
  if (server === null) throw new Error('this bench needs PostgreSQL (Debian: apt install postgresql)');
  try {
    const url = await server.createDatabase();
    const database = await openDatabase({ url });
    await database.migrate();
    const admin = await openDatabase({
      url: server.adminUrl.replace(/[^/]+$/, new URL(url).pathname.slice(1)),
    });
    const app = await startControlApp({ database, keyRoles: [] });
    const [{ accountId, caller }] = app.tenants;
    const hours = await fill(admin, accountId, events);
    const ingest = await ingested(database, admin, accountId);
    const reports: Cost['reports'] = [];
    for (const dimensions of REPORTS) {
      const times = await timed(runs, () =>
        caller.call('reporting.getDeliveryReport', { dimensions, ...period(), timeZone: 'UTC', limit: 100 }),
      );
      reports.push({ by: dimensions.join(', '), p50Ms: median(times), p99Ms: Math.max(...times) });
    }
    const counts = await timed(3, () => admin.ownerQuery('SELECT count(*) FROM delivery_event'));
    await app.close();
    await database.close();
    await admin.close();
    return { events, hours, ...ingest, countMs: median(counts), reports };
  } finally {
    await server.stop();
  }
}

function period() {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  return { from: day(-DAYS), to: day(0) };
}

/** Events of thirty days of twenty campaigns, and their hourly rows; answers how many of these there are. */
async function fill(admin: Database, accountId: string, events: number): Promise<number> {
  await admin.ownerQuery(
    `INSERT INTO delivery_event (account_id, decision_id, ad_position, event, at, campaign_id, line_item_id, flight_id,
       creative_id, placement_id, spent_micros, currency, node, segment, log_offset, invalid, country, device_type)
     SELECT $1::text, 'dec_' || lpad((i / 6)::text, 12, '0'), 1, ($2::text[])[1 + i % 6],
       now() - interval '${DAYS} days' * (1 - i::float8 / $3::int),
       'cmp_' || c, 'li_' || c, 'flt_' || c, 'crv_' || c, 'plc_' || c % 4 || (i / 120) % 2,
       CASE WHEN i % 6 = 0 THEN 20000 ELSE 0 END, 'USD', 'node-1', 1 + i / 100000, 400 * (i % 100000), '',
       ('{US,US,US,DE}'::text[])[1 + (i / 240) % 4], ('{ctv,ctv,phone}'::text[])[1 + (i / 960) % 3]
     FROM generate_series(0, $3::int - 1) i, LATERAL (SELECT i / 6 % 20 AS c) campaign`,
    [accountId, EVENTS, events],
  );
  await admin.ownerQuery(
    `INSERT INTO delivery_hour (account_id, hour, campaign_id, line_item_id, flight_id, creative_id, placement_id, event,
       reason, count, spent_micros, currency, country, device_type)
     SELECT account_id, date_trunc('hour', at), campaign_id, line_item_id, flight_id, creative_id, placement_id, event, '',
       count(*), sum(spent_micros), currency, country, device_type
     FROM delivery_event GROUP BY account_id, date_trunc('hour', at), campaign_id, line_item_id, flight_id, creative_id,
       placement_id, event, currency, country, device_type`,
  );
  // What autovacuum would have done by now.
  for (const table of ['delivery_event', 'delivery_hour']) await admin.ownerQuery(`VACUUM ANALYZE ${table}`);
  const { rows } = await admin.ownerQuery('SELECT count(*)::int AS n FROM delivery_hour');
  return Number(rows[0]!.n);
}

/** Counts a log, and copies what that stored into an empty table with the same indexes. */
async function ingested(database: Database, admin: Database, accountId: string) {
  const campaign: TestCampaign = {
    accountId,
    campaignId: 'cmp_1',
    lineItemId: 'li_1',
    flightId: 'flt_1',
    creativeId: 'crv_1',
    currency: 'USD',
  };
  const records = Array.from({ length: LOG_ADS }, () =>
    adOf(campaign, new Date().toISOString(), EVENTS),
  ).flat();
  const startedAt = performance.now();
  const node = await deliver(database, records);
  const ingestMs = performance.now() - startedAt;
  const file = join(tmpdir(), `cuepoint-bench-${process.pid}.csv`);
  await admin.ownerQuery(`COPY (SELECT * FROM delivery_event WHERE node = '${node}') TO '${file}' CSV`);
  await admin.ownerQuery('CREATE TABLE copied (LIKE delivery_event INCLUDING ALL)');
  const copyMs = median(
    await timed(5, async () => {
      await admin.ownerQuery(`COPY copied FROM '${file}' CSV`);
      return () => admin.ownerQuery('TRUNCATE copied');
    }),
  );
  rmSync(file, { force: true });
  const rows = LOG_ADS * EVENTS.length;
  return { ingestedPerSecond: (rows / ingestMs) * 1000, copiedPerSecond: (rows / copyMs) * 1000 };
}

/** Milliseconds of each run; what a run answers to be called is not timed. */
async function timed(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < times; n++) {
    const startedAt = performance.now();
    const after = await work();
    found.push(performance.now() - startedAt);
    if (typeof after === 'function') await after();
  }
  return found;
}

/** The power of the volume that a cost grows with, from the least volume to the largest. */
function exponent(of: (cost: Cost) => number): string {
  const [first, last] = [costs[0]!, costs.at(-1)!];
  if (first === last) return '';
  return (Math.log(of(last) / of(first)) / Math.log(last.events / first.events)).toFixed(2);
}

function tableOf(all: readonly Cost[]): string {
  const head = all.map(({ events }) => events.toLocaleString('en')).join(' | ');
  const row = (name: string, of: (cost: Cost) => string, growth = '') =>
    `| ${name} | ${all.map(of).join(' | ')} | ${growth} |`;
  return [
    `| events stored | ${head} | exponent |`,
    `|---|${'---|'.repeat(all.length)}---|`,
    row('hourly rows', ({ hours }) => hours.toLocaleString('en')),
    row('events counted /s', ({ ingestedPerSecond }) => ingestedPerSecond.toFixed(0)),
    row(
      'of plain COPY of the same rows',
      ({ ingestedPerSecond, copiedPerSecond }) => (ingestedPerSecond / copiedPerSecond).toFixed(3),
      `cost of an event ${exponent(({ ingestedPerSecond }) => 1 / ingestedPerSecond)}`,
    ),
    row(
      'count(*) of the events, ms',
      ({ countMs }) => countMs.toFixed(0),
      exponent(({ countMs }) => countMs),
    ),
    ...REPORTS.map((_, at) =>
      row(
        `report by ${all[0]!.reports[at]!.by}: p50 / p99 ms, p50 of count(*)`,
        ({ reports, countMs }) =>
          `${reports[at]!.p50Ms.toFixed(0)} / ${reports[at]!.p99Ms.toFixed(0)}, ${(reports[at]!.p50Ms / countMs).toFixed(2)}`,
        exponent(({ reports }) => reports[at]!.p50Ms),
      ),
    ),
  ].join('\n');
}
