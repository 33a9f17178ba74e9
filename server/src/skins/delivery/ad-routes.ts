import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRACKING_EVENTS } from '../../kernel/delivery-protocol.ts';
import { type AdQuestion, readAdRequestBody, readVastQuery } from './ad-question.ts';
import type { Engine, ServedDecision } from './engine.ts';
import { allowPlayers, playerHeaders, readJsonObject, requireMethod, sendPreflight } from './http.ts';
import type { DeliveryMetrics } from './metrics.ts';
import { DeliveryError } from './problems.ts';
import { mediaName, type ServingState } from './serving-state.ts';
import { CreativeUnservableError, emptyDocument } from './vast-templates.ts';
import type { ViewerReader } from './viewer.ts';

export interface AdRouteParts {
  readonly engine: Engine;
  readonly viewers: ViewerReader;
  readonly metrics: DeliveryMetrics;
  readonly publicBaseUrl: string;
  readonly nowMs: () => number;
  /** Told of a creative whose document cannot be served. */
  readonly onUnservable: (error: CreativeUnservableError) => void;
}

type Answer =
  | {
      readonly kind: 'ad';
      readonly served: ServedDecision;
      readonly vast: string;
      readonly isAscii: boolean;
      readonly urls: readonly string[];
    }
  | { readonly kind: 'no_ad'; readonly decisionId: string; readonly reason: string };

const CLICK = TRACKING_EVENTS.indexOf('click');

/** `GET /vast`: a VAST document, valid and empty when there is no ad. */
export function serveVast(
  parts: AdRouteParts,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): void {
  if (request.method === 'OPTIONS') {
    allowPlayers(request, response);
    sendPreflight(response, 'GET, OPTIONS');
    return;
  }
  requireMethod(request, ['GET']);
  const question = readVastQuery(request, query, currentState(parts));
  const answer = decideAd(parts, request, currentState(parts), question);
  const body = answer.kind === 'ad' ? answer.vast : emptyDocument(question.vastVersion);
  // An ASCII document is its own latin1, which the socket takes without another pass over it.
  const isAscii = answer.kind === 'no_ad' || answer.isAscii;
  const length = isAscii ? body.length : Buffer.byteLength(body);
  response.writeHead(200, playerHeaders(request, 'application/xml; charset=utf-8', length));
  response.end(body, isAscii ? 'latin1' : 'utf8');
}

/** `POST /api/v1/ad-request`: the same decision as JSON. No ad is an answer, not an error. */
export async function serveAdRequest(
  parts: AdRouteParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  allowPlayers(request, response);
  if (request.method === 'OPTIONS') return sendPreflight(response, 'POST, OPTIONS');
  requireMethod(request, ['POST']);
  const body = await readJsonObject(request);
  const state = currentState(parts);
  const question = readAdRequestBody(request, body, state);
  const answer = decideAd(parts, request, state, question);
  const text = JSON.stringify(
    answer.kind === 'ad'
      ? adBody(parts, state, question, answer)
      : { request_id: question.requestId, decision_id: answer.decisionId, ad: null, reason: answer.reason },
  );
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

function currentState({ engine }: AdRouteParts): ServingState {
  if (engine.state) return engine.state;
  throw new DeliveryError('delivery.not_ready', 'This node has not received a snapshot yet.');
}

function decideAd(
  parts: AdRouteParts,
  request: IncomingMessage,
  state: ServingState,
  question: AdQuestion,
): Answer {
  const { engine, metrics } = parts;
  const { placement } = question;
  const viewer = parts.viewers.read(request);
  const served = engine.decide(
    {
      requestId: question.requestId ?? '',
      accountId: placement.accountId,
      placementId: placement.id,
      minDurationMs: question.minDurationMs,
      maxDurationMs: question.maxDurationMs,
      country: viewer.country,
      device: viewer.device,
    },
    parts.nowMs(),
  );
  const { outcome } = served.decision;
  if (outcome.kind === 'no_ad' || !served.claims) {
    const reason = outcome.kind === 'no_ad' ? outcome.reason : 'no_approved_creative';
    metrics.countNoAd(reason);
    return { kind: 'no_ad', decisionId: served.decisionId, reason };
  }
  const tokens = state.signer.sign(served.claims);
  const urls = tokens.map((token, event) => `${parts.publicBaseUrl}/${event === CLICK ? 'c' : 't'}/${token}`);
  // VAST 4.2 section 2.3.6.3: players replace [ERRORCODE] in error addresses.
  const error = TRACKING_EVENTS.indexOf('error');
  urls[error] += '?code=[ERRORCODE]';
  try {
    const creative = state.creatives.get(outcome.creative.id)!;
    const { vast, isAscii } = state.templates.fill(creative, question.vastVersion, served.decisionId, urls);
    metrics.ads++;
    return { kind: 'ad', served, vast, isAscii, urls };
  } catch (cause) {
    if (!(cause instanceof CreativeUnservableError)) throw cause;
    parts.onUnservable(cause);
    metrics.countNoAd('no_approved_creative');
    return { kind: 'no_ad', decisionId: served.decisionId, reason: 'no_approved_creative' };
  }
}

function adBody(
  parts: AdRouteParts,
  state: ServingState,
  question: AdQuestion,
  answer: Answer & { kind: 'ad' },
) {
  const claims = answer.served.claims!;
  const creative = state.creatives.get(claims.creativeId)!;
  const item = state.index.lineItems.get(claims.lineItemId)!;
  // The rendition with most pixels is first choice for a caller that takes one address.
  const media = creative.mediaFiles.reduce((best, file) =>
    file.width * file.height > best.width * best.height ? file : best,
  );
  return {
    request_id: question.requestId,
    decision_id: answer.served.decisionId,
    campaign_id: item.campaignId,
    line_item_id: item.id,
    creative_id: creative.id,
    placement_id: question.placement.id,
    video_url: `${state.mediaBaseUrl ?? `${parts.publicBaseUrl}/media`}/${mediaName(media)}`,
    mime_type: media.mime,
    width: media.width,
    height: media.height,
    duration: creative.durationMs / 1000,
    tracking: Object.fromEntries(TRACKING_EVENTS.map((event, index) => [event, answer.urls[index]])),
    vast: answer.vast,
  };
}
