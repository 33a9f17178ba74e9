import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { DeliveryError } from './problems.ts';

/** RFC 9110 section 7.6.1: these speak about one connection and are not passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const FORWARDED = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-real-ip',
]);

/** Node servers close a connection that was idle for five seconds: ours goes first, so that none is used as it closes. */
const KEEP_IDLE_MS = 4000;

/** Forwards whatever is not delivery's own to the control plane, streaming both ways. */
export class ControlProxy {
  readonly #origin: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: KEEP_IDLE_MS });
  readonly #isTrusted: (request: IncomingMessage) => boolean;

  constructor(controlOrigin: string, isTrusted: (request: IncomingMessage) => boolean) {
    this.#origin = new URL(controlOrigin);
    this.#isTrusted = isTrusted;
  }

  /** Resolves when the answer has been passed on. Throws `control.unavailable` when there was none. */
  forward(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    return this.#forward(request, response, requestId, this.#agent);
  }

  /** @param agent of the connections to use; false for one of its own */
  #forward(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    agent: Agent | false,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const upstream = httpRequest({
        host: this.#origin.hostname,
        port: this.#origin.port,
        method: request.method,
        path: request.url,
        headers: this.#headers(request, requestId),
        agent,
      });
      let isAnswered = false;
      let isDone = false;
      let isRepeated = false;
      upstream.on('response', (answer) => {
        isAnswered = true;
        response.writeHead(answer.statusCode ?? 502, answerHeaders(answer));
        // Event streams must show their headers before the first event.
        response.flushHeaders();
        answer.pipe(response);
        answer.on('error', () => response.destroy());
        answer.on('end', () => {
          isDone = true;
          resolve();
        });
      });
      upstream.on('error', () => {
        if (isAnswered || response.destroyed) {
          response.destroy();
          resolve();
        } else if (upstream.reusedSocket && agent !== false && isRepeatable(request)) {
          // A kept connection that the other end closed just then says nothing about the control plane.
          isRepeated = true;
          this.#forward(request, response, requestId, false).then(resolve, reject);
        } else {
          reject(
            new DeliveryError(
              'control.unavailable',
              'The control plane does not answer; ads are still served.',
            ),
          );
        }
      });
      response.on('close', () => {
        // The caller went away early; a finished exchange leaves its connection in the pool.
        if (!isDone) upstream.destroy();
        if (!isRepeated) resolve();
      });
      if (request.readableEnded) upstream.end();
      else request.pipe(upstream);
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #headers(request: IncomingMessage, requestId: string): Record<string, string | string[]> {
    const named = new Set(
      (request.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()),
    );
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(request.headers)) {
      if (value === undefined || HOP_BY_HOP.has(name) || FORWARDED.has(name) || named.has(name)) continue;
      headers[name] = value;
    }
    const isTrusted = this.#isTrusted(request);
    const before = isTrusted ? request.headers['x-forwarded-for'] : undefined;
    const peer = request.socket.remoteAddress ?? '';
    headers['x-forwarded-for'] = typeof before === 'string' ? `${before}, ${peer}` : peer;
    headers['x-forwarded-proto'] = (isTrusted && single(request.headers['x-forwarded-proto'])) || 'http';
    headers['x-forwarded-host'] =
      (isTrusted && single(request.headers['x-forwarded-host'])) || (request.headers.host ?? '');
    headers['x-request-id'] = requestId;
    return headers;
  }
}

/** RFC 9110 section 9.2.2: asking twice is asking once; and there is no body that has been sent already. */
function isRepeatable({ method, headers }: IncomingMessage): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function answerHeaders(answer: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = value;
  }
  return headers;
}
