import type {
  IndexedAssignment,
  IndexedCreative,
  IndexedLineItem,
  IndexedPlacement,
} from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import { REASONS, type Reason, reasonRank } from '../reasons.ts';
import { blocksOf } from './request-blocks.ts';

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
  if (
    (clearance !== null && !creative.source.clearedFor.includes(clearance)) ||
    placement.blockedMedia?.has(creative.fingerprintKey)
  )
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
  const { mimes, categories, domains, media } = blocksOf(request);
  const reasons: Reason[] = [];
  if (mimes !== null && !creative.source.mediaFiles.some((file) => mimes.has(file.mime)))
    reasons.push('codec_fit');
  if (media?.has(creative.fingerprintKey)) reasons.push('not_cleared_for_destination');
  if (categories !== null && creative.categories.some((one) => categories.has(one)))
    reasons.push('blocked_category');
  if (domains !== null && isBlocked(creative.adDomain, domains)) reasons.push('blocked_domain');
  return reasons;
}

/** Whether the placement or the request takes nothing of the brand. */
export function isBrandBlocked(
  item: IndexedLineItem,
  request: AdRequest,
  placement: IndexedPlacement,
): boolean {
  const { brands } = blocksOf(request);
  return placement.blockedBrands?.has(item.brandKey) === true || brands?.has(item.brandKey) === true;
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
  const blocks = blocksOf(request);
  if (placement.blockedBrands?.has(item.brandKey) || blocks.brands?.has(item.brandKey)) return BLOCKED_DOMAIN;
  if (blocks.asksMore) {
    const [reason] = requestReasons(creative, request);
    if (reason !== undefined) return reasonRank(reason);
  }
  if (item.isPriced && isBelowFloor(item, creative.durationMs, request, placement)) return BELOW_FLOOR;
  return FITS;
}

const CREATIVE_GAP = REASONS.indexOf('creative_gap');
const DURATION_FIT = REASONS.indexOf('duration_fit');
const BELOW_FLOOR = REASONS.indexOf('below_floor');
const BLOCKED_DOMAIN = REASONS.indexOf('blocked_domain');
