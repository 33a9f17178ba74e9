import { z } from 'zod';
import { DateOnly, Instant, TimeZone } from './common.ts';
import { Micros } from './money.ts';
import { defineOperation } from './operation.ts';
import { pageOf } from './page.ts';

export const TIME_DIMENSIONS = ['hour', 'day', 'week', 'month'] as const;
/** What a report is broken down by beside time. */
export const ROW_DIMENSIONS = [
  'campaign',
  'line_item',
  'creative',
  'placement',
  'country',
  'device',
  'reason',
] as const;
export const REPORT_DIMENSIONS = [...TIME_DIMENSIONS, ...ROW_DIMENSIONS] as const;
export type ReportDimension = (typeof REPORT_DIMENSIONS)[number];

const isTime = (dimension: string) => (TIME_DIMENSIONS as readonly string[]).includes(dimension);
const ByReason = z.array(z.object({ reason: z.string(), count: z.int() }));

export const ReportMetrics = z.object({
  /** Decisions; a break is one. Of a campaign, those whose first ad is its. */
  requests: z.int(),
  /** Of those, with an ad. */
  filledRequests: z.int(),
  /** Null where requests without an ad cannot be among those counted: by or of a campaign, line item or creative. */
  fillRate: z.number().nullable(),
  /** Ads decided on: a break has several. */
  decidedAds: z.int(),
  impressions: z.int(),
  starts: z.int(),
  firstQuartiles: z.int(),
  midpoints: z.int(),
  thirdQuartiles: z.int(),
  completes: z.int(),
  /** Completes over starts; null without a start. */
  completionRate: z.number().nullable(),
  clicks: z.int(),
  /** Clicks over impressions; null without an impression. */
  clickRate: z.number().nullable(),
  errors: z.int(),
  /** By VAST error code; empty when the player did not say it. */
  errorsByCode: ByReason,
  noAdByReason: ByReason,
  /** Events held to come from no viewer: in no figure above, and never billed. */
  invalidEvents: z.int(),
  invalidImpressions: z.int(),
  invalidByReason: ByReason,
  /** One entry a currency, never added. */
  spend: z.array(
    z.object({
      currency: z.string(),
      spentMicros: Micros,
      impressions: z.int(),
      /** Impressions that were not left unbilled. */
      billedImpressions: z.int(),
      /** Of billed impressions; null without one. */
      cpmMicros: Micros.nullable(),
      /** Of all impressions; null without one. */
      effectiveCpmMicros: Micros.nullable(),
    }),
  ),
});
export type ReportMetrics = z.infer<typeof ReportMetrics>;

export const Reach = z.object({
  /** Different identities, estimated; its standard error is the report's. */
  viewers: z.int(),
  /** Impressions with an identity over viewers; null without one. */
  averageFrequency: z.number().nullable(),
  /** Impressions by what their identity was made from; a household is another one each day, a session each session. */
  lastingImpressions: z.int(),
  householdImpressions: z.int(),
  sessionImpressions: z.int(),
  /** Impressions of nobody that can be told apart: in no viewer. */
  unidentifiedImpressions: z.int(),
});
export type Reach = z.infer<typeof Reach>;

const ReportRow = z.object({
  keys: z.array(
    z.object({
      dimension: z.enum(REPORT_DIMENSIONS),
      /** An id, a code, a date, the start of an hour; empty where it is not known. */
      value: z.string(),
      /** Of what has one, null when it is gone. */
      name: z.string().nullable(),
    }),
  ),
  /** When the row's stretch of time begins; null when it is not by time. */
  startAt: Instant.nullable(),
  metrics: ReportMetrics,
  reach: Reach.nullable(),
  /** The same of the period before; null when not asked for. */
  previous: ReportMetrics.nullable(),
});
export type ReportRow = z.infer<typeof ReportRow>;

export const DeliveryReport = z.object({
  timeZone: z.string(),
  from: DateOnly,
  to: DateOnly,
  startAt: Instant,
  endAt: Instant,
  /** False in a zone half an hour beside UTC: counts are kept by UTC hours, and each counts where it begins. */
  isToTheMinute: z.boolean(),
  previous: z.object({ from: DateOnly, to: DateOnly }).nullable(),
  currencies: z.array(z.string()),
  /** Events up to this instant are counted; null when that is not known. */
  freshAt: Instant.nullable(),
  reach: z.object({
    /** Share of the number of viewers. */
    standardError: z.number(),
    /** `dimensions`: kept by time, campaign and line item alone. `size`: too many hours and line items for one answer. */
    unavailable: z.enum(['dimensions', 'size']).nullable(),
  }),
  totals: z.object({
    metrics: ReportMetrics,
    reach: Reach.nullable(),
    previous: ReportMetrics.nullable(),
  }),
  rows: pageOf(ReportRow),
});
export type DeliveryReport = z.infer<typeof DeliveryReport>;

/** What a report file may hold of each row; `spend` with its CPM, `reach` with frequency. */
export const REPORT_FIGURES = [
  'requests',
  'filledRequests',
  'fillRate',
  'decidedAds',
  'impressions',
  'starts',
  'firstQuartiles',
  'midpoints',
  'thirdQuartiles',
  'completes',
  'completionRate',
  'clicks',
  'clickRate',
  'errors',
  'invalidEvents',
  'invalidImpressions',
  'spend',
  'errorsByCode',
  'noAdByReason',
  'invalidByReason',
  'reach',
] as const;
export type ReportFigure = (typeof REPORT_FIGURES)[number];

export const REPORT_FORMATS = ['csv', 'xlsx', 'parquet'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const reportFigures = z
  .array(z.enum(REPORT_FIGURES))
  .min(1)
  .refine((list) => new Set(list).size === list.length, 'each figure once')
  .meta({ description: 'which figures a file holds; all when left out' });

const filter = (what: string, accepted = '') =>
  z
    .array(z.string().max(64))
    .min(1)
    .max(100)
    .optional()
    .meta({ description: `only ${what}${accepted}` });

export const reportDimensions = z
  .array(z.enum(REPORT_DIMENSIONS))
  .min(1)
  .max(4)
  .refine((list) => new Set(list).size === list.length, 'each dimension once')
  .refine((list) => list.filter(isTime).length <= 1, 'at most one of hour, day, week and month')
  .meta({ description: 'what to break figures down by, 1 to 4, at most one of time' });

export const reportInput = {
  dimensions: reportDimensions.default(['day']),
  from: DateOnly.optional().meta({
    description: 'first day in the time zone; six before the last one when left out',
  }),
  to: DateOnly.optional().meta({ description: 'last day, included; today when left out' }),
  timeZone: TimeZone.optional().meta({ description: "IANA time zone of days; the account's when left out" }),
  campaignId: filter('these campaigns'),
  lineItemId: filter('these line items'),
  creativeId: filter('these creatives'),
  placementId: filter('these placements'),
  country: filter('these countries', ', ISO 3166-1 alpha-2'),
  device: filter('these device types'),
  reason: filter('these reasons: no ad, unbilled, VAST error code, invalid traffic'),
  compare: z
    .enum(['none', 'previous'])
    .default('none')
    .meta({ description: 'beside the period of equal length before' }),
};

export const reportPageInput = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ description: 'rows a page, 1 to 1000' }),
  cursor: z.string().max(400).optional().meta({ description: 'rows.nextCursor of the page before' }),
};

export const getDeliveryReport = defineOperation({
  id: 'reporting.getDeliveryReport',
  summary: 'Requests, fill, impressions, quartiles, clicks, spend and reach by any of eleven dimensions',
  description:
    'Figures of the account by time, campaign, line item, creative, placement, country, device type and reason, one or several at once, filtered by the same. Rows come by time, then most impressions first. Sums over any dimension are the totals, apart from reach, which counts a viewer once. The answer states its time zone, currencies, and up to when events are counted.',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    ...reportInput,
    ...reportPageInput,
  }),
  output: DeliveryReport,
  errors: [],
  rest: { method: 'GET', path: '/v1/reports/delivery' },
  cli: { command: 'report' },
  mcp: {
    tool: 'get_delivery_report',
    guidance:
      'Call for figures by day, campaign, country, device or reason, and to compare periods; ask for few dimensions at once.',
  },
});

export const ReportFile = z.object({
  fileName: z.string(),
  mediaType: z.string(),
  encoding: z.enum(['utf8', 'base64']),
  content: z.string(),
  rows: z.int(),
  timeZone: z.string(),
  currencies: z.array(z.string()),
  freshAt: Instant.nullable(),
});
export type ReportFile = z.infer<typeof ReportFile>;

export const exportDeliveryReport = defineOperation({
  id: 'reporting.exportDeliveryReport',
  summary: 'A delivery report as a CSV, XLSX or Parquet file, all rows of it',
  description:
    'The same figures as the report, with the answer to nothing left out: up to 50,000 rows. In CSV and XLSX numbers are plain, money is in units of its currency with six decimals, dates are ISO 8601, and text that a spreadsheet would take for a formula begins with an apostrophe. Parquet has typed columns: counts and micros of money as 64-bit integers, days as dates, instants as UTC timestamps, reasons as lists. With `download=true` REST answers the file itself.',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    ...reportInput,
    figures: reportFigures.optional(),
    format: z.enum(REPORT_FORMATS).default('csv').meta({ description: 'kind of file' }),
  }),
  output: ReportFile,
  errors: [],
  rest: { method: 'GET', path: '/v1/reports/delivery/file', download: true },
  cli: { command: 'report-file' },
});

export const reportOperations = [getDeliveryReport, exportDeliveryReport] as const;
