import type { ChosenAd, Decision } from '@cuepoint/decisioning';
import type { DecidedAd, DecisionRecord } from '../../../kernel/delivery-protocol.ts';

export interface ReplayState {
  readonly state: 'exact' | 'different' | 'not_replayable';
  readonly detail: string;
}

/**
 * Whether a logged decision came out the same when made again: its ads and back-ups with place, line item, flight,
 * creative and price, and the reason of an empty answer.
 */
export function replayState(
  record: Pick<DecisionRecord, 'ads' | 'backups' | 'reason' | 'readingsTruncated'>,
  decision: Pick<Decision, 'ads' | 'backups' | 'reason'>,
): ReplayState {
  if (record.readingsTruncated)
    return {
      state: 'not_replayable',
      detail:
        'The counters of this decision were not sampled into the log; what follows assumes that they allowed all.',
    };
  const compared = [
    ['ads', loggedAds(record.ads), chosenAds(decision.ads)],
    ['back-ups', loggedAds(record.backups), chosenAds(decision.backups)],
    ['reason', record.reason ?? '', decision.reason ?? ''],
  ] as const;
  const different = compared
    .filter(([, then, now]) => then !== now)
    .map(([what, then, now]) => `${what} ${then || 'none'}, now ${now || 'none'}`);
  return different.length === 0
    ? { state: 'exact', detail: 'Made again from its snapshot, counters and seed, with the same outcome.' }
    : { state: 'different', detail: `Made again it comes out differently: ${different.join('; ')}.` };
}

function loggedAds(ads: readonly DecidedAd[]): string {
  return ads.map(adText).join(', ');
}

function chosenAds(ads: readonly ChosenAd[]): string {
  return ads
    .map(({ position, lineItem, flight, creative, priceMicros }) =>
      adText({
        position,
        lineItemId: lineItem.id,
        flightId: flight.id,
        creativeId: creative.id,
        priceMicros,
      }),
    )
    .join(', ');
}

function adText({
  position,
  lineItemId,
  flightId,
  creativeId,
  priceMicros,
}: Omit<DecidedAd, 'campaignId' | 'currency'>): string {
  return `${position}: ${lineItemId} ${flightId} ${creativeId} for ${priceMicros}`;
}
