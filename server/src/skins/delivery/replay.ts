import type { BudgetLedger } from '@cuepoint/decisioning';
import {
  type DecisionRecord,
  type EventRecord,
  type LogPosition,
  TRACKING_EVENTS,
} from '../../kernel/delivery-protocol.ts';
import { decisionSecond } from './decision-id.ts';
import type { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { comparePositions } from './log/reader.ts';
import type { OpenDecisions } from './open-decisions.ts';

/** What reading back the own log touches, and the times that decide how far back it goes. */
export interface ReplayTarget {
  readonly ledger: BudgetLedger;
  readonly open: OpenDecisions;
  readonly reservationSeconds: number;
  readonly tokenSeconds: number;
  readonly nowMs: number;
  readonly ingested: LogPosition;
}

/** Spend in this node's log between two positions, by line item and by flight; negative when `to` comes first. */
export async function ownSpendBetween(
  log: DurableLog,
  from: LogPosition,
  to: LogPosition,
): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  const isBackwards = comparePositions(from, to) > 0;
  const [start, end] = isBackwards ? [to, from] : [from, to];
  for await (const entry of log.range(clamp(log, start), end, [KIND.event])) {
    const event = JSON.parse(entry.payload) as EventRecord;
    if (event.spendMicros === 0) continue;
    const micros = isBackwards ? -event.spendMicros : event.spendMicros;
    for (const key of [event.lineItemId, event.flightId])
      if (key !== null) sums.set(key, (sums.get(key) ?? 0) + micros);
  }
  return sums;
}

/**
 * Rebuilds after a start what lived in memory: spend not yet ingested, open reservations, events already seen. Returns
 * how many records it read.
 */
export async function replayLog(log: DurableLog, target: ReplayTarget): Promise<number> {
  const through = log.durableThrough;
  const nowSeconds = Math.floor(target.nowMs / 1000);
  const windowStart = await firstSegmentSince(log, target.nowMs - target.tokenSeconds * 1000);
  const from = comparePositions(windowStart, target.ingested) < 0 ? windowStart : target.ingested;
  let records = 0;
  for await (const entry of log.range(clamp(log, from), through, [KIND.decision, KIND.event])) {
    records++;
    if (entry.kind === KIND.decision) {
      // Only decisions young enough to hold money matter, and most of a log is older than that.
      const decision = JSON.parse(entry.payload) as DecisionRecord;
      if (decisionSecond(decision.decisionId) + target.reservationSeconds > nowSeconds)
        reserveAgain(decision, target);
    } else {
      const isOwn = comparePositions(entry, target.ingested) >= 0;
      replayEvent(JSON.parse(entry.payload) as EventRecord, isOwn, nowSeconds, target);
    }
  }
  return records;
}

function reserveAgain(decision: DecisionRecord, { ledger, open }: ReplayTarget): void {
  const { outcome } = decision;
  if (outcome.kind !== 'ad') return;
  const pots = [ledger.pot(outcome.lineItemId), ledger.pot(outcome.flightId)];
  // A budget that was lowered meanwhile may have no room; the impression then counts as a late one.
  if (!ledger.reserve(pots, outcome.priceMicros)) return;
  open.add(decisionSecond(decision.decisionId), `${decision.decisionId}.${outcome.position}`, {
    pots,
    priceMicros: outcome.priceMicros,
    currency: outcome.currency,
    campaignId: outcome.campaignId,
    flightId: outcome.flightId,
    placementId: decision.request.placementId,
  });
}

function replayEvent(
  event: EventRecord,
  isOwn: boolean,
  nowSeconds: number,
  { ledger, open, tokenSeconds }: ReplayTarget,
) {
  const second = decisionSecond(event.decisionId);
  const key = `${event.decisionId}.${event.position}`;
  if (second + tokenSeconds >= nowSeconds) open.markSeen(second, key, TRACKING_EVENTS.indexOf(event.event));
  if (event.event === 'impression' && !event.duplicate) {
    const reserved = open.take(second, key);
    if (reserved) ledger.release(reserved.pots, reserved.priceMicros);
  }
  if (!isOwn || event.spendMicros === 0) return;
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
