import {
  fitsDuration,
  isBelowFloor,
  isBrandBlocked,
  placementReasons,
  requestReasons,
} from '../decide/creative-fit.ts';
import { currentFlight, isDaypartOpen } from '../index/block.ts';
import type { IndexedAssignment, IndexedLineItem, IndexedPlacement } from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import { type Reason, reasonRank } from '../reasons.ts';
import { DIMENSIONS, type DimensionRule, dimensionOrdinal, spell } from '../targeting/dimensions.ts';
import type { TargetingNode, TargetingPredicate } from '../targeting/tree.ts';

/**
 * Every reason that needs no counters, in the order of REASONS: state, dates, targeting, creative, floor. Empty when the
 * line item is a candidate. It asks the rules one by one and as they were written, where `decide` asks bitsets; a
 * property test holds the two together.
 */
export function ruleReasons(
  item: IndexedLineItem,
  request: AdRequest,
  placement: IndexedPlacement,
): Reason[] {
  const reasons = new Set<Reason>();
  const state = stateReason(item, request.atMs);
  if (state) reasons.add(state);
  for (const predicate of failedPredicates(item.source.targeting, request))
    reasons.add(reasonOf(predicate, request));
  const flight = currentFlight(item, request.atMs) ?? item.flights[0];
  if (flight && !isDaypartOpen(item, flight, request.atMs)) reasons.add('daypart');
  if (item.caps.length > 0 && request.identity === null) reasons.add('freq_cap');
  for (const reason of creativeReasons(item, request, placement)) reasons.add(reason);
  return [...reasons].sort((left, right) => reasonRank(left) - reasonRank(right));
}

/**
 * Reasons of the creative that comes nearest: the one whose first reason ranks highest, and of those the one with
 * fewest. Empty when one fits.
 */
export function creativeReasons(
  item: IndexedLineItem,
  request: AdRequest,
  placement: IndexedPlacement,
): Reason[] {
  if (item.assignments.length === 0) return ['no_approved_creative'];
  let best: Reason[] | undefined;
  for (const assignment of item.assignments) {
    const reasons = assignmentReasons(item, assignment, request, placement);
    if (reasons.length === 0) return [];
    if (!best || isNearer(reasons, best)) best = reasons;
  }
  return best!;
}

function isNearer(left: readonly Reason[], right: readonly Reason[]): boolean {
  const difference = reasonRank(left[0]!) - reasonRank(right[0]!);
  return difference > 0 || (difference === 0 && left.length < right.length);
}

/** All reasons of one assignment, in the order in which `decide` asks. */
export function assignmentReasons(
  item: IndexedLineItem,
  assignment: IndexedAssignment,
  request: AdRequest,
  placement: IndexedPlacement,
): Reason[] {
  const { creative } = assignment;
  const reasons = new Set<Reason>();
  if (request.atMs < assignment.startMs || request.atMs >= assignment.endMs) reasons.add('creative_gap');
  if (!fitsDuration(creative.durationMs, request, placement)) reasons.add('duration_fit');
  for (const reason of placementReasons(creative, placement)) reasons.add(reason);
  if (isBrandBlocked(item, request, placement)) reasons.add('blocked_domain');
  for (const reason of requestReasons(creative, request)) reasons.add(reason);
  if (isBelowFloor(item, creative.durationMs, request, placement)) reasons.add('below_floor');
  return [...reasons].sort((left, right) => reasonRank(left) - reasonRank(right));
}

export function stateReason(item: IndexedLineItem, atMs: number): Reason | undefined {
  if (item.source.status === 'paused') return 'paused';
  if (item.source.status === 'completed') return 'ended';
  if (item.source.status === 'draft') return 'not_started';
  if (currentFlight(item, atMs)) return undefined;
  // Between two flights the next one counts: it has not started.
  return item.flights.length > 0 && item.flights.every((flight) => flight.endMs <= atMs)
    ? 'ended'
    : 'not_started';
}

/** The request's value, as compared; null when unknown. */
export function factOf(request: AdRequest, dimension: string): string | readonly string[] | null {
  const ordinal = dimensionOrdinal(dimension);
  return ordinal === undefined ? null : (request.facts[ordinal] ?? null);
}

/** True when the request satisfies a predicate. An unknown value satisfies none, not even an exclusion. */
export function predicateHolds(predicate: TargetingPredicate, request: AdRequest): boolean {
  const fact = factOf(request, predicate.dimension);
  if (fact === null) return false;
  const values = predicate.values.map((value) => spell(predicate.dimension, value));
  const isNamed = typeof fact === 'string' ? values.includes(fact) : fact.some((one) => values.includes(one));
  return isNamed === (predicate.operator === 'any_of');
}

/** Whether a request matches a tree, asked as it was written. */
export function treeHolds(tree: TargetingNode, request: AdRequest, isNegated = false): boolean {
  if ('not' in tree) return treeHolds(tree.not, request, !isNegated);
  if ('all' in tree || 'any' in tree) {
    const children = 'all' in tree ? tree.all : tree.any;
    return 'all' in tree !== isNegated
      ? children.every((child) => treeHolds(child, request, isNegated))
      : children.some((child) => treeHolds(child, request, isNegated));
  }
  return predicateHolds(isNegated ? negated(tree) : tree, request);
}

function negated(predicate: TargetingPredicate): TargetingPredicate {
  return { ...predicate, operator: predicate.operator === 'any_of' ? 'none_of' : 'any_of' };
}

/**
 * Predicates to be satisfied for the tree to match: all that fail under AND; under OR those of the alternative that
 * fails least. Empty when the tree matches.
 */
export function failedPredicates(
  tree: TargetingNode,
  request: AdRequest,
  isNegated = false,
): TargetingPredicate[] {
  if ('not' in tree) return failedPredicates(tree.not, request, !isNegated);
  if ('all' in tree || 'any' in tree) {
    const failed = ('all' in tree ? tree.all : tree.any).map((child) =>
      failedPredicates(child, request, isNegated),
    );
    if ('all' in tree !== isNegated) return failed.flat();
    // A NOT around an empty `all` leaves no alternative: nobody matches, and no predicate could be named.
    return failed.reduce((best, one) => (one.length < best.length ? one : best), failed[0] ?? []);
  }
  const predicate = isNegated ? negated(tree) : tree;
  return predicateHolds(predicate, request) ? [] : [predicate];
}

/** The reason of a failed predicate: `consent` when privacy withheld the fact it needs. */
export function reasonOf(predicate: TargetingPredicate, request: AdRequest): Reason {
  if (request.withheld?.includes(predicate.dimension)) return 'consent';
  return (DIMENSIONS as Record<string, DimensionRule>)[predicate.dimension]?.reason ?? 'key_value';
}
