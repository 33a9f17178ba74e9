import type { AdQuestion } from '../ad-question.ts';
import type { FaceState } from '../served.ts';
import { type Beacons, beaconsOf } from './beacons.ts';
import { type FaceDecision, type FaceParts, type PlacedAd, renderAds } from './decide.ts';
import { playlistUrl } from './media-list.ts';
import { rounded } from './pod-face.ts';

/** Where a list of addresses is told of an event: SVTA2053-2, named as in VAST. */
interface SignalledEvent {
  readonly type: string;
  readonly offset?: number;
  readonly urls: readonly string[];
}

/**
 * The answer of `/api/v1/interstitials`: what `X-ASSET-LIST` of an `EXT-X-DATERANGE` of class
 * `com.apple.hls.interstitial` points at (draft-pantos-hls-rfc8216bis, appendix "Interstitial content"). `URI` and
 * `DURATION` in seconds are all that a player must know; beacons travel in `X-AD-CREATIVE-SIGNALING` (SVTA2053-2), one
 * slot an asset and the pod around them. An ad that has not been packaged for HLS gives way to a back-up or is left out,
 * and `X-CUEPOINT` says so.
 */
export function interstitialsBody(
  parts: FaceParts,
  state: FaceState,
  question: AdQuestion,
  decision: FaceDecision,
) {
  const leftOut: { creative_id: string; reason: 'not_packaged' }[] = [];
  const { ads, reason } = renderAds(
    parts,
    decision,
    (one, sequence) => {
      const url = playlistUrl(state, parts.publicBaseUrl, one.creative);
      if (url !== null && one.creative.hls)
        return { url, durationMs: one.creative.hls.durationMs, one, sequence };
      // A back-up that stands by is not asked for, so nothing of it is missing.
      if (sequence !== undefined) leftOut.push({ creative_id: one.ad.creativeId, reason: 'not_packaged' });
      return null;
    },
    true,
  );
  let startMs = 0;
  const assets = ads.map(({ url, durationMs, one, sequence }) => {
    const asset = {
      URI: url,
      DURATION: durationMs / 1000,
      'X-AD-CREATIVE-SIGNALING': signalling(one, startMs, durationMs, sequence),
    };
    startMs += durationMs;
    return asset;
  });
  const why = reason !== null && leftOut.length > 0 ? 'not_packaged' : reason;
  return {
    body: {
      ASSETS: assets,
      ...(assets.length === 0
        ? {}
        : {
            'X-AD-CREATIVE-SIGNALING': {
              version: 2,
              type: 'pod',
              payload: [{ start: 0, duration: rounded(startMs / 1000), tracking: [] }],
            },
          }),
      'X-CUEPOINT': {
        decision_id: decision.decisionId,
        request_id: question.requestId ?? null,
        reason: why,
        left_out: leftOut,
      },
    },
    reason: why,
  };
}

function signalling(placed: PlacedAd, startMs: number, durationMs: number, sequence: number | undefined) {
  const macros = sequence === undefined ? placed.macros : { ...placed.macros, PODSEQUENCE: String(sequence) };
  const beacons = beaconsOf({ ...placed, macros });
  const { idRegistry, idValue } = placed.creative.universalAdId;
  return {
    version: 2,
    type: 'slot',
    payload: [
      {
        type: 'linear',
        start: rounded(startMs / 1000),
        duration: rounded(durationMs / 1000),
        identifiers: [{ scheme: `urn:${idRegistry}`, value: idValue }],
        clickThrough: beacons.clickThrough,
        tracking: events(beacons),
        verifications: beacons.verifications.map(({ vendor, url, parameters }) => ({
          vendor: vendor ?? '',
          resource: url,
          ...(parameters === null ? {} : { parameters }),
        })),
      },
    ],
  };
}

function events({ tracking, clickTracking, progress }: Beacons): SignalledEvent[] {
  const list: SignalledEvent[] = Object.entries(tracking).map(([type, urls]) => ({ type, urls }));
  if (clickTracking.length > 0) list.push({ type: 'clickTracking', urls: clickTracking });
  for (const { offsetSeconds, url } of progress)
    if (offsetSeconds !== null) list.push({ type: 'progress', offset: offsetSeconds, urls: [url] });
  return list;
}
