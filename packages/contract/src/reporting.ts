import { z } from 'zod';
import { DateOnly, Instant } from './common.ts';
import { CampaignId } from './ids.ts';
import { Micros } from './money.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';

export const DeliveryTotals = z.object({
  requests: z.int(),
  impressions: z.int(),
  starts: z.int(),
  firstQuartiles: z.int(),
  midpoints: z.int(),
  thirdQuartiles: z.int(),
  completes: z.int(),
  clicks: z.int(),
  errors: z.int(),
  spentMicros: Micros,
});
export type DeliveryTotals = z.infer<typeof DeliveryTotals>;

export const CampaignStats = z.object({
  campaignId: CampaignId,
  campaignName: z.string(),
  currency: z.string(),
  timeZone: z.string(),
  totals: DeliveryTotals,
  budgetMicros: Micros,
  remainingMicros: Micros,
  effectiveCpmMicros: Micros.nullable(),
  completionRate: z.number().nullable(),
  byDay: z.array(DeliveryTotals.extend({ day: DateOnly })),
  byCreative: z.array(DeliveryTotals.extend({ creativeId: z.string(), creativeName: z.string() })),
  /** Events held to come from no viewer: in no count above, and never billed. */
  invalidTraffic: z.array(z.object({ event: z.string(), reason: z.string(), count: z.int() })),
  /** Cumulative spend an hour, and what the pacing plans of the flights would have spent. */
  pacing: z.array(z.object({ at: Instant, spentMicros: Micros.nullable(), expectedMicros: Micros })),
  /** Events up to this instant are counted. */
  freshAt: Instant.nullable(),
});
export type CampaignStats = z.infer<typeof CampaignStats>;

const statsInput = {
  from: DateOnly.optional().meta({ description: 'first day, in the time zone of the campaign' }),
  to: DateOnly.optional().meta({ description: 'last day, included' }),
};

export const getCampaignStats = defineOperation({
  id: 'reporting.getCampaignStats',
  summary: 'Impressions, quartiles, clicks, spend and remaining budget of a campaign, by day',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({ campaignId: CampaignId, ...statsInput }),
  output: CampaignStats,
  errors: ['campaign.not_found'],
  rest: { method: 'GET', path: '/v1/campaigns/:campaignId/stats' },
  cli: { command: 'stats', positional: ['campaignId'] },
  mcp: { tool: 'get_campaign_stats', guidance: 'Call for delivery and spend of one campaign.' },
});

export const DeliveryEvent = z.object({
  decisionId: z.string(),
  position: z.int(),
  event: z.string(),
  at: Instant,
  lineItemId: z.string(),
  creativeId: z.string(),
  spentMicros: Micros,
  currency: z.string(),
  invalid: z
    .string()
    .nullable()
    .meta({ description: 'why it is held to come from no viewer; null when it does not' }),
});
export type DeliveryEvent = z.infer<typeof DeliveryEvent>;

export const listDeliveryEvents = defineOperation({
  id: 'reporting.listDeliveryEvents',
  summary: 'Every counted event of a campaign, for a check against the log of the delivery plane',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({ ...pageInput, campaignId: CampaignId }),
  output: pageOf(DeliveryEvent),
  errors: ['campaign.not_found'],
  rest: { method: 'GET', path: '/v1/campaigns/:campaignId/events' },
  cli: { command: 'campaigns events', positional: ['campaignId'] },
});

export const Dashboard = z.object({
  timeZone: z.string(),
  now: Instant,
  freshAt: Instant.nullable(),
  today: DeliveryTotals.omit({ spentMicros: true }),
  /** Never summed over currencies. */
  spend: z.array(
    z.object({ currency: z.string(), todayMicros: Micros, totalMicros: Micros, budgetMicros: Micros }),
  ),
  fillRate: z.number().nullable(),
  completionRate: z.number().nullable(),
  byHour: z.array(z.object({ at: Instant, impressions: z.int(), requests: z.int(), completes: z.int() })),
  attention: z.array(
    z.object({
      kind: z.enum([
        'creative_rejected',
        'qc_blocking',
        'deployment_failed',
        'deployment_rejected',
        'under_pacing',
        'over_pacing',
        'ending_soon',
        'waiting_for_approval',
        'no_approved_creative',
      ]),
      severity: z.enum(['block', 'warn', 'info']),
      title: z.string(),
      detail: z.string(),
      money: z.object({ micros: Micros, currency: z.string() }).nullable(),
      since: Instant,
      target: z.object({ kind: z.enum(['campaign', 'creative', 'deployment']), id: z.string() }),
      simulated: z.boolean(),
    }),
  ),
  campaignCounts: z.record(z.string(), z.int()),
  recentCampaigns: z.array(
    z.object({
      id: CampaignId,
      name: z.string(),
      status: z.string(),
      currency: z.string(),
      spentMicros: Micros,
      budgetMicros: Micros,
      impressions: z.int(),
    }),
  ),
  approvals: z.array(
    z.object({
      creativeId: z.string(),
      name: z.string(),
      thumbnailUrl: z.string().nullable(),
      since: Instant,
    }),
  ),
});
export type Dashboard = z.infer<typeof Dashboard>;

export const getDashboard = defineOperation({
  id: 'reporting.getDashboard',
  summary: 'Today: what needs attention, figures so far, recent campaigns',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({ days: z.coerce.number().int().min(1).max(31).default(7) }),
  output: Dashboard,
  errors: [],
  rest: { method: 'GET', path: '/v1/dashboard', aliases: ['/v1/analytics/dashboard'] },
  cli: { command: 'dashboard' },
  mcp: { tool: 'get_dashboard', guidance: 'Call first in a session to see what needs a person.' },
});

export const reportingOperations = [getCampaignStats, listDeliveryEvents, getDashboard] as const;
