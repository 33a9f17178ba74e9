import type { DecisionSample, EntityKind, LogPosition } from '../../../kernel/delivery-protocol.ts';
import type { SampleQuestion } from '../decision-sample.ts';
import type { TimelineQuestion, TimelineRecords } from '../timeline.ts';
import type { NodeChange } from './node-change.ts';

/** What the snapshot thread is started with. */
export interface SnapshotThreadSettings {
  readonly controlOrigin: string;
  readonly planeKey: string;
  readonly dataDir: string;
  /** Directory of this node's log. */
  readonly logDir: string;
}

/** A change comes in pieces of JSON that a serving thread reads in a moment each. */
export type FromThread =
  | { readonly type: 'part'; readonly kind: EntityKind; readonly text: string }
  | { readonly type: 'change'; readonly change: NodeChange; readonly tag: string }
  /** The attempt to start from what is on disk has ended. */
  | { readonly type: 'loaded' }
  | { readonly type: 'confirmed' }
  | { readonly type: 'problem'; readonly problem: string; readonly isRefusal: boolean }
  | { readonly type: 'sums'; readonly id: number; readonly sums: ReadonlyMap<string, number> }
  | { readonly type: 'sampled'; readonly id: number; readonly sample: Omit<DecisionSample, 'nodeId'> }
  | { readonly type: 'timeline'; readonly id: number; readonly records: TimelineRecords }
  | { readonly type: 'failed'; readonly id: number; readonly problem: string };

export type ToThread =
  /** The answer to a change; the next one is not sent before. */
  | { readonly type: 'taken'; readonly problem: string | null }
  /** Own spend between two positions of the log. */
  | { readonly type: 'sum'; readonly id: number; readonly from: LogPosition; readonly to: LogPosition }
  /** Some decisions of an account and a time. */
  | { readonly type: 'sample'; readonly id: number; readonly question: SampleQuestion }
  /** All records of one decision and its session. */
  | { readonly type: 'trace'; readonly id: number; readonly question: TimelineQuestion }
  /** The control plane has a snapshot of this tag. */
  | { readonly type: 'notice'; readonly tag: string }
  | { readonly type: 'stop' };
