import { z } from 'zod';
import { Instant } from './common.ts';
import { defineOperation } from './operation.ts';

const Position = z.object({ segment: z.int(), offset: z.int() });
const ByName = z.array(z.object({ name: z.string(), count: z.int() }));

/** How far a node's log is counted. */
export const IngestionHealth = z.object({
  /**
   * `current`: everything durable is counted, or was a moment ago. `behind`: records wait longer than that. `failing`: the
   * ingester cannot go on. `unknown`: the node does not say what is durable.
   */
  state: z.enum(['current', 'behind', 'failing', 'unknown']),
  /** First position that is not counted; null when nothing ever was. */
  through: Position.nullable(),
  /** Newest record that was counted. */
  throughAt: Instant.nullable(),
  /** Records that wait, at most a thousand are counted; null when not known. */
  lagRecords: z.int().nullable(),
  /** There are more than `lagRecords`. */
  hasMore: z.boolean(),
  lagBytes: z.int().nullable(),
  /** Age of the oldest record that waits; 0 when none does. */
  lagSeconds: z.number().nullable(),
  /** What stands in its way, as the ingester of this process says it; null when nothing does, or it runs elsewhere. */
  failure: z.string().nullable(),
});
export type IngestionHealth = z.infer<typeof IngestionHealth>;

/** One delivery node. What it does not tell is null, and never good news. */
export const DeliveryNodeHealth = z.object({
  /** Null when it has never said its name. */
  node: z.string().nullable(),
  /**
   * `unreachable`: it has an address here and does not answer. `unknown`: its log was counted once, and this installation has no
   * address of it.
   */
  state: z.enum(['ready', 'not_ready', 'unreachable', 'unknown']),
  detail: z.string(),
  /** What is wrong with it, most serious first; empty when nothing is. */
  problems: z.array(z.string()),
  startedAt: Instant.nullable(),
  snapshot: z
    .object({
      hash: z.string().nullable(),
      builtAt: Instant.nullable(),
      /** Since the control plane last confirmed it; null when it never did since the start. */
      confirmedSeconds: z.number().nullable(),
      refused: z.int(),
    })
    .nullable(),
  serving: z
    .object({
      requestsPerSecond: z.number(),
      /** Time inside the node, of the last seconds; null without a request. */
      p50Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
      requests: z.int(),
      ads: z.int(),
      fillRate: z.number().nullable(),
    })
    .nullable(),
  log: z
    .object({
      durableThrough: Position,
      firstSegment: z.int().nullable(),
      segments: z.int(),
      keptBytes: z.int(),
      /** Of the segment that is being written. */
      openBytes: z.int(),
      openSince: Instant.nullable(),
      queuedBytes: z.int(),
      droppedRecords: z.int(),
      /** `fsync`: acknowledged after fdatasync; `relaxed`: after the write. */
      sync: z.enum(['fsync', 'relaxed']),
      /** What an acknowledgement waits for, of the last seconds; null without one. */
      commitP50Ms: z.number().nullable(),
      commitP99Ms: z.number().nullable(),
    })
    .nullable(),
  /** Since the node started, of all accounts. */
  events: z
    .object({
      acknowledged: z.int(),
      duplicates: z.int(),
      refused: z.int(),
      clicksUnrecorded: z.int(),
      invalid: ByName,
      linksRefused: ByName,
    })
    .nullable(),
  /** How it stands with the bank of budgets; null where a node has its budgets to itself. */
  budgets: z
    .object({
      /** Budgets are lent to it. */
      isLent: z.boolean(),
      /** Nodes that share them. */
      nodes: z.int(),
      /** Questions the control plane did not answer, since the start. */
      failures: z.int(),
      answeredSeconds: z.number().nullable(),
    })
    .nullable(),
  /** How it stands with Redis, by which nodes share frequency caps; null where a node counts for itself. */
  redis: z
    .object({
      kind: z.enum(['single', 'cluster']),
      /** It answers in time. */
      isHere: z.boolean(),
      /** Since when it does not; null while it does. */
      awaySeconds: z.number().nullable(),
      /** Questions it did not answer in time or refused, since the start. */
      failures: z.int(),
      /** Why it is away; null while it is not. */
      problem: z.string().nullable(),
      /** Exposures that it has not been told yet. */
      unwrittenExposures: z.int(),
      /** Exposures that it will never be told. */
      forgottenExposures: z.int(),
    })
    .nullable(),
  ingestion: IngestionHealth,
});
export type DeliveryNodeHealth = z.infer<typeof DeliveryNodeHealth>;

export const DeliveryHealth = z.object({
  /** Every known node is ready, and everything durable is counted or about to be. */
  ok: z.boolean(),
  at: Instant,
  nodes: z.array(DeliveryNodeHealth),
});
export type DeliveryHealth = z.infer<typeof DeliveryHealth>;

export const getDeliveryHealth = defineOperation({
  id: 'events.getDeliveryHealth',
  summary: 'How each delivery node is: serving, snapshot, log, and how far its events are counted',
  description:
    'Every node that this installation has an address of, and every node whose log was ever counted. What a node does not tell is null, and a node that does not answer is never called healthy. Counts are of the whole installation, since the node started. The command exits with 1 when something is wrong.',
  effect: 'read',
  permission: 'delivery:read',
  input: z.strictObject({}),
  output: DeliveryHealth,
  errors: [],
  rest: { method: 'GET', path: '/v1/delivery-health' },
  cli: { command: 'delivery health' },
  mcp: {
    tool: 'get_delivery_health',
    guidance:
      'Call when ads do not serve or figures seem late: it says which node is away, how old its snapshot is, and how far its events are counted.',
  },
});

export const deliveryHealthOperations = [getDeliveryHealth] as const;
