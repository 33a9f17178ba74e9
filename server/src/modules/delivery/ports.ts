import type { LineItemForServing } from '#modules/campaigns';
import type {
  AccountReadings,
  DecisionRecord,
  DecisionSample,
  LineItemState,
  LogPosition,
  NodeTimeline,
  SigningKey,
  SnapshotCreative,
  SnapshotMediaFile,
} from '../../kernel/delivery-protocol.ts';
import type { TransactionContext, Tx } from '../../kernel/unit-of-work.ts';

/** A database that can be asked for one consistent view over several queries. */
export interface ConsistentReads {
  withTransaction<T>(
    context: TransactionContext & { isolation?: 'repeatable read' },
    work: (tx: Tx) => Promise<T>,
  ): Promise<T>;
}

/** A line item with what its campaign says about it. Answered by the campaigns module. */
export type ServableLineItem = LineItemForServing;

export interface LineItemSource {
  /**
   * Line items of all accounts that may serve, and those that changed or whose last flight ended since
   * `changedSince`, so that *why* can name them.
   */
  lineItemsForServing(tx: Tx, query: { changedSince: Date }): Promise<ServableLineItem[]>;
}

/** A creative ready to be put into a document. Answered by the creatives module. */
export interface ServableCreative {
  id: string;
  accountId: string;
  campaignId: string;
  /** Null: serves for every line item of its campaign. */
  lineItemId: string | null;
  name: string;
  /** Approved or trafficked, file active, asset measured. Anything else is listed for its clicks only. */
  isServable: boolean;
  durationMs: number;
  mediaFiles: readonly SnapshotMediaFile[];
  /** Its HLS package, once it is there. */
  hls?: SnapshotCreative['hls'];
  /** A `VastDocument` of @cuepoint/vast with the slots of VAST_SLOTS left open. */
  vast: SnapshotCreative['vast'];
  clickThroughUrl: string;
  universalAdId: { idRegistry: string; idValue: string };
  /** Domain of the brand, OpenRTB `adomain`. */
  adDomain: string;
  /** IAB category ids of the brand. */
  categories: readonly string[];
  /** Hash of the media: the same spot under another name has the same one. */
  fingerprint: string;
  /** Spec packs that the creative passes without a blocking finding. */
  clearedFor: readonly string[];
}

export interface CreativeSource {
  /**
   * Creatives of these campaigns that are servable, and those that are not but changed since `changedSince` (they may
   * have been served until then). A creative without a measured asset is never among them.
   */
  creativesForServing(
    tx: Tx,
    query: { campaignIds: readonly string[]; changedSince: Date },
  ): Promise<ServableCreative[]>;
}

/** Spend that the ingester has counted. Answered by the events module. */
export interface IngestedSpend {
  byLineItem: ReadonlyMap<string, number>;
  byFlight: ReadonlyMap<string, { micros: number; impressions: number }>;
  /** Per node the first log position that is not contained in these sums. */
  ingestedThrough: Readonly<Record<string, LogPosition>>;
  /** The same in the newest verified backup; absent when there is none. */
  verifiedThrough?: Readonly<Record<string, LogPosition>> | undefined;
}

export interface SpendSource {
  /** Micros by line item and flight, and how far the log was read, from the caller's transaction. */
  ingestedSpend(tx: Tx, lineItemIds: readonly string[]): Promise<IngestedSpend>;
}

/** Keys that sign tracking addresses; exactly one is active. */
export interface SigningKeySource {
  signingKeys(): Promise<SigningKey[]>;
}

/** A delivery node, asked over its internal port. Every call throws DeliveryUnavailableError when it does not answer. */
export interface DeliveryNode {
  /** A logged decision by its id, or the newest of a caller's request id; null when the log has none. */
  decision(accountId: string, id: string): Promise<DecisionRecord | null>;
  /** The newest decisions, newest first. */
  decisions(accountId: string, limit: number, outcome: 'all' | 'ads' | 'empty'): Promise<DecisionRecord[]>;
  /** Counters of the moment of every running line item, for one viewer. */
  readings(accountId: string, identity: string | null, atMs: number): Promise<AccountReadings>;
  /** Null when the line item is not in the node's snapshot. */
  lineItem(accountId: string, lineItemId: string): Promise<LineItemState | null>;
}

/** A delivery node whose log can be asked for all of one decision. Throws as `DeliveryNode` does. */
export interface TimelineNode {
  /** What the log holds of a decision and of its viewing session; null when it has no such decision. */
  timeline(accountId: string, id: string): Promise<NodeTimeline | null>;
}

/** A delivery node whose past decisions can be sampled. Throws as `DeliveryNode` does. */
export interface SampledNode {
  /** Some decisions of an account, `fromMs` to before `toMs`, the same ones each time; they can be explained. */
  sample(accountId: string, fromMs: number, toMs: number, limit: number): Promise<DecisionSample>;
}

/** The node is away, starting, or answers something else. */
export class DeliveryUnavailableError extends Error {}
