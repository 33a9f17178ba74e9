import { callOperation } from '@cuepoint/client';
import { type DeliveryHealth, getDeliveryHealth } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { call, until } from '../../skins/delivery/testing/call.ts';
import { TEST_PLANE_KEY } from '../../testing/control-app.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';
import { sellAt } from '../../testing/sold-campaigns.ts';
import { createIngester, httpLogSource, httpNodeHealth } from './index.ts';

let served: ServedApp;
beforeAll(async () => {
  served = await startServedApp();
  await sellAt(served.app, 'Healthy', [20]);
}, 60_000);
afterAll(() => served?.close());

const origin = () => `http://127.0.0.1:${served.node.internalPort}`;
const health = () =>
  callOperation(
    getDeliveryHealth,
    {},
    {},
    { origin: served.app.origin, token: served.app.tenants[0].keys.admin },
  ) as Promise<DeliveryHealth>;
const ingest = () =>
  createIngester({
    database: served.app.database,
    source: httpLogSource({ origin: origin(), planeKey: TEST_PLANE_KEY }),
    clock: systemClock,
  }).ingestNow();

describe('delivery health', () => {
  it('follows a node from records that wait to records that are counted', async () => {
    const { output } = await served.app.tenants[0].caller.call('inventory.listPlacements', {});
    const tag = `pl=${(output as { items: { key: string }[] }).items[0]!.key}`;
    await until(async () => (await served.vast(tag)).includes('<Impression'));
    const text = await served.vast(tag);
    const { pathname } = new URL(/<Impression id="cuepoint">([^<]+)/.exec(text)![1]!);
    for (let n = 0; n < 3; n++) expect((await call(served.node.publicPort, pathname)).status).toBe(200);
    const answer = await health();
    expect(answer.nodes).toHaveLength(1);
    const [node] = answer.nodes;
    expect(node).toMatchObject({
      node: 'node-1',
      state: 'ready',
      problems: [],
      snapshot: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), refused: 0 },
      log: { firstSegment: 1, segments: 1, droppedRecords: 0, sync: 'fsync', openSince: expect.any(String) },
      events: { acknowledged: 3, duplicates: 2, refused: 0 },
      ingestion: { through: null, failure: null, hasMore: false },
    });
    expect(node!.log!.commitP99Ms).toBeGreaterThan(0);
    expect(node!.log!.openBytes).toBe(node!.log!.durableThrough.offset);
    expect(node!.ingestion.lagRecords).toBeGreaterThan(3);
    expect(node!.ingestion.lagBytes).toBe(node!.log!.durableThrough.offset);
    await ingest();
    const after = await health();
    expect(after.ok).toBe(true);
    expect(after.nodes[0]!.ingestion).toMatchObject({
      state: 'current',
      lagRecords: 0,
      lagBytes: 0,
      lagSeconds: 0,
      through: after.nodes[0]!.log!.durableThrough,
    });
  });

  it('shows a node that is known by its log alone as unknown, and no other as healthy for it', async () => {
    await served.app.database.ownerQuery(
      `INSERT INTO log_offset (node, segment, next_offset) VALUES ('node-9', 3, 120)`,
    );
    const answer = await health();
    expect(answer.ok).toBe(false);
    expect(answer.nodes[1]).toMatchObject({
      node: 'node-9',
      state: 'unknown',
      serving: null,
      ingestion: { state: 'unknown', through: { segment: 3, offset: 120 }, lagRecords: null },
    });
    await served.app.database.ownerQuery(`DELETE FROM log_offset WHERE node = 'node-9'`);
  });

  it('says why a node cannot be relied on', async () => {
    const foreign = await httpNodeHealth({ origin: origin(), planeKey: 'x'.repeat(32) })();
    expect(foreign).toEqual({ away: expect.stringContaining('refuses the plane key') });
    const other = await httpNodeHealth({ origin: served.app.origin, planeKey: TEST_PLANE_KEY })();
    expect(other).toEqual({ away: expect.stringContaining('it answered 404') });
    await served.node.close();
    const answer = await health();
    expect(answer.ok).toBe(false);
    expect(answer.nodes[0]).toMatchObject({ state: 'unreachable', serving: null, log: null, events: null });
    expect(answer.nodes[0]!.detail).toMatch(/does not answer/);
  });

  it('reported no fault', () => expect(served.app.faults).toEqual([]));
});
