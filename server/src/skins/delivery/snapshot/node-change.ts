import type {
  EntityKind,
  LogPosition,
  SnapshotBody,
  SnapshotCreative,
  SnapshotHeader,
  SnapshotLineItem,
  SnapshotPlacement,
} from '../../../kernel/delivery-protocol.ts';

/** What of a snapshot's body is different from the one before it. */
export interface BodyChange {
  readonly keys: SnapshotBody['keys'];
  readonly accounts: SnapshotBody['accounts'];
  readonly mediaBaseUrl: string | undefined;
  readonly lineItems: readonly SnapshotLineItem[];
  readonly creatives: readonly SnapshotCreative[];
  readonly placements: readonly SnapshotPlacement[];
  readonly removed: {
    readonly lineItems: readonly string[];
    readonly creatives: readonly string[];
    readonly placements: readonly string[];
  };
}

/** What a serving thread has to take over to get from one snapshot to the next. */
export interface NodeChange extends Pick<SnapshotHeader, 'hash' | 'spendHash' | 'builtAt'> {
  /** Null when only the counters moved. */
  readonly body: BodyChange | null;
  /** `body` is everything there is, and not what differs. */
  readonly isWhole: boolean;
  readonly spend: {
    readonly ingestedThrough: Readonly<Record<string, LogPosition>>;
    readonly verifiedThrough?: Readonly<Record<string, LogPosition>>;
    /** Micros by line item, and micros and impressions by flight: of those that changed, in body or count. */
    readonly lineItems: readonly (readonly [id: string, micros: number])[];
    readonly flights: readonly (readonly [id: string, micros: number, impressions: number])[];
  };
}

/** By id, the creatives that came or changed, and undefined for those that went. */
export function creativeChanges({
  creatives,
  removed,
}: BodyChange): Map<string, SnapshotCreative | undefined> {
  const changes = new Map<string, SnapshotCreative | undefined>();
  for (const id of removed.creatives) changes.set(id, undefined);
  for (const creative of creatives) changes.set(creative.id, creative);
  return changes;
}

/** A whole body beside what is held: everything comes, and what it does not name goes. */
export function whatDiffers(
  index: Record<EntityKind, { keys(): Iterable<string> }>,
  body: BodyChange,
): BodyChange {
  const gone = (held: Iterable<string>, named: readonly { id: string }[]) => {
    const ids = new Set(named.map(({ id }) => id));
    return [...held].filter((id) => !ids.has(id));
  };
  return {
    ...body,
    removed: {
      lineItems: gone(index.lineItems.keys(), body.lineItems),
      creatives: gone(index.creatives.keys(), body.creatives),
      placements: gone(index.placements.keys(), body.placements),
    },
  };
}
