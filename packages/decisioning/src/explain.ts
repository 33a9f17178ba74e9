import { candidateReasons } from './candidate.ts';
import { currentFlight, type Decision, decide, passes } from './decide.ts';
import type { AdRequest, DecisionIndex, IndexedLineItem, Readings } from './model.ts';
import type { Reason } from './reasons.ts';

export interface CandidateExplanation {
  readonly lineItem: IndexedLineItem;
  /** All that stood in the way, in order of evaluation: the first is *the* reason. Empty for the winner. */
  readonly reasons: readonly Reason[];
}

export interface Explanation extends Decision {
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
  const decision = decide(index, request, readings, seed);
  const winner = decision.outcome.kind === 'ad' ? decision.outcome.lineItem : undefined;
  const items = index.accounts.get(request.accountId)?.items ?? [];
  const candidates = items.map((lineItem) => {
    if (lineItem === winner) return { lineItem, reasons: [] };
    const reasons = [
      ...candidateReasons(lineItem, request),
      ...counterReasons(lineItem, request, readings, seed),
    ];
    if (reasons.length === 0 && winner)
      reasons.push(lineItem.priority > winner.priority ? 'lower_priority' : 'lost_rank');
    return { lineItem, reasons };
  });
  return { ...decision, candidates };
}

function counterReasons(
  item: IndexedLineItem,
  request: AdRequest,
  readings: Readings,
  seed: number,
): Reason[] {
  const flight = currentFlight(item, request.atMs);
  if (!flight) return [];
  const reasons: Reason[] = [];
  if (readings.availableMicros(item, flight) < item.priceMicros) reasons.push('no_budget');
  if (!passes(item, readings.passRate(item, flight), seed)) reasons.push('pacing_ahead');
  return reasons;
}
