/** Bounds of waiting, all in ms but `maxTries`. */
export interface RetryLimits {
  /** Tries of one step before the deployment fails. */
  maxTries: number;
  baseMs: number;
  /** Longest back-off of our own; a platform's Retry-After may ask for more. */
  capMs: number;
}

export const defaultRetryLimits: RetryLimits = { maxTries: 8, baseMs: 1_000, capMs: 300_000 };

export interface FailedTry {
  /** `permanent` never waits; `ambiguous` waits before the platform is searched. */
  outcome: 'retry' | 'ambiguous' | 'permanent';
  /** Tries of the step so far, this one included: 1 or more. */
  tries: number;
  /** What the platform asked for, or how long an unanswered request may still be under way. */
  retryAfterMs?: number | undefined;
  /** From 0 up to 1. */
  random: number;
}

export type RetryDecision = { kind: 'wait'; delayMs: number } | { kind: 'give_up' };

/**
 * What follows a try that did not succeed. The back-off doubles up to its cap, half of it random, so that many
 * deployments stopped by one outage do not come back together. It is never shorter than the platform asked for.
 */
export function decideRetry(failed: FailedTry, limits: RetryLimits = defaultRetryLimits): RetryDecision {
  if (failed.outcome === 'permanent' || failed.tries >= limits.maxTries) return { kind: 'give_up' };
  const backOffMs = Math.min(limits.capMs, limits.baseMs * 2 ** (failed.tries - 1));
  const jitteredMs = backOffMs / 2 + (backOffMs / 2) * failed.random;
  if (failed.retryAfterMs === undefined) return { kind: 'wait', delayMs: Math.ceil(jitteredMs) };
  const spreadMs = Math.min(1_000, failed.retryAfterMs / 10) * failed.random;
  return { kind: 'wait', delayMs: Math.ceil(Math.max(jitteredMs, failed.retryAfterMs + spreadMs)) };
}

/** Bounds of following a review, ms. */
export interface ReviewLimits {
  firstDelayMs: number;
  capMs: number;
  /** Without a verdict by then the deployment fails. */
  giveUpAfterMs: number;
}

export const defaultReviewLimits: ReviewLimits = {
  firstDelayMs: 1_000,
  capMs: 30 * 60_000,
  giveUpAfterMs: 14 * 24 * 3_600_000,
};

/** When to look at a review again that is `ageMs` old: pauses grow with its age. */
export function decideReview(ageMs: number, limits: ReviewLimits = defaultReviewLimits): RetryDecision {
  if (ageMs >= limits.giveUpAfterMs) return { kind: 'give_up' };
  return {
    kind: 'wait',
    delayMs: Math.ceil(Math.min(limits.capMs, Math.max(limits.firstDelayMs, ageMs / 2))),
  };
}
