import type { Campaign } from '@cuepoint/contract';
import { isOffPace } from '../../design/charts/small.tsx';

/**
 * Delivered and expected as shares of the budget, and delivered relative to expected; null before anything is expected.
 * Off its plan by more than a tenth, where what is delivered as fast as possible is late for nothing.
 */
export function paceOf(
  campaign: Pick<Campaign, 'spentMicros' | 'expectedMicros' | 'expectedLeastMicros' | 'budgetMicros'>,
) {
  const { spentMicros, expectedMicros, expectedLeastMicros, budgetMicros } = campaign;
  return {
    actual: budgetMicros > 0 ? spentMicros / budgetMicros : 0,
    expected: budgetMicros > 0 ? expectedMicros / budgetMicros : 0,
    ratio: expectedMicros > 0 ? spentMicros / expectedMicros : null,
    isOff: isOffPace(spentMicros, expectedMicros, expectedLeastMicros),
  };
}

/**
 * Micros to spend a day to end on budget, rounded up to a micro; null when
 * nothing is left to spend or no time is left to spend it in.
 */
export function neededADay(
  campaign: Pick<Campaign, 'spentMicros' | 'budgetMicros' | 'startAt' | 'endAt'>,
  now: number,
): number | null {
  const left = campaign.budgetMicros - campaign.spentMicros;
  const from = Math.max(now, Date.parse(campaign.startAt));
  const days = (Date.parse(campaign.endAt) - from) / 86_400_000;
  return left > 0 && days > 0 ? Math.ceil(left / Math.max(days, 1)) : null;
}

/** Whole impressions that a budget buys at a price of 1,000. */
export function plannedImpressions(budgetMicros: number, cpmMicros: number): number {
  // Both are whole numbers of micros; BigInt keeps the product exact for the largest budgets.
  return cpmMicros > 0 ? Number((BigInt(budgetMicros) * 1000n) / BigInt(cpmMicros)) : 0;
}
