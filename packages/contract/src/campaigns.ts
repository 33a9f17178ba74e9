import { z } from 'zod';
import { DateOnly, Instant, stored, TimeZone } from './common.ts';
import { BrandId, CampaignId, ChannelId, MarketId } from './ids.ts';
import { LineItem, lineItemOperations } from './line-items.ts';
import { BudgetMicros, CpmMicros, Currency, Micros } from './money.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';

export const CampaignStatus = z.enum(['draft', 'active', 'paused', 'completed', 'archived']);
export type CampaignStatus = z.infer<typeof CampaignStatus>;
export const Campaign = z.object({
  id: CampaignId,
  name: z.string(),
  label: z.string(),
  description: z.string(),
  objective: z.string(),
  status: CampaignStatus,
  brandId: BrandId,
  brandName: z.string(),
  marketId: MarketId,
  marketCode: z.string(),
  channelId: ChannelId,
  channelCode: z.string(),
  currency: Currency,
  budgetMicros: Micros,
  startAt: Instant,
  endAt: Instant,
  timeZone: z.string(),
  spentMicros: Micros,
  impressions: z.int(),
  completes: z.int(),
  /**
   * Spend that the pacing plans of its flights would have reached by now: mode, dayparts and a typical day of viewing. As
   * fast as possible expects everything from the start on.
   */
  expectedMicros: Micros,
  /** The same without what is delivered as fast as possible: less than this is behind plan. */
  expectedLeastMicros: Micros,
  creativeCount: z.int(),
  blockingFindings: z.int(),
  demo: z.boolean(),
  ...stored,
});
export type Campaign = z.infer<typeof Campaign>;

export const CampaignDetail = Campaign.extend({ lineItems: z.array(LineItem) });
export type CampaignDetail = z.infer<typeof CampaignDetail>;

export const listCampaigns = defineOperation({
  id: 'campaigns.listCampaigns',
  summary: 'Campaigns with delivery so far; search, filter, sort',
  effect: 'read',
  permission: 'campaigns:read',
  input: z.strictObject({
    ...pageInput,
    search: z.string().max(120).optional().meta({ description: 'part of the name, label or brand' }),
    status: z.array(CampaignStatus).optional().meta({ description: 'default: all but archived' }),
    brandId: BrandId.optional(),
    marketId: MarketId.optional(),
    sort: z.enum(['name', 'startAt', 'endAt', 'budgetMicros', 'createdAt']).default('createdAt'),
    order: z.enum(['asc', 'desc']).default('desc'),
  }),
  output: pageOf(Campaign),
  errors: [],
  rest: { method: 'GET', path: '/v1/campaigns' },
  cli: { command: 'campaigns list' },
  mcp: { tool: 'list_campaigns', guidance: 'Call first to find a campaign by name, brand or status.' },
});

const campaignFields = {
  brandId: BrandId,
  marketId: MarketId,
  channelId: ChannelId,
  label: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .meta({ description: 'campaign label; the full name is generated from it' }),
  description: z.string().max(2000).default(''),
  objective: z.enum(['awareness', 'consideration', 'conversion']).default('awareness'),
  budgetMicros: BudgetMicros,
  cpmMicros: CpmMicros.meta({ description: 'price of 1,000 impressions, micros' }),
  startOn: DateOnly.meta({ description: 'first day, in the time zone' }),
  endOn: DateOnly.meta({ description: 'last day, included' }),
  timeZone: TimeZone.optional().meta({ description: 'default: the zone of the market' }),
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .max(50)
    .default([])
    .meta({ description: 'serve only there; empty = everywhere' }),
};

export const createCampaign = defineOperation({
  id: 'campaigns.createCampaign',
  summary: 'Create a campaign with its first line item and flight; the name is generated',
  effect: 'create',
  permission: 'campaigns:write',
  dryRun: true,
  input: z.strictObject(campaignFields),
  output: CampaignDetail,
  errors: [
    'brand.not_found',
    'market.not_found',
    'channel.not_found',
    'name.invalid',
    'name.taken',
    'campaign.dates_invalid',
    'campaign.budget_invalid',
  ],
  rest: { method: 'POST', path: '/v1/campaigns' },
  cli: { command: 'campaigns create', positional: ['label'] },
  mcp: {
    tool: 'create_campaign',
    guidance: 'Call with ids from the governance lists; use dryRun first to see the generated name.',
  },
});

export const getCampaign = defineOperation({
  id: 'campaigns.getCampaign',
  summary: 'One campaign with its line items and flights',
  effect: 'read',
  permission: 'campaigns:read',
  input: z.strictObject({ campaignId: CampaignId }),
  output: CampaignDetail,
  errors: ['campaign.not_found'],
  rest: { method: 'GET', path: '/v1/campaigns/:campaignId' },
  cli: { command: 'campaigns show', positional: ['campaignId'] },
  mcp: { tool: 'get_campaign', guidance: 'Call for budget, flights and delivery of one campaign.' },
});

export const updateCampaign = defineOperation({
  id: 'campaigns.updateCampaign',
  summary: 'Change a campaign; what is left out stays',
  effect: 'update',
  permission: 'campaigns:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    campaignId: CampaignId,
    label: z.string().trim().min(1).max(80).optional(),
    description: z.string().max(2000).optional(),
    objective: z.enum(['awareness', 'consideration', 'conversion']).optional(),
    budgetMicros: BudgetMicros.optional(),
    startOn: DateOnly.optional(),
    endOn: DateOnly.optional(),
  }),
  output: CampaignDetail,
  errors: [
    'campaign.not_found',
    'name.invalid',
    'name.taken',
    'campaign.dates_invalid',
    'campaign.budget_invalid',
  ],
  rest: { method: 'PUT', path: '/v1/campaigns/:campaignId' },
  cli: { command: 'campaigns update', positional: ['campaignId'] },
});

export const setCampaignStatus = defineOperation({
  id: 'campaigns.setCampaignStatus',
  summary: 'Start, pause, complete or reopen a campaign; serving follows at once',
  effect: 'update',
  permission: 'campaigns:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    campaignId: CampaignId,
    status: z.enum(['draft', 'active', 'paused', 'completed']),
    reason: z.string().max(500).optional(),
  }),
  output: CampaignDetail,
  errors: ['campaign.not_found', 'campaign.transition_denied'],
  rest: { method: 'PUT', path: '/v1/campaigns/:campaignId/status' },
  cli: { command: 'campaigns set-status', positional: ['campaignId', 'status'] },
  mcp: { tool: 'set_campaign_status', guidance: 'Call to pause or start a campaign.' },
});

export const deleteCampaign = defineOperation({
  id: 'campaigns.deleteCampaign',
  summary: 'Delete a campaign that never ran; one with history is archived',
  effect: 'delete',
  permission: 'campaigns:write',
  dryRun: true,
  input: z.strictObject({ campaignId: CampaignId }),
  output: z.object({ campaignId: CampaignId, outcome: z.enum(['deleted', 'archived']) }),
  errors: ['campaign.not_found', 'campaign.transition_denied'],
  rest: { method: 'DELETE', path: '/v1/campaigns/:campaignId' },
  cli: { command: 'campaigns delete', positional: ['campaignId'] },
});

export const campaignsOperations = [
  listCampaigns,
  createCampaign,
  getCampaign,
  updateCampaign,
  setCampaignStatus,
  deleteCampaign,
  ...lineItemOperations,
] as const;
