import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotBody, SnapshotPodRule } from '../../kernel/delivery-protocol.ts';
import type { RunningDelivery } from './main.ts';
import { call, until } from './testing/call.ts';
import { type FakeControl, startFakeControl } from './testing/fake-control.ts';
import { newEngine, openLog, sealed } from './testing/open-engine.ts';
import {
  sampleCreative,
  sampleLineItem,
  samplePlacement,
  sampleRequest,
  sampleSnapshot,
} from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';
import { takeSnapshot } from './testing/take-snapshot.ts';

const ONE_AD: SnapshotPodRule = {
  kind: 'dynamic',
  durationMs: 30_000,
  maxAds: 1,
  isExact: false,
  slots: [],
  maxAdsPerAdvertiser: 1,
  firstPermille: 1000,
  lastPermille: 1000,
  categorySeparation: 'pod',
  backups: 1,
};
const SHARED = ['category', 'brand', 'domain', 'file'] as const;
type Shared = (typeof SHARED)[number];
/** In the order they serve: the ad, its back-up, one that shares something with the back-up, one that does not. */
const NAMES = ['first', 'spare', 'rival', 'other'] as const;

/** A genre in which the rival shares one thing with the spare ad. */
function oneOf(shared: Shared): Pick<SnapshotBody, 'lineItems' | 'creatives'> {
  const own = (name: string, what: Shared) =>
    `${shared}-${shared === what && name === 'rival' ? 'spare' : name}`;
  return {
    creatives: NAMES.map((name) =>
      sampleCreative({
        id: `crv_${shared}_${name}`,
        adDomain: `${own(name, 'domain')}.example`,
        categories: [own(name, 'category')],
        fingerprint: own(name, 'file'),
      }),
    ),
    lineItems: NAMES.map((name, at) =>
      sampleLineItem({
        id: `li_${shared}_${name}`,
        brandId: `brd_${own(name, 'brand')}`,
        cpmMicros: (90 - 10 * at) * 1_000_000,
        targeting: { all: [{ dimension: 'genre', operator: 'any_of', values: [shared] }] },
        creatives: [
          { creativeId: `crv_${shared}_${name}`, weight: 1, sequence: 1, startAt: null, endAt: null },
        ],
      }),
    ),
  };
}

function body(): SnapshotBody {
  const parts = SHARED.map(oneOf);
  return sampleSnapshot({
    creatives: parts.flatMap(({ creatives }) => creatives),
    lineItems: parts.flatMap(({ lineItems }) => lineItems),
    placements: [
      samplePlacement({ separationScope: 'stream', pod: ONE_AD }),
      samplePlacement({
        id: 'plc_2',
        key: 'two',
        hosts: [],
        isDefault: false,
        separationScope: 'stream',
        pod: { ...ONE_AD, maxAdsPerAdvertiser: 2 },
      }),
    ],
  });
}

interface Shown {
  readonly line_item_id: string;
  readonly tracking: { readonly impression: readonly string[] };
}
interface Break {
  readonly ads: readonly Shown[];
  readonly backups: readonly Shown[];
}

describe('back-ups in a stream', () => {
  let control: FakeControl;
  let node: RunningDelivery;
  beforeAll(async () => {
    control = await startFakeControl();
    control.publish(body());
    node = await startNode({ controlOrigin: control.origin });
    await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  });
  afterAll(async () => {
    await node.close();
    await control.close();
  });

  const ask = async (placement: string, shared: Shared, session: string) =>
    (
      await call(node.publicPort, `/api/v1/pod?pl=${placement}&genre=${shared}&sid=${shared}-${session}`)
    ).json<Break>();
  const see = async (ad: Shown) =>
    expect((await call(node.publicPort, new URL(ad.tracking.impression[0]!).pathname)).status).toBe(200);
  const names = (ads: readonly Shown[]) => ads.map((ad) => ad.line_item_id.split('_')[2]);

  it.each(SHARED)('bar what shares their %s once their impression has come', async (shared) => {
    const one = await ask('main', shared, 'played');
    expect([names(one.ads), names(one.backups)]).toEqual([['first'], ['spare']]);
    await see(one.backups[0]!);
    expect(names((await ask('main', shared, 'played')).ads)).toEqual(['other']);
  });

  it.each(SHARED)('bar nothing of their %s while no impression has come', async (shared) => {
    const one = await ask('main', shared, 'offered');
    await see(one.ads[0]!);
    expect(names((await ask('main', shared, 'offered')).ads)).toEqual(['spare']);
    expect(names((await ask('main', shared, 'offered')).ads)).toEqual(['other']);
  });

  it('count once, however often the impression comes', async () => {
    const one = await ask('two', 'brand', 'twice');
    for (let n = 0; n < 3; n++) await see(one.backups[0]!);
    // Two of a brand may be shown: one has been.
    expect(names((await ask('two', 'brand', 'twice')).ads)).toEqual(['rival']);
  });

  it('play in their own session alone', async () => {
    const one = await ask('main', 'file', 'mine');
    await see(one.backups[0]!);
    await ask('main', 'file', 'yours');
    expect(names((await ask('main', 'file', 'yours')).ads)).toEqual(['spare']);
  });
});

describe('a back-up that a stream was offered', () => {
  const START = Date.parse('2026-03-14T06:00:00Z');

  async function offered() {
    const { log, remove } = await openLog();
    const engine = newEngine(log, { nowMs: () => START });
    await takeSnapshot(engine, sealed(body()));
    const asked = sampleRequest({ facts: { genre: ['file'] }, pod: ONE_AD });
    const [backup] = engine.decide(asked, START, 's').backups;
    const shown = () => engine.streams.keysOf('acc_1', 's', START).length;
    const see = (nowMs: number) =>
      new Promise<Error | null>((resolve) =>
        engine.events.record(
          backup!.claims,
          'impression',
          { source: 'pixel', errorCode: null, invalid: null },
          nowMs,
          resolve,
        ),
      );
    return { engine, log, remove, shown, see };
  }

  it('is forgotten with the time of a reservation', async () => {
    const { engine, remove, shown, see } = await offered();
    const before = shown();
    engine.counters.open.sweep(START / 1000 + 600);
    expect(await see(START + 601_000)).toBeNull();
    expect(shown()).toBe(before);
    await remove();
  });

  it('stays shown, once, when the log could not keep its impression', async () => {
    const { log, remove, shown, see } = await offered();
    const before = shown();
    await log.close();
    expect(await see(START)).not.toBeNull();
    const after = shown();
    expect(after).toBeGreaterThan(before);
    expect(await see(START)).not.toBeNull();
    expect(shown()).toBe(after);
    await remove();
  });
});
