import { ruleHolds } from './build-index.ts';
import type { AdRequest, IndexedLineItem } from './model.ts';
import { type Reason, reasonRank } from './reasons.ts';

const DIMENSION_REASON: Readonly<Record<string, Reason>> = {
  country: 'geo',
  device: 'device',
  placement: 'placement',
};

/** The value a request has on a targeting dimension; undefined for a dimension this version does not know. */
export function requestValue(request: AdRequest, dimension: string): string | null | undefined {
  switch (dimension) {
    case 'country':
      return request.country;
    case 'device':
      return request.device;
    case 'placement':
      return request.placementId;
    default:
      return undefined;
  }
}

/**
 * Every reason that needs no counters, in order of evaluation: state, dates, targeting, creative. Empty when the line
 * item is a candidate. The same rules as the bitsets of `decide`, one by one; a property test holds them together.
 */
export function candidateReasons(item: IndexedLineItem, request: AdRequest): Reason[] {
  const reasons: Reason[] = [];
  const state = stateReason(item, request.atMs);
  if (state) reasons.push(state);
  for (const rule of item.targeting) {
    const reason = DIMENSION_REASON[rule.dimension] ?? 'key_value';
    if (!ruleHolds(rule, requestValue(request, rule.dimension) ?? null) && !reasons.includes(reason))
      reasons.push(reason);
  }
  if (item.creatives.length === 0) reasons.push('no_approved_creative');
  else if (!item.creatives.some((creative) => fitsDuration(creative.durationMs, request)))
    reasons.push('duration_fit');
  return reasons.sort((left, right) => reasonRank(left) - reasonRank(right));
}

export function fitsDuration(durationMs: number, request: AdRequest): boolean {
  return durationMs >= request.minDurationMs && durationMs <= request.maxDurationMs;
}

function stateReason(item: IndexedLineItem, atMs: number): Reason | undefined {
  if (item.status === 'paused') return 'paused';
  if (item.status === 'completed') return 'ended';
  if (item.status === 'draft') return 'not_started';
  if (item.flights.some((flight) => flight.startMs <= atMs && atMs < flight.endMs)) return undefined;
  // Between two flights the next one counts: it has not started.
  return item.flights.length > 0 && item.flights.every((flight) => flight.endMs <= atMs)
    ? 'ended'
    : 'not_started';
}
