export { httpDeliveryNode } from './adapters/http-node.ts';
export { severalNodes } from './adapters/several-nodes.ts';
export { registerSnapshotRoute } from './adapters/snapshot-route.ts';
export type { SnapshotProblem } from './domain/assemble-body.ts';
export { createExplainHours, type ExplainHoursPorts } from './explain-hours.ts';
export { KnownSnapshots } from './known-snapshots.ts';
export { debugTokenOperations } from './operations/debug-token.ts';
export { type ExplainPorts, explainOperations, type LineItemPace } from './operations/explain.ts';
export { type LossHistoryPorts, lossHistoryOperation } from './operations/loss-history.ts';
export {
  type ConsistentReads,
  type CreativeSource,
  DeliveryUnavailableError,
  type IngestedSpend,
  type LineItemSource,
  type ServableCreative,
  type ServableLineItem,
  type SigningKeySource,
  type SpendSource,
} from './ports.ts';
export { fileSnapshotArchive, type SnapshotArchive } from './snapshot-archive.ts';
export {
  createSnapshotSource,
  type EncodedSnapshot,
  type SnapshotSource,
  type SnapshotSourcePorts,
} from './snapshot-source.ts';
