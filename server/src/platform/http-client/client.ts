import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UpstreamError } from './errors.ts';
import { type ExchangeRequest, exchange, type ResponseHead, type Timeouts } from './exchange.ts';
import { type CheckedTarget, checkTarget, type TargetPolicy } from './target.ts';

/** What is about to leave; seen before a socket opens. Throwing from the hook keeps the request from leaving. */
export interface OutboundRequest {
  method: string;
  url: string;
  host: string;
  redirect: boolean;
}

export interface HttpClientOptions extends Partial<Omit<TargetPolicy, 'resolve'>> {
  timeouts?: Partial<Timeouts>;
  /** Of a decoded answer kept in memory; downloads name their own. */
  maxBytes?: number;
  /** GET and HEAD only; other methods show their 3xx answer. */
  maxRedirects?: number;
  userAgent?: string;
  onRequest?: (request: OutboundRequest) => void;
  /** All addresses of a name; the system's resolver when absent. */
  resolve?: TargetPolicy['resolve'];
}

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  timeouts?: Partial<Timeouts>;
  maxBytes?: number;
  maxRedirects?: number;
  /** Overrides what the method says, e.g. for a query sent as POST. */
  idempotent?: boolean;
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** After redirects. */
  url: string;
  body: Buffer;
  text(): string;
  durationMs: number;
}

export interface DownloadedFile {
  status: number;
  headers: Record<string, string>;
  url: string;
  sizeBytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/**
 * The only way out of the server: guards against requests into private networks (resolve, judge every address, pin it,
 * judge redirects again), bounds time, size and redirects, and tells failures apart once.
 */
export interface HttpClient {
  /** Resolves with any HTTP status. @throws UpstreamError when there is no complete answer */
  request(request: HttpRequest): Promise<HttpResponse>;
  /**
   * Streams a 200 answer into a new file, which is removed again when anything goes wrong.
   * @throws UpstreamError, also for another status
   */
  download(request: HttpRequest & { toPath: string; maxBytes: number }): Promise<DownloadedFile>;
}

const defaultTimeouts: Timeouts = { connectMs: 5_000, firstByteMs: 30_000, totalMs: 60_000 };
const idempotentMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
/** Must not follow a redirect to another origin. */
const secretHeaders = new Set(['authorization', 'cookie', 'proxy-authorization']);

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const policy: TargetPolicy = {
    allowPrivate: options.allowPrivate ?? [],
    allowHttp: options.allowHttp ?? false,
    ports: options.ports ?? [443, 80],
    resolve:
      options.resolve ??
      (async (hostname) =>
        (await lookup(hostname, { all: true, verbatim: true })).map((found) => found.address)),
  };

  async function follow<T>(
    request: HttpRequest,
    consume: (head: ResponseHead, body: Readable, url: string) => Promise<T>,
  ): Promise<T> {
    const readOnly = request.method === 'GET' || request.method === 'HEAD';
    const maxRedirects = readOnly ? (request.maxRedirects ?? options.maxRedirects ?? 5) : 0;
    let headers = withDefaults(request.headers ?? {}, options.userAgent);
    let target = await checkTarget(request.url, policy);
    for (let hops = 0; ; hops += 1) {
      options.onRequest?.({
        method: request.method,
        url: target.url.href,
        host: target.url.host,
        redirect: hops > 0,
      });
      const outcome: { redirectTo: string } | { value: T } = await exchange(
        target,
        outgoing(request, headers),
        async (head, body) => {
          const location = head.headers.location;
          if (
            readOnly &&
            head.status >= 300 &&
            head.status < 400 &&
            head.status !== 304 &&
            location !== undefined
          ) {
            return { redirectTo: location };
          }
          return { value: await consume(head, body, target.url.href) };
        },
      );
      if ('value' in outcome) return outcome.value;
      if (hops >= maxRedirects) {
        throw new UpstreamError(
          'rejected',
          `more than ${maxRedirects} redirects from ${request.url.slice(0, 200)}`,
          {
            code: 'too_many_redirects',
          },
        );
      }
      const next = await checkTarget(resolved(outcome.redirectTo, target), policy, target);
      if (next.url.origin !== target.url.origin) headers = withoutSecrets(headers);
      target = next;
    }
  }

  function outgoing(request: HttpRequest, headers: Record<string, string>): ExchangeRequest {
    return {
      method: request.method,
      headers,
      body: request.body === undefined ? undefined : Buffer.from(request.body),
      timeouts: { ...defaultTimeouts, ...options.timeouts, ...request.timeouts },
      idempotent: request.idempotent ?? idempotentMethods.has(request.method),
      signal: request.signal,
    };
  }

  return {
    async request(request) {
      const startedAt = performance.now();
      const maxBytes = request.maxBytes ?? options.maxBytes ?? 2_000_000;
      return follow(request, async (head, stream, url) => {
        const chunks: Buffer[] = [];
        let size = 0;
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          size += chunk.length;
          if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
          chunks.push(chunk);
        }
        const body = Buffer.concat(chunks);
        return {
          ...head,
          url,
          body,
          text: () => body.toString('utf8'),
          durationMs: performance.now() - startedAt,
        };
      });
    },

    async download(request) {
      const { toPath, maxBytes } = request;
      return follow({ ...request, method: 'GET' }, async (head, stream, url) => {
        if (head.status !== 200) {
          const gone = head.status === 403 || head.status === 404 || head.status === 410;
          throw new UpstreamError(
            gone ? 'rejected' : 'unavailable',
            `the file answered HTTP ${head.status}`,
            {
              status: head.status,
            },
          );
        }
        const announced = Number(head.headers['content-length'] ?? 0);
        if (announced > maxBytes) throw tooLarge(maxBytes);
        const hash = createHash('sha256');
        let sizeBytes = 0;
        const measure = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            sizeBytes += chunk.length;
            hash.update(chunk);
            done(sizeBytes > maxBytes ? tooLarge(maxBytes) : null, chunk);
          },
        });
        try {
          await pipeline(stream, measure, createWriteStream(toPath, { flags: 'wx' }));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(toPath, { force: true });
          throw error;
        }
        return { ...head, url, sizeBytes, sha256: hash.digest('hex') };
      });
    },
  };
}

function tooLarge(maxBytes: number): UpstreamError {
  return new UpstreamError('rejected', `the file is larger than ${maxBytes} bytes`, {
    code: 'file_too_large',
  });
}

function resolved(location: string, from: CheckedTarget): string {
  return URL.canParse(location, from.url.href) ? new URL(location, from.url.href).href : location;
}

function withDefaults(
  headers: Readonly<Record<string, string>>,
  userAgent: string | undefined,
): Record<string, string> {
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(userAgent ? { 'user-agent': userAgent } : {}),
    ...lower,
  };
}

function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secretHeaders.has(name)));
}
