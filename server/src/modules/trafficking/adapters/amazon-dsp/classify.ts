import { z } from 'zod';
import {
  type HttpResponse,
  kindOfStatus,
  retryAfterMsOf,
  UpstreamError,
} from '../../../../platform/http-client/index.ts';

/** What an answer, or the want of one, means for the request that was sent. */
export type Verdict =
  | { kind: 'ok'; body: Record<string, unknown> }
  | { kind: 'retry'; code: string; reason: string; retryAfterMs?: number }
  | { kind: 'ambiguous'; code: string; reason: string }
  | { kind: 'unauthorised'; code: string; reason: string }
  | { kind: 'permanent'; code: string; reason: string };

const wholeError = z.object({ code: z.string().optional(), message: z.string().optional() });
const multiStatus = z.object({
  success: z.array(z.object({ index: z.number() }).loose()).default([]),
  error: z
    .array(
      z.object({
        index: z.number(),
        errors: z
          .array(z.object({ code: z.string(), message: z.string(), fieldLocation: z.string().optional() }))
          .min(1),
      }),
    )
    .default([]),
});

/** Failure before a complete answer. */
export function classifyError(error: unknown): Verdict {
  if (!UpstreamError.is(error)) throw error;
  const reason = error.message;
  const code = error.code ?? error.kind;
  switch (error.kind) {
    case 'ambiguous':
      return { kind: 'ambiguous', code, reason };
    case 'unauthorised':
      return { kind: 'unauthorised', code, reason };
    case 'rejected':
      return { kind: 'permanent', code, reason };
    default:
      return {
        kind: 'retry',
        code,
        reason,
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      };
  }
}

/** A whole answer: its status first, then whether its body is what the status promises. */
export function classifyAnswer(answer: HttpResponse, idempotent: boolean, nowMs: number): Verdict {
  const body = jsonObject(answer);
  const kind = kindOfStatus(answer.status, idempotent);
  if (kind !== undefined) {
    const { code = `HTTP_${answer.status}`, message = '' } = wholeError.safeParse(body ?? {}).data ?? {};
    const reason = `HTTP ${answer.status} ${code}${message ? `: ${message}` : ''}`;
    if (kind === 'unauthorised') return { kind, code, reason };
    if (kind === 'ambiguous') return { kind, code, reason };
    // Something else changed the object meanwhile: look again before sending.
    if (code === 'CONFLICT' || answer.status === 409)
      return { kind: idempotent ? 'retry' : 'ambiguous', code, reason };
    if (kind === 'rejected') return { kind: 'permanent', code, reason };
    const retryAfterMs = retryAfterMsOf(answer.headers, nowMs);
    return { kind: 'retry', code, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (answer.status !== 200 && answer.status !== 207) {
    return { kind: 'permanent', code: `HTTP_${answer.status}`, reason: `unexpected HTTP ${answer.status}` };
  }
  if (body === undefined) {
    // Accepted, in words we cannot read.
    return {
      kind: idempotent ? 'retry' : 'ambiguous',
      code: 'answer_unreadable',
      reason: `HTTP ${answer.status} with unreadable JSON`,
    };
  }
  return { kind: 'ok', body };
}

export type ItemVerdict =
  | { kind: 'made'; object: Record<string, unknown> }
  | Exclude<Verdict, { kind: 'ok' }>;

/** The one item of a 207, which is a 207 even when the item failed. */
export function classifyItem(
  body: Record<string, unknown>,
  singular: string,
  idempotent: boolean,
): ItemVerdict {
  const doubtful = (reason: string): ItemVerdict => ({
    kind: idempotent ? 'retry' : 'ambiguous',
    code: 'answer_unreadable',
    reason,
  });
  const parsed = multiStatus.safeParse(body);
  if (!parsed.success) return doubtful('the multi-status answer has another shape');
  const failed = parsed.data.error.find((entry) => entry.index === 0);
  if (failed) {
    const reason = failed.errors
      .map(
        ({ code, message, fieldLocation }) =>
          `${code}: ${message}${fieldLocation ? ` (${fieldLocation})` : ''}`,
      )
      .join('; ')
      .slice(0, 1_000);
    const { code } = failed.errors[0]!;
    if (code === 'TOO_MANY_REQUESTS') return { kind: 'retry', code, reason };
    if (code === 'INTERNAL_ERROR' || code === 'CONFLICT')
      return { kind: idempotent ? 'retry' : 'ambiguous', code, reason };
    if (code === 'UNAUTHORIZED') return { kind: 'unauthorised', code, reason };
    return { kind: 'permanent', code, reason };
  }
  const object = parsed.data.success.find((entry) => entry.index === 0)?.[singular];
  if (typeof object !== 'object' || object === null)
    return doubtful('the multi-status answer names no item 0');
  return { kind: 'made', object: object as Record<string, unknown> };
}

export function jsonObject(answer: HttpResponse): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(answer.text());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
