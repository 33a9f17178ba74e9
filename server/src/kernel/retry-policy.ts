/** Bounds of waiting, all in ms but `maxTries`. */
export interface RetryLimits {
  /** Tries before it is given up. */
  maxTries: number;
  baseMs: number;
  /** Longest back-off of our own; a Retry-After may ask for more. */
  capMs: number;
}

export const defaultRetryLimits: RetryLimits = { maxTries: 8, baseMs: 1_000, capMs: 300_000 };

export interface FailedTry {
  /** `permanent` never waits; after `ambiguous` nobody knows whether it was done. */
  outcome: 'retry' | 'ambiguous' | 'permanent';
  /** Tries so far, this one included: 1 or more. */
  tries: number;
  /** What the other side asked for, or how long an unanswered request may still be under way. */
  retryAfterMs?: number | undefined;
  /** From 0 up to 1. */
  random: number;
}

export type RetryDecision = { kind: 'wait'; delayMs: number } | { kind: 'give_up' };

/**
 * What follows a try that did not succeed. The back-off doubles up to its cap, half of it random, so that what
 * one outage stopped does not come back together. It is never shorter than the other side asked for.
 */
export function decideRetry(failed: FailedTry, limits: RetryLimits = defaultRetryLimits): RetryDecision {
  if (failed.outcome === 'permanent' || failed.tries >= limits.maxTries) return { kind: 'give_up' };
  const backOffMs = Math.min(limits.capMs, limits.baseMs * 2 ** (failed.tries - 1));
  const jitteredMs = backOffMs / 2 + (backOffMs / 2) * failed.random;
  if (failed.retryAfterMs === undefined) return { kind: 'wait', delayMs: Math.ceil(jitteredMs) };
  const spreadMs = Math.min(1_000, failed.retryAfterMs / 10) * failed.random;
  return { kind: 'wait', delayMs: Math.ceil(Math.max(jitteredMs, failed.retryAfterMs + spreadMs)) };
}
