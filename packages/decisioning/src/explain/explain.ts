import { CandidateCheck } from '../decide/candidate.ts';
import { MAX_EXAMINED } from '../decide/chosen-ad.ts';
import { assignmentVerdict, FITS } from '../decide/creative-fit.ts';
import { type Decision, decideFor } from '../decide/decide.ts';
import { OUT_FOR_TODAY, type Readings } from '../decide/readings.ts';
import { shownTo } from '../decide/stream-rule.ts';
import { walk } from '../decide/walk.ts';
import { currentFlight } from '../index/block.ts';
import type { DecisionIndex, IndexedLineItem, IndexedPlacement } from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import { REASONS, type Reason, reasonRank } from '../reasons.ts';
import { draw } from '../seeded.ts';
import { ruleReasons } from './rules.ts';

export interface CandidateExplanation {
  readonly lineItem: IndexedLineItem;
  /** All that stood in the way, in the order of REASONS: the first is *the* reason. Empty for what serves. */
  readonly reasons: readonly Reason[];
}

export interface Explanation {
  readonly decision: Decision;
  /** Every line item of the account, best first. */
  readonly candidates: readonly CandidateExplanation[];
}

/**
 * The same decision with every line item's reasons. It asks every rule of every line item, so it belongs off the
 * serving path.
 */
export function explain(
  index: DecisionIndex,
  request: AdRequest,
  readings: Readings,
  seed: number,
): Explanation {
  const decision = decideFor(index, request, readings, seed, true);
  const account = index.accounts.get(request.accountId);
  const placement = index.placements.get(request.placementId);
  if (!account || placement?.accountId !== request.accountId) return { decision, candidates: [] };
  const context: Context = {
    request,
    placement,
    readings,
    seed: seed >>> 0,
    decision,
    served: new Set(decision.ads.map((ad) => ad.lineItem.id)),
    throttled: throttledBy(index, request, readings, seed),
  };
  const candidates = account.blocks.flatMap((block) =>
    block.items.map((lineItem) => ({ lineItem, reasons: reasonsOf(lineItem, context) })),
  );
  return { decision, candidates };
}

interface Context {
  readonly request: AdRequest;
  readonly placement: IndexedPlacement;
  readonly readings: Readings;
  readonly seed: number;
  readonly decision: Decision;
  readonly served: ReadonlySet<string>;
  /** Line items that the whole walk, without stopping at a winner, refused: with the reason. */
  readonly throttled: ReadonlyMap<string, Reason>;
}

function throttledBy(index: DecisionIndex, request: AdRequest, readings: Readings, seed: number) {
  const throttled = new Map<string, Reason>();
  const check = new CandidateCheck(request, index.placements.get(request.placementId)!, readings, seed);
  walk(index.accounts.get(request.accountId)!, request, (item, flight) => {
    if (!check.passes(item, flight)) throttled.set(item.id, REASONS[check.last]!);
    return false;
  });
  return throttled;
}

function reasonsOf(item: IndexedLineItem, context: Context): Reason[] {
  if (context.served.has(item.id)) return [];
  const reasons = new Set([
    ...ruleReasons(item, context.request, context.placement),
    ...counterReasons(item, context),
  ]);
  // What only the walk can tell: the share of a sponsorship depends on those before it.
  const throttled = context.throttled.get(item.id);
  if (throttled !== undefined && reasons.size === 0) reasons.add(throttled);
  if (reasons.size === 0) reasons.add(lossReason(item, context));
  return [...reasons].sort((left, right) => reasonRank(left) - reasonRank(right));
}

function counterReasons(item: IndexedLineItem, { request, placement, readings, seed }: Context): Reason[] {
  const flight = currentFlight(item, request.atMs);
  if (!flight) return [];
  const reasons: Reason[] = [];
  const affordable = readings.affordable(item, flight);
  if (affordable < 1) reasons.push(affordable === OUT_FOR_TODAY ? 'daily_cap' : 'no_budget');
  const passRate = readings.passRate(item, flight);
  if (passRate < 1 && draw(seed, item.idHash) >= passRate) reasons.push('pacing_ahead');
  if (item.caps.length > 0 && request.identity !== null) {
    const hasRoom =
      readings.room(item) > 0 &&
      (!item.caps.some((cap) => cap.scope === 'creative') ||
        item.assignments.some((assignment) => readings.creativeRoom(item, assignment) > 0));
    if (!hasRoom) reasons.push('freq_cap');
  }
  const barred = streamReason(item, request, placement);
  if (barred !== null) reasons.push(barred);
  return reasons;
}

/** Why what the stream has shown keeps a line item out, by the creative that comes nearest; null when it does not. */
export function streamReason(
  item: IndexedLineItem,
  request: AdRequest,
  placement: IndexedPlacement,
): Reason | null {
  const shown = shownTo(request, placement);
  if (shown === null) return null;
  const { assignments } = item;
  const fitting = assignments.filter((one) => assignmentVerdict(item, one, request, placement) === FITS);
  let nearest = FITS;
  for (const { creative } of fitting.length > 0 ? fitting : assignments) {
    const barred = shown.bars(item, creative);
    if (barred === FITS) return null;
    nearest = Math.max(nearest, barred);
  }
  return REASONS[nearest] ?? null;
}

/** Why a line item that nothing stood in the way of did not serve. */
function lossReason(item: IndexedLineItem, { decision, request }: Context): Reason {
  const rejected = decision.fill?.rejections.get(item.id);
  if (rejected !== undefined) return rejected;
  if (decision.examined.length >= MAX_EXAMINED && decision.ads.length === 0) return 'lost_rank';
  const last = decision.ads[decision.ads.length - 1];
  if (last && item.priority > last.lineItem.priority) return 'lower_priority';
  return request.pod && decision.ads.length >= request.pod.maxAds ? 'pod_full' : 'lost_rank';
}
