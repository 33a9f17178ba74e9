import { type ErrorCode, errorCatalog, type Problem } from '@cuepoint/contract';
import { traceIdOf } from './tracing.ts';

const brand: unique symbol = Symbol.for('cuepoint.AppError') as never;

export interface FieldProblem {
  field: string;
  message: string;
  value?: unknown;
  accepted?: string;
}

export interface AppErrorExtra {
  fields?: FieldProblem[];
  details?: Record<string, unknown>;
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * An expected "no" with a stable public code. Its message is public; what must
 * stay inside goes into `cause`.
 */
export class AppError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly fields: FieldProblem[] | undefined;
  readonly details: Record<string, unknown> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail: string, extra: AppErrorExtra = {}) {
    super(detail, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'AppError';
    this.code = code;
    this.fields = extra.fields;
    this.details = extra.details;
    this.retryAfterMs = extra.retryAfterMs;
  }

  /** True also for an error made by another copy of this package. */
  static is(error: unknown): error is AppError {
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[brand] === true;
  }
}

/** The RFC 9457 form of an error; a fault shows nothing but the request id. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known = AppError.is(error);
  const code: ErrorCode = known ? error.code : 'internal';
  const definition = errorCatalog[code];
  const traceId = traceIdOf(error);
  return {
    type: `https://cuepoint.dev/errors/${code}`,
    title: definition.title,
    status: definition.status,
    detail: known ? error.message : 'The request could not be completed. Nothing was changed.',
    code,
    remedy: definition.remedy,
    requestId,
    ...(traceId === undefined ? {} : { traceId }),
    ...(known && error.fields ? { fields: error.fields } : {}),
    ...(known && error.details ? { details: error.details } : {}),
    ...(known && error.retryAfterMs !== undefined ? { retryAfterMs: Math.ceil(error.retryAfterMs) } : {}),
  };
}
