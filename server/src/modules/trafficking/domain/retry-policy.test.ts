import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRetry, defaultRetryLimits } from '../../../kernel/retry-policy.ts';
import { decideReview, defaultReviewLimits } from './retry-policy.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const outcome = fc.constantFrom('retry' as const, 'ambiguous' as const);
const tries = fc.integer({ min: 1, max: defaultRetryLimits.maxTries - 1 });
const waitOf = (decision: ReturnType<typeof decideRetry>): number => {
  if (decision.kind !== 'wait') throw new Error('gave up');
  return decision.delayMs;
};

describe('retry policy', () => {
  it('never repeats what is permanent, nor beyond the last try', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), outcome, random, (n, kind, r) => {
        expect(decideRetry({ outcome: 'permanent', tries: n, random: r })).toEqual({ kind: 'give_up' });
        const decision = decideRetry({ outcome: kind, tries: n, random: r });
        expect(decision.kind).toBe(n >= defaultRetryLimits.maxTries ? 'give_up' : 'wait');
      }),
    );
  });

  it('is never sooner than the platform asked for, and hardly later', () => {
    fc.assert(
      fc.property(outcome, tries, fc.nat(86_400_000), random, (kind, n, retryAfterMs, r) => {
        const delayMs = waitOf(decideRetry({ outcome: kind, tries: n, retryAfterMs, random: r }));
        expect(delayMs).toBeGreaterThanOrEqual(retryAfterMs);
        expect(delayMs).toBeLessThanOrEqual(Math.max(defaultRetryLimits.capMs, retryAfterMs + 1_001));
      }),
    );
  });

  it('grows with each try, stays below its cap, and uses whole milliseconds', () => {
    fc.assert(
      fc.property(tries, random, random, (n, r, other) => {
        const delayMs = waitOf(decideRetry({ outcome: 'retry', tries: n, random: r }));
        const ceiling = Math.min(defaultRetryLimits.capMs, defaultRetryLimits.baseMs * 2 ** (n - 1));
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(ceiling / 2);
        expect(delayMs).toBeLessThanOrEqual(ceiling);
        const later = decideRetry({ outcome: 'retry', tries: n + 1, random: other });
        if (later.kind === 'wait') expect(later.delayMs).toBeGreaterThanOrEqual(Math.floor(ceiling / 2));
      }),
    );
  });

  it('spreads deployments that one outage has stopped', () => {
    const delays = [0, 0.25, 0.5, 0.75].map((r) =>
      waitOf(decideRetry({ outcome: 'retry', tries: 3, random: r })),
    );
    expect(delays).toEqual([2_000, 2_500, 3_000, 3_500]);
  });

  it('takes other limits', () => {
    const limits = { maxTries: 2, baseMs: 10, capMs: 15 };
    expect(decideRetry({ outcome: 'retry', tries: 1, random: 0 }, limits)).toEqual({
      kind: 'wait',
      delayMs: 5,
    });
    expect(decideRetry({ outcome: 'retry', tries: 2, random: 0 }, limits)).toEqual({ kind: 'give_up' });
  });
});

describe('review', () => {
  it('is looked at ever less often, within bounds, and given up in the end', () => {
    fc.assert(
      fc.property(fc.nat(2 * defaultReviewLimits.giveUpAfterMs), fc.nat(86_400_000), (ageMs, more) => {
        const decision = decideReview(ageMs);
        if (ageMs >= defaultReviewLimits.giveUpAfterMs) {
          expect(decision).toEqual({ kind: 'give_up' });
          return;
        }
        const delayMs = waitOf(decision);
        expect(delayMs).toBeGreaterThanOrEqual(defaultReviewLimits.firstDelayMs);
        expect(delayMs).toBeLessThanOrEqual(defaultReviewLimits.capMs);
        const later = decideReview(ageMs + more);
        if (later.kind === 'wait') expect(later.delayMs).toBeGreaterThanOrEqual(delayMs);
      }),
    );
  });
});
