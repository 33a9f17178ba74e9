/** What comes back from the delivery plane: the records of a node's log. */
import { z } from 'zod';
import { INVALID_TRAFFIC } from './invalid-traffic.ts';
import { currency, durationMs, id, instant, LogPosition, micros } from './protocol-parts.ts';
import { SnapshotPodRule } from './snapshot-shapes.ts';
import { TRACKING_EVENTS } from './tracking-events.ts';

const IDENTITY_KINDS = ['ifa', 'supplied', 'household', 'session', 'none'] as const;

/** The ad request after normalisation: what the decision saw, without address, cookie or device id. */
export const DecisionRequest = z.object({
  requestId: z.string(),
  accountId: id,
  placementId: id,
  minDurationMs: z.number().int().nonnegative(),
  maxDurationMs: durationMs,
  /** The break's rules when more than one ad was asked for. */
  pod: SnapshotPodRule.nullable(),
  /** Known facts by dimension of @cuepoint/decisioning; what is unknown is left out. */
  facts: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  /** Dimensions whose facts privacy withheld, and why: `what:why`. */
  withheld: z.array(z.string()),
  /** Keyed hash of who caps are counted for, as 16 hex digits, and what it was made from. */
  identity: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
  /** False when privacy forbids a record of the viewer: identity, segments and the finer place are then left out. */
  mayLogViewer: z.boolean().optional(),
  identityKind: z.enum(IDENTITY_KINDS),
  /**
   * Keyed hash of the viewing session that the request named (`sid`), as 16 hex digits: joins the requests of one stream.
   * Left out when none was named, or privacy forbids to keep it.
   */
  session: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  /** What the same stream had shown, in pairs of numbers; `rememberShown` of @cuepoint/decisioning makes them. */
  streamKeys: z.array(z.number().int()),
  blockedCategories: z.array(z.string()),
  blockedDomains: z.array(z.string()),
  /** Left out when nothing is blocked by them. */
  blockedBrands: z.array(z.string()).optional(),
  blockedMedia: z.array(z.string()).optional(),
  floorCpmMicros: micros,
  mimes: z.array(z.string()),
});
export type DecisionRequest = z.infer<typeof DecisionRequest>;

/** Country of a decision as reports count it: ISO 3166-1 alpha-2, empty when the facts say none. */
export function reportedCountry({ country }: DecisionRequest['facts']): string {
  return typeof country === 'string' && /^[A-Z]{2}$/.test(country) ? country : '';
}

/** Device type of a decision as reports count it; empty for `unknown` and for what the facts do not say. */
export function reportedDevice({ device }: DecisionRequest['facts']): string {
  return typeof device === 'string' && device !== 'unknown' && /^[a-z_]{1,32}$/.test(device) ? device : '';
}

/** One ad of an answer. */
export const DecidedAd = z.object({
  campaignId: id,
  lineItemId: id,
  flightId: id,
  creativeId: id,
  /** From 1 in play order; back-ups follow behind the last. */
  position: z.number().int().positive(),
  /** What an impression of it costs. */
  priceMicros: micros,
  currency,
});
export type DecidedAd = z.infer<typeof DecidedAd>;

/**
 * Counters of one candidate as the decision read them: line item, impressions its budgets still allow (0: none, -1: none
 * today), pass rate, exposures its frequency caps still allow, its place in a sequential rotation; then, when a cap
 * counts creatives, what each of its creatives is still allowed. What has no limit is written as -2.
 */
export const CandidateReading = z
  .tuple([id, z.number(), z.number(), z.number(), z.number()])
  .rest(z.number());

/** One ad request and its outcome; with the named snapshot it replays to the same outcome. */
export const DecisionRecord = z.object({
  type: z.literal('decision'),
  decisionId: id,
  at: instant,
  snapshotHash: z.string(),
  seed: z.number().int().nonnegative(),
  request: DecisionRequest,
  /** Of the candidates examined, best first. One that is missing was not looked at, for it had no money left. */
  readings: z.array(CandidateReading),
  /** More candidates were examined than `readings` holds, or it was not sampled: this record cannot be replayed. */
  readingsTruncated: z.boolean(),
  /** Empty when nothing serves. */
  ads: z.array(DecidedAd),
  /** Stand-alone ads offered for one that fails. */
  backups: z.array(DecidedAd),
  /** Why there is no ad; null when there is one. */
  reason: z.string().nullable(),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

/** One player event, verified and acknowledged. Unique by (decisionId, position, event) once duplicates are dropped. */
export const EventRecord = z.object({
  type: z.literal('event'),
  event: z.enum(TRACKING_EVENTS),
  at: instant,
  decisionId: id,
  position: z.number().int().positive(),
  accountId: id,
  campaignId: id.nullable(),
  lineItemId: id,
  flightId: id.nullable(),
  creativeId: id,
  placementId: id.nullable(),
  /** What this event adds to spend: the price of one impression, or 0 for everything else. */
  spendMicros: micros,
  currency: currency.nullable(),
  source: z.enum(['pixel', 'api', 'click']),
  /** This node has acknowledged the same (decisionId, position, event) before; counts nothing. */
  duplicate: z.boolean(),
  /** The reservation had already returned to the budget. */
  late: z.boolean(),
  /** Why an impression that is no duplicate carries no spend. */
  unbilled: z.enum(['budget_exhausted', 'no_lease', 'line_item_unknown', 'invalid_traffic']).nullable(),
  /** VAST error code of an `error` event, when the player filled it in. */
  errorCode: z.number().int().nullable(),
  /** Why it is held to come from no viewer: kept and marked, counted apart, never billed. Logs before it have none. */
  invalid: z.enum(INVALID_TRAFFIC).nullable().default(null),
  /** Of the viewer, as the decision saw it: ISO 3166-1 alpha-2, empty when unknown. Logs before it have none. */
  country: z
    .string()
    .regex(/^(?:[A-Z]{2})?$/)
    .default(''),
  /** A word of DEVICE_TYPES; empty when unknown. */
  deviceType: z
    .string()
    .regex(/^[a-z_]{0,32}$/)
    .default(''),
  /** Of an impression: whom it counts for, as in the decision's request; null where nobody can be told apart or kept. */
  identity: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable()
    .default(null),
  identityKind: z.enum(IDENTITY_KINDS).default('none'),
});
export type EventRecord = z.infer<typeof EventRecord>;

export const LogRecord = z.discriminatedUnion('type', [DecisionRecord, EventRecord]);
export type LogRecord = z.infer<typeof LogRecord>;

/** A record with its address. */
export const LogEntry = z.object({ ...LogPosition.shape, record: LogRecord });
export type LogEntry = z.infer<typeof LogEntry>;

/** Answer of `GET /internal/timeline`: what a node's log holds of one decision, and of the viewing session around it. */
export const NodeTimeline = z.object({
  nodeId: id,
  decision: DecisionRecord,
  /** Events of the decision and of the others of its session, in the order of the log. */
  events: z.array(LogEntry),
  /** Every decision of the session, this one among them, oldest first; empty when no session was named. */
  session: z.array(DecisionRecord),
  /** The log was read to its end, or as long as an event of the decision can still come. */
  isWhole: z.boolean(),
});
export type NodeTimeline = z.infer<typeof NodeTimeline>;

/** Answer of `GET /internal/decision-sample`: some decisions of an account and a time, the same ones whenever it is asked. */
export const DecisionSample = z.object({
  nodeId: id,
  /** Those that can be explained, chosen evenly by the random part of their ids. */
  decisions: z.array(DecisionRecord),
  /** Decisions of the account and time that were read. */
  read: z.number().int().nonnegative(),
  /** The log of that time was read as a whole. */
  isWhole: z.boolean(),
});
export type DecisionSample = z.infer<typeof DecisionSample>;

/** Answer of `GET /internal/log`: records from the asked position on, and where to ask next. */
export const LogPage = z.object({
  nodeId: id,
  entries: z.array(LogEntry),
  /** Commit this in the transaction that stores what was derived from `entries`. */
  next: LogPosition,
  /** End of what is durable on the node; equal to `next` when the reader has caught up. */
  durableThrough: LogPosition,
});
export type LogPage = z.infer<typeof LogPage>;
