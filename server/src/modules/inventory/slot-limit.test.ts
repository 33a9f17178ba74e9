import { MAX_BREAK_SLOTS, PodRule } from '@cuepoint/contract';
import { compilePod, MAX_POD_SLOTS } from '@cuepoint/decisioning';
import { expect, it } from 'vitest';
import { SnapshotPodRule } from '../../kernel/delivery-protocol.ts';

/** What one break may hold is said in three places, that cannot all know each other. */
it('accepts as many slots in a placement as a snapshot carries and the engine fills', () => {
  expect(MAX_BREAK_SLOTS).toBe(MAX_POD_SLOTS);
  const rule = (count: number) => ({
    kind: 'structured' as const,
    maxAds: MAX_BREAK_SLOTS,
    slots: Array.from({ length: count }, () => ({ maxDurationMs: 30_000 })),
  });
  const most = PodRule.parse(rule(MAX_BREAK_SLOTS));
  expect(SnapshotPodRule.safeParse(most).success).toBe(true);
  expect(() =>
    compilePod({
      ...most,
      exact: most.isExact,
      minValuePerSecond: 0,
      floorValue: 0,
      durationFloors: [],
      firstMultiplierPpm: 1_000_000,
      lastMultiplierPpm: 1_000_000,
    }),
  ).not.toThrow();
  expect(PodRule.safeParse(rule(MAX_BREAK_SLOTS + 1)).success).toBe(false);
  const slots = [...most.slots, most.slots[0]!];
  expect(SnapshotPodRule.safeParse({ ...most, slots }).success).toBe(false);
});
