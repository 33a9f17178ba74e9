import { describe, expect, it } from 'vitest';
import { fillPod } from './fill-pod.ts';
import { type HardPod, hardPod } from './long-pod.fixture.ts';
import { MAX_POD_SLOTS, type PodEffort } from './model.ts';
import { POD_EFFORT } from './pod-solver.ts';
import { violations } from './reference.fixture.ts';

/** A step that has begun is ended, and no table is smaller than its fewest rows. */
const WORK_AT_MOST = 1.1 * POD_EFFORT.workBudget;
const UNBOUNDED: PodEffort = { ...POD_EFFORT, workBudget: Number.POSITIVE_INFINITY };

const fill = ({ rules, candidates, capacity }: HardPod, effort: PodEffort) =>
  fillPod(rules, candidates, { groupCapacity: capacity, effort });

const longPods = (runs: number) =>
  Array.from({ length: runs }, (_, seed) =>
    hardPod(seed, [16, 20, 24, MAX_POD_SLOTS][seed % 4]!, [1, 4, 8, 16, 32]),
  );

describe(`a pod of 16 to ${MAX_POD_SLOTS} slots that is hard to fill`, () => {
  it('takes no more work than its budget, and keeps the rules', () => {
    let worst = 0;
    let exhausted = 0;
    for (const pod of longPods(160)) {
      const result = fill(pod, POD_EFFORT);
      worst = Math.max(worst, result.work);
      if (result.exhausted) exhausted++;
      const plays = result.placed.map((one) => ({ candidate: one.candidate, slot: one.slot }));
      const rules = result.exact === 'met' ? pod.rules : { ...pod.rules, exact: false };
      expect(violations(rules, plays, pod.capacity)).toEqual([]);
      expect(result.value).toBeLessThanOrEqual(result.upperBound);
      expect(result.exhausted || result.gap <= 0.01 || pod.rules.exact || tiersOf(pod) > 1).toBe(true);
    }
    expect(worst).toBeLessThanOrEqual(WORK_AT_MOST);
    // They are as hard as that: most are cut.
    expect(exhausted).toBeGreaterThan(60);
  });

  it('bounds as validly, and earns nearly as much, as with no bound on the work', () => {
    let most = 0;
    let earned = 0;
    let couldEarn = 0;
    for (const pod of longPods(60)) {
      const result = fill(pod, POD_EFFORT);
      const more = fill(pod, UNBOUNDED);
      most = Math.max(most, more.work);
      earned += result.value;
      couldEarn += more.value;
      // A later tier is bounded given the ads of those before, which may be others.
      if (tiersOf(pod) === 1 && result.exact === more.exact)
        expect(result.upperBound).toBeGreaterThanOrEqual(more.value);
    }
    expect(earned / couldEarn).toBeGreaterThan(0.98);
    expect(most).toBeGreaterThan(4 * POD_EFFORT.workBudget);
  });

  it('is filled the same each time', () => {
    for (const pod of longPods(8)) expect(fill(pod, POD_EFFORT)).toEqual(fill(pod, POD_EFFORT));
  });
});

describe('a pod of up to eight slots and eight dynamic ads', () => {
  it('is bounded by steps alone', () => {
    for (let seed = 0; seed < 40; seed++) {
      const pod = hardPod(seed, 1 + (seed % 8), [1, 4, 8]);
      expect(fill(pod, { ...POD_EFFORT, workBudget: 1 })).toEqual(fill(pod, POD_EFFORT));
    }
  });
});

function tiersOf({ candidates }: HardPod): number {
  return new Set(candidates.map(({ tier }) => tier)).size;
}
