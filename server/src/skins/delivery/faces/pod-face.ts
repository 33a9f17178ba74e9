import type { AdQuestion } from '../ad-question.ts';
import type { FaceState } from '../served.ts';
import { beaconsOf } from './beacons.ts';
import { type FaceDecision, type FaceParts, type PlacedAd, renderAds } from './decide.ts';
import { mediaChoices } from './media-list.ts';

/** The answer of `/api/v1/pod`: a break for a stitcher that builds its own stream. Lengths and offsets are seconds. */
export function podBody(parts: FaceParts, state: FaceState, question: AdQuestion, decision: FaceDecision) {
  const { ads, backups, reason } = renderAds(
    parts,
    decision,
    (one, position) => podAd(parts, state, one, position ?? null),
    true,
  );
  let offset = 0;
  const timed = ads.map((ad) => {
    const at = offset;
    offset += ad.duration;
    return { ...ad, offset: rounded(at) };
  });
  return {
    body: {
      decision_id: decision.decisionId,
      request_id: question.requestId ?? null,
      placement_id: question.placement.id,
      break_duration: breakSeconds(question),
      filled_duration: rounded(offset),
      ads: timed,
      backups,
      reason,
    },
    reason,
  };
}

/** Length of the asked break: its open part and its fixed slots. */
export function breakSeconds({ pod, maxDurationMs }: AdQuestion): number {
  if (pod === null) return maxDurationMs / 1000;
  return (pod.durationMs + pod.slots.reduce((sum, slot) => sum + slot.maxDurationMs, 0)) / 1000;
}

function podAd(parts: FaceParts, state: FaceState, placed: PlacedAd, position: number | null) {
  const { ad, creative } = placed;
  const { tracking, progress, clickThrough, clickTracking, verifications } = beaconsOf(placed);
  return {
    position,
    duration: creative.durationMs / 1000,
    campaign_id: ad.campaignId,
    line_item_id: ad.lineItemId,
    creative_id: ad.creativeId,
    ad_domain: creative.adDomain,
    categories: creative.categories,
    universal_ad_id: {
      id_registry: creative.universalAdId.idRegistry,
      id_value: creative.universalAdId.idValue,
    },
    media: mediaChoices(state, parts.publicBaseUrl, creative),
    tracking,
    progress: progress.map(({ offsetSeconds, url }) => ({ offset: offsetSeconds, url })),
    click_through: clickThrough,
    click_tracking: clickTracking,
    verifications,
  };
}

/** To the millisecond: sums of seconds drift. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
