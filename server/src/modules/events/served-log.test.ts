import { callOperation } from '@cuepoint/client';
import {
  type AnyOperation,
  type EventsRebuild,
  type EventsVerification,
  operations,
} from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { call, until } from '../../skins/delivery/testing/call.ts';
import { TEST_PLANE_KEY } from '../../testing/control-app.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';
import { sellAt } from '../../testing/sold-campaigns.ts';
import { createIngester, httpLogSource } from './index.ts';

/** A real node writes the log, and keeps little of it once it is counted. */
let served: ServedApp;
let tag: string;
const source = () =>
  httpLogSource({ origin: `http://127.0.0.1:${served.node.internalPort}`, planeKey: TEST_PLANE_KEY });

beforeAll(async () => {
  served = await startServedApp({ segmentBytes: 12_000, logMaxBytes: 60_000 });
  await sellAt(served.app, 'Verified', [20, 30]);
  const { items } = await ask<{ items: Array<{ key: string }> }>('inventory.listPlacements');
  tag = `pl=${items[0]!.key}`;
  await until(async () => (await served.vast(tag)).includes('<Impression'));
}, 60_000);
afterAll(() => served?.close());

async function ask<T>(id: string, input = {}, options = {}): Promise<T> {
  const operation = operations.find((one) => one.id === id) as AnyOperation;
  const target = { origin: served.app.origin, token: served.app.tenants[0].keys.admin };
  return (await callOperation(operation, input, options, target)) as T;
}
const verify = () => ask<EventsVerification>('events.verifyEvents');

/** Ads that are asked for and seen, some of them twice. */
async function play(ads: number): Promise<void> {
  for (let i = 0; i < ads; i++) {
    const text = await served.vast(tag);
    const pixels = [...text.matchAll(/<(?:Impression id="cuepoint"|Tracking event="start")>([^<]+)/g)];
    for (const [, address] of i % 4 === 0 ? [...pixels, ...pixels] : pixels) {
      const { pathname, search } = new URL(address!.replaceAll('&amp;', '&'));
      expect((await call(served.node.publicPort, pathname + search)).status).toBe(200);
    }
  }
}

const ingest = () =>
  createIngester({ database: served.app.database, source: source(), clock: systemClock }).ingestNow();
const stored = async () =>
  (await served.app.database.ownerQuery('SELECT t::text AS row FROM delivery_event t ORDER BY 1')).rows;

describe('the log of a served installation', () => {
  it('agrees with what was counted, before and after it was rebuilt', async () => {
    await play(20);
    const totals = await ingest();
    expect(totals.duplicates).toBeGreaterThan(0);
    const first = await verify();
    expect(first).toMatchObject({
      agrees: true,
      logs: [{ node: 'node-1', state: 'whole' }],
      compared: { events: totals.events },
    });
    expect(first.compared.spend[0]!.logMicros).toBeGreaterThan(0);

    const before = await stored();
    await served.app.database.ownerQuery(`DELETE FROM delivery_event WHERE event = 'impression'`);
    await served.app.database.ownerQuery('UPDATE delivery_hour SET spent_micros = 2 * spent_micros');
    expect((await verify()).agrees).toBe(false);
    const tried = await ask<EventsRebuild>('events.rebuildEvents', {}, { dryRun: true });
    expect((await verify()).agrees).toBe(false);
    expect(await ask<EventsRebuild>('events.rebuildEvents')).toEqual(tried);
    expect(await stored()).toEqual(before);
    expect(await verify()).toMatchObject({ agrees: true, compared: first.compared });
  });

  it('is verified from where it begins once segments were pruned, and keeps what was counted of them', async () => {
    await play(60);
    await ingest();
    // The node prunes when it learns, by the next snapshots, that segments were counted, until little enough is left.
    const begins = async () => JSON.stringify(await source().first());
    await until(async () => {
      const before = await begins();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return (await source().first()).segment > 1 && (await begins()) === before;
    }, 30_000);
    const first = await source().first();
    const result = await verify();
    expect(result).toMatchObject({ agrees: true, logs: [{ state: 'pruned', from: first }] });
    expect(result.uncompared.events).toBeGreaterThan(0);
    const before = await stored();
    await served.app.database.ownerQuery(
      `DELETE FROM delivery_event WHERE (segment, log_offset) = (SELECT segment, log_offset FROM delivery_event
         WHERE segment >= $1 ORDER BY segment DESC, log_offset DESC LIMIT 1)`,
      [first.segment],
    );
    expect(await stored()).not.toEqual(before);
    expect(await ask<EventsRebuild>('events.rebuildEvents')).toMatchObject({
      events: { inserted: 1, removed: 0 },
    });
    expect(await stored()).toEqual(before);
  }, 60_000);
});
