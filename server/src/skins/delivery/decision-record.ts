import { type ChosenAd, type Decision, type Examined, MAX_EXAMINED } from '@cuepoint/decisioning';
import { quoted, quotedList } from '../../kernel/ascii-json.ts';
import { BoundedCache } from '../../kernel/bounded-cache.ts';
import type { DecisionRecord, DecisionRequest } from '../../kernel/delivery-protocol.ts';
import { instant } from './instant.ts';

/** What has no limit; JSON has no infinity. */
const NO_LIMIT = -2;

const finite = (value: number): number => (value === Number.POSITIVE_INFINITY ? NO_LIMIT : value);

export interface RecordFacts {
  readonly seed: number;
  readonly atMs: number;
  readonly snapshotHash: string;
  /** The facts of the request in JSON, as `readFacts` writes them. */
  readonly factsJson: string;
  /** Whether its readings are kept, so that it can be replayed. */
  readonly isSampled: boolean;
}

/**
 * A `DecisionRecord` as the log keeps it, in JSON of ASCII characters. It is written for every request, so it is put together by hand: ids hold
 * nothing that JSON would escape, and what others wrote goes through `quoted`.
 */
export function decisionText(
  decisionId: string,
  request: DecisionRequest,
  decision: Decision,
  { seed, atMs, snapshotHash, isSampled, factsJson }: RecordFacts,
): string {
  const { examined } = decision;
  const kept = isSampled ? Math.min(examined.length, MAX_EXAMINED) : 0;
  let readings = '';
  for (let at = 0; at < kept; at++) readings += (at === 0 ? '' : ',') + readingText(examined[at]!);
  const isTruncated = !isSampled || examined.length > MAX_EXAMINED;
  const reason = decision.reason === null ? 'null' : `"${decision.reason}"`;
  return `{"type":"decision","decisionId":"${decisionId}","at":"${instant(atMs)}","snapshotHash":"${snapshotHash}","seed":${seed},"request":${requestText(request, factsJson)},"readings":[${readings}],"readingsTruncated":${isTruncated},"ads":[${adsText(decision.ads)}],"backups":[${adsText(decision.backups)}],"reason":${reason}}`;
}

/** What was read of one candidate, as the log keeps it. */
export function readingOf(one: Omit<Examined, 'fits'>): DecisionRecord['readings'][number] {
  const rooms = one.creativeRooms === null ? [] : one.creativeRooms.map(finite);
  return [one.item.id, finite(one.affordable), one.passRate, finite(one.room), one.sequence, ...rooms];
}

function readingText(one: Examined): string {
  let text = `["${one.item.id}",${finite(one.affordable)},${one.passRate},${finite(one.room)},${one.sequence}`;
  if (one.creativeRooms !== null) for (const room of one.creativeRooms) text += `,${finite(room)}`;
  return `${text}]`;
}

function requestText(request: DecisionRequest, facts: string): string {
  const { identity, mayLogViewer, pod, requestId, session } = request;
  const permission = mayLogViewer === undefined ? '' : `"mayLogViewer":${mayLogViewer},`;
  const who = identity === null ? 'null' : `"${identity}"`;
  const stream = session === undefined ? '' : `"session":"${session}",`;
  return `{"requestId":${requestId === '' ? '""' : quoted(requestId)},${placeText(request)}"pod":${pod === null ? 'null' : JSON.stringify(pod)},"facts":${facts},"withheld":${quotedList(request.withheld)},"identity":${who},${permission}"identityKind":"${request.identityKind}",${stream}${limitsText(request)}}`;
}

const NO_LIMITS = '"streamKeys":[],"blockedCategories":[],"blockedDomains":[],"floorCpmMicros":0,"mimes":[]';

function limitsText(request: DecisionRequest): string {
  const { streamKeys, blockedCategories, blockedDomains, floorCpmMicros, mimes } = request;
  const blocked = blockedText(request);
  if (
    streamKeys.length + blockedCategories.length + blockedDomains.length + mimes.length === 0 &&
    floorCpmMicros === 0
  )
    return blocked + NO_LIMITS;
  return `${blocked}"streamKeys":[${streamKeys.join()}],"blockedCategories":${quotedList(blockedCategories)},"blockedDomains":${quotedList(blockedDomains)},"floorCpmMicros":${floorCpmMicros},"mimes":${quotedList(mimes)}`;
}

function blockedText({ blockedBrands, blockedMedia }: DecisionRequest): string {
  const brands = blockedBrands === undefined ? '' : `"blockedBrands":${quotedList(blockedBrands)},`;
  return blockedMedia === undefined ? brands : `${brands}"blockedMedia":${quotedList(blockedMedia)},`;
}

/*
 * Most of a record has been written before: the same placement, the same facts, the same ad. Such pieces are kept, up to a
 * number, and put together: what strangers make up without end pushes out what was not asked for lately.
 */
const MOST_PIECES = 4096;

interface Place {
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  readonly text: string;
}

const places = new BoundedCache<string, Place>(MOST_PIECES);

function placeText({ accountId, placementId, minDurationMs, maxDurationMs }: DecisionRequest): string {
  const known = places.get(placementId);
  if (known?.minDurationMs === minDurationMs && known.maxDurationMs === maxDurationMs) return known.text;
  const text = `"accountId":"${accountId}","placementId":"${placementId}","minDurationMs":${minDurationMs},"maxDurationMs":${maxDurationMs},`;
  places.set(placementId, { minDurationMs, maxDurationMs, text });
  return text;
}

interface AdPieces {
  readonly flightId: string;
  readonly before: string;
  readonly after: string;
}

const adPieces = new WeakMap<ChosenAd['lineItem'], Map<string, AdPieces>>();

function adsText(ads: readonly ChosenAd[]): string {
  let text = '';
  for (let at = 0; at < ads.length; at++) {
    const { before, after } = piecesOf(ads[at]!);
    text += `${at === 0 ? '' : ','}${before}${ads[at]!.position}${after}`;
  }
  return text;
}

function piecesOf({ lineItem, flight, creative, priceMicros }: ChosenAd): AdPieces {
  let ofItem = adPieces.get(lineItem);
  if (!ofItem) {
    ofItem = new Map();
    adPieces.set(lineItem, ofItem);
  }
  const known = ofItem.get(creative.id);
  if (known?.flightId === flight.id) return known;
  const pieces = {
    flightId: flight.id,
    before: `{"campaignId":"${lineItem.campaignId}","lineItemId":"${lineItem.id}","flightId":"${flight.id}","creativeId":"${creative.id}","position":`,
    after: `,"priceMicros":${priceMicros},"currency":"${lineItem.currency}"}`,
  };
  ofItem.set(creative.id, pieces);
  return pieces;
}
