import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AD_ROUTES, type AdRouteParts, serveEmptyReport } from './ad-routes.ts';
import type { ControlProxy } from './control-proxy.ts';
import { type EventRouteParts, serveClick, serveImpression, serveTracking } from './event-routes.ts';
import { allowPlayers, newRequestId } from './http.ts';
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

/** The one public port: ads, events, clicks and media here, everything else forwarded to the control plane. */
export function createPublicServer(parts: PublicServerParts): Server {
  // Requests that arrive together are answered together, once all of them have been read: the code that answers stays in
  // the processor's caches from one to the next, which under load is worth a quarter of the throughput.
  const arrived: Arrival[] = [];
  const answerAll = () => {
    const batch = arrived.splice(0);
    for (let at = 0; at < batch.length; at++) answer(parts, batch[at]!);
  };
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    if (arrived.push({ request, response, startedAt: performance.now() }) === 1) setImmediate(answerAll);
  });
  server.headersTimeout = 15_000;
  // Upgrades are not spoken here; without a listener node would leave the socket open.
  server.on('upgrade', (_request, socket) => socket.destroy());
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // RFC 6585 section 5: an address or headers beyond what is read at all.
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return server;
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startedAt: number;
}

function answer(parts: PublicServerParts, { request, response, startedAt }: Arrival): void {
  let outcome: Promise<void> | undefined;
  try {
    outcome = route(parts, request, response, startedAt);
  } catch (error) {
    refuse(parts, request, response, error);
  }
  outcome?.catch((error: unknown) => refuse(parts, request, response, error));
}

function route(
  parts: PublicServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  startedAt: number,
): Promise<void> | undefined {
  const url = request.url ?? '/';
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const answerAd = AD_ROUTES.get(path);
  if (answerAd) {
    const outcome = answerAd(parts, request, response, queryAt < 0 ? '' : url.slice(queryAt + 1));
    if (request.method !== 'GET' && request.method !== 'POST') return outcome;
    if (outcome) return outcome.then(() => parts.metrics.countRequest(performance.now() - startedAt));
    parts.metrics.countRequest(performance.now() - startedAt);
    return undefined;
  }
  if (path.startsWith('/t/'))
    return serveTracking(
      parts,
      request,
      response,
      path.slice(3),
      queryAt < 0 ? undefined : queryOf(url, queryAt),
    );
  if (path.startsWith('/c/')) return serveClick(parts, request, response, path.slice(3));
  if (path === '/e')
    return serveEmptyReport(parts, request, response, queryAt < 0 ? '' : url.slice(queryAt + 1));
  if (path === '/api/v1/impression') return serveImpression(parts, request, response);
  if (path.startsWith('/media/'))
    return serveMedia(parts.engine, parts.mediaDir, request, response, path.slice('/media/'.length));
  return forward(parts, request, response, path);
}

function queryOf(url: string, queryAt: number): URLSearchParams {
  return new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1));
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
  request: IncomingMessage,
  response: ServerResponse,
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
