/** Failures of one key (an e-mail, an address) inside a window. */
export interface ThrottleState {
  failures: number;
  windowStartedAt: Date;
  blockedUntil: Date | null;
}

export interface ThrottleLimits {
  windowMs: number;
  /** Failures in the window before a block. */
  allowed: number;
  /** First block; doubles with every further failure up to maxBlockMs. */
  blockMs: number;
  maxBlockMs: number;
}

/** Per e-mail: five tries, then 30 s, doubling to 15 min. */
export const emailLimits: ThrottleLimits = {
  windowMs: 900_000,
  allowed: 5,
  blockMs: 30_000,
  maxBlockMs: 900_000,
};

/** Per address, which many people may share: wider. */
export const addressLimits: ThrottleLimits = {
  windowMs: 900_000,
  allowed: 50,
  blockMs: 30_000,
  maxBlockMs: 900_000,
};

/** Milliseconds to wait before the next try; 0 when it may be made now. */
export function waitMs(state: ThrottleState | null, now: Date): number {
  return Math.max(0, (state?.blockedUntil?.getTime() ?? 0) - now.getTime());
}

/** State after one more failure. */
export function afterFailure(state: ThrottleState | null, limits: ThrottleLimits, now: Date): ThrottleState {
  const fresh = state === null || now.getTime() - state.windowStartedAt.getTime() >= limits.windowMs;
  const failures = fresh ? 1 : state.failures + 1;
  const excess = failures - limits.allowed;
  const block = excess < 0 ? 0 : Math.min(limits.maxBlockMs, limits.blockMs * 2 ** Math.min(excess, 20));
  return {
    failures,
    windowStartedAt: fresh ? now : state.windowStartedAt,
    blockedUntil: block === 0 ? null : new Date(now.getTime() + block),
  };
}
