import { mulberry32 } from '../frequency/frequency.fixture.ts';
import type { PodCandidate, PodRules } from './model.ts';
import { candidate, dynamicRules } from './reference.fixture.ts';

/** A pod that is hard to fill: many slots that fit few lengths, equal prices, competitors, ends, tiers, odd lengths. */
export interface HardPod {
  readonly rules: PodRules;
  readonly candidates: readonly PodCandidate[];
  readonly capacity: ReadonlyMap<number, number>;
}

const CATEGORIES = 3;
const ADVERTISERS = 100;
const CAMPAIGNS = 200;

/** One pod of `slots` slots, a dynamic part of at most `dynamicAds` behind them or none, and 64 candidates. */
export function hardPod(seed: number, slots: number, dynamicAds: readonly number[]): HardPod {
  const next = mulberry32(seed);
  const draw = (below: number) => Math.floor(next() * below);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  const kind = pick(['structured', 'hybrid', 'hybrid'] as const);
  const isHybrid = kind === 'hybrid';
  const lengths = pick([[30], [6, 10, 15, 20, 30, 45], [10, 20, 30], [7, 11, 13, 17, 19, 23, 29]]);
  const ranges = pick([
    [[0, 60]],
    [
      [0, 15],
      [0, 30],
      [15, 30],
      [20, 20],
      [30, 60],
      [10, 20],
    ],
    [
      [0, 15],
      [15, 60],
    ],
    Array.from({ length: 12 }, (_, n) => [n * 2, 20 + n * 3]),
  ]);
  const paysMore = draw(2) === 1;
  const rules = dynamicRules({
    kind,
    durationMs: isHybrid ? pick([60, 120, 300, 600]) * 1000 : 0,
    maxAds: isHybrid ? pick(dynamicAds) : pick([slots, slots, Math.ceil(slots / 2)]),
    exact: isHybrid && draw(3) === 0,
    slots: Array.from({ length: slots }, () => {
      const [min, max] = pick(ranges);
      const isBumper = draw(10) === 0;
      return {
        kind: isBumper ? 'bumper' : 'any',
        minDurationMs: min! * 1000,
        maxDurationMs: max! * 1000,
      } as const;
    }),
    firstMultiplierPpm: paysMore ? 1_150_000 : 1_000_000,
    lastMultiplierPpm: paysMore ? 1_050_000 : 1_000_000,
  });
  const prices = pick([1, 1, 3, 40]);
  const tiers = pick([1, 1, 2, 8]);
  const categories = pick([CATEGORIES, 6, 12, 40]);
  const neighbours = pick([0, 2, 6]);
  const restricted = pick([0, 0, 10, 3]);
  const candidates = Array.from({ length: 64 }, (_, at) =>
    candidate(`ad${at}`, {
      durationMs: pick(lengths) * 1000,
      value: (10 + draw(prices)) * 1_000_000,
      groups: [draw(categories), ADVERTISERS + draw(30), ...(draw(3) === 0 ? [CAMPAIGNS + draw(3)] : [])],
      adjacent: neighbours > 0 ? [draw(neighbours)] : [],
      tier: draw(tiers),
      bumper: draw(3) === 0,
      position: restricted > 0 && draw(restricted) === 0 ? pick(['first', 'last', 'edge'] as const) : 'any',
    }),
  );
  const capacity = new Map([
    [CAMPAIGNS, 3],
    [CAMPAIGNS + 1, 2],
    [CAMPAIGNS + 2, 5],
  ]);
  if (draw(2) === 0)
    for (let category = 0; category < categories; category++) capacity.set(category, 2 + draw(4));
  return { rules, candidates, capacity };
}
