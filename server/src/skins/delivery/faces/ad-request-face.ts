import { TRACKING_EVENTS } from '../../../kernel/delivery-protocol.ts';
import type { AdQuestion } from '../ad-question.ts';
import type { FaceState } from '../served.ts';
import type { FaceDecision, FaceParts, PlacedAd } from './decide.ts';
import { mediaChoices } from './media-list.ts';
import { breakSeconds, rounded } from './pod-face.ts';
import { servedOf } from './vast-face.ts';

/**
 * The answer of `POST /api/v1/ad-request`: one ad with its fields at the top, or `ads` when a break was asked for. No ad
 * is an answer, not an error.
 */
export function adRequestBody(
  parts: FaceParts,
  state: FaceState,
  question: AdQuestion,
  decision: FaceDecision,
) {
  const { ads, backups, document, reason } = servedOf(parts, state, question, decision);
  const named = { request_id: question.requestId, decision_id: decision.decisionId };
  const shown = (one: PlacedAd) => adFields(parts, state, question, one);
  if (question.pod === null) {
    const [first] = ads;
    if (!first) return { body: { ...named, ad: null, reason }, reason };
    return { body: { ...named, ...shown(first), vast: document.xml }, reason };
  }
  const filled = ads.reduce((sum, { creative }) => sum + creative.durationMs, 0) / 1000;
  return {
    body: {
      ...named,
      placement_id: question.placement.id,
      break_duration: breakSeconds(question),
      filled_duration: rounded(filled),
      ads: ads.map((one, index) => ({ position: index + 1, ...shown(one) })),
      backups: backups.map(shown),
      reason,
      vast: document.xml,
    },
    reason,
  };
}

function adFields(
  { publicBaseUrl }: FaceParts,
  state: FaceState,
  { placement }: AdQuestion,
  placed: PlacedAd,
) {
  const { ad, creative, urls } = placed;
  // The rendition with most pixels is first choice for a caller that takes one address.
  const best = mediaChoices(state, publicBaseUrl, creative)[0];
  return {
    campaign_id: ad.campaignId,
    line_item_id: ad.lineItemId,
    creative_id: ad.creativeId,
    placement_id: placement.id,
    video_url: best?.url ?? null,
    mime_type: best?.mime_type ?? null,
    width: best?.width ?? null,
    height: best?.height ?? null,
    duration: creative.durationMs / 1000,
    tracking: Object.fromEntries(TRACKING_EVENTS.map((event, index) => [event, urls[index]])),
  };
}
