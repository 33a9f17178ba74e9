import type { AnyBinding } from '../../kernel/implement.ts';
import { createJobs, type ReportingJobs } from './jobs/index.ts';
import { deliveryHeatmapOperation } from './operations/delivery-heatmap.ts';
import { deliveryReportOperations } from './operations/delivery-report.ts';
import { findDiscrepanciesOperation } from './operations/find-discrepancies.ts';
import { getCampaignStatsOperation } from './operations/get-campaign-stats.ts';
import { getDashboardOperation } from './operations/get-dashboard.ts';
import { listDeliveryEventsOperation } from './operations/list-delivery-events.ts';
import { reportRunOperations } from './operations/report-runs.ts';
import { reportScheduleOperations } from './operations/report-schedules.ts';
import { reportViewOperations } from './operations/report-views.ts';
import type { ReportingPorts } from './ports.ts';
import type { SchedulePorts } from './schedule-ports.ts';

export { webhookSecrets, webhookSender } from './adapters/webhook.ts';
export { XLSX_TYPE, xlsxFile } from './adapters/xlsx.ts';
export {
  type DeliveredSoFar,
  deliveredByCampaign,
  deliveredByFlight,
  deliveredByLineItem,
} from './delivered.ts';
export { csvText, type FileCell } from './domain/csv.ts';
export { daysBetween, homeZone } from './domain/local-days.ts';
export { isWholeHours, timeBuckets } from './domain/report-time.ts';
export { type LineItemPace, lineItemPace } from './line-item-pace.ts';
export type { ReportedCreative, ReportedDeployment, ReportingPorts } from './ports.ts';

export function createReporting(ports: ReportingPorts): { operations: AnyBinding[] } {
  return {
    operations: [
      getCampaignStatsOperation(ports),
      listDeliveryEventsOperation(),
      getDashboardOperation(ports),
      ...deliveryReportOperations(ports),
      findDiscrepanciesOperation(ports),
      deliveryHeatmapOperation(ports),
      ...reportViewOperations(ports),
    ],
  };
}

/** Sending saved views on a schedule: its operations, and the jobs that do it. */
export function createReportSchedules(ports: SchedulePorts): ReportingJobs & { operations: AnyBinding[] } {
  return {
    ...createJobs(ports),
    operations: [...reportScheduleOperations(ports), ...reportRunOperations(ports)],
  };
}
