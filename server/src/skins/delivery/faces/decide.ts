import { DEFAULT_POLICY } from '@cuepoint/consent';
import {
  type DecisionRequest,
  type SnapshotCreative,
  TRACKING_EVENTS,
} from '../../../kernel/delivery-protocol.ts';
import { type Tracer, tracer } from '../../../kernel/tracing.ts';
import type { AdQuestion } from '../ad-question.ts';
import type { PlayerRequest } from '../listener/exchange.ts';
import type { DeliveryMetrics } from '../metrics.ts';
import { DeliveryError } from '../problems.ts';
import type { FaceEngine, FaceState, ServedAd, ServedDecision } from '../served.ts';
import type { SharedCaps, ViewerTurn } from '../shared-caps/shared-caps.ts';
import type { CreativeUnservableError } from '../vast-templates.ts';
import type { ViewerReader } from '../viewer/index.ts';
import { AnswerMacros } from './server-macros.ts';
import { viewerParams, viewerQuestion } from './viewer-facts.ts';

/** What every face works with. */
export interface FaceParts {
  readonly engine: FaceEngine;
  readonly viewers: ViewerReader;
  readonly metrics: DeliveryMetrics;
  readonly publicBaseUrl: string;
  readonly nowMs: () => number;
  /** Told of a creative whose document cannot be served. */
  readonly onUnservable: (error: CreativeUnservableError) => void;
  /** Where nodes share frequency caps. */
  readonly sharedCaps?: Pick<SharedCaps, 'begin'>;
  /** Of the viewer of this request, when they have theirs. */
  readonly turn?: ViewerTurn | null;
}

/** An ad of a decision with its creative and its signed addresses. */
export interface PlacedAd {
  readonly ad: ServedAd;
  readonly creative: SnapshotCreative;
  /** In the order of TRACKING_EVENTS, the click last. */
  readonly urls: readonly string[];
  readonly decisionId: string;
  /** What third-party addresses ask for by macros. */
  readonly macros: AnswerMacros;
}

export interface FaceDecision {
  readonly decisionId: string;
  readonly ads: readonly PlacedAd[];
  readonly backups: readonly PlacedAd[];
  /** Why there is no ad; null when there is one. */
  readonly reason: string | null;
}

const ERROR = TRACKING_EVENTS.indexOf('error');
const NO_ADS: readonly PlacedAd[] = [];
export const NO_CREATIVE = 'no_approved_creative';

/** Throws `delivery.not_ready` before the first snapshot. */
export function currentState({ engine }: Pick<FaceParts, 'engine'>): FaceState {
  if (engine.state) return engine.state;
  throw new DeliveryError('delivery.not_ready', 'This node has not received a snapshot yet.');
}

function readViewer(
  parts: FaceParts,
  request: PlayerRequest,
  state: FaceState,
  { params, placement }: AdQuestion,
  nowMs: number,
) {
  return parts.viewers.read(request, viewerParams(params), {
    accountId: placement.accountId,
    policy: state.policies.get(placement.accountId) ?? DEFAULT_POLICY,
    nowMs,
  });
}

/**
 * Answers a question, where nodes share caps in the viewer's turn. Without Redis, and for whom nothing is capped, that is at
 * once, and undefined is returned.
 */
export function inTurn(
  parts: FaceParts,
  request: PlayerRequest,
  state: FaceState,
  question: AdQuestion,
  answer: (parts: FaceParts, state: FaceState) => void,
): Promise<void> | undefined {
  const turn = parts.sharedCaps && beginTurn(parts, parts.sharedCaps, request, state, question);
  if (!turn) {
    answer(parts, state);
    return undefined;
  }
  return turn.then((turn) => {
    try {
      // Another snapshot may have come meanwhile.
      answer({ ...parts, turn }, currentState(parts));
    } finally {
      turn?.finish();
    }
  });
}

function beginTurn(
  parts: FaceParts,
  caps: Pick<SharedCaps, 'begin'>,
  request: PlayerRequest,
  state: FaceState,
  question: AdQuestion,
): Promise<ViewerTurn | null> | undefined {
  const { identity, privacy } = readViewer(parts, request, state, question, parts.nowMs());
  // Whose decisions may not be kept is counted by this node alone.
  if (identity.kind === 'none' || !privacy.uses.personal_log) return undefined;
  return caps.begin(question.placement.accountId, [identity.hi, identity.lo]);
}

/** Asks the engine and signs the addresses of what it decided. */
export function decideFor(
  parts: FaceParts,
  request: PlayerRequest,
  state: FaceState,
  question: AdQuestion,
): FaceDecision {
  const { placement } = question;
  const nowMs = parts.nowMs();
  const viewer = readViewer(parts, request, state, question, nowMs);
  const seen = viewerQuestion(viewer, question.facts);
  const asked: DecisionRequest = {
    requestId: question.requestId ?? '',
    accountId: placement.accountId,
    placementId: placement.id,
    minDurationMs: question.minDurationMs,
    maxDurationMs: question.maxDurationMs,
    pod: question.pod,
    facts: seen.facts,
    withheld: seen.withheld,
    identity: seen.identity,
    identityKind: seen.identityKind,
    // The engine knows what the stream has shown.
    streamKeys: [],
    blockedCategories: question.blockedCategories,
    blockedDomains: question.blockedDomains,
    floorCpmMicros: question.floorCpmMicros,
    mimes: question.mimes,
  };
  if (question.blockedBrands.length > 0) asked.blockedBrands = question.blockedBrands;
  if (question.blockedMedia.length > 0) asked.blockedMedia = question.blockedMedia;
  if (!seen.mayLog) asked.mayLogViewer = false;
  if (seen.session !== null) asked.session = seen.session;
  const served = parts.engine.decide(asked, nowMs, question.streamId, parts.turn);
  if (tracer?.chooses(served.decisionId)) traceDecision(tracer, request, placement.id, served, nowMs);
  const macros = new AnswerMacros(question, viewer);
  const ads = placed(parts, state, served.ads, macros, served.decisionId);
  const backups = placed(parts, state, served.backups, macros, served.decisionId);
  return { decisionId: served.decisionId, ads, backups, reason: served.reason };
}

function traceDecision(
  used: Tracer,
  { headers }: PlayerRequest,
  placementId: string,
  { decisionId, ads, reason }: ServedDecision,
  startedAtMs: number,
): void {
  const { traceparent } = headers;
  const attributes = {
    decision_id: decisionId,
    placement_id: placementId,
    ads: ads.length,
    ...(reason === null ? {} : { reason }),
  };
  const link = typeof traceparent === 'string' ? traceparent : undefined;
  used.startDecision(decisionId, { attributes, startedAtMs, link }).end();
}

function placed(
  parts: FaceParts,
  state: FaceState,
  ads: readonly ServedAd[],
  macros: AnswerMacros,
  decisionId: string,
): readonly PlacedAd[] {
  if (ads.length === 0) return NO_ADS;
  const result: PlacedAd[] = [];
  for (const ad of ads) {
    const creative = state.creatives.get(ad.creativeId);
    // A decision and its creatives come from one snapshot; should it not be so, the rest is served.
    if (!creative) {
      parts.metrics.adsUnservable++;
      continue;
    }
    const urls = state.signer.sign(ad.claims, addressHeads(parts.publicBaseUrl));
    // VAST 4.2 section 2.3.6.3: players replace [ERRORCODE] in error addresses.
    urls[ERROR] += '?code=[ERRORCODE]';
    result.push({ ad, creative, urls, macros, decisionId });
  }
  return result;
}

let headsOf = '';
let heads: readonly string[] = [];

/** What stands before the token in the address of each event. */
function addressHeads(publicBaseUrl: string): readonly string[] {
  if (headsOf !== publicBaseUrl) {
    headsOf = publicBaseUrl;
    heads = TRACKING_EVENTS.map((event) => `${publicBaseUrl}${event === 'click' ? '/c/' : '/t/'}`);
  }
  return heads;
}

/**
 * Makes something of every ad that can be served: one whose creative cannot gives way to the next back-up that is no
 * longer, or to none, and the rest is kept. Back-ups that were not needed are made too. Counts what it did.
 */
export function renderAds<T>(
  parts: FaceParts,
  decision: FaceDecision,
  make: (placed: PlacedAd, sequence: number | undefined) => T | null,
  isSequenced: boolean,
): { ads: T[]; backups: T[]; reason: string | null } {
  const spare = [...decision.backups];
  const ads: T[] = [];
  for (const one of decision.ads) {
    const sequence = isSequenced ? ads.length + 1 : undefined;
    let made = make(one, sequence);
    while (made === null) {
      const next = spare.findIndex(({ ad }) => ad.durationMs <= one.ad.durationMs);
      if (next < 0) break;
      made = make(spare.splice(next, 1)[0]!, sequence);
    }
    if (made !== null) ads.push(made);
  }
  const backups: T[] = [];
  for (const one of spare) {
    const made = make(one, undefined);
    if (made !== null) backups.push(made);
  }
  const { metrics } = parts;
  if (ads.length === 0) {
    const reason = decision.ads.length === 0 ? (decision.reason ?? NO_CREATIVE) : NO_CREATIVE;
    metrics.countNoAd(reason);
    return { ads, backups: [], reason };
  }
  metrics.ads++;
  metrics.adsServed += ads.length;
  return { ads, backups, reason: null };
}
