import type { RetryDecision } from '../../../kernel/retry-policy.ts';

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
