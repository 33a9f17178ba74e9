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
  // What strangers wrote is looked at once, all together: mostly it needs no escape.
  const write = PLAIN.test(strangeText(request)) ? plain : escaped;
  const permission = mayLogViewer === undefined ? '' : `"mayLogViewer":${mayLogViewer},`;
  return `{"requestId":${write(request.requestId)},"accountId":"${request.accountId}","placementId":"${request.placementId}","minDurationMs":${request.minDurationMs},"maxDurationMs":${request.maxDurationMs},"pod":${pod === null ? 'null' : JSON.stringify(pod)},"facts":{${factsText(request.facts, write)}},"withheld":${list(request.withheld, write)},"identity":${identity === null ? 'null' : `"${identity}"`},${permission}"identityKind":"${request.identityKind}","streamKeys":[${request.streamKeys.length === 0 ? '' : request.streamKeys.join()}],"blockedCategories":${list(request.blockedCategories, write)},"blockedDomains":${list(request.blockedDomains, write)},"floorCpmMicros":${request.floorCpmMicros},"mimes":${list(request.mimes, write)}}`;
}

type WriteText = (text: string) => string;

/** Text that needs no escape is its own JSON. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e\u00a0-\ud7ff]*$/;
const plain: WriteText = (text) => `"${text}"`;
const escaped: WriteText = (text) => JSON.stringify(text);

function strangeText({
  requestId,
  facts,
  withheld,
  blockedCategories,
  blockedDomains,
  mimes,
}: DecisionRequest): string {
  let all = requestId;
  for (const name in facts) {
    const value = facts[name]!;
    if (typeof value === 'string') all += value;
    else for (let at = 0; at < value.length; at++) all += value[at]!;
  }
  for (const texts of [withheld, blockedCategories, blockedDomains, mimes])
    for (let at = 0; at < texts.length; at++) all += texts[at]!;
  return all;
}

function factsText(facts: DecisionRequest['facts'], write: WriteText): string {
  let text = '';
  for (const name in facts) {
    const value = facts[name]!;
    text += `${text === '' ? '' : ','}"${name}":${typeof value === 'string' ? write(value) : list(value, write)}`;
  }
  return text;
}

function list(texts: readonly string[], write: WriteText): string {
  if (texts.length === 0) return '[]';
  let text = `[${write(texts[0]!)}`;
  for (let at = 1; at < texts.length; at++) text += `,${write(texts[at]!)}`;
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
