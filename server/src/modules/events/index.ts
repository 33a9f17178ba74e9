import type { AnyBinding } from '../../kernel/implement.ts';
import { queryEventsOperation } from './operations/query-events.ts';
import { rebuildEventsOperation } from './operations/rebuild-events.ts';
import { verifyEventsOperation } from './operations/verify-events.ts';
import type { ArchiveQueryPorts, TruthPorts } from './ports.ts';

export { duckParquet } from './adapters/duck-parquet.ts';
export { duckQuery } from './adapters/duck-query.ts';
export { type HttpLogSourceOptions, httpLogSource } from './adapters/http-log-source.ts';
export { type AppliedPage, addHours, existingAccounts } from './apply-page.ts';
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
export { type ArchiveJob, createArchiveJob } from './jobs/archive.ts';
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

/** @param archive where raw events are archived; null when they are not */
export function createEvents(
  ports: TruthPorts,
  archive: ArchiveQueryPorts | null = null,
): { operations: AnyBinding[] } {
  return {
    operations: [verifyEventsOperation(ports), rebuildEventsOperation(ports), queryEventsOperation(archive)],
  };
}
