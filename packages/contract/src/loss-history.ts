import { z } from 'zod';
import { DateOnly, Instant, TimeZone } from './common.ts';
import { LineItemId, PlacementId } from './ids.ts';
import { defineOperation } from './operation.ts';

/** Days of the history: as long as decisions can be explained. */
export const LOSS_HISTORY_DAYS = 45;

const Lost = z.object({
  reason: z.string(),
  count: z.int(),
  /** Of all requests of the day (of a line item: of those that were explained, each hour by its weight), 0 to 1. */
  share: z.number(),
});

export const LossDay = z.object({
  day: DateOnly,
  /** Days of 23 and 25 hours are those. */
  startAt: Instant,
  endAt: Instant,
  /** Requests that were counted. */
  requests: z.int(),
  /** Requests that are known by reason: all that were counted, or of a line item those that were explained. */
  known: z.int(),
  served: z.int(),
  servedShare: z.number(),
  lost: z.array(Lost),
});
export type LossDay = z.infer<typeof LossDay>;

/** A change on the audit trail that may be why. */
export const LossMarker = z.object({
  id: z.string(),
  at: Instant,
  day: DateOnly,
  actorName: z.string(),
  operation: z.string(),
  change: z.enum(['created', 'updated', 'deleted', 'noted']),
  entityKind: z.string(),
  entityId: z.string(),
  /** Names of the fields that changed. */
  fields: z.array(z.string()),
  reason: z.string().nullable(),
});
export type LossMarker = z.infer<typeof LossMarker>;

export const LossHistory = z.object({
  /** `counted`: every request. `explained`: a sample of logged decisions, made again with every reason. */
  basis: z.enum(['counted', 'explained']),
  lineItemId: z.string().nullable(),
  placementId: z.string().nullable(),
  timeZone: z.string(),
  from: DateOnly,
  to: DateOnly,
  requests: z.int(),
  known: z.int(),
  /** How exact it is, in words. */
  detail: z.string(),
  /** Every day, oldest first. */
  days: z.array(LossDay),
  /** Over all days, most first. */
  reasons: z.array(z.object({ reason: z.string(), count: z.int() })),
  /** Oldest first, the newest 200; null when the caller may not read the audit trail. */
  changes: z.array(LossMarker).nullable(),
  changesTotal: z.int().nullable(),
});
export type LossHistory = z.infer<typeof LossHistory>;

export const getLossHistory = defineOperation({
  id: 'delivery.getLossHistory',
  summary: 'Lost requests by reason for each of the last days, with what was changed when',
  description:
    'Of the account or one placement every request is counted, by why it got no ad. Of a line item a bounded sample of each hour’s logged decisions is explained, an hour after it: counts are of that sample, and `detail` says how many of how many. Changes are those of the line item, its flights, campaign and creatives, or of the placement and everything sold.',
  effect: 'read',
  permission: 'delivery:read',
  input: z.strictObject({
    lineItemId: LineItemId.optional().meta({ description: 'why this line item did not serve' }),
    placementId: PlacementId.optional().meta({ description: 'requests of this placement only' }),
    days: z.coerce.number().int().min(1).max(LOSS_HISTORY_DAYS).default(LOSS_HISTORY_DAYS),
    timeZone: TimeZone.default('UTC'),
  }),
  output: LossHistory,
  errors: ['line_item.not_found', 'placement.not_found', 'input.invalid'],
  rest: { method: 'GET', path: '/v1/loss-history' },
  cli: { command: 'why history', flags: { lineItemId: 'item', placementId: 'placement' } },
  mcp: {
    tool: 'get_loss_history',
    guidance:
      'Call to see since when requests are lost and to which reason, and what was changed on that day. Give a line item for its own first reasons.',
  },
});

export const lossHistoryOperations = [getLossHistory] as const;
