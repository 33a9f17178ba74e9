import type { EventsVerification } from '@cuepoint/contract';
import type { AnyBinding } from '../../kernel/implement.ts';
import { decisionTimelineOperation, type TimelinePorts } from './operations/decision-timeline.ts';
import { deliveryHealthOperation } from './operations/delivery-health.ts';
import { queryEventsOperation } from './operations/query-events.ts';
import { rebuildEventsOperation } from './operations/rebuild-events.ts';
import { verify, verifyEventsOperation, whyUnread } from './operations/verify-events.ts';
import type { ArchiveQueryPorts, HealthPorts, TruthPorts } from './ports.ts';

export { duckParquet } from './adapters/duck-parquet.ts';
export { duckQuery } from './adapters/duck-query.ts';
export { type HttpLogSourceOptions, httpLogSource } from './adapters/http-log-source.ts';
export { httpNodeHealth } from './adapters/http-node-health.ts';
export { streamLogSource } from './adapters/stream-log-source.ts';
export { type AppliedPage, addHours, existingAccounts } from './apply-page.ts';
export { countArchived, eraseArchived } from './archive-erasure.ts';
export { type BilledDelivery, billedDelivery } from './billed-delivery.ts';
export {
  deliveryGroups,
  type ReportCell,
  type ReportColumn,
  type ReportGroup,
  type ReportScope,
} from './delivery-report.ts';
export { type HourRow, rollUp } from './domain/derive-rows.ts';
export { REACH_STANDARD_ERROR } from './domain/reach-sketch.ts';
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
export { type IngesterGroup, ingesterGroup } from './ingester-group.ts';
export { type ArchiveJob, createArchiveJob } from './jobs/archive.ts';
export { createLiveTail, type LiveTail } from './live-tail/live-tail.ts';
export {
  flightSpendBetween,
  type NodeSpend,
  spendByNode,
  spendInAll,
  spendOfNode,
} from './node-spend.ts';
export type { IngestDatabase, KeptLog, LogSource, TruthPorts } from './ports.ts';
export {
  hasDelivered,
  ingestedSpend,
  removeDeliveryOf,
  type StoredEvent,
  storedEventCount,
  storedEventsOf,
} from './queries.ts';
export { type ReachGroup, reachGroups } from './reach-report.ts';
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

export interface EventsPorts extends TruthPorts, TimelinePorts, HealthPorts {
  /** Where raw events are archived; null when they are not. */
  archive: ArchiveQueryPorts | null;
}

export function createEvents(ports: EventsPorts): {
  operations: AnyBinding[];
  /** Compares what is counted of an account with the logs; `unread`, with why, when one cannot be read. */
  verify(accountId: string): Promise<EventsVerification | { unread: string }>;
} {
  return {
    verify: (accountId) =>
      verify(ports, accountId, 0).catch((error: unknown) => ({ unread: whyUnread(error) })),
    operations: [
      verifyEventsOperation(ports),
      rebuildEventsOperation(ports),
      decisionTimelineOperation(ports),
      deliveryHealthOperation(ports),
      queryEventsOperation(ports.archive),
    ],
  };
}
