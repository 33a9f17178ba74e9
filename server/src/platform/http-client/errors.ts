const brand: unique symbol = Symbol.for('cuepoint.UpstreamError') as never;

/**
 * How a call to a partner went wrong, decided once, at the adapter.
 * - `rate_limited`: not processed; ask again after `retryAfterMs`.
 * - `unavailable`: not processed, or safe to repeat; ask again later.
 * - `ambiguous`: it may have been processed and nobody said; look before sending it again.
 * - `unauthorised`: the credentials do not hold (any more).
 * - `rejected`: understood and refused; sending the same again cannot help.
 */
export type UpstreamErrorKind = 'rate_limited' | 'unavailable' | 'ambiguous' | 'unauthorised' | 'rejected';

export interface UpstreamErrorDetails {
  /** The partner's own code, or ours when the request never left (`address_blocked`). */
  code?: string;
  status?: number;
  retryAfterMs?: number;
  cause?: unknown;
}

/** Its message may be shown to users of the account: it holds no secret and no stack. */
export class UpstreamError extends Error {
  readonly [brand] = true;
  readonly kind: UpstreamErrorKind;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: UpstreamErrorKind, message: string, details: UpstreamErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'UpstreamError';
    this.kind = kind;
    this.code = details.code;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** True also for an error made by another copy of this module. */
  static is(error: unknown): error is UpstreamError {
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[brand] === true;
  }
}

/**
 * Milliseconds to wait, from `retry-after-ms`, or `retry-after` as seconds or HTTP date (RFC 9110 section 10.2.3).
 * Undefined when absent or unreadable; never negative, at most one day.
 */
export function retryAfterMsOf(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const bounded = (ms: number) => Math.min(Math.max(0, Math.ceil(ms)), 86_400_000);
  const exact = headers['retry-after-ms'];
  if (exact !== undefined && /^\d+(\.\d+)?$/.test(exact)) return bounded(Number(exact));
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return bounded(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : bounded(at - nowMs);
}

/**
 * The class of an HTTP status of 400 and above, or undefined below.
 * A server error after a create leaves it open whether the thing was made; only 429 and 503 say that it was not.
 */
export function kindOfStatus(status: number, idempotent: boolean): UpstreamErrorKind | undefined {
  if (status < 400) return undefined;
  if (status === 429) return 'rate_limited';
  if (status === 401) return 'unauthorised';
  if (status === 503) return 'unavailable';
  if (status === 408 || status >= 500) return idempotent ? 'unavailable' : 'ambiguous';
  return 'rejected';
}
