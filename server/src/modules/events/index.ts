import type { AnyBinding } from '../../kernel/implement.ts';
import { decisionTimelineOperation, type TimelinePorts } from './operations/decision-timeline.ts';
import { deliveryHealthOperation } from './operations/delivery-health.ts';
import { rebuildEventsOperation } from './operations/rebuild-events.ts';
import { verifyEventsOperation } from './operations/verify-events.ts';
import type { HealthPorts, TruthPorts } from './ports.ts';

export { type HttpLogSourceOptions, httpLogSource } from './adapters/http-log-source.ts';
export { httpNodeHealth } from './adapters/http-node-health.ts';
export { type AppliedPage, addHours } from './apply-page.ts';
export { type HourRow, rollUp } from './domain/derive-rows.ts';
export {
  type Difference,
  type Reconciliation,
  type ReportedEvent,
  type ReportedTotals,
  reconcile,
} from './domain/reconcile.ts';
export {
  createIngester,
  type Ingester,
  type IngesterPorts,
  type IngesterState,
  type IngestTotals,
} from './ingester.ts';
export { createLiveTail, type LiveTail } from './live-tail/live-tail.ts';
export type { IngestDatabase, KeptLog, LogSource, TruthPorts } from './ports.ts';
export {
  hasDelivered,
  ingestedSpend,
  removeDeliveryOf,
  type StoredEvent,
  storedEventCount,
  storedEventsOf,
} from './queries.ts';
export {
  accountHours,
  accountSpend,
  addCount,
  type BucketRow,
  type Delivered,
  type DeliveryCounts,
  deliveryByBucket,
  deliveryTotalsFor,
  firstDeliveryAt,
  flightTotalsFor,
  type InvalidCount,
  invalidTrafficOf,
  lineItemTotalsFor,
  noCounts,
  spendByHour,
  spentIn,
} from './report-queries.ts';

export { requestsByHour } from './request-queries.ts';

export function createEvents(ports: TruthPorts & TimelinePorts & HealthPorts): { operations: AnyBinding[] } {
  return {
    operations: [
      verifyEventsOperation(ports),
      rebuildEventsOperation(ports),
      decisionTimelineOperation(ports),
      deliveryHealthOperation(ports),
    ],
  };
}
