/**
 * What crosses the wall between the control plane and the delivery plane, as data with run-time checks.
 * The rules around these shapes (addressing, commit, retention, authentication) are in docs/protocols/delivery.md.
 * The control plane builds a SnapshotBody and consumes LogEntry; the delivery plane does the reverse.
 */
import { z } from 'zod';
import { CandidateReading } from './delivery-log.ts';
import { id, instant, LogPosition } from './protocol-parts.ts';
import type { TrackingEvent } from './tracking-events.ts';
import { TRACKING_EVENTS } from './tracking-events.ts';

export * from './delivery-log.ts';
export * from './invalid-traffic.ts';
export * from './lease-messages.ts';
export * from './pot-keys.ts';
export { LogPosition } from './protocol-parts.ts';
export * from './snapshot-difference.ts';
export * from './snapshot-file.ts';
export * from './snapshot-parts.ts';
export * from './snapshot-shapes.ts';
export * from './tracking-events.ts';
export * from './viewer-erasure.ts';

/** Token lifetime and the longest time an ad may still report after its decision. */
export const TRACKING_TOKEN_TTL_MS = 4 * 60 * 60 * 1000;

/** How long a decision holds its price before the budget gets it back; a later impression is marked `late`. */
export const RESERVATION_TTL_MS = 10 * 60 * 1000;

/** Channel of Redis on which a control plane says the tag of a snapshot as soon as it has it. */
export const SNAPSHOT_NOTICE = 'cuepoint:snapshot';

/** By how much the clocks of two machines of an installation may differ. */
export const CLOCK_DIFFERENCE_MS = 1000;

/** VAST versions a snapshot's creatives are compiled to and `/vast?v=` accepts. */
export const SERVED_VAST_VERSIONS = ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3'] as const;
export type ServedVastVersion = (typeof SERVED_VAST_VERSIONS)[number];

/**
 * Slot names that the control plane leaves open in a creative's VAST document and a node fills per decision.
 * Every tracking slot takes a whole absolute URL. `adServingId` takes the decision id (VAST 4.2 section 3.4.1).
 */
export const VAST_SLOTS = {
  adId: 'ad_id',
  adServingId: 'ad_serving_id',
  clickThrough: 'click_through',
  tracking: Object.fromEntries(
    TRACKING_EVENTS.filter((event) => event !== 'click').map((event) => [event, `track_${event}`]),
  ) as Record<Exclude<TrackingEvent, 'click'>, string>,
} as const;

/** Answer of `GET /internal/status`. */
export const NodeStatus = z.object({
  nodeId: id,
  ready: z.boolean(),
  snapshotHash: z.string().nullable(),
  /** See `snapshotTag`: changes with what has been counted, too. */
  snapshotTag: z.string().nullable(),
  snapshotBuiltAt: instant.nullable(),
  /** Seconds since the control plane last confirmed the snapshot; null when it never did since start. */
  snapshotConfirmedSeconds: z.number().nullable(),
  requestsPerSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  requests: z.number().int(),
  ads: z.number().int(),
  fillRate: z.number(),
  events: z.number().int(),
  durableThrough: LogPosition,
  /** How it stands with the bank of budgets; absent on a node that has its budgets to itself. */
  leases: z
    .object({
      /** Budgets are lent to it. */
      isOpen: z.boolean(),
      /** Since the bank answered last; null before it did. */
      answeredSeconds: z.number().nullable(),
      /** Questions that were not answered, since it started. */
      failures: z.number().int(),
      /** Why the bank does not answer now; null while it does. */
      problem: z.string().nullable(),
      /** How many nodes share the budgets. */
      nodes: z.number().int(),
      /** Pots that are lent to it, and those of them that hold too little for one impression. */
      pots: z.number().int().optional(),
      potsUsedUp: z.number().int().optional(),
    })
    .optional(),
  /** How it stands with Redis; absent on a node that counts for itself. */
  redis: z
    .object({
      kind: z.enum(['single', 'cluster']),
      /** It answers in time. */
      isHere: z.boolean(),
      /** Since when it does not; null while it does. */
      awaySeconds: z.number().nullable(),
      /** Questions it did not answer in time or refused, since the node started. */
      failures: z.number().int(),
      /** Why it is away; null while it is not. */
      problem: z.string().nullable(),
      /** Exposures that Redis has not been told yet. */
      unwrittenExposures: z.number().int(),
      /** Exposures it will never be told: too many came while it was away. */
      forgottenExposures: z.number().int(),
    })
    .optional(),
});
export type NodeStatus = z.infer<typeof NodeStatus>;

/** Answer of `GET /internal/health`: what a person needs to judge a node. Counts are since the process started. */
export const NodeHealth = z.object({
  status: NodeStatus,
  startedAt: instant,
  /** Why it is not ready; null when it is. */
  notReady: z.string().nullable(),
  sync: z.enum(['fsync', 'relaxed']),
  log: z.object({
    /** Kept segments, oldest first, with their bytes. */
    segments: z.array(z.object({ segment: z.number().int().positive(), bytes: z.number().int() })),
    /** When the segment that is being written was begun. */
    segmentCreatedAt: instant.nullable(),
    queuedBytes: z.number().int(),
    droppedRecords: z.number().int(),
    commits: z.number().int(),
    /** Write and fdatasync of one batch, of the last ten to twenty seconds; null when there was none. */
    commitP50Ms: z.number().nullable(),
    commitP99Ms: z.number().nullable(),
  }),
  events: z.object({
    duplicates: z.number().int(),
    /** Answered 503: the log could not keep them. */
    refused: z.number().int(),
    clicksUnrecorded: z.number().int(),
    /** By reason. */
    invalid: z.record(z.string(), z.number().int()),
    /** Tracking addresses that were no right ones, by code. */
    linksRefused: z.record(z.string(), z.number().int()),
  }),
  snapshotsRefused: z.number().int(),
});
export type NodeHealth = z.infer<typeof NodeHealth>;

/** Answer of `GET /internal/readings`: counters of every running line item of an account, for one viewer. */
export const AccountReadings = z.object({
  snapshotHash: z.string(),
  readings: z.array(CandidateReading),
});
export type AccountReadings = z.infer<typeof AccountReadings>;

/** Answer of `GET /internal/line-item`; null when the line item is not in the node's snapshot. */
export const LineItemState = z.object({
  spentMicros: z.number().int(),
  reservedMicros: z.number().int(),
  availableMicros: z.number().int().nullable(),
  passRate: z.number(),
});
export type LineItemState = z.infer<typeof LineItemState>;

/** Paths between the planes; `Authorization: Bearer <plane key>` on each. */
export const PLANE_PATHS = {
  /** Served by the control plane. `If-None-Match` with the held hash and `?wait=<seconds>` wait for a change. */
  snapshot: '/internal/delivery/snapshot',
  /** Served by the control plane: `POST` of a `LeaseCall`. */
  leases: '/internal/delivery/leases',
  /** Served by a node on its internal port. Query: segment, offset, limit, wait. */
  log: '/internal/log',
  /** Served by a node on its internal port. */
  status: '/internal/status',
  /** The status and what is behind it, for people. Served by a node on its internal port. */
  health: '/internal/health',
  /** One decision record. Query: account, id (decision id, or request id of the caller). 404 when the log has none. */
  decision: '/internal/decision',
  /** What the log holds of one decision and its session. Query: account, id. 404 when the log has no such decision. */
  timeline: '/internal/timeline',
  /** Some decisions of an account and a time. Query: account, from, to (ms since 1970, `to` excluded), limit. */
  sample: '/internal/decision-sample',
  /** The newest decision records. Query: account, limit, outcome (`all`, `ads`, `empty`). */
  decisions: '/internal/decisions',
  /** Counters of the moment. Query: account, identity (16 hex digits, or none), at (milliseconds since 1970). */
  readings: '/internal/readings',
  /** Money and pass rate of one line item. Query: account, id. */
  lineItem: '/internal/line-item',
  /** `POST` of an `ErasureOrder` to a node on its internal port: a viewer is forgotten there. */
  erasures: '/internal/erasures',
} as const;
