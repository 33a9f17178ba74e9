import { z } from 'zod';
import { Instant, stored, TimeZone } from './common.ts';
import { CampaignId, CreativeId, FlightId, LineItemId } from './ids.ts';
import { BudgetMicros, CpmMicros, Currency, Micros } from './money.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';
import { Dayparts, FrequencyCaps, Separation, Targeting } from './serving-rules.ts';

export const LineItemStatus = z.enum(['draft', 'active', 'paused', 'completed']);
export const LineItemType = z.enum([
  'sponsorship',
  'guaranteed',
  'standard',
  'price_priority',
  'bulk',
  'house',
]);
export type LineItemType = z.infer<typeof LineItemType>;
export const PriceModel = z.enum(['cpm', 'flat']);
export const Pacing = z.enum(['even', 'front_loaded', 'asap']);
export const Rotation = z.enum(['even', 'weighted', 'sequential', 'optimised']);
/** Where in a break it may stand; `edge` is first or last. */
export const PodPosition = z.enum(['any', 'first', 'last', 'edge']);

export const Flight = z.object({
  id: FlightId,
  lineItemId: LineItemId,
  name: z.string(),
  startAt: Instant,
  endAt: Instant,
  timeZone: z.string(),
  /** Null: no limit of money of its own. */
  budgetMicros: Micros.nullable(),
  impressionGoal: z.int().nullable(),
  /** Money of one local day. */
  dailyBudgetMicros: Micros.nullable(),
  spentMicros: Micros,
  /** What the pacing plan would have spent by now; null when neither budget nor goal bounds the flight. */
  expectedMicros: Micros.nullable(),
  impressions: z.int(),
  ...stored,
});
export type Flight = z.infer<typeof Flight>;

/** A creative that the line item may serve. */
export const LineItemCreative = z.object({
  creativeId: CreativeId,
  name: z.string(),
  /** Null until the video is measured. */
  durationMs: z.int().nullable(),
  approval: z.string(),
  weight: z.number(),
  sequence: z.int(),
  startAt: Instant.nullable(),
  endAt: Instant.nullable(),
});
export type LineItemCreative = z.infer<typeof LineItemCreative>;

export const LineItem = z.object({
  id: LineItemId,
  campaignId: CampaignId,
  campaignName: z.string(),
  name: z.string(),
  status: LineItemStatus,
  type: LineItemType,
  /** 1 is served first, 16 last. */
  priority: z.int(),
  priceModel: PriceModel,
  /** With a flat price its rank only. */
  cpmMicros: Micros,
  /** Fee of a flat price, null otherwise. */
  flatMicros: Micros.nullable(),
  currency: Currency,
  /** Sum over flights that state a budget; null when none does. */
  budgetMicros: Micros.nullable(),
  pacing: Pacing,
  /** Share of eligible requests that a sponsorship takes. */
  sharePercent: z.int().nullable(),
  targeting: Targeting,
  /** Countries and devices of the tree's top level, as `countries` and `deviceTypes` set them. */
  countries: z.array(z.string()),
  deviceTypes: z.array(z.string()),
  dayparts: Dayparts,
  frequencyCaps: FrequencyCaps,
  separation: Separation,
  podPosition: PodPosition,
  rotation: Rotation,
  creatives: z.array(LineItemCreative),
  /** No creative is assigned: those of the campaign serve, in equal parts. */
  usesCampaignCreatives: z.boolean(),
  flights: z.array(Flight),
  spentMicros: Micros,
  impressions: z.int(),
  demo: z.boolean(),
  ...stored,
});
export type LineItem = z.infer<typeof LineItem>;

const countries = z
  .array(z.string().regex(/^[A-Z]{2}$/, 'expected an ISO 3166 country such as US'))
  .max(50)
  .meta({
    description: 'serve only there; empty = everywhere; replaces the country predicates of targeting',
  });
const deviceTypes = z
  .array(z.enum(['ctv', 'console', 'set_top_box', 'mobile', 'phone', 'tablet', 'desktop']))
  .max(7)
  .meta({
    description:
      'only these devices; empty = all; mobile is phone; replaces the device predicates of targeting',
  });
const name = z.string().trim().min(1).max(160);
const priority = z.coerce.number().int().min(1).max(16).meta({ description: '1 is served first, 16 last' });
const flatMicros = BudgetMicros.nullable().meta({ description: 'fee of a flat price, micros' });
const sharePercent = z.coerce
  .number()
  .int()
  .min(1)
  .max(100)
  .nullable()
  .meta({ description: 'share of eligible requests a sponsorship takes, 1 to 100' });

const podPosition = PodPosition.meta({ description: 'place in a break; edge is first or last' });

const flightFields = {
  name: z.string().trim().min(1).max(80).optional().meta({ description: 'default: Flight and its number' }),
  startAt: Instant.meta({ description: 'first instant it may serve, UTC' }),
  endAt: Instant.meta({ description: 'first instant it may no longer serve, UTC' }),
  timeZone: TimeZone.optional().meta({ description: 'zone of its days; default: that of the campaign' }),
  budgetMicros: BudgetMicros.nullable().default(null),
  impressionGoal: z.int().min(1).max(100_000_000_000).nullable().default(null),
  dailyBudgetMicros: BudgetMicros.nullable().default(null),
};

export const listLineItems = defineOperation({
  id: 'campaigns.listLineItems',
  summary: 'Line items with flights and delivery so far; search and filter',
  effect: 'read',
  permission: 'campaigns:read',
  input: z.strictObject({
    ...pageInput,
    campaignId: CampaignId.optional(),
    status: z.array(LineItemStatus).optional(),
    type: z.array(LineItemType).optional(),
    search: z.string().max(120).optional().meta({ description: 'part of the name, or its id' }),
  }),
  output: pageOf(LineItem),
  errors: [],
  rest: { method: 'GET', path: '/v1/line-items' },
  cli: { command: 'line-items list' },
  mcp: { tool: 'list_line_items', guidance: 'Call to find a line item by name, campaign, type or status.' },
});

export const getLineItem = defineOperation({
  id: 'campaigns.getLineItem',
  summary: 'One line item with targeting, caps, creatives and flights',
  effect: 'read',
  permission: 'campaigns:read',
  input: z.strictObject({ lineItemId: LineItemId }),
  output: LineItem,
  errors: ['line_item.not_found'],
  rest: { method: 'GET', path: '/v1/line-items/:lineItemId' },
  cli: { command: 'line-items show', positional: ['lineItemId'] },
});

export const createLineItem = defineOperation({
  id: 'campaigns.createLineItem',
  summary: 'Add a line item to a campaign, with its flights',
  effect: 'create',
  permission: 'campaigns:write',
  dryRun: true,
  input: z.strictObject({
    campaignId: CampaignId,
    name: name.optional().meta({ description: 'default: name of the campaign and a number' }),
    type: LineItemType.default('standard'),
    status: z.enum(['draft', 'active']).default('draft'),
    priority: priority.optional().meta({ description: '1 first to 16 last; default: that of the type' }),
    priceModel: PriceModel.default('cpm'),
    cpmMicros: CpmMicros.meta({
      description: 'price of 1,000 impressions, micros; of a flat price the rank',
    }),
    flatMicros: flatMicros.default(null),
    currency: Currency.optional().meta({ description: 'that of the campaign, and no other' }),
    pacing: Pacing.default('even'),
    sharePercent: sharePercent.default(null),
    targeting: Targeting.optional(),
    countries: countries.optional(),
    deviceTypes: deviceTypes.optional(),
    dayparts: Dayparts.default([]),
    frequencyCaps: FrequencyCaps.default([]),
    separation: Separation.default({ scope: 'pod', labels: [] }),
    podPosition: podPosition.default('any'),
    rotation: Rotation.default('even'),
    flights: z.array(z.strictObject(flightFields)).max(50).default([]),
  }),
  output: LineItem,
  errors: [
    'campaign.not_found',
    'campaign.transition_denied',
    'campaign.dates_invalid',
    'campaign.budget_invalid',
    'line_item.invalid',
    'targeting.invalid',
    'flight.invalid',
  ],
  rest: { method: 'POST', path: '/v1/campaigns/:campaignId/line-items' },
  cli: { command: 'line-items create', positional: ['campaignId'] },
});

export const updateLineItem = defineOperation({
  id: 'campaigns.updateLineItem',
  summary: 'Change a line item; what is left out stays; serving follows at once',
  effect: 'update',
  permission: 'campaigns:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    lineItemId: LineItemId,
    name: name.optional(),
    type: LineItemType.optional(),
    status: z.enum(['active', 'paused', 'completed']).optional(),
    priority: priority.optional(),
    priceModel: PriceModel.optional(),
    cpmMicros: CpmMicros.optional(),
    flatMicros: flatMicros.optional(),
    pacing: Pacing.optional(),
    sharePercent: sharePercent.optional(),
    targeting: Targeting.optional(),
    countries: countries.optional(),
    deviceTypes: deviceTypes.optional(),
    dayparts: Dayparts.optional(),
    frequencyCaps: FrequencyCaps.optional(),
    separation: Separation.optional(),
    podPosition: podPosition.optional(),
    rotation: Rotation.optional(),
  }),
  output: LineItem,
  errors: [
    'line_item.not_found',
    'campaign.transition_denied',
    'line_item.invalid',
    'targeting.invalid',
    'flight.invalid',
  ],
  rest: { method: 'PATCH', path: '/v1/line-items/:lineItemId' },
  cli: { command: 'line-items update', positional: ['lineItemId'] },
});

export const deleteLineItem = defineOperation({
  id: 'campaigns.deleteLineItem',
  summary: 'Delete a line item that never ran; one with history is completed',
  effect: 'delete',
  permission: 'campaigns:write',
  dryRun: true,
  input: z.strictObject({ lineItemId: LineItemId }),
  output: z.object({ lineItemId: LineItemId, outcome: z.enum(['deleted', 'completed']) }),
  errors: ['line_item.not_found'],
  rest: { method: 'DELETE', path: '/v1/line-items/:lineItemId' },
  cli: { command: 'line-items delete', positional: ['lineItemId'] },
});

export const setCreativeWeights = defineOperation({
  id: 'campaigns.setCreativeWeights',
  summary: 'Set which creatives a line item serves, by which weight, in which order, from when to when',
  effect: 'update',
  permission: 'campaigns:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    lineItemId: LineItemId,
    creatives: z
      .array(
        z.strictObject({
          creativeId: CreativeId,
          weight: z.number().positive('expected a weight above 0').max(1_000_000).default(1),
          sequence: z.int().min(1).max(1000).optional(),
          startAt: Instant.nullable().default(null),
          endAt: Instant.nullable().default(null),
        }),
      )
      .max(200)
      .meta({ description: 'all of them; none = those of the campaign, in equal parts' }),
  }),
  output: LineItem,
  errors: ['line_item.not_found', 'creative.not_found', 'line_item.invalid'],
  rest: { method: 'PUT', path: '/v1/line-items/:lineItemId/creatives' },
  cli: { command: 'line-items set-creatives', positional: ['lineItemId'] },
});

export const createFlight = defineOperation({
  id: 'campaigns.createFlight',
  summary: 'Add a flight to a line item',
  effect: 'create',
  permission: 'campaigns:write',
  dryRun: true,
  input: z.strictObject({ lineItemId: LineItemId, ...flightFields }),
  output: LineItem,
  errors: ['line_item.not_found', 'campaign.dates_invalid', 'campaign.budget_invalid', 'flight.invalid'],
  rest: { method: 'POST', path: '/v1/line-items/:lineItemId/flights' },
  cli: { command: 'flights create', positional: ['lineItemId'] },
});

export const updateFlight = defineOperation({
  id: 'campaigns.updateFlight',
  summary: 'Change dates, budget or goal of a flight; what is left out stays',
  effect: 'update',
  permission: 'campaigns:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    flightId: FlightId,
    name: z.string().trim().min(1).max(80).optional(),
    startAt: Instant.optional(),
    endAt: Instant.optional(),
    timeZone: TimeZone.optional(),
    budgetMicros: BudgetMicros.nullable().optional(),
    impressionGoal: z.int().min(1).max(100_000_000_000).nullable().optional(),
    dailyBudgetMicros: BudgetMicros.nullable().optional(),
  }),
  output: LineItem,
  errors: ['flight.not_found', 'campaign.dates_invalid', 'campaign.budget_invalid', 'flight.invalid'],
  rest: { method: 'PATCH', path: '/v1/flights/:flightId' },
  cli: { command: 'flights update', positional: ['flightId'] },
});

export const deleteFlight = defineOperation({
  id: 'campaigns.deleteFlight',
  summary: 'Delete a flight that has delivered nothing',
  effect: 'delete',
  permission: 'campaigns:write',
  dryRun: true,
  input: z.strictObject({ flightId: FlightId }),
  output: LineItem,
  errors: ['flight.not_found', 'flight.has_delivery'],
  rest: { method: 'DELETE', path: '/v1/flights/:flightId' },
  cli: { command: 'flights delete', positional: ['flightId'] },
});

export const lineItemOperations = [
  listLineItems,
  getLineItem,
  createLineItem,
  updateLineItem,
  deleteLineItem,
  setCreativeWeights,
  createFlight,
  updateFlight,
  deleteFlight,
] as const;
