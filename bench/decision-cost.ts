import { buildIndex, changeIndex, decide, type Readings } from '@cuepoint/decisioning';
import { placementFacts, toAdRequest } from '../server/src/kernel/ad-request.ts';
import { sampleRequest } from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { BENCH_POD, benchSnapshot } from './world.ts';

export interface DecisionCost {
  readonly lineItems: number;
  readonly buildIndexMs: number;
  /** Taking over one edited line item. */
  readonly editMs: number;
  /** One slot, and breaks of up to 4, 6 and 8. */
  readonly decideMicroseconds: number;
  readonly podMicroseconds: Readonly<Record<4 | 6 | 8, number>>;
}

const OPEN: Readings = {
  affordable: () => Number.POSITIVE_INFINITY,
  passRate: () => 1,
  room: () => 3,
  creativeRoom: () => 3,
  sequence: () => 0,
};

/** The pure decision alone, one thread: cost by number of line items. */
export function decisionCost(sizes: readonly number[]): DecisionCost[] {
  return sizes.map((lineItems) => {
    const snapshot = benchSnapshot(lineItems);
    const builtAt = performance.now();
    let index = buildIndex(snapshot);
    const buildIndexMs = performance.now() - builtAt;
    const edited = performance.now();
    for (let n = 0; n < 20; n++)
      index = changeIndex(index, {
        lineItems: [{ ...snapshot.lineItems[(n * 37) % lineItems]!, cpmMicros: 7_000_000 }],
        creatives: [],
        placements: [],
        removed: { lineItems: [], creatives: [], placements: [] },
      });
    const editMs = (performance.now() - edited) / 20;
    const facts = placementFacts(snapshot.placements[0]!);
    const requests = Array.from({ length: 60 }, (_, n) =>
      toAdRequest(
        sampleRequest({
          minDurationMs: 5_000,
          maxDurationMs: [15_000, 30_000, 60_000][n % 3]!,
          identity: '00000001000000ab',
          facts: {
            country: ['DE', 'US', 'FR'][n % 3]!,
            device: 'ctv',
            genre: ['drama'],
            channel: `channel ${n % 15}`,
            key_value: [`show=${n % 30}`],
          },
        }),
        facts,
        Date.parse('2026-01-01T00:00:00Z'),
      ),
    );
    const measure = (maxAds: number, count: number) => {
      const pod = maxAds === 1 ? null : { ...BENCH_POD, maxAds, durationMs: maxAds * 30_000 };
      const asked = requests.map((request) => ({
        ...request,
        maxDurationMs: pod ? 60_000 : request.maxDurationMs,
        pod,
      }));
      let empty = 0;
      const turn = (times: number) => {
        for (let seed = 0; seed < times; seed++)
          if (decide(index, asked[seed % asked.length]!, OPEN, seed).ads.length === 0) empty++;
      };
      turn(count / 4);
      const startedAt = performance.now();
      turn(count);
      const microseconds = ((performance.now() - startedAt) * 1000) / count;
      if (empty > 0) throw new Error(`${empty} decisions found no ad`);
      return microseconds;
    };
    return {
      lineItems,
      buildIndexMs,
      editMs,
      decideMicroseconds: measure(1, 200_000),
      podMicroseconds: { 4: measure(4, 40_000), 6: measure(6, 40_000), 8: measure(8, 40_000) },
    };
  });
}
