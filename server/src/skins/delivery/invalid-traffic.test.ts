import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventRecord, LogPage } from '../../kernel/delivery-protocol.ts';
import type { DeliveryOptions } from './options.ts';
import { call, postJson, until } from './testing/call.ts';
import { PLANE_KEY, startFakeControl } from './testing/fake-control.ts';
import { sampleLineItem, sampleSnapshot } from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';

const TELEVISION = { 'User-Agent': 'Roku/DVP-12.0 (12.0.0.4182-46)' };
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A node that makes all checks; its one line item pays for `impressions` of them. */
async function started(impressions: number, over: Partial<DeliveryOptions> = {}) {
  const control = await startFakeControl();
  closers.push(() => control.close());
  const lineItem = sampleLineItem({ id: 'li_1', cpmMicros: 20_000_000, budgetMicros: impressions * 20_000 });
  control.publish(sampleSnapshot({ lineItems: [lineItem] }));
  const begin = async (more: Partial<DeliveryOptions> = {}) => {
    const { trafficChecks: _none, ...options } = { ...over, ...more };
    const running = await startNode({
      controlOrigin: control.origin,
      trafficChecks: undefined,
      ...options,
    } as never);
    await until(async () => (await call(running.internalPort, '/readyz')).status === 200);
    return running;
  };
  const node = await begin();
  closers.push(() => node.close());
  return { node, begin };
}

interface Served {
  decision_id?: string;
  reason?: string;
  tracking: Record<string, string>;
}
type Node = Awaited<ReturnType<typeof startNode>>;

const ask = async (node: Node) =>
  (await postJson(node.publicPort, '/api/v1/ad-request', { request_id: 'r', duration: 30 })).json<Served>();
const fire = (node: Node, url: string, headers: Record<string, string> = TELEVISION) =>
  call(node.publicPort, url.replace('http://ads.example', '').replace('[ERRORCODE]', '303'), { headers });

async function eventsOf(node: Node, count: number): Promise<EventRecord[]> {
  let events: EventRecord[] = [];
  await until(async () => {
    const page = await call(node.internalPort, '/internal/log?limit=1000', {
      headers: { Authorization: `Bearer ${PLANE_KEY}` },
    });
    events = page.json<LogPage>().entries.flatMap(({ record }) => (record.type === 'event' ? [record] : []));
    return events.length >= count;
  });
  return events;
}
const told = (events: readonly EventRecord[]) =>
  events.map(({ event, invalid, duplicate, spendMicros, unbilled }) => [
    event,
    invalid,
    duplicate,
    spendMicros,
    unbilled,
  ]);

describe('events of no viewer', () => {
  it('are kept and marked, take no money, and leave the viewer’s own to count', async () => {
    const { node, begin } = await started(1);
    const { tracking } = await ask(node);
    const prefetched = await fire(node, tracking.impression!, { ...TELEVISION, 'Sec-Purpose': 'prefetch' });
    expect(prefetched.status).toBe(200);
    await fire(node, tracking.impression!, { 'User-Agent': 'curl/8.5.0' });
    await fire(node, tracking.impression!);
    await fire(node, tracking.impression!);
    await fire(node, tracking.complete!);
    const events = await eventsOf(node, 5);
    expect(told(events)).toEqual([
      ['impression', 'prefetch', false, 0, 'invalid_traffic'],
      ['impression', 'robot', true, 0, null],
      ['impression', null, false, 20_000, null],
      ['impression', null, true, 0, null],
      ['complete', 'impossible_speed', false, 0, null],
    ]);
    expect((await ask(node)).reason).toBe('no_budget');
    const metrics = (await call(node.internalPort, '/metrics')).body;
    expect(metrics).toContain('cuepoint_delivery_events_invalid_total{reason="prefetch"} 1');
    // Read back after a start, they are what they were.
    closers.pop();
    await node.close();
    const again = await begin({ dataDir: node.options.dataDir });
    closers.push(() => again.close());
    expect((await ask(again)).reason).toBe('no_budget');
    await fire(again, tracking.impression!, { 'User-Agent': 'curl/8.5.0' });
    await fire(again, tracking.impression!);
    expect(told(await eventsOf(again, 7)).slice(5)).toEqual([
      ['impression', 'robot', true, 0, null],
      ['impression', null, true, 0, null],
    ]);
  });

  it('give back what they held: another viewer can have it', async () => {
    const { node } = await started(1, { reservationTtlMs: 1000 });
    const { tracking } = await ask(node);
    await fire(node, tracking.impression!, {});
    expect(told(await eventsOf(node, 1))).toEqual([
      ['impression', 'unknown_agent', false, 0, 'invalid_traffic'],
    ]);
    expect((await ask(node)).reason).toBe('no_budget');
    await until(async () => (await ask(node)).decision_id !== undefined);
  });

  it('are progress of an ad that never began, and nothing else', async () => {
    const { node } = await started(10);
    const { tracking } = await ask(node);
    for (const event of ['complete', 'mute', 'error', 'start', 'firstQuartile'])
      await fire(node, tracking[event]!);
    expect(told(await eventsOf(node, 5)).map(([event, invalid]) => [event, invalid])).toEqual([
      ['complete', 'impossible_order'],
      ['mute', null],
      ['error', null],
      ['start', null],
      ['firstQuartile', 'impossible_speed'],
    ]);
  });

  it('come from hosting ranges, unless a trusted proxy says whose they are', async () => {
    const dataCenterRanges = join(await mkdtemp(join(tmpdir(), 'cuepoint-hosting-')), 'ranges.csv');
    await writeFile(dataCenterRanges, '198.51.100.0/24,Example Hosting\n');
    const { node } = await started(10, { dataCenterRanges, trustedProxies: ['127.0.0.0/8'] });
    const invalidOf = async (headers: Record<string, string>) => {
      const before = (await eventsOf(node, 0)).length;
      await fire(node, (await ask(node)).tracking.impression!, headers);
      return (await eventsOf(node, before + 1)).at(-1)!.invalid;
    };
    expect(await invalidOf({ ...TELEVISION, 'X-Forwarded-For': '198.51.100.9' })).toBe('data_center');
    expect(await invalidOf({ ...TELEVISION, 'X-Forwarded-For': '203.0.113.9' })).toBeNull();
    const inserted = { 'User-Agent': 'stitcher/1.0', 'X-Device-User-Agent': TELEVISION['User-Agent'] };
    expect(await invalidOf({ ...inserted, 'X-Device-IP': '203.0.113.9' })).toBeNull();
    expect(await invalidOf({ ...inserted, 'X-Device-IP': '198.51.100.9' })).toBe('data_center');
    expect(await invalidOf({ ...inserted, 'X-Device-User-Agent': 'curl/8.5.0' })).toBe('robot');
    // A proxy that states no device passes on what the viewer's own player sent.
    expect(await invalidOf({ 'User-Agent': 'stitcher/1.0', 'X-Forwarded-For': '203.0.113.9' })).toBe('robot');
  });

  it('are looked for among calls of the API by when they come, not by who calls', async () => {
    const { node } = await started(10);
    const { tracking } = await ask(node);
    const report = async () =>
      (await postJson(node.publicPort, '/api/v1/impression', { token: tracking.impression })).json<{
        status: string;
      }>().status;
    expect(await report()).toBe('counted');
    expect(await report()).toBe('duplicate');
  });

  it.each([
    [[], [null, null]],
    [['robot'], ['robot', 'robot']],
    [
      ['impossible_order', 'prefetch'],
      [null, 'impossible_order'],
    ],
  ] as const)('are looked for by the checks that are named: %j', async (trafficChecks, expected) => {
    const control = await startFakeControl();
    closers.push(() => control.close());
    control.publish(sampleSnapshot());
    const node = await startNode({ controlOrigin: control.origin, trafficChecks });
    closers.push(() => node.close());
    await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
    const [first, second] = [await ask(node), await ask(node)];
    await fire(node, first.tracking.impression!, { 'User-Agent': 'curl/8.5.0' });
    await fire(node, second.tracking.complete!, { 'User-Agent': 'curl/8.5.0' });
    expect((await eventsOf(node, 2)).map(({ invalid }) => invalid)).toEqual(expected);
  });
});
