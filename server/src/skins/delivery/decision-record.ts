import { type ChosenAd, type Decision, type Examined, MAX_EXAMINED } from '@cuepoint/decisioning';
import type { DecidedAd, DecisionRecord, DecisionRequest } from '../../kernel/delivery-protocol.ts';

/** What has no limit; JSON has no infinity. */
const NO_LIMIT = -2;

const finite = (value: number): number => (value === Number.POSITIVE_INFINITY ? NO_LIMIT : value);

/** A decision as the log keeps it. @param isSampled whether its readings are kept, so that it can be replayed */
export function decisionRecord(
  decisionId: string,
  request: DecisionRequest,
  decision: Decision,
  more: {
    readonly seed: number;
    readonly atMs: number;
    readonly snapshotHash: string;
    readonly isSampled: boolean;
  },
): DecisionRecord {
  return {
    type: 'decision',
    decisionId,
    at: new Date(more.atMs).toISOString(),
    snapshotHash: more.snapshotHash,
    seed: more.seed,
    request,
    readings: more.isSampled ? decision.examined.map(readingOf) : [],
    readingsTruncated: !more.isSampled || decision.examined.length > MAX_EXAMINED,
    ads: decision.ads.map(decidedAd),
    backups: decision.backups.map(decidedAd),
    reason: decision.reason,
  };
}

/** What was read of one candidate, as the log keeps it. */
export function readingOf(one: Omit<Examined, 'fits'>): DecisionRecord['readings'][number] {
  const rooms = one.creativeRooms === null ? [] : one.creativeRooms.map(finite);
  return [one.item.id, finite(one.affordable), one.passRate, finite(one.room), one.sequence, ...rooms];
}

function decidedAd(ad: ChosenAd): DecidedAd {
  return {
    campaignId: ad.lineItem.campaignId,
    lineItemId: ad.lineItem.id,
    flightId: ad.flight.id,
    creativeId: ad.creative.id,
    position: ad.position,
    priceMicros: ad.priceMicros,
    currency: ad.lineItem.currency,
  };
}
