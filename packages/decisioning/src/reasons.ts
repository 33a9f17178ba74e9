/**
 * Why a line item did not serve. The list is stable: it labels metrics, reports and screens. It is in
 * order of evaluation; the first that applies is a candidate's reason.
 */
export const REASONS = [
  'no_line_item',
  'paused',
  'not_started',
  'ended',
  'geo',
  'device',
  'placement',
  'daypart',
  'content_rating',
  'key_value',
  'audience',
  'consent',
  'freq_cap',
  'no_approved_creative',
  'creative_gap',
  'duration_fit',
  'codec_fit',
  'bitrate_fit',
  'not_cleared_for_destination',
  'no_budget',
  'daily_cap',
  'pacing_ahead',
  'competitive_separation',
  'advertiser_dedupe',
  'creative_dedupe',
  'pod_full',
  'pod_duration',
  'blocked_category',
  'blocked_domain',
  'below_floor',
  'lower_priority',
  'lost_rank',
  'bidder_timeout',
  'bidder_error',
] as const;
export type Reason = (typeof REASONS)[number];

/** How near to serving a reason is: the later the rule that refused, the nearer. */
export function reasonRank(reason: Reason): number {
  return RANK[reason];
}

const RANK = Object.fromEntries(REASONS.map((reason, rank) => [reason, rank])) as Readonly<
  Record<Reason, number>
>;
