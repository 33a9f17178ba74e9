import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, creative, lineItem, OPEN, PLACEMENT, POD, REQUEST } from '../fixture.ts';
import { buildIndex } from '../index/build-index.ts';
import type { PodRuleInput } from '../model.ts';
import type { PodCandidate, PodRules } from '../pod/model.ts';
import { bruteForce, candidate, type Play, tierValue, violations } from '../pod/reference.fixture.ts';
import { decide } from './decide.ts';

/* Breaks of every kind as `decide` fills them, against every break there is under the same rules. */

interface Spec {
  readonly cpm: number;
  readonly seconds: number;
  readonly priority: number;
  readonly domain: number;
  readonly category: number;
  readonly place: 'first' | 'last' | 'edge' | undefined;
}

const spec = (priorities: readonly number[]): fc.Arbitrary<Spec> =>
  fc.record({
    cpm: fc.integer({ min: 1, max: 40 }),
    seconds: fc.constantFrom(5, 6, 15, 15, 20, 30),
    priority: fc.constantFrom(...priorities),
    domain: fc.integer({ min: 0, max: 4 }),
    category: fc.integer({ min: 0, max: 3 }),
    place: fc.constantFrom(undefined, undefined, undefined, 'first', 'last', 'edge'),
  });

const slot = fc.constantFrom<PodRuleInput['slots'][number]>(
  { kind: 'bumper', minDurationMs: 0, maxDurationMs: 7_000 },
  { kind: 'any', minDurationMs: 0, maxDurationMs: 15_000 },
  { kind: 'any', minDurationMs: 10_000, maxDurationMs: 30_000 },
);

const rule: fc.Arbitrary<PodRuleInput> = fc
  .record({
    kind: fc.constantFrom('dynamic' as const, 'structured' as const, 'hybrid' as const),
    durationMs: fc.constantFrom(20_000, 30_000, 45_000, 60_000),
    maxAds: fc.integer({ min: 1, max: 3 }),
    isExact: fc.boolean(),
    slots: fc.array(slot, { minLength: 1, maxLength: 2 }),
    categorySeparation: fc.constantFrom('pod' as const, 'adjacent' as const, 'none' as const),
    maxAdsPerAdvertiser: fc.constantFrom(1, 1, 2),
    firstPermille: fc.constantFrom(1000, 1150),
    lastPermille: fc.constantFrom(1000, 1050, 900),
  })
  .map((one) => ({ ...POD, ...one, slots: one.kind === 'dynamic' ? [] : one.slots }));

/** The rules in the words of the optimiser, so that what judges the break is not what filled it. */
function rulesOf(pod: PodRuleInput): PodRules {
  return {
    kind: pod.kind,
    durationMs: pod.kind === 'structured' ? 0 : pod.durationMs,
    maxAds: pod.maxAds,
    exact: pod.isExact && pod.kind !== 'structured',
    slots: pod.slots,
    minValuePerSecond: 0,
    floorValue: 0,
    durationFloors: [],
    firstMultiplierPpm: pod.firstPermille * 1000,
    lastMultiplierPpm: pod.lastPermille * 1000,
    backups: 0,
  };
}

const DOMAINS = 100;
const CATEGORIES = 200;

function candidatesOf(specs: readonly Spec[], pod: PodRuleInput): PodCandidate[] {
  return specs.map((one, n) =>
    candidate(`li_${n}`, {
      durationMs: one.seconds * 1000,
      value: one.cpm * 1_000_000,
      position: one.place ?? 'any',
      tier: one.priority,
      bumper: one.seconds <= 7,
      groups:
        pod.categorySeparation === 'pod'
          ? [DOMAINS + one.domain, CATEGORIES + one.category]
          : [DOMAINS + one.domain],
      adjacent: pod.categorySeparation === 'adjacent' ? [one.category] : [],
    }),
  );
}

function fill(specs: readonly Spec[], pod: PodRuleInput, seed: number) {
  const index = buildIndex({
    placements: [PLACEMENT],
    creatives: specs.map((one, n) =>
      creative({
        id: `crv_${n}`,
        durationMs: one.seconds * 1000,
        adDomain: `d${one.domain}.example`,
        categories: [`c${one.category}`],
      }),
    ),
    lineItems: specs.map((one, n) =>
      lineItem({
        id: `li_${n}`,
        priority: one.priority,
        cpmMicros: one.cpm * 1_000_000,
        creatives: assign(`crv_${n}`),
        ...(one.place === undefined ? {} : { podPosition: one.place }),
      }),
    ),
  });
  return decide(index, { ...REQUEST, pod }, OPEN, seed);
}

/** Every way to read ads in play order as slots, in their order, and then the dynamic part. */
function readings(ads: readonly PodCandidate[], slots: number): Play[][] {
  const found: Play[][] = [];
  const extend = (at: number, from: number, plays: Play[]) => {
    if (at === ads.length) {
      found.push(plays);
      return;
    }
    for (let next = from; next < slots; next++)
      extend(at + 1, next + 1, [...plays, { candidate: ads[at]!, slot: next }]);
    extend(at + 1, slots, [...plays, { candidate: ads[at]!, slot: null }]);
  };
  extend(0, 0, []);
  return found;
}

const dynamicMs = (plays: readonly Play[]) =>
  plays.reduce((sum, play) => sum + (play.slot === null ? play.candidate.durationMs : 0), 0);

const capacityOf = (pod: PodRuleInput) =>
  new Map(Array.from({ length: 5 }, (_, domain) => [DOMAINS + domain, pod.maxAdsPerAdvertiser]));

describe('a break of any kind, as decided', () => {
  it('keeps length, slots, bumpers, ends and separation, and misses the best by no more than it says', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(spec([8]), { minLength: 1, maxLength: 5 }), rule, fc.nat(), (specs, pod, seed) => {
        const rules = rulesOf(pod);
        const candidates = candidatesOf(specs, pod);
        const capacity = capacityOf(pod);
        const { ads, fill: filled, reason } = fill(specs, pod, seed);
        const order = ads.map((ad) => candidates[Number(ad.lineItem.id.slice(3))]!);
        const optimum = bruteForce({ rules, candidates }, capacity);
        // What can be filled to the millisecond is, and then no reading of the break counts that leaves room.
        const valid = readings(order, rules.slots.length).filter(
          (plays) =>
            violations(rules, plays, capacity).length === 0 &&
            (!optimum.exactFound || dynamicMs(plays) === rules.durationMs),
        );
        expect(valid.length).toBeGreaterThan(0);
        expect(filled!.filledMs).toBe(order.reduce((sum, ad) => sum + ad.durationMs, 0));
        const earned = Math.max(...valid.map((plays) => tierValue(rules, plays, 8)));
        expect(earned).toBeLessThanOrEqual(optimum.value);
        expect(earned).toBeGreaterThanOrEqual(optimum.value * (1 - filled!.gap) - 1);
        expect(filled!.gap).toBeLessThanOrEqual(0.01);
        expect(reason === null).toBe(ads.length > 0);
        expect(ads.length > 0).toBe(optimum.plays.length > 0);
        const kind = `${pod.kind}${rules.exact ? ' exact' : ''} ${pod.categorySeparation}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }),
      { numRuns: 500 },
    );
    // Three kinds, two of them exact or not, each with three ways to separate.
    expect(seen.size).toBe(15);
  });

  it('keeps the same rules across priorities', () => {
    fc.assert(
      fc.property(
        fc.array(spec([2, 8, 10]), { minLength: 1, maxLength: 14 }),
        rule,
        fc.nat(),
        (specs, pod, seed) => {
          const candidates = candidatesOf(specs, pod);
          const { ads } = fill(specs, pod, seed);
          const order = ads.map((ad) => candidates[Number(ad.lineItem.id.slice(3))]!);
          const valid = readings(order, pod.slots.length).filter(
            (plays) => violations(rulesOf(pod), plays, capacityOf(pod)).length === 0,
          );
          expect(valid.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 400 },
    );
  });
});
