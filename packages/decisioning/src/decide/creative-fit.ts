import type {
  IndexedAssignment,
  IndexedCreative,
  IndexedLineItem,
  IndexedPlacement,
} from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import { REASONS, type Reason, reasonRank } from '../reasons.ts';

/** Length a request takes, of the whole break when it asks for one. */
export function fitsDuration(durationMs: number, request: AdRequest, placement: IndexedPlacement): boolean {
  return (
    durationMs >= request.minDurationMs &&
    durationMs <= request.maxDurationMs &&
    (placement.exactDurationsMs.size === 0 || placement.exactDurationsMs.has(durationMs))
  );
}

/** Everything that keeps a creative out of a placement whatever the request, in order; empty when it fits. */
export function placementReasons(creative: IndexedCreative, placement: IndexedPlacement): Reason[] {
  const reasons: Reason[] = [];
  const { mimes, codecs, minBitrateKbps, maxBitrateKbps, clearance } = placement.source;
  const playable = creative.source.mediaFiles.filter(
    (file) =>
      (mimes.length === 0 || mimes.includes(file.mime)) &&
      (codecs.length === 0 || codecs.some((codec) => file.codec.startsWith(codec))),
  );
  if (playable.length === 0) reasons.push('codec_fit');
  else if (!playable.some((file) => file.bitrateKbps >= minBitrateKbps && file.bitrateKbps <= maxBitrateKbps))
    reasons.push('bitrate_fit');
  if (clearance !== null && !creative.source.clearedFor.includes(clearance))
    reasons.push('not_cleared_for_destination');
  const { allowedCategories, blockedCategories, blockedDomains } = placement;
  if (
    creative.categories.some((category) => blockedCategories.has(category)) ||
    (allowedCategories.size > 0 && !creative.categories.some((category) => allowedCategories.has(category)))
  )
    reasons.push('blocked_category');
  if (blockedDomains.size > 0 && isBlocked(creative.adDomain, blockedDomains)) reasons.push('blocked_domain');
  return reasons;
}

/** A domain is blocked with all that lies below it. */
function isBlocked(domain: string, blocked: ReadonlySet<string>): boolean {
  let rest = domain.toLowerCase();
  for (;;) {
    if (blocked.has(rest)) return true;
    const dot = rest.indexOf('.');
    if (dot < 0) return false;
    rest = rest.slice(dot + 1);
  }
}

/** What this request adds to the reasons of its placement. */
export function requestReasons(creative: IndexedCreative, request: AdRequest): Reason[] {
  const reasons: Reason[] = [];
  const { mimes, blockedCategories, blockedDomains } = request;
  if (
    mimes !== undefined &&
    mimes.length > 0 &&
    !creative.source.mediaFiles.some((file) => mimes.includes(file.mime))
  )
    reasons.push('codec_fit');
  if (blockedCategories !== undefined && creative.categories.some((one) => blockedCategories.includes(one)))
    reasons.push('blocked_category');
  if (
    blockedDomains !== undefined &&
    blockedDomains.length > 0 &&
    isBlocked(creative.adDomain, new Set(blockedDomains.map((domain) => domain.toLowerCase())))
  )
    reasons.push('blocked_domain');
  return reasons;
}

/** Price per thousand below which this length may not serve here, micros. */
export function floorFor(durationMs: number, request: AdRequest, placement: IndexedPlacement): number {
  const { durationFloors, floorCpmMicros, minCpmPerSecondMicros } = placement.source;
  const byLength = durationFloors.find(
    (floor) => durationMs >= floor.minDurationMs && durationMs <= floor.maxDurationMs,
  );
  return Math.max(
    byLength?.floorCpmMicros ?? floorCpmMicros,
    request.floorCpmMicros ?? 0,
    Math.ceil((minCpmPerSecondMicros * durationMs) / 1000),
  );
}

export function isBelowFloor(
  item: IndexedLineItem,
  durationMs: number,
  request: AdRequest,
  placement: IndexedPlacement,
): boolean {
  if (!item.isPriced) return false;
  const floor = floorFor(durationMs, request, placement);
  // A price in another currency cannot be held against the floor, and is not guessed.
  return floor > 0 && (item.currency !== placement.source.floorCurrency || item.rankMicros < floor);
}

/** Nothing keeps the assignment out. */
export const FITS = -1;

/**
 * Rank of the first reason that keeps an assignment out of a request, or FITS. The placement's part is worked out once
 * per creative and remembered.
 */
export function assignmentVerdict(
  item: IndexedLineItem,
  assignment: IndexedAssignment,
  request: AdRequest,
  placement: IndexedPlacement,
): number {
  const { creative } = assignment;
  if (request.atMs < assignment.startMs || request.atMs >= assignment.endMs) return CREATIVE_GAP;
  if (!fitsDuration(creative.durationMs, request, placement)) return DURATION_FIT;
  let verdict = placement.verdicts[creative.slot]!;
  if (verdict === 0) {
    const [reason] = placementReasons(creative, placement);
    verdict = reason === undefined ? 1 : 2 + reasonRank(reason);
    placement.verdicts[creative.slot] = verdict;
  }
  if (verdict !== 1) return verdict - 2;
  if (asksMore(request)) {
    const [reason] = requestReasons(creative, request);
    if (reason !== undefined) return reasonRank(reason);
  }
  if (item.isPriced && isBelowFloor(item, creative.durationMs, request, placement)) return BELOW_FLOOR;
  return FITS;
}

function asksMore({ mimes, blockedCategories, blockedDomains }: AdRequest): boolean {
  return (
    (mimes !== undefined && mimes.length > 0) ||
    (blockedCategories !== undefined && blockedCategories.length > 0) ||
    (blockedDomains !== undefined && blockedDomains.length > 0)
  );
}

const CREATIVE_GAP = REASONS.indexOf('creative_gap');
const DURATION_FIT = REASONS.indexOf('duration_fit');
const BELOW_FLOOR = REASONS.indexOf('below_floor');
