import type { ServableLineItem } from '../ports.ts';

/** What a node is told: the stricter of campaign and line item. */
export function effectiveStatus(
  item: Pick<ServableLineItem, 'status' | 'campaignStatus'>,
): ServableLineItem['status'] {
  const { status, campaignStatus } = item;
  if (campaignStatus === 'archived' || campaignStatus === 'completed' || status === 'completed')
    return 'completed';
  if (campaignStatus === 'draft' || status === 'draft') return 'draft';
  return campaignStatus === 'active' && status === 'active' ? 'active' : 'paused';
}

/**
 * A line item's share of its campaign's budget, in micros; null when its flights are the tighter limit already.
 * Shares are in proportion to flight budgets and rounded down, so together they never exceed the campaign's budget
 * although nodes count each line item for itself.
 */
export function campaignShareMicros(
  item: Pick<ServableLineItem, 'campaignBudgetMicros' | 'campaignFlightBudgetMicros' | 'flights'>,
): number | null {
  const { campaignBudgetMicros: budget, campaignFlightBudgetMicros: booked } = item;
  if (booked <= budget) return null;
  const own = item.flights.reduce((sum, flight) => sum + BigInt(flight.budgetMicros), 0n);
  return Number((own * BigInt(budget)) / BigInt(booked));
}
