import { z } from 'zod';
import { Instant } from './common.ts';
import { Micros } from './money.ts';
import { defineOperation } from './operation.ts';

/** What players report, in the order of the VAST 4.2 linear life cycle, and the request itself before it. */
export const tailEvents = [
  'request',
  'impression',
  'start',
  'firstQuartile',
  'midpoint',
  'thirdQuartile',
  'complete',
  'mute',
  'unmute',
  'pause',
  'resume',
  'skip',
  'error',
  'click',
] as const;
export const TailEventName = z.enum(tailEvents);
export type TailEventName = z.infer<typeof TailEventName>;

/** Where a record lies in the log of a node. */
const address = { node: z.string(), segment: z.int(), offset: z.int() };

/** One ad request and what it got, as the log keeps it; nothing of the viewer but a keyed hash of the session. */
export const LoggedDecision = z.object({
  decisionId: z.string(),
  /** Of the caller; empty when it gave none. */
  requestId: z.string(),
  at: Instant,
  placementId: z.string(),
  isPod: z.boolean(),
  maxDurationMs: z.int(),
  ads: z.array(
    z.object({
      position: z.int(),
      campaignId: z.string(),
      lineItemId: z.string(),
      creativeId: z.string(),
      priceMicros: Micros,
      currency: z.string(),
    }),
  ),
  backups: z.int(),
  /** Why there is no ad; null when there is one. */
  reason: z.string().nullable(),
  /** Keyed hash of the viewing session; null when the request named none, or privacy forbids to keep it. */
  session: z.string().nullable(),
  snapshotHash: z.string(),
});
export type LoggedDecision = z.infer<typeof LoggedDecision>;

/** One event of a player, as the log keeps it. */
export const LoggedEvent = z.object({
  event: TailEventName.exclude(['request']),
  at: Instant,
  decisionId: z.string(),
  /** Of the ad in its answer, from 1. */
  position: z.int(),
  campaignId: z.string().nullable(),
  lineItemId: z.string(),
  creativeId: z.string(),
  placementId: z.string().nullable(),
  spendMicros: Micros,
  currency: z.string().nullable(),
  /** Null where only the stored row is left, which does not keep it. */
  source: z.enum(['pixel', 'api', 'click']).nullable(),
  /** The same event was acknowledged before: it counts nothing. */
  duplicate: z.boolean(),
  late: z.boolean(),
  /** Why an impression that is no duplicate carries no spend. */
  unbilled: z.string().nullable(),
  /** VAST error code of an `error` event. */
  errorCode: z.int().nullable(),
  /** Why it is held to come from no viewer; null when it is a viewer's. */
  invalid: z.string().nullable(),
  ...address,
});
export type LoggedEvent = z.infer<typeof LoggedEvent>;

/** One record of the live tail. */
export const TailRecord = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('request'), ...LoggedDecision.shape, ...address }),
  z.object({ kind: z.literal('event'), ...LoggedEvent.shape }),
]);
export type TailRecord = z.infer<typeof TailRecord>;

const oneId = z.string().min(1).max(128);

/** Which records of the account are wanted; what is left out wants all. */
export const TailFilter = z.strictObject({
  campaignId: oneId.optional(),
  lineItemId: oneId.optional(),
  creativeId: oneId.optional(),
  placementId: oneId.optional(),
  event: z.array(TailEventName).max(tailEvents.length).optional(),
  /** Why a request got no ad, an impression is unbilled or an event invalid, or the VAST error code. */
  reason: z.string().min(1).max(64).optional(),
  invalid: z.enum(['only', 'without']).optional(),
  /** `true`: events `error`, and requests that got no ad. */
  problems: z.boolean().optional(),
  /** A decision, request or session and all that follows from it, or any other id that a record names. */
  id: oneId.optional(),
});
export type TailFilter = z.infer<typeof TailFilter>;

/** How one node's log is read, of a tail. */
export const TailSource = z.object({
  /** Null before the node has said its name. */
  node: z.string().nullable(),
  state: z.enum(['connecting', 'following', 'behind', 'unavailable']),
  detail: z.string(),
});
export type TailSource = z.infer<typeof TailSource>;

/** What happened since the last of these, which come about every second: what is not shown is counted here. */
export const TailStats = z.object({
  seconds: z.number(),
  /** Records of the account that were read. */
  seen: z.int(),
  /** Those that the filter wants. */
  matched: z.int(),
  /** Those that were sent. `matched` = `sent` + `sampledOut` + `dropped`, over the whole stream. */
  sent: z.int(),
  /** Left out because more matched than the receiver asked for in a second: what was sent is an even sample. */
  sampledOut: z.int(),
  /** Left out, oldest first, because the receiver did not read. */
  dropped: z.int(),
  /** Stretches of a log that were passed over unread: it is written faster than it can be read here, or was pruned. */
  gaps: z.array(z.object({ node: z.string(), detail: z.string() })),
  sources: z.array(TailSource),
});
export type TailStats = z.infer<typeof TailStats>;

/** Records a second that a receiver of the tail may ask for. */
export const TAIL_RATE = { least: 1, most: 2000, usual: 40 } as const;

/** Whether an event is among what is reported: `not_yet` lies behind what has been counted of its log. */
export const Counted = z.enum(['yes', 'no', 'not_yet']);
export const TimelineEvent = z.object({ ...LoggedEvent.shape, counted: Counted });
export type TimelineEvent = z.infer<typeof TimelineEvent>;

export const DecisionTimeline = z.object({
  decisionId: z.string(),
  /** Null when no log that can be read holds it any more; then only what was counted of it is left. */
  decision: LoggedDecision.nullable(),
  /** Of the decision, oldest first: duplicates, late and invalid ones among them. */
  events: z.array(TimelineEvent),
  /** The viewing session it belongs to, this decision included; null when none is known. */
  session: z
    .object({ id: z.string(), decisions: z.array(LoggedDecision), events: z.array(TimelineEvent) })
    .nullable(),
  /** False: the log is so long that not all of it was read; there may be more. */
  isWhole: z.boolean(),
  /** Where it was looked for, in words. */
  detail: z.string(),
});
export type DecisionTimeline = z.infer<typeof DecisionTimeline>;

export const getDecisionTimeline = defineOperation({
  id: 'events.getDecisionTimeline',
  summary: 'Everything that happened of one ad request: its ads, and every event of a player',
  description:
    'Read from the log of the delivery node and from what was counted of it, so that duplicates, late and invalid events are there too, each with whether it is counted. Where the request named its viewing session (`sid`), the whole session is there.',
  effect: 'read',
  permission: 'delivery:read',
  input: z.strictObject({
    decisionId: z
      .string()
      .min(1)
      .max(2000)
      .meta({ description: 'decision id, request id of the caller, or a tracking address of the ad' }),
  }),
  output: DecisionTimeline,
  errors: ['decision.not_found', 'delivery.unavailable'],
  rest: { method: 'GET', path: '/v1/decision-timeline' },
  cli: { command: 'timeline', positional: ['decisionId'] },
  mcp: {
    tool: 'get_decision_timeline',
    guidance:
      'Call to see what came of one ad request: impression, quartiles, errors, duplicates and invalid events, and whether each is counted.',
  },
});

export const liveTailOperations = [getDecisionTimeline] as const;
