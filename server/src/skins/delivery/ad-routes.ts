import { type AdQuestion, type QuestionDefaults, readQuestion, requireNamedRequest } from './ad-question.ts';
import { sendPixel } from './event-routes.ts';
import { adRequestBody } from './faces/ad-request-face.ts';
import { JSON_TYPE, mayDebug, sendDocument, sendHead, sendJson, XML } from './faces/answer.ts';
import { currentState, decideFor, type FaceDecision, type FaceParts, inTurn } from './faces/decide.ts';
import { interstitialsBody } from './faces/interstitials-face.ts';
import { addJsonBody } from './faces/json-params.ts';
import { RequestParams } from './faces/params.ts';
import { podBody } from './faces/pod-face.ts';
import { servedOf } from './faces/vast-face.ts';
import { vmapAnswer } from './faces/vmap-face.ts';
import { allowPlayers, readJsonObject, readJsonOrForm, requireMethod, sendPreflight } from './http.ts';
import type { PlayerRequest, PlayerResponse } from './listener/exchange.ts';
import { DeliveryError } from './problems.ts';
import type { FaceState } from './served.ts';

export type AdRouteParts = FaceParts;

/** Answers one request of a face. Undefined when it has been answered already, without waiting for a body. */
export type AdRoute = (
  parts: FaceParts,
  request: PlayerRequest,
  response: PlayerResponse,
  query: string,
) => Promise<void> | undefined;

type Answer = (
  parts: FaceParts,
  request: PlayerRequest,
  response: PlayerResponse,
  state: FaceState,
  params: RequestParams,
) => Promise<void> | undefined;

/** Every public address that answers with ads. */
export const AD_ROUTES: ReadonlyMap<string, AdRoute> = new Map<string, AdRoute>([
  ['/vast', getOrPost(XML, answerVast)],
  ['/vmap', getOrPost(XML, answerVmap)],
  ['/api/v1/pod', getOrPost(JSON_TYPE, answerJson(podBody, { pod: true, isVast: false }))],
  ['/api/v1/interstitials', getOrPost(JSON_TYPE, answerInterstitials)],
  ['/api/v1/ad-request', serveAdRequest],
]);

/** GET, POST with a form or JSON, HEAD that decides nothing, and the preflight. */
function getOrPost(type: string, answer: Answer): AdRoute {
  return (parts, request, response, query) => {
    if (request.method === 'OPTIONS') {
      allowPlayers(request, response);
      sendPreflight(response, 'GET, HEAD, POST, OPTIONS');
      return undefined;
    }
    requireMethod(request, ['GET', 'HEAD', 'POST']);
    if (request.method === 'POST') return postAnswer(answer, parts, request, response, query);
    const params = RequestParams.ofQuery(query);
    const state = currentState(parts);
    if (request.method === 'HEAD') {
      readQuestion(request, params, state);
      sendHead(request, response, type);
      return undefined;
    }
    return answer(parts, request, response, state, params);
  };
}

async function postAnswer(
  answer: Answer,
  parts: FaceParts,
  request: PlayerRequest,
  response: PlayerResponse,
  query: string,
): Promise<void> {
  const body = await readJsonOrForm(request);
  // In a form the first of two counts, as in a query: what the body says stands before what the address says.
  const params =
    'form' in body
      ? RequestParams.ofQuery(body.form === '' ? query : `${body.form}&${query}`)
      : addJsonBody(RequestParams.ofQuery(query), body.json);
  await answer(parts, request, response, currentState(parts), params);
}

function answerVast(...[parts, request, response, state, params]: Parameters<Answer>) {
  const question = readQuestion(request, params, state);
  const isDebug = mayDebug(request, state, question.placement.accountId, parts.nowMs());
  return inTurn(parts, request, state, question, (parts, state) => {
    const decision = decideFor(parts, request, state, question);
    const { document, reason } = servedOf(parts, state, question, decision);
    const debug = isDebug ? { decisions: [{ decisionId: decision.decisionId, reason }] } : null;
    sendDocument(request, response, XML, document, debug);
  });
}

function answerVmap(...[parts, request, response, state, params]: Parameters<Answer>) {
  const question = readQuestion(request, params, state);
  const isDebug = mayDebug(request, state, question.placement.accountId, parts.nowMs());
  return inTurn(parts, request, state, question, (parts, state) => {
    const { document, decisions } = vmapAnswer(parts, request, state, params);
    // Each break is a question of its own, so that the fill rate stays a share of questions.
    if (decisions.length > 1) parts.metrics.requests += decisions.length - 1;
    sendDocument(request, response, XML, document, isDebug ? { decisions } : null);
  });
}

type Body = (
  parts: FaceParts,
  state: FaceState,
  question: AdQuestion,
  decision: FaceDecision,
) => { body: unknown; reason: string | null };

function answerJson(bodyOf: Body, defaults: QuestionDefaults): Answer {
  return (parts, request, response, state, params) => {
    const question = readQuestion(request, params, state, defaults);
    const isDebug = mayDebug(request, state, question.placement.accountId, parts.nowMs());
    return inTurn(parts, request, state, question, (parts, state) => {
      const decision = decideFor(parts, request, state, question);
      const { body, reason } = bodyOf(parts, state, question, decision);
      const debug = isDebug ? { decisions: [{ decisionId: decision.decisionId, reason }] } : null;
      sendJson(request, response, body, debug);
    });
  };
}

function answerInterstitials(...[parts, request, response, state, params]: Parameters<Answer>) {
  // Clients name their playback session in every request for an asset list (draft-pantos-hls-rfc8216bis).
  const session = params.get('_HLS_primary_id');
  if (params.get('sid') === null && session !== null) params.set('sid', '_HLS_primary_id', session);
  return answerJson(interstitialsBody, { pod: true, isVast: false })(parts, request, response, state, params);
}

/** `POST /api/v1/ad-request`: the decision as JSON, with its VAST. */
function serveAdRequest(
  ...[parts, request, response, query]: Parameters<AdRoute>
): Promise<void> | undefined {
  if (request.method === 'OPTIONS') {
    allowPlayers(request, response);
    sendPreflight(response, 'POST, OPTIONS');
    return undefined;
  }
  requireMethod(request, ['POST']);
  return readJsonObject(request).then((body) => {
    const params = addJsonBody(RequestParams.ofQuery(query), body);
    requireNamedRequest(params, body);
    return answerJson(adRequestBody, {})(parts, request, response, currentState(parts), params);
  });
}

/** `GET /e`: a player says what it made of an answer without an ad. Counted, and nothing is looked up. */
export function serveEmptyReport(...[parts, request, response, query]: Parameters<AdRoute>): undefined {
  if (request.method === 'OPTIONS') {
    allowPlayers(request, response);
    sendPreflight(response, 'GET, POST, OPTIONS');
    return;
  }
  requireMethod(request, ['GET', 'POST']);
  if (!/^dec_[0-9a-z]{1,40}$/.test(RequestParams.ofQuery(query).get('d') ?? ''))
    throw new DeliveryError('route.not_found', 'There is nothing at this address.');
  parts.metrics.emptyErrors++;
  sendPixel(request, response);
}
