import { z } from 'zod';
import { DateOnly, Instant, TimeZone } from './common.ts';
import { BillingEntryId, CampaignId, LineItemId } from './ids.ts';
import { BudgetMicros, Micros } from './money.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';
import { ReportFile } from './report.ts';

export const BILLING_ENTRY_KINDS = ['credit', 'make_good'] as const;

/** A correction of what delivery alone would bill: it is cancelled, never changed. */
export const BillingEntry = z.object({
  id: BillingEntryId,
  kind: z.enum(BILLING_ENTRY_KINDS),
  campaignId: CampaignId,
  campaignName: z.string(),
  /** Null: of the campaign as a whole. */
  lineItemId: LineItemId.nullable(),
  lineItemName: z.string().nullable(),
  /** The day whose statement it belongs to. */
  day: DateOnly,
  /** A credit takes this off the bill; of a make-good it is what the owed impressions are worth. */
  amountMicros: Micros,
  currency: z.string(),
  /** Owed without charge; null for a credit. */
  impressions: z.int().nullable(),
  /** The line item that delivers them: what it spends is not billed. Null until one is named, and for a credit. */
  deliveredByLineItemId: LineItemId.nullable(),
  /** Impressions it has delivered; null without one. */
  deliveredImpressions: z.int().nullable(),
  reason: z.string(),
  createdAt: Instant,
  cancelledAt: Instant.nullable(),
});
export type BillingEntry = z.infer<typeof BillingEntry>;

export const listBillingEntries = defineOperation({
  id: 'billing.listBillingEntries',
  summary: 'Credits and make-goods, newest first',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    ...pageInput,
    campaignId: CampaignId.optional().meta({ description: 'of one campaign' }),
    cancelled: z.boolean().default(false).meta({ description: 'the cancelled ones instead' }),
  }),
  output: pageOf(BillingEntry),
  errors: [],
  rest: { method: 'GET', path: '/v1/billing/entries' },
  cli: { command: 'billing entries' },
});

export const createBillingEntry = defineOperation({
  id: 'billing.createBillingEntry',
  summary: 'Grants a credit, or owes impressions as a make-good',
  description:
    'A credit takes money off the statement of its day, never more than was spent. A make-good owes impressions without charge; name the line item that delivers them, and what that one spends is not billed.',
  effect: 'create',
  permission: 'billing:write',
  input: z.strictObject({
    kind: z.enum(BILLING_ENTRY_KINDS).meta({ description: 'credit or make_good' }),
    campaignId: CampaignId,
    lineItemId: LineItemId.optional().meta({ description: 'whose delivery it corrects' }),
    day: DateOnly.optional().meta({
      description: "the day whose statement it belongs to; today in the campaign's time zone when left out",
    }),
    amountMicros: BudgetMicros.optional().meta({
      description:
        "micros of the campaign's currency; of a make-good, its impressions at the price of the line item when left out",
    }),
    impressions: z
      .int()
      .min(1)
      .max(10_000_000_000)
      .optional()
      .meta({ description: 'owed impressions; of a make-good only' }),
    deliveredByLineItemId: LineItemId.optional().meta({
      description: 'line item of the campaign that delivers the make-good',
    }),
    reason: z.string().trim().min(3).max(500).meta({ description: 'why, for the buyer and the audit trail' }),
  }),
  output: BillingEntry,
  errors: [
    'campaign.not_found',
    'line_item.not_found',
    'billing_entry.invalid',
    'billing_entry.exceeds_spend',
  ],
  rest: { method: 'POST', path: '/v1/billing/entries' },
  cli: { command: 'billing add' },
});

export const cancelBillingEntry = defineOperation({
  id: 'billing.cancelBillingEntry',
  summary: 'Cancels a credit or make-good: it stays listed and counts no more',
  effect: 'update',
  permission: 'billing:write',
  input: z.strictObject({
    billingEntryId: BillingEntryId,
    reason: z.string().trim().min(3).max(500).meta({ description: 'why, for the audit trail' }),
  }),
  output: BillingEntry,
  errors: ['billing_entry.not_found', 'billing_entry.cancelled'],
  rest: { method: 'POST', path: '/v1/billing/entries/:billingEntryId/cancel' },
  cli: { command: 'billing cancel', positional: ['billingEntryId'] },
});

const StatementRow = z.object({
  campaignId: z.string(),
  campaignName: z.string().nullable(),
  lineItemId: z.string(),
  lineItemName: z.string().nullable(),
  flightId: z.string(),
  /** Null when rows are not by day. */
  day: DateOnly.nullable(),
  currency: z.string(),
  impressions: z.int(),
  billedImpressions: z.int(),
  /** Delivered and not billed, by why. */
  unbilled: z.array(z.object({ reason: z.string(), impressions: z.int() })),
  /** Of no viewer: in no count before, and never billed. */
  invalidImpressions: z.int(),
  spentMicros: Micros,
  /** It delivers a make-good: its spend is not billed. */
  isMakeGood: z.boolean(),
});
export type StatementRow = z.infer<typeof StatementRow>;

export const BillingStatement = z.object({
  from: DateOnly,
  to: DateOnly,
  timeZone: z.string(),
  startAt: Instant,
  endAt: Instant,
  /** False in a zone half an hour beside UTC: counts are kept by UTC hours, and each counts where it begins. */
  isToTheMinute: z.boolean(),
  rows: z.array(StatementRow),
  /** Flat prices, by the part of a line item's flights that lies in the period. */
  flat: z.array(
    z.object({
      campaignId: z.string(),
      campaignName: z.string(),
      lineItemId: z.string(),
      lineItemName: z.string(),
      currency: z.string(),
      amountMicros: Micros,
    }),
  ),
  entries: z.array(BillingEntry),
  /** One a currency, never added: `netMicros` = spent + flat - make-goods - credits. */
  totals: z.array(
    z.object({
      currency: z.string(),
      spentMicros: Micros,
      flatMicros: Micros,
      makeGoodMicros: Micros,
      creditMicros: Micros,
      netMicros: Micros,
    }),
  ),
  /** Events up to this instant are counted. */
  freshAt: Instant.nullable(),
  /** Whether what is counted agrees with the logs of the delivery nodes, to the unit; null when that was not asked. */
  reconciliation: z
    .object({
      agrees: z.boolean(),
      differences: z.int(),
      /** Spend of all time, as the logs say it and as it is stored. */
      spend: z.array(z.object({ currency: z.string(), logMicros: Micros, storedMicros: Micros })),
      /** Where the logs no longer reach: hours up to this instant are taken as counted. Null when they hold everything. */
      uncomparedThrough: Instant.nullable(),
      /** Of demo history, which no log holds and none is asked about: all that was ever loaded. */
      demoSpend: z.array(z.object({ currency: z.string(), micros: Micros })),
      checkedAt: Instant,
    })
    .nullable(),
});
export type BillingStatement = z.infer<typeof BillingStatement>;

const statementInput = {
  from: DateOnly.optional().meta({ description: 'first day; that of the last whole month when left out' }),
  to: DateOnly.optional().meta({
    description: 'last day, included; that of the last whole month when left out',
  }),
  timeZone: TimeZone.optional().meta({ description: "IANA time zone of days; the account's when left out" }),
  campaignId: z.array(CampaignId).min(1).max(100).optional().meta({ description: 'only these campaigns' }),
  byDay: z.boolean().default(false).meta({ description: 'a row a day' }),
  reconcile: z
    .boolean()
    .default(false)
    .meta({ description: 'compare what is counted with the logs of the delivery nodes first' }),
};

export const getBillingStatement = defineOperation({
  id: 'billing.getBillingStatement',
  summary:
    'What is billed for a period: delivery, flat prices, make-goods and credits, checked against the logs',
  description:
    'Spend is the price of the line item at the time of each impression, as the delivery nodes logged it: nothing is multiplied afterwards. Events of no viewer and impressions beyond the budget are listed and not billed.',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject(statementInput),
  output: BillingStatement,
  errors: ['delivery.unavailable'],
  rest: { method: 'GET', path: '/v1/billing/statement' },
  cli: { command: 'billing statement' },
  mcp: {
    tool: 'get_billing_statement',
    guidance: 'Call for what a period costs; set reconcile to compare it with the logs, which takes longer.',
  },
});

export const exportBillingStatement = defineOperation({
  id: 'billing.exportBillingStatement',
  summary: 'A billing statement as a CSV or XLSX file',
  description:
    'The rows of the statement, flat prices and entries as lines of one table, and their net amounts, which add up to the totals. Money is in units of its currency with six decimals. With `download=true` REST answers the file itself.',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    ...statementInput,
    format: z.enum(['csv', 'xlsx']).default('csv').meta({ description: 'kind of file' }),
  }),
  output: ReportFile,
  errors: ['delivery.unavailable'],
  rest: { method: 'GET', path: '/v1/billing/statement/file', download: true },
  cli: { command: 'billing file' },
});

export const billingOperations = [
  listBillingEntries,
  createBillingEntry,
  cancelBillingEntry,
  getBillingStatement,
  exportBillingStatement,
] as const;
