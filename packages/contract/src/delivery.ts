import { z } from 'zod';
import { Instant } from './common.ts';
import { LineItemId } from './ids.ts';
import { Pacing } from './line-items.ts';
import { Micros } from './money.ts';
import { defineOperation } from './operation.ts';

/** Steps of the funnel, in the order in which a candidate meets them. */
export const FunnelStep = z.enum([
  'candidates',
  'live',
  'targeting',
  'caps_and_pacing',
  'creative_fit',
  'separation',
  'floor',
  'ranked',
  'served',
]);
export type FunnelStep = z.infer<typeof FunnelStep>;

export const ReasonCount = z.object({ reason: z.string(), count: z.int() });

/** One rule that stands in the way, with what it asks for and what it met. */
export const ExplainedReason = z.object({
  reason: z.string(),
  required: z.string(),
  actual: z.string(),
});
export type ExplainedReason = z.infer<typeof ExplainedReason>;

/**
 * A counter that the decision did not read of a line item: another had won before, or something else stood in its way. It
 * is taken as without limit, so whether it would have refused is not known.
 */
export const UnreadCounter = z.enum(['budget', 'pacing', 'frequency_cap']);
export type UnreadCounter = z.infer<typeof UnreadCounter>;

/** What the node reads of a line item at this moment; it says nothing about the moment of the decision. */
export const CountersNow = z.object({
  at: Instant,
  /** By budgets and goals; null without a limit. */
  impressionsLeft: z.int().nullable(),
  /** Share of eligible requests that is let in, 0 to 1. */
  passRate: z.number(),
  /** By frequency caps, for the viewer of the request; null without a cap, or without somebody to count for. */
  exposuresLeft: z.int().nullable(),
});
export type CountersNow = z.infer<typeof CountersNow>;

export const ExcludedLineItem = z.object({
  lineItemId: LineItemId,
  lineItemName: z.string(),
  campaignId: z.string(),
  step: FunnelStep,
  /** The first reason; `reasons` has all of them. */
  reason: z.string(),
  reasons: z.array(ExplainedReason),
  unread: z.array(UnreadCounter),
});
export type ExcludedLineItem = z.infer<typeof ExcludedLineItem>;

/** A change of one field of the line item that was tried: applied to the snapshot, and decided again. */
export const SmallestEdit = z.object({
  /** Field of the line item, such as `targeting` or `flights[0].budgetMicros`. */
  field: z.string(),
  sentence: z.string(),
  from: z.unknown(),
  to: z.unknown(),
  /** Operation that makes the change; null when a person must act elsewhere (approve a creative, say). */
  operation: z.object({ id: z.string(), input: z.record(z.string(), z.unknown()) }).nullable(),
});
export type SmallestEdit = z.infer<typeof SmallestEdit>;

export const Focus = z.object({
  lineItemId: LineItemId,
  lineItemName: z.string(),
  campaignId: z.string(),
  served: z.boolean(),
  reasons: z.array(ExplainedReason),
  /** Rules that were asked, and how many of them held. */
  rulesAsked: z.int(),
  rulesHeld: z.int(),
  /** All edits that are needed together, smallest set first; empty when it served. */
  edits: z.array(SmallestEdit),
  /** The edits were applied to a copy of the snapshot and the request decided again: it served, if `unread` allows. */
  editsVerified: z.boolean(),
  /** Counters that were not read of it: neither its reasons nor the edits know them. */
  unread: z.array(UnreadCounter),
  /** The same counters as the node reads them now; null when none was left out, or it does not know the line item. */
  countersNow: CountersNow.nullable(),
  /** Why no set of edits is offered; null when one is, or none is needed. */
  noEdit: z.string().nullable(),
});
export type Focus = z.infer<typeof Focus>;

export const ShownAd = z.object({
  position: z.int(),
  /** From the start of the break. */
  startMs: z.int(),
  durationMs: z.int(),
  lineItemId: z.string(),
  lineItemName: z.string(),
  campaignId: z.string(),
  creativeId: z.string(),
  creativeName: z.string(),
  adDomain: z.string(),
  categories: z.array(z.string()),
  priceMicros: Micros,
  currency: z.string(),
});
export type ShownAd = z.infer<typeof ShownAd>;

export const Explanation = z.object({
  /** Null for a preview, which is logged nowhere. */
  decisionId: z.string().nullable(),
  requestId: z.string().nullable(),
  at: Instant,
  snapshotHash: z.string(),
  seed: z.string(),
  /** The logged decision was made again from its snapshot, readings and seed. */
  replay: z.object({
    state: z.enum(['exact', 'different', 'not_replayable', 'preview']),
    detail: z.string(),
  }),
  request: z.object({
    placementId: z.string(),
    placementName: z.string(),
    minDurationMs: z.int(),
    maxDurationMs: z.int(),
    isPod: z.boolean(),
    maxAds: z.int(),
    /** By dimension; what is unknown is left out. */
    facts: z.record(z.string(), z.array(z.string())),
    identityKind: z.string(),
    floorCpmMicros: Micros,
    floorCurrency: z.string(),
    /** What privacy signals took away, `what: why`. */
    withheld: z.array(z.string()),
  }),
  candidates: z.int(),
  served: z.int(),
  /** Null when something served. */
  reason: z.string().nullable(),
  funnel: z.array(z.object({ step: FunnelStep, count: z.int(), lost: z.array(ReasonCount) })),
  /** Best first; at most 1,000, `excludedTotal` says how many there are. */
  excluded: z.array(ExcludedLineItem),
  excludedTotal: z.int(),
  focus: Focus.nullable(),
  pod: z.object({
    durationMs: z.int(),
    filledMs: z.int(),
    ads: z.array(ShownAd),
    backups: z.array(ShownAd),
    method: z.string(),
    /** What a better fill could at most be worth more, as a share; proven. */
    gap: z.number(),
  }),
  /** Time the explanation took, ms. */
  tookMs: z.number(),
});
export type Explanation = z.infer<typeof Explanation>;

/** What a question may state about the viewer and the content, by dimension of targeting. */
const statedFacts = z
  .record(z.string().max(40), z.union([z.string().max(200), z.array(z.string().max(200)).max(50)]))
  .meta({ description: 'facts by targeting dimension, such as {"country":"DE","genre":["drama"]}' });

export const explainDecision = defineOperation({
  id: 'delivery.explainDecision',
  summary: 'Why did this request serve what it served, or nothing; replays the logged decision',
  effect: 'read',
  permission: 'delivery:read',
  input: z.strictObject({
    decisionId: z
      .string()
      .min(1)
      .max(2000)
      .meta({ description: 'decision id, request id of the caller, or a tracking address of the ad' }),
    lineItemId: LineItemId.optional().meta({ description: 'all its reasons and the smallest edit' }),
    facts: statedFacts.optional().meta({ description: 'facts to change before deciding again' }),
  }),
  output: Explanation,
  errors: [
    'decision.not_found',
    'line_item.not_found',
    'snapshot.not_kept',
    'delivery.unavailable',
    'input.invalid',
  ],
  rest: { method: 'POST', path: '/v1/explain' },
  cli: { command: 'why', positional: ['decisionId'], flags: { lineItemId: 'line-item' } },
  mcp: {
    tool: 'explain_decision',
    guidance:
      'Call to find out why a line item did not serve on a request: give the decision or request id, and the line item.',
  },
});

export const previewDecision = defineOperation({
  id: 'delivery.previewDecision',
  summary: 'Decide a made-up request with the counters of this moment; nothing is reserved, billed or logged',
  effect: 'read',
  permission: 'delivery:read',
  input: z.strictObject({
    placement: z.string().max(64).optional().meta({ description: 'placement key or id; default placement' }),
    at: Instant.optional().meta({ description: 'default: now' }),
    durationSeconds: z.coerce.number().positive().max(3600).optional(),
    maxAds: z.coerce
      .number()
      .int()
      .min(1)
      .max(32)
      .optional()
      .meta({ description: 'more than 1 asks for a break' }),
    facts: statedFacts.optional(),
    lineItemId: LineItemId.optional().meta({ description: 'all its reasons and the smallest edit' }),
  }),
  output: Explanation,
  errors: ['placement.not_found', 'line_item.not_found', 'delivery.unavailable', 'input.invalid'],
  rest: { method: 'POST', path: '/v1/preview-decision' },
  cli: { command: 'decide', flags: { lineItemId: 'line-item', durationSeconds: 'duration' } },
  mcp: {
    tool: 'preview_pod',
    guidance:
      'Call to see how a break would be filled right now for a given viewer and content, and what stays out.',
  },
});

export const RecentDecision = z.object({
  decisionId: z.string(),
  requestId: z.string(),
  at: Instant,
  placementId: z.string(),
  placementName: z.string(),
  ads: z.int(),
  filledMs: z.int(),
  reason: z.string().nullable(),
});
export type RecentDecision = z.infer<typeof RecentDecision>;

export const listDecisions = defineOperation({
  id: 'delivery.listDecisions',
  summary: 'The newest ad requests of the account and what came of them',
  effect: 'read',
  permission: 'delivery:read',
  input: z.strictObject({
    limit: z.coerce.number().int().min(1).max(200).default(50),
    outcome: z.enum(['all', 'ads', 'empty']).default('all'),
  }),
  output: z.object({ decisions: z.array(RecentDecision) }),
  errors: ['delivery.unavailable'],
  rest: { method: 'GET', path: '/v1/decisions' },
  cli: { command: 'decisions' },
});

export const LineItemDelivery = z.object({
  lineItemId: LineItemId,
  lineItemName: z.string(),
  currency: z.string(),
  pacing: Pacing,
  spentMicros: Micros,
  /** What the pacing plan would have spent by now; `asap` expects everything from the start on. */
  expectedMicros: Micros,
  reservedMicros: Micros,
  availableMicros: Micros.nullable(),
  impressions: z.int(),
  /** Share of eligible requests let in now, 0 to 1. */
  passRate: z.number(),
  /** In use by the delivery node; false when it is not in its snapshot. */
  inSnapshot: z.boolean(),
  /** Cumulative spend an hour, and what the pacing plan asks for: the plan by which the node paces. */
  curve: z.array(z.object({ at: Instant, spentMicros: Micros.nullable(), expectedMicros: Micros })),
});
export type LineItemDelivery = z.infer<typeof LineItemDelivery>;

export const getDelivery = defineOperation({
  id: 'delivery.getDelivery',
  summary:
    'What the delivery plane knows of a line item at this moment: money, pass rate, expected against actual',
  effect: 'read',
  permission: 'delivery:read',
  input: z.strictObject({ lineItemId: LineItemId }),
  output: LineItemDelivery,
  errors: ['line_item.not_found', 'delivery.unavailable'],
  rest: { method: 'GET', path: '/v1/line-items/:lineItemId/delivery' },
  cli: { command: 'line-items delivery', positional: ['lineItemId'] },
  mcp: {
    tool: 'get_delivery',
    guidance:
      'Call to see whether a line item is on pace right now: spentMicros beside expectedMicros, what its pacing mode and dayparts ask for by now over a typical day of viewing. With pacing asap everything is expected at once, so less is no delay.',
  },
});

export const DebugToken = z.object({
  token: z.string(),
  /** Request header that carries it to a tag. */
  header: z.string(),
  expiresAt: Instant,
  /** A tag of the account to try it on: its default placement. */
  tagUrl: z.string(),
});
export type DebugToken = z.infer<typeof DebugToken>;

export const createDebugToken = defineOperation({
  id: 'delivery.createDebugToken',
  summary: 'Make a token with which tags of this account tell the decision and the reason in headers',
  effect: 'create',
  permission: 'delivery:read',
  input: z.strictObject({
    expiresInMinutes: z.coerce.number().int().min(1).max(60).default(15),
  }),
  output: DebugToken,
  errors: [],
  rest: { method: 'POST', path: '/v1/debug-tokens' },
  cli: { command: 'debug-token', flags: { expiresInMinutes: 'minutes' } },
});

export const deliveryOperations = [
  explainDecision,
  previewDecision,
  listDecisions,
  getDelivery,
  createDebugToken,
] as const;
