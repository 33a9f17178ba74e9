import type { PlayerRequest, PlayerResponse } from './listener/exchange.ts';

/** Errors the delivery plane answers by itself: status, title and what the caller can do. */
export const deliveryProblems = {
  'input.invalid': { status: 400, title: 'The input does not fit', remedy: 'Correct the named field.' },
  'placement.not_found': {
    status: 404,
    title: 'No such placement',
    remedy: 'Use a placement key, a publisher key, or a host that a placement names.',
  },
  'route.not_found': { status: 404, title: 'No such address', remedy: 'Check the path.' },
  'method.not_allowed': { status: 405, title: 'Method not allowed', remedy: 'Use a method named in Allow.' },
  'request.too_large': { status: 413, title: 'The request is too large', remedy: 'Send less.' },
  'media_type.unsupported': {
    status: 415,
    title: 'The body is of another kind',
    remedy: 'Send application/json, or a form where the detail names it.',
  },
  'debug.refused': {
    status: 403,
    title: 'The debug token is not valid here',
    remedy: 'Ask for a new debug token, or leave X-Cuepoint-Debug out.',
  },
  'link.forged': {
    status: 403,
    title: 'The link is not ours',
    remedy: 'Use links exactly as they were given.',
  },
  'link.expired': {
    status: 410,
    title: 'The link has expired',
    remedy: 'Ask for a new ad; its links live for four hours.',
  },
  'destination.unknown': {
    status: 410,
    title: 'The creative of this click is no longer known',
    remedy: 'Ask for a new ad.',
  },
  'media.not_found': {
    status: 404,
    title: 'No such media file',
    remedy: 'Use an address from a current ad.',
  },
  'range.invalid': {
    status: 416,
    title: 'The range lies outside the file',
    remedy: 'Ask for bytes within the length in Content-Range.',
  },
  'redis.unavailable': {
    status: 503,
    title: 'Redis does not answer',
    remedy: 'Repeat it: what was asked is done as soon as Redis is back.',
  },
  'log.unavailable': {
    status: 503,
    title: 'The event was not kept',
    remedy: 'Send it again after the time in Retry-After; it counts once.',
  },
  'log.position_invalid': {
    status: 400,
    title: 'Not a position in this log',
    remedy: 'Continue from `next` of an earlier page, or from segment 1 offset 0.',
  },
  'log.position_pruned': {
    status: 410,
    title: 'That part of the log has been pruned',
    remedy: 'Continue from the first segment named in the detail.',
  },
  'delivery.not_ready': {
    status: 503,
    title: 'This node has no snapshot yet',
    remedy: 'Try again in a moment.',
  },
  'control.unavailable': {
    status: 503,
    title: 'The control plane does not answer',
    remedy: 'Ads are served meanwhile; repeat the request in a moment.',
  },
  'plane.unauthorised': {
    status: 401,
    title: 'The plane key is missing or wrong',
    remedy: 'Send Authorization: Bearer with the key of this installation.',
  },
  internal: { status: 500, title: 'Something failed here', remedy: 'Report the request id.' },
} as const;
export type DeliveryProblemCode = keyof typeof deliveryProblems;

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
  readonly value?: unknown;
  /** What would be accepted. */
  readonly accepted: string;
}

/** An answer that refuses; thrown anywhere below a route and written by `sendProblem`. */
export class DeliveryError extends Error {
  readonly code: DeliveryProblemCode;
  readonly fields: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the problem document. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: DeliveryProblemCode,
    detail: string,
    extra: {
      fields?: readonly FieldProblem[];
      headers?: Readonly<Record<string, string>>;
      members?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(detail);
    this.code = code;
    this.fields = extra.fields ?? [];
    this.headers = extra.headers ?? {};
    this.members = extra.members ?? {};
  }
}

/** One bad field, in the words every problem uses. */
export function badField(field: string, value: unknown, accepted: string, say?: string): DeliveryError {
  const shown =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'an array'
        : 'an object'
      : typeof value === 'string'
        ? value.slice(0, 100)
        : value;
  const message =
    say ?? (value === undefined ? `${field} is missing` : `${field} is ${JSON.stringify(shown)}`);
  return new DeliveryError('input.invalid', `${message}; accepted: ${accepted}.`, {
    fields: [{ field, message, ...(shown === undefined ? {} : { value: shown }), accepted }],
  });
}

/** Answers RFC 9457 problem details. */
export function sendProblem(
  request: PlayerRequest,
  response: PlayerResponse,
  error: DeliveryError,
  requestId: string,
): void {
  const { status, title, remedy } = deliveryProblems[error.code];
  const body = JSON.stringify({
    type: `https://cuepoint.dev/errors/${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    remedy,
    requestId,
    ...(error.fields.length > 0 ? { fields: error.fields } : {}),
    ...error.members,
  });
  response.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Request-Id': requestId,
    ...(status === 503 ? { 'Retry-After': '1' } : {}),
    ...error.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
