import type { TrackingEvent } from '../../kernel/delivery-protocol.ts';
import { type Span, type Tracer, tracer } from '../../kernel/tracing.ts';
import type { Engine } from './engine.ts';
import type { EventAnswer, EventDetail } from './event-book.ts';
import { allowPlayers, playerHeaders, readJsonObject, requireMethod, sendPreflight } from './http.ts';
import type { PlayerRequest, PlayerResponse } from './listener/exchange.ts';
import type { DeliveryMetrics } from './metrics.ts';
import { badField, DeliveryError } from './problems.ts';
import type { TokenClaims } from './tokens.ts';
import type { TrafficFilter } from './traffic/traffic-filter.ts';

export interface EventRouteParts {
  readonly engine: Engine;
  readonly metrics: DeliveryMetrics;
  readonly traffic: TrafficFilter;
  readonly nowMs: () => number;
}

/** One transparent point. As text, which leaves in one piece with its head. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64').toString(
  'latin1',
);
const PIXEL_TYPE = 'image/gif';
/** Most players name no origin, and are all answered the same. */
const PIXEL_HEADERS = playerHeaders({ headers: {} }, PIXEL_TYPE, PIXEL.length);
Object.freeze(PIXEL_HEADERS);

/**
 * `GET /t/<token>`: one player event. Answered when the event is safe; until then nothing is held but what answers it,
 * no promise among it. POST is there for `navigator.sendBeacon`.
 *
 * @param refuse answers an error that shows only after this has returned
 */
export function serveTracking(
  parts: EventRouteParts,
  request: PlayerRequest,
  response: PlayerResponse,
  token: string,
  query: string,
  refuse: (error: unknown) => void,
): undefined {
  if (request.method === 'OPTIONS') {
    allowPlayers(request, response);
    sendPreflight(response, 'GET, POST, OPTIONS');
    return;
  }
  requireMethod(request, ['GET', 'POST']);
  const { claims, event } = verify(parts, token);
  // A click address has its own route: here it would count without going anywhere.
  if (event === 'click') throw new DeliveryError('link.forged', 'A click address is not a tracking pixel.');
  const code = query === '' ? null : errorCode(new URLSearchParams(query).get('code'));
  record(parts, request, claims, event, { source: 'pixel', errorCode: code }, (error) => {
    try {
      if (error) throw error;
      sendPixel(request, response);
    } catch (problem) {
      refuse(problem);
    }
  });
}

/** Answers what a tracking address answers. */
export function sendPixel(request: PlayerRequest, response: PlayerResponse): void {
  const isAnybodys = request.headers.origin === undefined;
  response.writeHead(200, isAnybodys ? PIXEL_HEADERS : playerHeaders(request, PIXEL_TYPE, PIXEL.length));
  response.end(PIXEL, 'latin1');
}

/** `GET /c/<token>`: counts the click and goes to the booked destination, and to nowhere else. */
export async function serveClick(
  parts: EventRouteParts,
  request: PlayerRequest,
  response: PlayerResponse,
  token: string,
): Promise<void> {
  requireMethod(request, ['GET']);
  const { claims, event } = verify(parts, token);
  if (event !== 'click') throw new DeliveryError('link.forged', 'This address does not belong to a click.');
  const creative = parts.engine.state?.creatives.get(claims.creativeId);
  if (!creative || creative.accountId !== claims.accountId)
    throw new DeliveryError(
      'destination.unknown',
      `Creative ${claims.creativeId} is not in the current snapshot.`,
    );
  try {
    await recorded(parts, request, claims, event, { source: 'click', errorCode: null });
  } catch (error) {
    // The viewer goes on even when the disk does not.
    if (!(error instanceof DeliveryError)) throw error;
    parts.metrics.clicksUnrecorded++;
  }
  response.writeHead(302, {
    Location: creative.clickThroughUrl,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'Content-Length': 0,
  });
  response.end();
}

/** `POST /api/v1/impression` with `{"token": "<impression address or its token>"}`, for callers without pixels. */
export async function serveImpression(
  parts: EventRouteParts,
  request: PlayerRequest,
  response: PlayerResponse,
): Promise<void> {
  allowPlayers(request, response);
  if (request.method === 'OPTIONS') return sendPreflight(response, 'POST, OPTIONS');
  requireMethod(request, ['POST']);
  const body = await readJsonObject(request);
  const accepted = 'the impression address of an ad answer, or the token at its end';
  if (typeof body.token !== 'string' || body.token === '') throw badField('token', body.token, accepted);
  const token = body.token.slice(body.token.lastIndexOf('/') + 1);
  const { claims, event } = verify(parts, token);
  if (event !== 'impression')
    throw badField('token', event, accepted, `token belongs to the event "${event}"`);
  const answer = await recorded(parts, request, claims, event, { source: 'api', errorCode: null });
  const text = JSON.stringify({
    status: answer,
    event,
    decision_id: claims.decisionId,
    line_item_id: claims.lineItemId,
    creative_id: claims.creativeId,
  });
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

function verify({ engine, metrics, nowMs }: EventRouteParts, token: string) {
  const signer = engine.state?.signer;
  if (!signer) throw new DeliveryError('delivery.not_ready', 'This node has not received a snapshot yet.');
  const verified = signer.verify(token, Math.floor(nowMs() / 1000));
  if (verified.ok) return verified;
  metrics.countRefused(verified.code);
  throw new DeliveryError(
    verified.code,
    verified.code === 'link.expired'
      ? 'The address has passed its expiry.'
      : 'The signature does not fit the address.',
  );
}

type Reported = Omit<EventDetail, 'invalid'>;

function record(
  { engine, metrics, traffic, nowMs }: EventRouteParts,
  request: PlayerRequest,
  claims: TokenClaims,
  event: TrackingEvent,
  { source, errorCode }: Reported,
  done: (error: DeliveryError | null, answer: EventAnswer) => void,
): void {
  const now = nowMs();
  const invalid = traffic.reasonOf(request, claims, event, source, now);
  const span = tracer?.chooses(claims.decisionId) ? pixelSpan(tracer, claims, event, now) : null;
  engine.events.record(claims, event, { source, errorCode, invalid }, now, (error, answer) => {
    if (span !== null) {
      span.set({ outcome: error ? 'unavailable' : answer });
      span.end(error ?? undefined);
    }
    if (error) {
      metrics.eventsRefused++;
      done(new DeliveryError('log.unavailable', `${error.message}; the event was not counted.`), answer);
    } else {
      metrics.countEvent(event, answer);
      if (answer === 'invalid') metrics.countInvalid(invalid!);
      done(null, answer);
    }
  });
}

/** From its arrival until it is on the disk, in the trace of its decision. */
function pixelSpan(
  used: Tracer,
  { decisionId, position }: TokenClaims,
  event: TrackingEvent,
  startedAtMs: number,
): Span {
  const attributes = { decision_id: decisionId, event, position };
  return used.start('ad.event', { attributes, parent: used.parentOf(decisionId), startedAtMs });
}

function recorded(
  parts: EventRouteParts,
  request: PlayerRequest,
  claims: TokenClaims,
  event: TrackingEvent,
  reported: Reported,
): Promise<EventAnswer> {
  return new Promise((resolve, reject) => {
    record(parts, request, claims, event, reported, (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

function errorCode(text: string | null | undefined): number | null {
  return text !== null && text !== undefined && /^\d{3}$/.test(text) ? Number(text) : null;
}
