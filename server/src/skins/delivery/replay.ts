import type { DecisionIndex } from '@cuepoint/decisioning';
import { identityOf } from '../../kernel/ad-request.ts';
import {
  countKey,
  type DecidedAd,
  type DecisionRecord,
  type EventRecord,
  type LogPosition,
} from '../../kernel/delivery-protocol.ts';
import type { Counters } from './counters.ts';
import { decisionSecond } from './decision-id.ts';
import type { Erasures } from './erasures.ts';
import type { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { comparePositions } from './log/reader.ts';
import { adKey, markOf, release, reserve } from './open-decisions.ts';
import { type Claim, dayPotKey } from './pots.ts';

const LONGEST_DAY_MS = 25 * 60 * 60 * 1000;
/** How far a clock may have been set back: a segment may hold what is later than the beginning of the next by this much. */
const CLOCK_STEP_MS = 60 * 60 * 1000;

/** What reading back the own log touches, and the times that decide how far back it goes. */
export interface ReplayTarget {
  readonly counters: Pick<Counters, 'ledger' | 'open' | 'exposures' | 'pots' | 'leased'>;
  readonly index: DecisionIndex;
  readonly reservationSeconds: number;
  readonly tokenSeconds: number;
  readonly nowMs: number;
  readonly ingested: LogPosition;
  /** What was shown to these viewers before is not remembered again. */
  readonly erasures: Pick<Erasures, 'strip'>;
}

/**
 * Rebuilds after a start what lived in memory: spend not yet ingested, open reservations, events already seen. Streams
 * begin anew, so back-ups that were offered before are not remembered in them either. Returns how many records it read.
 */
export async function replayLog(log: DurableLog, target: ReplayTarget): Promise<number> {
  const through = log.durableThrough;
  const nowSeconds = Math.floor(target.nowMs / 1000);
  const windowStart = await firstSegmentSince(log, target.nowMs - historyMs(target) - CLOCK_STEP_MS);
  const from = comparePositions(windowStart, target.ingested) < 0 ? windowStart : target.ingested;
  let records = 0;
  for await (const entry of log.range(clamp(log, from), through, [KIND.decision, KIND.event])) {
    records++;
    if (entry.kind === KIND.decision) {
      const decision = target.erasures.strip(JSON.parse(entry.payload) as DecisionRecord);
      if (decisionSecond(decision.decisionId) + target.reservationSeconds > nowSeconds)
        reserveAgain(decision, target);
      else rememberExposures(decision, target);
    } else {
      const isOwn = comparePositions(entry, target.ingested) >= 0;
      replayEvent(JSON.parse(entry.payload) as EventRecord, isOwn, nowSeconds, target);
    }
  }
  return records;
}

/** How far back what lives in memory can reach: tokens, a local day of 25 hours, the longest window of a cap. */
function historyMs({ tokenSeconds, index }: ReplayTarget): number {
  let longest = tokenSeconds * 1000;
  for (const item of index.lineItems.values()) {
    if (item.flights.some((flight) => flight.source.dailyBudgetMicros !== null))
      longest = Math.max(longest, LONGEST_DAY_MS);
    for (const cap of item.caps) longest = Math.max(longest, cap.windowMs);
  }
  return longest;
}

/** An old decision holds no money, but its impression may have come and counts towards caps: see `replayEvent`. */
function rememberExposures(
  decision: DecisionRecord,
  { counters: { exposures, open }, index }: ReplayTarget,
): void {
  const identity = identityOf(decision.request.identity);
  if (identity === null) return;
  for (const ad of [...decision.ads, ...decision.backups]) {
    const item = index.lineItems.get(ad.lineItemId);
    const exposure = item ? exposures.exposureOf(item, ad.creativeId, identity) : null;
    if (exposure !== null)
      open.addLate(decisionSecond(decision.decisionId), adKey(decision.decisionId, ad.position), exposure);
  }
}

function reserveAgain(decision: DecisionRecord, target: ReplayTarget): void {
  for (const ad of decision.ads) reserveAd(decision, ad, target);
  for (const ad of decision.backups) reserveAd(decision, ad, target, true);
}

/**
 * Where budgets are shared nothing is lent yet: what was promised of a lease is held all the same, and the bank is told.
 * Whether a back-up was promised is not in the record, so its impression counts as a late one.
 */
function promiseAgain(
  { ledger, leased }: ReplayTarget['counters'],
  claim: Claim,
  price: number,
  isBackup: boolean,
) {
  if (leased === null) return reserve(ledger, claim, price);
  if (isBackup) return false;
  ledger.hold(claim.money, price);
  if (claim.count !== null) ledger.hold([claim.count], 1);
  return true;
}

function reserveAd(decision: DecisionRecord, ad: DecidedAd, target: ReplayTarget, isBackup = false): void {
  const { index } = target;
  const { ledger, open, exposures, pots } = target.counters;
  const item = index.lineItems.get(ad.lineItemId);
  const flight = item?.flights.find((one) => one.id === ad.flightId);
  const second = decisionSecond(decision.decisionId);
  const claim =
    item && flight
      ? pots.claim(item, flight, Date.parse(decision.at))
      : { money: [ledger.pot(ad.lineItemId), ledger.pot(ad.flightId)], count: null };
  const exposure = item
    ? exposures.exposureOf(item, ad.creativeId, identityOf(decision.request.identity))
    : null;
  if (exposure !== null) exposures.reserve(exposure, second * 1000);
  // A budget that was lowered meanwhile may have no room; the impression then counts as a late one.
  if (!promiseAgain(target.counters, claim, ad.priceMicros, isBackup)) return;
  open.add(second, adKey(decision.decisionId, ad.position), {
    claim,
    priceMicros: ad.priceMicros,
    sold: { currency: ad.currency, campaignId: ad.campaignId, flightId: ad.flightId },
    placementId: decision.request.placementId,
    exposure,
  });
}

function replayEvent(event: EventRecord, isOwn: boolean, nowSeconds: number, target: ReplayTarget) {
  const { index, tokenSeconds } = target;
  const { ledger, open, exposures } = target.counters;
  const second = decisionSecond(event.decisionId);
  const key = adKey(event.decisionId, event.position);
  // A record from before there were marks of invalid traffic has none.
  const isInvalid = (event.invalid ?? null) !== null;
  if (second + tokenSeconds >= nowSeconds) open.markSeen(second, key, markOf(event.event, isInvalid));
  if (event.event !== 'impression' || event.duplicate || isInvalid) return;
  const reserved = open.take(second, key);
  if (reserved) {
    release(ledger, reserved.claim, reserved.priceMicros);
    if (reserved.exposure !== null) exposures.commit(reserved.exposure, second * 1000, Date.parse(event.at));
  } else {
    const exposure = open.takeLate(second, key);
    if (exposure) exposures.commit(exposure, second * 1000, Date.parse(event.at));
  }
  // What was spent of leases is summed when the bank is asked for the next.
  if (target.counters.leased !== null) return;
  const flight = index.lineItems.get(event.lineItemId)?.flights.find((one) => one.id === event.flightId);
  // Today's money is known from this log alone.
  if (flight && flight.source.dailyBudgetMicros !== null)
    ledger.restore([ledger.pot(dayPotKey(flight, Date.parse(event.at)))], event.spendMicros);
  if (!isOwn) return;
  if (event.flightId !== null && flight?.source.impressionGoal != null)
    ledger.restore([ledger.pot(countKey(event.flightId))], 1);
  if (event.spendMicros === 0) return;
  const keys = event.flightId === null ? [event.lineItemId] : [event.lineItemId, event.flightId];
  ledger.restore(
    keys.map((id) => ledger.pot(id)),
    event.spendMicros,
  );
}

/** The newest segment that was begun at or before an instant: everything later lies in it or behind it. */
async function firstSegmentSince(log: DurableLog, atMs: number): Promise<LogPosition> {
  for (let segment = log.durableThrough.segment; segment > log.firstSegment; segment--) {
    const page = await log.read({ segment, offset: 0 }, 1, [KIND.header]);
    const header = page.entries[0];
    if (header && Date.parse((JSON.parse(header.payload) as { createdAt: string }).createdAt) <= atMs)
      return { segment, offset: 0 };
  }
  return { segment: log.firstSegment, offset: 0 };
}

function clamp(log: DurableLog, position: LogPosition): LogPosition {
  return log.isPruned(position) ? { segment: log.firstSegment, offset: 0 } : position;
}
