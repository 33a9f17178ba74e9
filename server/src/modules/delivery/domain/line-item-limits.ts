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
 * A line item's share of its campaign's budget, in micros; null when its flights are the tighter limit already. Shares
 * are in proportion to what flights plan and rounded down; what nobody plans is shared by the line items that have a
 * flight without a limit. Together they never exceed the campaign's budget, although nodes count each line item for
 * itself.
 */
export function campaignShareMicros(
  item: Pick<
    ServableLineItem,
    | 'priceModel'
    | 'campaignBudgetMicros'
    | 'campaignPlannedMicros'
    | 'campaignOpenLineItems'
    | 'plannedMicros'
    | 'isOpen'
  >,
): number | null {
  const { campaignBudgetMicros: budget, campaignPlannedMicros: booked, plannedMicros: own } = item;
  // Impressions at a flat price spend nothing.
  if (item.priceModel === 'flat') return null;
  if (booked > budget) return Number((BigInt(own) * BigInt(budget)) / BigInt(booked));
  if (!item.isOpen) return null;
  return own + Math.floor((budget - booked) / item.campaignOpenLineItems);
}
