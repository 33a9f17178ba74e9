import type { Reason } from '../reasons.ts';

/** Steps of the funnel a request's candidates go through. */
export const FUNNEL_STEPS = [
  'candidates',
  'live',
  'targeting',
  'caps_and_pacing',
  'creative_fit',
  'separation',
  'floor',
  'ranked',
  'served',
] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

const STEP_OF: Readonly<Record<Reason, FunnelStep>> = {
  no_line_item: 'candidates',
  paused: 'live',
  not_started: 'live',
  ended: 'live',
  geo: 'targeting',
  device: 'targeting',
  placement: 'targeting',
  daypart: 'targeting',
  content_rating: 'targeting',
  key_value: 'targeting',
  audience: 'targeting',
  consent: 'targeting',
  freq_cap: 'caps_and_pacing',
  no_budget: 'caps_and_pacing',
  daily_cap: 'caps_and_pacing',
  pacing_ahead: 'caps_and_pacing',
  no_approved_creative: 'creative_fit',
  creative_gap: 'creative_fit',
  duration_fit: 'creative_fit',
  codec_fit: 'creative_fit',
  bitrate_fit: 'creative_fit',
  not_cleared_for_destination: 'creative_fit',
  blocked_category: 'creative_fit',
  blocked_domain: 'creative_fit',
  competitive_separation: 'separation',
  advertiser_dedupe: 'separation',
  creative_dedupe: 'separation',
  below_floor: 'floor',
  pod_full: 'served',
  pod_duration: 'served',
  lower_priority: 'served',
  lost_rank: 'served',
  bidder_timeout: 'ranked',
  bidder_error: 'ranked',
};

/** The step at which a reason takes a candidate out. */
export function stepOf(reason: Reason): FunnelStep {
  return STEP_OF[reason];
}

export interface FunnelRow {
  readonly step: FunnelStep;
  /** Candidates left after it. */
  readonly count: number;
  readonly lost: readonly { readonly reason: Reason; readonly count: number }[];
}

/** The funnel of first reasons. @param total all candidates @param reasons first reason of each that did not serve */
export function funnel(total: number, reasons: readonly Reason[]): FunnelRow[] {
  const lost = new Map<FunnelStep, Map<Reason, number>>();
  for (const reason of reasons) {
    const byReason = lost.get(stepOf(reason)) ?? new Map<Reason, number>();
    byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
    lost.set(stepOf(reason), byReason);
  }
  let count = total;
  return FUNNEL_STEPS.map((step) => {
    const rows = [...(lost.get(step) ?? [])]
      .map(([reason, times]) => ({ reason, count: times }))
      .sort((left, right) => right.count - left.count || (left.reason < right.reason ? -1 : 1));
    count -= rows.reduce((sum, row) => sum + row.count, 0);
    return { step, count, lost: rows };
  });
}
