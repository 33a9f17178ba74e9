import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, emailLimits, type ThrottleState, waitMs } from './throttle.ts';

const start = new Date('2026-11-21T09:00:00Z');

describe('sign-in throttle', () => {
  it('lets five tries through and blocks the next for 30 s, then longer', () => {
    let state: ThrottleState | null = null;
    for (let i = 0; i < 4; i++) {
      state = afterFailure(state, emailLimits, start);
      expect(waitMs(state, start)).toBe(0);
    }
    state = afterFailure(state, emailLimits, start);
    expect(waitMs(state, start)).toBe(30_000);
    state = afterFailure(state, emailLimits, start);
    expect(waitMs(state, start)).toBe(60_000);
  });

  it('forgets after the window', () => {
    const old: ThrottleState = { failures: 40, windowStartedAt: start, blockedUntil: null };
    const later = new Date(start.getTime() + emailLimits.windowMs);
    expect(afterFailure(old, emailLimits, later).failures).toBe(1);
  });

  it('never blocks longer than the maximum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (failures) => {
        const state = afterFailure(
          { failures, windowStartedAt: start, blockedUntil: null },
          emailLimits,
          start,
        );
        expect(waitMs(state, start)).toBeLessThanOrEqual(emailLimits.maxBlockMs);
      }),
    );
  });
});
