import { ruleReasons } from '../explain/rules.ts';
import type { AccountIndex, DecisionIndex, IndexedPlacement } from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import { REASONS, type Reason, reasonRank } from '../reasons.ts';
import { CandidateCheck, rotate } from './candidate.ts';
import { type ChosenAd, MAX_EXAMINED } from './chosen-ad.ts';
import { fillBreak, type PodFill } from './fill-break.ts';
import type { Examined, Readings } from './readings.ts';
import { walk } from './walk.ts';

/** Line items an empty answer looks at to name its reason. */
const DIAGNOSED_ITEMS = 64;

export interface Decision {
  /** In play order; empty when nothing serves. */
  readonly ads: readonly ChosenAd[];
  /** Stand-alone ads for one that fails; each could take any place that it fits. */
  readonly backups: readonly ChosenAd[];
  /** Why nothing serves: the reason of the line item that came nearest. Null when something does. */
  readonly reason: Reason | null;
  readonly examined: readonly Examined[];
  /** How the break was filled; null when one ad was asked for. */
  readonly fill: PodFill | null;
}

const NOTHING: readonly never[] = [];

/**
 * Chooses the ad for a slot, or the ads for a break. Pure: the same index, request, readings and seed give the same
 * decision. Line items are met best first, so its steps are bounded by the account's line items and MAX_EXAMINED, and
 * are few in practice.
 *
 * @param seed 32-bit unsigned; decides pacing draws, shares and creative rotation
 */
export function decide(index: DecisionIndex, request: AdRequest, readings: Readings, seed: number): Decision {
  return decideFor(index, request, readings, seed, false);
}

/** The same; `wantsRejections` adds why each candidate of a break has no place in it. */
export function decideFor(
  index: DecisionIndex,
  request: AdRequest,
  readings: Readings,
  seed: number,
  wantsRejections: boolean,
): Decision {
  const account = index.accounts.get(request.accountId);
  const placement = index.placements.get(request.placementId);
  if (!account || placement?.accountId !== request.accountId)
    return { ads: NOTHING, backups: NOTHING, reason: 'no_line_item', examined: NOTHING, fill: null };
  const check = new CandidateCheck(request, placement, readings, seed);
  check.wantsRejections = wantsRejections;
  const pod = request.pod ?? null;
  if (pod !== null) {
    const filled = fillBreak(account, check, pod);
    return {
      ads: filled.ads,
      backups: filled.backups,
      // Who passed every check and found no place came nearer than anyone who did not pass.
      reason: filled.ads.length > 0 ? null : (filled.reason ?? nearest(account, check)),
      examined: check.examined,
      fill: filled.fill,
    };
  }
  const ad = decideOne(account, check);
  return {
    ads: ad ? [ad] : NOTHING,
    backups: NOTHING,
    reason: ad ? null : nearest(account, check),
    examined: check.examined,
    fill: null,
  };
}

function decideOne(account: AccountIndex, check: CandidateCheck): ChosenAd | undefined {
  let chosen: ChosenAd | undefined;
  walk(account, check.request, (item, flight) => {
    if (!check.passes(item, flight)) return check.examined.length >= MAX_EXAMINED;
    const assignment = rotate(check, check.examined[check.examined.length - 1]!);
    if (!assignment) return false;
    chosen = {
      lineItem: item,
      flight,
      creative: assignment.creative,
      priceMicros: item.priceMicros,
      position: 1,
    };
    return true;
  });
  return chosen;
}

/** Names a reason for an empty answer. Bounded, so that it stays cheap. */
function nearest(account: AccountIndex, check: CandidateCheck): Reason {
  if (check.nearest >= 0) return REASONS[check.nearest]!;
  return diagnose(account, check.request, check.placement);
}

function diagnose(account: AccountIndex, request: AdRequest, placement: IndexedPlacement): Reason {
  let found: Reason = 'no_line_item';
  let left = DIAGNOSED_ITEMS;
  for (const block of account.blocks) {
    for (const item of block.items) {
      if (left-- === 0) return found;
      const reason = ruleReasons(item, request, placement)[0];
      if (reason !== undefined && reasonRank(reason) > reasonRank(found)) found = reason;
    }
  }
  return found;
}
