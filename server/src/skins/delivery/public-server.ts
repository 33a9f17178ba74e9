import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AD_ROUTES, type AdRouteParts, serveEmptyReport } from './ad-routes.ts';
import type { ControlProxy } from './control-proxy.ts';
import { type EventRouteParts, serveClick, serveImpression, serveTracking } from './event-routes.ts';
import { allowPlayers, newRequestId } from './http.ts';
import type { PlayerRequest, PlayerResponse } from './listener/exchange.ts';
import { PlainServer } from './listener/plain-server.ts';
import { serveMedia } from './media-route.ts';
import { DeliveryError, sendProblem } from './problems.ts';

export interface PublicServerParts extends Omit<AdRouteParts, 'engine'>, Omit<EventRouteParts, 'engine'> {
  readonly engine: AdRouteParts['engine'] & EventRouteParts['engine'];
  readonly mediaDir: string;
  readonly proxy: ControlProxy;
  readonly onFault: (error: unknown, requestId: string) => void;
}

const PLAYER_PATH =
  /^\/(((vast|vmap|e)|api\/v1\/(ad-request|pod|interstitials|impression))(\?|$)|t\/|media\/)/;

/** The addresses that players ask without a body; all others are read by node:http, whatever the listener. */
const PLAIN_PATH = /^\/(?:(?:vast|vmap|e|api\/v1\/(?:pod|interstitials))(?:\?|$)|t\/|c\/)/;

/**
 * The one public port: ads, events, clicks and media here, everything else forwarded to the control plane. With
 * `isPlain` it reads players' requests without a body by itself (`listener/`), and leaves the rest to node:http.
 */
export function createPublicServer(parts: PublicServerParts, { isPlain = false } = {}): PublicServer {
  // Requests that arrive together are answered together, once all of them have been read: the code that answers stays in
  // the processor's caches from one to the next, which under load is worth a quarter of the throughput.
  const arrived: Arrival[] = [];
  const answerAll = () => {
    const batch = arrived.splice(0);
    for (let at = 0; at < batch.length; at++) answer(parts, batch[at]!);
  };
  const arrive = (arrival: Arrival) => {
    if (arrived.push(arrival) === 1) setImmediate(answerAll);
  };
  const http = createServer({ keepAliveTimeout: 65_000 }, (request, response) =>
    arrive({ request, response, other: { request, response }, startedAt: performance.now() }),
  );
  http.headersTimeout = 15_000;
  // Upgrades are not spoken here; without a listener node would leave the socket open.
  http.on('upgrade', (_request, socket) => socket.destroy());
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // RFC 6585 section 5: an address or headers beyond what is read at all.
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  if (!isPlain) return http;
  return new PlainServer({
    http,
    takes: (url) => PLAIN_PATH.test(url),
    onRequest: (request, response) =>
      arrive({ request, response, other: null, startedAt: performance.now() }),
  });
}

export type PublicServer = Server | PlainServer;

interface Arrival {
  readonly request: PlayerRequest;
  readonly response: PlayerResponse;
  /** The same as node:http knows it, for what is more than a player's route; null when it was not read by it. */
  readonly other: { readonly request: IncomingMessage; readonly response: ServerResponse } | null;
  readonly startedAt: number;
}

function answer(parts: PublicServerParts, arrival: Arrival): void {
  const { request, response } = arrival;
  let outcome: Promise<void> | undefined;
  try {
    outcome = route(parts, arrival);
  } catch (error) {
    refuse(parts, request, response, error);
  }
  outcome?.catch((error: unknown) => refuse(parts, request, response, error));
}

function route(
  parts: PublicServerParts,
  { request, response, other, startedAt }: Arrival,
): Promise<void> | undefined {
  const url = request.url ?? '/';
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const query = queryAt < 0 ? '' : url.slice(queryAt + 1);
  const answerAd = AD_ROUTES.get(path);
  if (answerAd) {
    const outcome = answerAd(parts, request, response, query);
    if (request.method !== 'GET' && request.method !== 'POST') return outcome;
    if (outcome) return outcome.then(() => parts.metrics.countRequest(performance.now() - startedAt));
    parts.metrics.countRequest(performance.now() - startedAt);
    return undefined;
  }
  if (path.startsWith('/t/'))
    return serveTracking(parts, request, response, path.slice(3), query, (error) =>
      refuse(parts, request, response, error),
    );
  if (path.startsWith('/c/')) return serveClick(parts, request, response, path.slice(3));
  if (path === '/e') return serveEmptyReport(parts, request, response, query);
  if (path === '/api/v1/impression') return serveImpression(parts, request, response);
  if (other === null) throw new DeliveryError('route.not_found', 'There is nothing at this address.');
  if (path.startsWith('/media/'))
    return serveMedia(
      parts.engine,
      parts.mediaDir,
      other.request,
      other.response,
      path.slice('/media/'.length),
    );
  return forward(parts, other.request, other.response, path);
}

function forward(
  parts: PublicServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  // What the planes say to each other is nobody else's business, however the path is spelt.
  if (isInternal(path)) throw new DeliveryError('route.not_found', 'There is nothing at this address.');
  return parts.proxy.forward(request, response, newRequestId());
}

function isInternal(path: string): boolean {
  try {
    if (!path.startsWith('/')) throw new TypeError(path);
    const { pathname } = new URL(`http://control${path}`);
    return /^[/\\]*internal([/\\]|$)/i.test(decodeURIComponent(pathname));
  } catch {
    throw new DeliveryError('route.not_found', 'The path is not a valid address.');
  }
}

function refuse(
  parts: PublicServerParts,
  request: PlayerRequest,
  response: PlayerResponse,
  error: unknown,
): void {
  const requestId = newRequestId();
  if (!(error instanceof DeliveryError)) parts.onFault(error, requestId);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const problem =
    error instanceof DeliveryError ? error : new DeliveryError('internal', 'The request failed here.');
  // A player on another origin may read why it was refused; the console's own routes stay same-origin.
  if (PLAYER_PATH.test(request.url ?? '')) allowPlayers(request, response);
  sendProblem(request, response, problem, requestId);
}
