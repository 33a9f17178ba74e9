import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { UpstreamError } from './errors.ts';
import type { CheckedTarget } from './target.ts';

export interface Timeouts {
  /** Name resolved to connection (and TLS) ready. */
  connectMs: number;
  /** Request written to first byte of the answer. */
  firstByteMs: number;
  /** All of one exchange, redirects excluded. */
  totalMs: number;
}

export interface ExchangeRequest {
  method: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer | undefined;
  timeouts: Timeouts;
  /** A repeat does no harm, so a lost answer is `unavailable` instead of `ambiguous`. */
  idempotent: boolean;
  signal: AbortSignal | undefined;
}

export interface ResponseHead {
  status: number;
  headers: Record<string, string>;
}

/**
 * One request and its answer over a fresh connection: a kept-alive one that the server has just closed looks like a
 * lost answer, and a create must not become ambiguous for that.
 * The clock of `totalMs` keeps running while `consume` reads.
 */
export async function exchange<T>(
  target: CheckedTarget,
  request: ExchangeRequest,
  consume: (head: ResponseHead, body: Readable) => Promise<T>,
): Promise<T> {
  let connected = false;
  const fail = (code: string, what: string, cause?: unknown) => {
    const kind = connected && !request.idempotent ? 'ambiguous' : 'unavailable';
    return new UpstreamError(kind, `${request.method} ${target.url.host}: ${what}`, {
      code,
      ...(cause === undefined ? {} : { cause }),
    });
  };
  return new Promise<T>((resolve, reject) => {
    const { timeouts } = request;
    const secure = target.url.protocol === 'https:';
    const outgoing = (secure ? https : http).request(target.url, {
      method: request.method,
      headers: {
        ...request.headers,
        ...(request.body ? { 'content-length': String(request.body.length) } : {}),
      },
      lookup: pinned(target.addresses),
      agent: false,
      setHost: true,
      maxHeaderSize: 32_768,
    });
    let body: Readable | undefined;
    let failure: Error | undefined;
    const timers: NodeJS.Timeout[] = [];
    const after = (ms: number, code: string, what: string) => {
      const timer = setTimeout(() => abort(fail(code, what)), ms);
      timers.push(timer);
      return timer;
    };
    const settle = () => {
      for (const timer of timers) clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancelled);
    };
    // Once `consume` runs, its own clean-up comes before the caller hears of the failure.
    const abort = (error: Error) => {
      settle();
      failure ??= error;
      outgoing.destroy(failure);
      if (body) body.destroy(failure);
      else reject(failure);
    };
    const cancelled = () => abort(fail('cancelled', 'cancelled before the answer was complete'));

    const connectTimer = after(
      timeouts.connectMs,
      'connect_timeout',
      `no connection within ${timeouts.connectMs} ms`,
    );
    after(timeouts.totalMs, 'timeout', `not finished within ${timeouts.totalMs} ms`);
    let firstByteTimer: NodeJS.Timeout | undefined;
    if (request.signal?.aborted) return cancelled();
    request.signal?.addEventListener('abort', cancelled, { once: true });

    outgoing.once('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
        clearTimeout(connectTimer);
        firstByteTimer = after(
          timeouts.firstByteMs,
          'timeout',
          `no answer within ${timeouts.firstByteMs} ms`,
        );
      });
    });
    outgoing.on('error', (cause) => {
      if (UpstreamError.is(cause)) return;
      abort(
        fail(
          codeOf(cause),
          connected ? 'the connection was lost before an answer' : `no connection (${codeOf(cause)})`,
          cause,
        ),
      );
    });
    outgoing.once('response', (incoming) => {
      clearTimeout(firstByteTimer);
      const head: ResponseHead = { status: incoming.statusCode ?? 0, headers: flat(incoming.headers) };
      const lost = (cause: Error) => {
        if (!UpstreamError.is(cause)) {
          abort(fail(codeOf(cause), 'the connection was lost within the answer', cause));
        }
      };
      incoming.once('error', lost);
      let decoding: Readable;
      try {
        decoding = decoded(incoming, head.headers['content-encoding']);
      } catch (cause) {
        return abort(fail('encoding_unknown', (cause as Error).message));
      }
      body = decoding;
      if (body !== incoming) body.once('error', lost);
      consume(head, body)
        .then(
          (value) => resolve(value),
          (cause: Error) => {
            reject(
              failure ?? (UpstreamError.is(cause) ? cause : fail('answer_unreadable', cause.message, cause)),
            );
          },
        )
        .finally(() => {
          settle();
          // What was not read (a redirect, an oversized body) must not hold the socket.
          outgoing.destroy();
        });
    });
    outgoing.end(request.body);
  });
}

/** Answers every look-up of the socket with the addresses that were judged, whatever the name says by now. */
function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    if (options.all) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  };
}

function decoded(incoming: IncomingMessage, encoding: string | undefined): Readable {
  switch (encoding?.toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return incoming;
    case 'gzip':
    case 'x-gzip':
      return incoming.pipe(createGunzip());
    case 'deflate':
      return incoming.pipe(createInflate());
    case 'br':
      return incoming.pipe(createBrotliDecompress());
    default:
      throw new Error(`the answer has an unknown content-encoding ${encoding}`);
  }
}

function flat(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const flattened: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flattened[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flattened;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : 'connection_failed';
}
