import type { ReviewResult } from '../../ports.ts';

const waiting = new Set(['AD_POLICING_PENDING_REVIEW']);
const refused = new Set([
  'AD_NOT_APPROVED_FOR_ALL_AD_GROUPS',
  'AD_POLICING_SUSPENDED',
  'AD_GROUP_POLICING_SUSPENDED',
  'CAMPAIGN_POLICING_SUSPENDED',
]);

export interface DeliveryStatus {
  deliveryStatus?: string | undefined;
  deliveryReasons?: string[] | undefined;
}

/**
 * Review as read from the status of the ad group and its campaign: the API shows there why ads do not run. Other reasons
 * (paused, start date) say nothing about the review and are passed on.
 */
export function reviewOf(statuses: readonly DeliveryStatus[]): ReviewResult {
  const reasons = [...new Set(statuses.flatMap((status) => status.deliveryReasons ?? []))];
  const unknown =
    statuses.length === 0 ||
    statuses.some(({ deliveryStatus }) => deliveryStatus === undefined || deliveryStatus === 'UNAVAILABLE');
  const delivering =
    !unknown &&
    statuses.every(({ deliveryStatus }) => deliveryStatus === 'DELIVERING' || deliveryStatus === 'LIMITED');
  if (reasons.some((reason) => refused.has(reason)))
    return { outcome: 'rejected', reasons, delivering: false };
  if (unknown || reasons.some((reason) => waiting.has(reason)))
    return { outcome: 'in_review', reasons, delivering: false };
  return { outcome: 'approved', reasons, delivering };
}
