import { accountsOperations } from './accounts.ts';
import { billingOperations } from './billing.ts';
import { campaignsOperations } from './campaigns.ts';
import { creativesOperations } from './creatives.ts';
import { deliveryOperations } from './delivery.ts';
import { deliveryHealthOperations } from './delivery-health.ts';
import { discrepancyOperations } from './discrepancy.ts';
import { eventsOperations } from './events.ts';
import { governanceOperations } from './governance.ts';
import { inventoryOperations } from './inventory.ts';
import { liveTailOperations } from './live-tail.ts';
import { lossHistoryOperations } from './loss-history.ts';
import { privacyOperations } from './privacy.ts';
import { reportOperations } from './report.ts';
import { reportHeatmapOperations } from './report-heatmap.ts';
import { reportScheduleOperations } from './report-schedules.ts';
import { reportViewOperations } from './report-views.ts';
import { reportingOperations } from './reporting.ts';
import { studioOperations } from './studio.ts';
import { supplyOperations } from './supply.ts';
import { systemOperations } from './system.ts';
import { traffickingOperations } from './trafficking.ts';

/** Every operation of the product, in the order the documents show them. */
export const operations = [
  ...studioOperations,
  ...campaignsOperations,
  ...creativesOperations,
  ...traffickingOperations,
  ...inventoryOperations,
  ...supplyOperations,
  ...deliveryOperations,
  ...lossHistoryOperations,
  ...reportingOperations,
  ...reportOperations,
  ...reportHeatmapOperations,
  ...reportViewOperations,
  ...reportScheduleOperations,
  ...discrepancyOperations,
  ...billingOperations,
  ...eventsOperations,
  ...liveTailOperations,
  ...deliveryHealthOperations,
  ...governanceOperations,
  ...accountsOperations,
  ...privacyOperations,
  ...systemOperations,
] as const;

export type AnyOperation = (typeof operations)[number];

export * from './accounts.ts';
export * from './billing.ts';
export * from './campaigns.ts';
export * from './common.ts';
export * from './creatives.ts';
export * from './delivery.ts';
export * from './delivery-health.ts';
export * from './discrepancy.ts';
export * from './events.ts';
export * from './flat.ts';
export * from './governance.ts';
export * from './ids.ts';
export * from './inventory.ts';
export { MAX_BREAK_SLOTS, PodRule } from './inventory-fields.ts';
export * from './line-items.ts';
export * from './live-tail.ts';
export * from './loss-history.ts';
export * from './money.ts';
export * from './operation.ts';
export * from './page.ts';
export * from './permissions.ts';
export * from './privacy.ts';
export * from './problem.ts';
export * from './report.ts';
export * from './report-heatmap.ts';
export * from './report-period.ts';
export * from './report-schedules.ts';
export * from './report-views.ts';
export * from './reporting.ts';
export * from './serving-rules.ts';
export * from './studio.ts';
export * from './supply.ts';
export * from './system.ts';
export * from './trafficking.ts';
