import { divideHalfEven, PPM, ratio } from './exact.ts';
import { MAX_CPM_MICROS } from './fee.ts';
import { integerInput } from './input-error.ts';

const MAX_MONEY_MICROS = Number.MAX_SAFE_INTEGER;
const MAX_IMPRESSIONS = 1_000_000_000_000;

/**
 * What a creative costs per thousand impressions when its price is spread over the
 * impressions planned for it: $5 over 1,000,000 is 5000 micros. Half-even to a micro.
 */
export function amortisedCreativeCpmMicros(costMicros: number, plannedImpressions: number): number {
  const cost = integerInput('costMicros', costMicros, 0, MAX_MONEY_MICROS, 'micros');
  const planned = integerInput('plannedImpressions', plannedImpressions, 1, MAX_IMPRESSIONS, 'impressions');
  return Number(divideHalfEven(cost * 1000n, planned));
}

export interface BreakEvenInput {
  creativeCostMicros: number;
  /** Share of gross that the cheaper path saves, in parts per million: 3 points are 30000. */
  netAdvantagePpm: number;
  grossCpmMicros: number;
}

/**
 * Impressions after which a cheaper path has paid for a creative:
 * cost / (advantage x CPM / 1000), unrounded (show it rounded up).
 * Null when the path saves nothing: then it never does.
 */
export function breakEvenImpressions(input: BreakEvenInput): number | null {
  const cost = integerInput('creativeCostMicros', input.creativeCostMicros, 0, MAX_MONEY_MICROS, 'micros');
  const cpm = integerInput('grossCpmMicros', input.grossCpmMicros, 1, MAX_CPM_MICROS, 'micros');
  const advantage = integerInput('netAdvantagePpm', input.netAdvantagePpm, -1e9, 1e6, 'parts per million');
  if (advantage <= 0n) return null;
  return ratio(cost * PPM * 1000n, advantage * cpm);
}

/**
 * The part of a media budget that a path advantage frees, e.g. for creative:
 * budget x advantage, half-even to a micro; negative when the path costs more.
 */
export function freedBudgetMicros(budgetMicros: number, netAdvantagePpm: number): number {
  const budget = integerInput('budgetMicros', budgetMicros, 0, MAX_MONEY_MICROS, 'micros');
  const advantage = integerInput('netAdvantagePpm', netAdvantagePpm, -1e6, 1e6, 'parts per million');
  return Number(divideHalfEven(budget * advantage, PPM));
}
