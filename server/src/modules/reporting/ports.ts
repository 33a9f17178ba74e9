import type { Ids } from '../../kernel/ids.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';

/** A creative as the attention list needs it. Answered by the creatives module, for the account of `tx`. */
export interface ReportedCreative {
  id: string;
  campaignId: string;
  name: string;
  /** State of approval and since when. */
  approval: 'draft' | 'submitted' | 'approved' | 'rejected' | 'changes_requested' | 'trafficked';
  approvalAt: Date;
  /** Why it was rejected, in the reviewer's words; null when not rejected. */
  rejectionReason: string | null;
  /** Approved, active and measured: a node may serve it. */
  isServable: boolean;
  /** False once it was retired or its file failed: nothing of it needs attention. */
  isActive: boolean;
  /** What stops it from being approved or sent where it is meant to go; null when nothing does. */
  qcBlocking: { since: Date; detail: string } | null;
  thumbnailUrl: string | null;
  simulated: boolean;
}

/** A deployment that ended badly and was not replaced by a newer one. Answered by the trafficking module. */
export interface ReportedDeployment {
  id: string;
  campaignId: string;
  creativeName: string;
  dspName: string;
  status: 'failed' | 'rejected';
  /** The reviewer's reasons, or how the last attempt failed. */
  detail: string;
  since: Date;
  simulated: boolean;
}

export interface ReportingPorts {
  ids: Ids;
  creativesForReport(tx: Tx): Promise<ReportedCreative[]>;
  /** Names by id; ids that are not known (any more) are absent. */
  creativeNames(tx: Tx, creativeIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  placementNames(tx: Tx, placementIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  deploymentsForReport(tx: Tx): Promise<ReportedDeployment[]>;
  /** Instant up to which events are counted: `freshAt` of the ingester; null when it never caught up. */
  freshAt(): Date | null;
}
