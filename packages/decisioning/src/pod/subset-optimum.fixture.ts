import type { PodCandidate, PodRules } from './model.ts';
import type { Instance } from './reference.fixture.ts';

/**
 * What the best dynamic pod of one tier is worth, by looking at every set of candidates and every pair of ends: as
 * thorough as `bruteForce` and some hundred times as fast, for it asks about the order of the others only where neighbours
 * matter.
 */
export function subsetOptimum({ rules, candidates }: Instance): number {
  const able = candidates.filter((ad) => ad.value * 1000 >= rules.minValuePerSecond * ad.durationMs);
  let best = 0;
  const extend = (from: number, set: PodCandidate[], leftMs: number, taken: ReadonlySet<number>) => {
    best = Math.max(best, worthOf(rules, set, best));
    if (set.length === rules.maxAds) return;
    for (let next = from; next < able.length; next++) {
      const ad = able[next]!;
      if (ad.durationMs > leftMs || ad.groups.some((group) => taken.has(group))) continue;
      extend(next + 1, [...set, ad], leftMs - ad.durationMs, new Set([...taken, ...ad.groups]));
    }
  };
  extend(0, [], rules.durationMs, new Set());
  return best;
}

const times = (value: number, ppm: number) => Math.round((value * ppm) / 1_000_000);

/** The best order of a set, when it beats `atLeast`; else anything below. */
function worthOf(rules: PodRules, set: readonly PodCandidate[], atLeast: number): number {
  const { firstMultiplierPpm: first, lastMultiplierPpm: last } = rules;
  if (set.length === 0) return 0;
  if (set.length === 1) return times(set[0]!.value, Math.max(first, last));
  const sum = set.reduce((total, ad) => total + ad.value, 0);
  let best = -1;
  for (const opens of set) {
    if (opens.position === 'last') continue;
    for (const closes of set) {
      if (closes === opens || closes.position === 'first') continue;
      const between = set.filter((ad) => ad !== opens && ad !== closes);
      if (between.some((ad) => ad.position !== 'any')) continue;
      const value = sum - opens.value - closes.value + times(opens.value, first) + times(closes.value, last);
      if (value > Math.max(best, atLeast) && canStand(opens, between, closes)) best = value;
    }
  }
  return best;
}

/** Whether the ads between can be put in an order in which no two neighbours share a group. */
function canStand(before: PodCandidate, between: readonly PodCandidate[], closes: PodCandidate): boolean {
  if (between.length === 0) return mayNeighbour(before, closes);
  return between.some(
    (ad) =>
      mayNeighbour(before, ad) &&
      canStand(
        ad,
        between.filter((other) => other !== ad),
        closes,
      ),
  );
}

function mayNeighbour(one: PodCandidate, other: PodCandidate): boolean {
  return !one.adjacent.some((group) => other.adjacent.includes(group));
}
