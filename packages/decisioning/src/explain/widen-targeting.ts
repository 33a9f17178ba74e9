import type { AdRequest } from '../model.ts';
import type { Reason } from '../reasons.ts';
import { spell } from '../targeting/dimensions.ts';
import type { TargetingNode, TargetingPredicate } from '../targeting/tree.ts';
import { factOf, predicateHolds, reasonOf } from './rules.ts';

/** The tree with every predicate that fails for this reason widened to the request; one on an unknown fact goes. */
export function admit(tree: TargetingNode, request: AdRequest, reason: Reason): TargetingNode {
  return admitNode(tree, request, reason, false) ?? { all: [] };
}

/** Undefined when nothing of the node is left. */
function admitNode(
  node: TargetingNode,
  request: AdRequest,
  reason: Reason,
  isNegated: boolean,
): TargetingNode | undefined {
  if ('not' in node) {
    const inner = admitNode(node.not, request, reason, !isNegated);
    return inner && { not: inner };
  }
  if ('all' in node || 'any' in node) {
    const children = ('all' in node ? node.all : node.any).flatMap(
      (child) => admitNode(child, request, reason, isNegated) ?? [],
    );
    if ('all' in node) return { all: children };
    return children.length === 0 ? undefined : { any: children };
  }
  return admitPredicate(node, request, reason, isNegated);
}

function admitPredicate(
  predicate: TargetingPredicate,
  request: AdRequest,
  reason: Reason,
  isNegated: boolean,
): TargetingPredicate | undefined {
  const asked: TargetingPredicate = isNegated
    ? { ...predicate, operator: predicate.operator === 'any_of' ? 'none_of' : 'any_of' }
    : predicate;
  if (predicateHolds(asked, request) || reasonOf(asked, request) !== reason) return predicate;
  const fact = factOf(request, predicate.dimension);
  const values = fact === null ? [] : typeof fact === 'string' ? [fact] : fact;
  if (values.length === 0) return undefined;
  if (asked.operator === 'any_of') return { ...predicate, values: [...predicate.values, values[0]!] };
  const left = predicate.values.filter((value) => !values.includes(spell(predicate.dimension, value)));
  return left.length === 0 ? undefined : { ...predicate, values: left };
}
