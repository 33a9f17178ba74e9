import { type ChosenAd, type Decision, type Examined, MAX_EXAMINED } from '@cuepoint/decisioning';
import type { DecisionRecord, DecisionRequest } from '../../kernel/delivery-protocol.ts';

/** What has no limit; JSON has no infinity. */
const NO_LIMIT = -2;

const finite = (value: number): number => (value === Number.POSITIVE_INFINITY ? NO_LIMIT : value);

export interface RecordFacts {
  readonly seed: number;
  readonly atMs: number;
  readonly snapshotHash: string;
  /** Whether its readings are kept, so that it can be replayed. */
  readonly isSampled: boolean;
}

/**
 * A `DecisionRecord` as the log keeps it, in JSON. It is written for every request, so it is put together by hand: ids hold
 * nothing that JSON would escape, and what others wrote goes through {@link quoted}.
 */
export function decisionText(
  decisionId: string,
  request: DecisionRequest,
  decision: Decision,
  { seed, atMs, snapshotHash, isSampled }: RecordFacts,
): string {
  const { examined } = decision;
  const kept = isSampled ? Math.min(examined.length, MAX_EXAMINED) : 0;
  let readings = '';
  for (let at = 0; at < kept; at++) readings += (at === 0 ? '' : ',') + readingText(examined[at]!);
  const isTruncated = !isSampled || examined.length > MAX_EXAMINED;
  const reason = decision.reason === null ? 'null' : `"${decision.reason}"`;
  return `{"type":"decision","decisionId":"${decisionId}","at":"${instant(atMs)}","snapshotHash":"${snapshotHash}","seed":${seed},"request":${requestText(request)},"readings":[${readings}],"readingsTruncated":${isTruncated},"ads":[${adsText(decision.ads)}],"backups":[${adsText(decision.backups)}],"reason":${reason}}`;
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

function requestText(request: DecisionRequest): string {
  const { identity, mayLogViewer, pod } = request;
  const permission = mayLogViewer === undefined ? '' : `"mayLogViewer":${mayLogViewer},`;
  return `{"requestId":${quoted(request.requestId)},"accountId":"${request.accountId}","placementId":"${request.placementId}","minDurationMs":${request.minDurationMs},"maxDurationMs":${request.maxDurationMs},"pod":${pod === null ? 'null' : JSON.stringify(pod)},"facts":{${factsText(request.facts)}},"withheld":${list(request.withheld)},"identity":${identity === null ? 'null' : `"${identity}"`},${permission}"identityKind":"${request.identityKind}","streamKeys":[${request.streamKeys.join()}],"blockedCategories":${list(request.blockedCategories)},"blockedDomains":${list(request.blockedDomains)},"floorCpmMicros":${request.floorCpmMicros},"mimes":${list(request.mimes)}}`;
}

function factsText(facts: DecisionRequest['facts']): string {
  let text = '';
  for (const name in facts) {
    const value = facts[name]!;
    text += `${text === '' ? '' : ','}"${name}":${typeof value === 'string' ? quoted(value) : list(value)}`;
  }
  return text;
}

function list(texts: readonly string[]): string {
  if (texts.length === 0) return '[]';
  let text = `[${quoted(texts[0]!)}`;
  for (let at = 1; at < texts.length; at++) text += `,${quoted(texts[at]!)}`;
  return `${text}]`;
}

function adsText(ads: readonly ChosenAd[]): string {
  let text = '';
  for (let at = 0; at < ads.length; at++) {
    const { lineItem, flight, creative, position, priceMicros } = ads[at]!;
    text += `${at === 0 ? '' : ','}{"campaignId":"${lineItem.campaignId}","lineItemId":"${lineItem.id}","flightId":"${flight.id}","creativeId":"${creative.id}","position":${position},"priceMicros":${priceMicros},"currency":"${lineItem.currency}"}`;
  }
  return text;
}

/** Text that needs no escape is its own JSON. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e\u00a0-\ud7ff]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

let lastInstantMs = Number.NaN;
let lastInstant = '';

/** Many decisions fall into one millisecond. */
function instant(atMs: number): string {
  if (atMs !== lastInstantMs) {
    lastInstantMs = atMs;
    lastInstant = new Date(atMs).toISOString();
  }
  return lastInstant;
}
