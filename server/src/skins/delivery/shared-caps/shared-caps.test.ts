import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SnapshotBody } from '../../../kernel/delivery-protocol.ts';
import { redisSuite } from '../../../testing/redis-server.ts';
import type { ServedAd } from '../served.ts';
import { until } from '../testing/call.ts';
import {
  sampleAssignments,
  sampleCreative,
  sampleFlight,
  sampleLineItem,
  sampleSnapshot,
} from '../testing/sample-snapshot.ts';
import { type SharedNode, sharedNode } from '../testing/shared-nodes.ts';
import { forgetViewer } from './shared-caps.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Their clocks differ by a second at most. */
const CLOCKS = [0, 500, -500];

type Caps = SnapshotBody['lineItems'][number]['frequencyCaps'];
const rich = { budgetMicros: null, flights: [sampleFlight('1', { budgetMicros: null })] };
const item = (id: string, frequencyCaps: Caps, over: object = {}) =>
  sampleLineItem({ id, frequencyCaps, ...rich, ...over });

const ONE_CAP = sampleSnapshot({
  lineItems: [item('li_1', [{ scope: 'line_item', limit: 3, unit: 'hour', count: 1 }])],
});
const viewer = () => randomBytes(8).toString('hex');

redisSuite('frequency caps over three nodes', (redis) => {
  let trueMs: number;
  const nodes: SharedNode[] = [];
  beforeEach(() => {
    trueMs = Date.parse('2026-03-14T06:00:00Z');
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
  });
  /** @param timeLimitMs long enough for a machine that is busy with other tests, unless absence is tested */
  const start = async (body: SnapshotBody, timeLimitMs = 2000) => {
    const { url } = redis();
    for (const [at, differs] of CLOCKS.entries())
      nodes.push(await sharedNode(`n${at}`, { url, body, nowMs: () => trueMs + differs, timeLimitMs }));
  };
  /** Asks in turn at every node until nobody has an ad any more. */
  const askAll = async (identity: string): Promise<ServedAd[]> => {
    const got: ServedAd[] = [];
    for (let empty = 0, at = 0; empty < nodes.length; at++) {
      const ads = await nodes[at % nodes.length]!.ask(identity);
      got.push(...ads);
      empty = ads.length === 0 ? empty + 1 : 0;
    }
    return got;
  };

  it('hold exactly, whoever is asked at the same moment and wherever pixels arrive', async () => {
    const limits = { li_1: [2, HOUR], li_2: [3, 2 * HOUR], campaign: [4, 3 * HOUR] } as const;
    const campaign = { scope: 'campaign', limit: 4, unit: 'hour', count: 3 } as const;
    await start(
      sampleSnapshot({
        creatives: [sampleCreative({ id: 'crv_1' }), sampleCreative({ id: 'crv_2' })],
        lineItems: [
          item('li_1', [{ scope: 'line_item', limit: 2, unit: 'hour', count: 1 }, campaign], { priority: 4 }),
          item('li_2', [{ scope: 'creative', limit: 3, unit: 'hour', count: 2 }, campaign], {
            creatives: sampleAssignments('crv_2'),
          }),
        ],
      }),
    );
    const viewers = Array.from({ length: 4 }, viewer);
    const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;
    const seen: { identity: string; lineItemId: string; atMs: number }[] = [];
    const open: { identity: string; ad: ServedAd; atMs: number }[] = [];
    const see = async (one: (typeof open)[number]) => {
      seen.push({ identity: one.identity, lineItemId: one.ad.lineItemId, atMs: trueMs });
      await any(nodes).see(one.ad);
    };
    for (let round = 0; round < 60; round++) {
      const moment = trueMs;
      const asked = Array.from({ length: 10 }, () => any(viewers));
      // Pixels of earlier answers come in among the requests.
      const due = open.filter(() => Math.random() < 0.6 || open.length > 40);
      for (const one of due) open.splice(open.indexOf(one), 1);
      await Promise.all([
        ...asked.map(async (identity) => {
          for (const ad of await any(nodes).ask(identity)) open.push({ identity, ad, atMs: moment });
        }),
        // Of a fifth nothing is ever seen: their promise comes back.
        ...due.filter(() => Math.random() < 0.8).map(see),
      ]);
      trueMs += Math.floor(Math.random() * 6 * MINUTE);
      // Whose promise runs out is not seen: that would be late, and may go past a cap on one node too.
      for (const one of [...open]) if (trueMs - one.atMs > 9 * MINUTE) open.splice(open.indexOf(one), 1);
    }
    expect(seen.length).toBeGreaterThanOrEqual(viewers.length * 3);
    for (const identity of viewers) {
      const own = seen.filter((one) => one.identity === identity);
      for (const [what, [limit, windowMs]] of Object.entries(limits)) {
        const counted = own.filter(({ lineItemId }) => what === 'campaign' || lineItemId === what);
        for (const { atMs } of counted) {
          const inWindow = counted.filter((one) => one.atMs > atMs - windowMs && one.atMs <= atMs);
          expect(inWindow.length, `${what} of ${identity} at ${atMs}`).toBeLessThanOrEqual(limit);
        }
      }
    }
    expect(nodes.map(({ redis: { state } }) => state.failures)).toEqual([0, 0, 0]);
  }, 60_000);

  it('are used up to the last exposure, and free again when the window is over at every clock', async () => {
    await start(ONE_CAP);
    const identity = viewer();
    const together = await Promise.all(Array.from({ length: 30 }, (_, at) => nodes[at % 3]!.ask(identity)));
    const first = [...together.flat(), ...(await askAll(identity))];
    expect(first).toHaveLength(3);
    // Each is seen by way of another node than the one that decided, and twice.
    for (const [at, ad] of first.entries()) {
      await nodes[at % 3]!.see(ad);
      await nodes[(at + 1) % 3]!.see(ad);
    }
    trueMs += 11 * MINUTE;
    for (const { engine } of nodes) engine.tick();
    expect(await askAll(identity)).toEqual([]);
    trueMs += 49 * MINUTE - 1;
    expect(await askAll(identity)).toEqual([]);
    trueMs += 2001;
    expect(await askAll(identity)).toHaveLength(3);
  });

  it('count what was promised in the same second by several nodes, when the impressions arrive crosswise', async () => {
    await start(ONE_CAP);
    const identity = viewer();
    const [one, two] = nodes as [SharedNode, SharedNode];
    const [first] = await one.ask(identity);
    // Both decided in one second of their clocks, and each hears of the other's impression.
    trueMs -= CLOCKS[1]!;
    const [second] = await two.ask(identity);
    await two.see(first!);
    await one.see(second!);
    expect(await askAll(identity)).toHaveLength(1);
  });

  it('count a promise until it is seen or its time is over', async () => {
    await start(ONE_CAP);
    const identity = viewer();
    expect(await askAll(identity)).toHaveLength(3);
    trueMs += 9 * MINUTE;
    expect(await askAll(identity)).toEqual([]);
    trueMs += MINUTE + 2000;
    for (const { engine } of nodes) engine.tick();
    expect(await askAll(identity)).toHaveLength(3);
  });

  it('show nothing that is capped while another node decides, and go on when that one was killed', async () => {
    const other = item('li_2', [], { priority: 12 });
    await start(sampleSnapshot({ lineItems: [...ONE_CAP.lineItems, other] }), 60);
    const identity = viewer();
    const words = [identity.slice(0, 8), identity.slice(8)].map((half) => Number.parseInt(half, 16));
    const turn = await nodes[0]!.caps.begin('acc_1', words as [number, number]);
    expect(turn).not.toBeNull();
    expect((await nodes[1]!.ask(identity)).map(({ lineItemId }) => lineItemId)).toEqual(['li_2']);
    // The turn of a node that says nothing any more ends by itself.
    await until(async () => (await nodes[1]!.ask(identity))[0]?.lineItemId === 'li_1', 5000);
  });

  it('are asked of Redis for nobody whom they are not about', async () => {
    await start(sampleSnapshot({ lineItems: [item('li_1', [])] }));
    expect(nodes[0]!.caps.begin('acc_1', [1, 2])).toBeUndefined();
    expect(nodes[0]!.caps.begin('acc_1', null)).toBeUndefined();
    expect(await nodes[0]!.ask(viewer())).toHaveLength(1);
    expect(nodes[0]!.caps.unwritten).toBe(0);
  });

  it('keep as little of a viewer as the caps need, for as long, and nothing when it is forgotten', async () => {
    await start(
      sampleSnapshot({
        lineItems: [item('li_1', [{ scope: 'line_item', limit: 20, unit: 'minute', count: 1 }])],
      }),
    );
    const identity = viewer();
    const key = `cuepoint:viewer:{${identity}}`;
    const [node] = nodes as [SharedNode];
    for (let round = 0; round < 4; round++) {
      for (const ad of await askAll(identity)) await node.see(ad);
      trueMs += 2 * MINUTE;
    }
    await node.ask(identity);
    await until(async () => ((await node.redis.ask((commands) => commands.hlen(key))) ?? 99) <= 21);
    const lasts = await node.redis.ask((commands) => commands.pttl(key));
    expect(lasts).toBeGreaterThan(MINUTE);
    expect(lasts).toBeLessThanOrEqual(10 * MINUTE + 3000);
    await expect(forgetViewer(node.redis, 'X')).rejects.toThrow(/16 lower-case hex digits/);
    expect(await forgetViewer(node.redis, identity)).toBe(true);
    expect(await node.redis.ask((commands) => commands.exists(key))).toBe(0);
  });

  it('are counted by each node alone while Redis is away, and together when it is back', async () => {
    await start(ONE_CAP, 100);
    const [before, during] = [viewer(), viewer()];
    expect(await askAll(before)).toHaveLength(3);
    await redis().kill();
    await until(() => nodes.every((node) => !node.redis.isHere));
    const startedAt = performance.now();
    const meanwhile = await askAll(during);
    // At most the cap at each node: that is the bound.
    expect(meanwhile).toHaveLength(9);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect((await nodes[0]!.ask(before)).length).toBeLessThanOrEqual(2);
    expect(nodes.reduce((sum, { caps }) => sum + caps.unwritten, 0)).toBeGreaterThanOrEqual(9);
    // Who is forgotten meanwhile is not told to Redis later either.
    const owed = nodes[0]!.caps.unwritten;
    expect(await nodes[0]!.caps.forget(during)).toBe(false);
    expect(nodes[0]!.caps.unwritten).toBe(owed - 3);
    await redis().restart();
    await until(() => nodes.every((node) => node.redis.isHere), 20_000);
    await until(() => nodes.every(({ caps }) => caps.unwritten === 0));
    expect(nodes.map(({ caps }) => caps.forgotten)).toEqual([0, 0, 0]);
    // All of them know all of it: another node, new and without counts of its own, shows nothing more.
    const body = ONE_CAP;
    nodes.push(await sharedNode('n9', { url: redis().url, body, nowMs: () => trueMs, timeLimitMs: 2000 }));
    expect(await nodes.at(-1)!.ask(during)).toEqual([]);
  }, 40_000);
});
