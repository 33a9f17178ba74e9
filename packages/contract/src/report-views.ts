import { z } from 'zod';
import { DateOnly, stored, TimeZone } from './common.ts';
import { ReportViewId } from './ids.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';
import {
  DeliveryReport,
  REPORT_DIMENSIONS,
  REPORT_FIGURES,
  REPORT_FORMATS,
  ReportFile,
  reportDimensions,
  reportFigures,
  reportPageInput,
} from './report.ts';
import { REPORT_PERIODS } from './report-period.ts';

export const REPORT_CHARTS = ['time', 'rows'] as const;
export const CHART_FIGURES = [
  'impressions',
  'requests',
  'starts',
  'completes',
  'clicks',
  'errors',
  'invalidImpressions',
] as const;

/** Values a report is narrowed to, by dimension; an empty list is no filter, an empty value is what is not known. */
const filters = {
  campaignId: z.array(z.string().max(64)).max(100),
  lineItemId: z.array(z.string().max(64)).max(100),
  creativeId: z.array(z.string().max(64)).max(100),
  placementId: z.array(z.string().max(64)).max(100),
  country: z.array(z.string().max(64)).max(100),
  device: z.array(z.string().max(64)).max(100),
  reason: z.array(z.string().max(64)).max(100),
};
const filterInput = {
  campaignId: filters.campaignId.meta({ description: 'only these campaigns; none named: all' }),
  lineItemId: filters.lineItemId.meta({ description: 'only these line items' }),
  creativeId: filters.creativeId.meta({ description: 'only these creatives' }),
  placementId: filters.placementId.meta({ description: 'only these placements' }),
  country: filters.country.meta({ description: 'only these countries, ISO 3166-1 alpha-2' }),
  device: filters.device.meta({ description: 'only these device types' }),
  reason: filters.reason.meta({
    description: 'only these reasons: no ad, unbilled, VAST error code, invalid traffic',
  }),
};

export const ReportVisibility = z.enum(['private', 'account']);
export type ReportVisibility = z.infer<typeof ReportVisibility>;

/** What a saved view asks and how it shows the answer. */
export const ReportDefinition = z.object({
  dimensions: z.array(z.enum(REPORT_DIMENSIONS)),
  /** Null: all. */
  figures: z.array(z.enum(REPORT_FIGURES)).nullable(),
  ...filters,
  period: z.enum(REPORT_PERIODS),
  days: z.int().nullable(),
  includesToday: z.boolean(),
  from: DateOnly.nullable(),
  to: DateOnly.nullable(),
  timeZone: TimeZone,
  compare: z.enum(['none', 'previous']),
  chart: z.enum(REPORT_CHARTS),
  chartFigure: z.enum(CHART_FIGURES),
});
export type ReportDefinition = z.infer<typeof ReportDefinition>;

export const ReportView = z.object({
  id: ReportViewId,
  name: z.string(),
  visibility: ReportVisibility,
  /** Who made it; a private one is seen by them and by administrators. */
  ownerId: z.string(),
  ownerName: z.string(),
  isOwn: z.boolean(),
  ...ReportDefinition.shape,
  /** The days it means now. */
  resolved: z.object({ from: DateOnly, to: DateOnly }),
  archived: z.boolean(),
  ...stored,
});
export type ReportView = z.infer<typeof ReportView>;

const name = z.string().trim().min(1).max(120).meta({ description: 'what it is called' });
const visibility = ReportVisibility.meta({
  description: '`private`: for its owner and administrators; `account`: for everybody of the account',
});
const fields = {
  period: z.enum(REPORT_PERIODS).meta({
    description: 'days it means, in its time zone, whenever it is looked at; `fixed` from a day to a day',
  }),
  days: z.int().min(1).max(732).nullable().meta({ description: 'how many, with `last_days`' }),
  includesToday: z.boolean().meta({ description: 'with `last_days`: up to today and not to yesterday' }),
  from: DateOnly.nullable().meta({ description: 'first day, with `fixed`' }),
  to: DateOnly.nullable().meta({ description: 'last day, included, with `fixed`' }),
  compare: z.enum(['none', 'previous']).meta({ description: 'beside the period of equal length before' }),
  chart: z.enum(REPORT_CHARTS).meta({ description: 'picture on the screen' }),
  chartFigure: z.enum(CHART_FIGURES).meta({ description: 'figure of the picture' }),
};

export const listReportViews = defineOperation({
  id: 'reporting.listReportViews',
  summary: 'Saved views of the delivery report: your own and those shared with the account, newest first',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    ...pageInput,
    search: z.string().max(120).optional().meta({ description: 'part of the name' }),
    archived: z.boolean().default(false).meta({ description: 'the archived ones instead' }),
  }),
  output: pageOf(ReportView),
  errors: [],
  rest: { method: 'GET', path: '/v1/reports/views' },
  cli: { command: 'report-views list' },
});

export const getReportView = defineOperation({
  id: 'reporting.getReportView',
  summary: 'One saved view, with the days it means now',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({ reportViewId: ReportViewId }),
  output: ReportView,
  errors: ['report_view.not_found'],
  rest: { method: 'GET', path: '/v1/reports/views/:reportViewId' },
  cli: { command: 'report-views show', positional: ['reportViewId'] },
});

export const createReportView = defineOperation({
  id: 'reporting.createReportView',
  summary: 'Saves a question to the delivery report under a name',
  description:
    'Keep a report that is asked again: dimensions, figures, filters, days, comparison, time zone and chart. Days are said once and resolved whenever the view is looked at, in the time zone of the view.',
  effect: 'create',
  permission: 'reporting:write',
  dryRun: true,
  input: z.strictObject({
    name,
    visibility: visibility.default('private'),
    dimensions: reportDimensions.default(['day']),
    figures: reportFigures.nullable().default(null),
    campaignId: filterInput.campaignId.default([]),
    lineItemId: filterInput.lineItemId.default([]),
    creativeId: filterInput.creativeId.default([]),
    placementId: filterInput.placementId.default([]),
    country: filterInput.country.default([]),
    device: filterInput.device.default([]),
    reason: filterInput.reason.default([]),
    period: fields.period.default('last_days'),
    days: fields.days.default(null),
    includesToday: fields.includesToday.default(false),
    from: fields.from.default(null),
    to: fields.to.default(null),
    timeZone: TimeZone.optional().meta({
      description: "IANA time zone of days; the account's when left out",
    }),
    compare: fields.compare.default('none'),
    chart: fields.chart.default('time'),
    chartFigure: fields.chartFigure.default('impressions'),
  }),
  output: ReportView,
  errors: ['report_view.invalid'],
  rest: { method: 'POST', path: '/v1/reports/views' },
  cli: { command: 'report-views create', positional: ['name'] },
});

export const updateReportView = defineOperation({
  id: 'reporting.updateReportView',
  summary: 'Changes a saved view; what is left out stays',
  effect: 'update',
  permission: 'reporting:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    reportViewId: ReportViewId,
    name: name.optional(),
    visibility: visibility.optional(),
    dimensions: reportDimensions.optional(),
    figures: reportFigures.nullable().optional(),
    campaignId: filterInput.campaignId.optional(),
    lineItemId: filterInput.lineItemId.optional(),
    creativeId: filterInput.creativeId.optional(),
    placementId: filterInput.placementId.optional(),
    country: filterInput.country.optional(),
    device: filterInput.device.optional(),
    reason: filterInput.reason.optional(),
    period: fields.period.optional(),
    days: fields.days.optional(),
    includesToday: fields.includesToday.optional(),
    from: fields.from.optional(),
    to: fields.to.optional(),
    timeZone: TimeZone.optional(),
    compare: fields.compare.optional(),
    chart: fields.chart.optional(),
    chartFigure: fields.chartFigure.optional(),
  }),
  output: ReportView,
  errors: ['report_view.not_found', 'report_view.invalid', 'report_view.archived', 'report_view.not_owner'],
  rest: { method: 'PATCH', path: '/v1/reports/views/:reportViewId' },
  cli: { command: 'report-views update', positional: ['reportViewId'] },
});

export const archiveReportView = defineOperation({
  id: 'reporting.archiveReportView',
  summary: 'Archives a saved view',
  effect: 'delete',
  permission: 'reporting:write',
  dryRun: true,
  input: z.strictObject({ reportViewId: ReportViewId }),
  output: ReportView,
  errors: ['report_view.not_found', 'report_view.scheduled'],
  rest: { method: 'DELETE', path: '/v1/reports/views/:reportViewId' },
  cli: { command: 'report-views archive', positional: ['reportViewId'] },
});

export const runReportView = defineOperation({
  id: 'reporting.runReportView',
  summary: 'The delivery report that a saved view asks, as of now',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({ reportViewId: ReportViewId, ...reportPageInput }),
  output: DeliveryReport,
  errors: ['report_view.not_found'],
  rest: { method: 'GET', path: '/v1/reports/views/:reportViewId/report' },
  cli: { command: 'report-views run', positional: ['reportViewId'] },
});

export const exportReportView = defineOperation({
  id: 'reporting.exportReportView',
  summary: 'The delivery report that a saved view asks, as a CSV, XLSX or Parquet file',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    reportViewId: ReportViewId,
    format: z.enum(REPORT_FORMATS).default('csv').meta({ description: 'kind of file' }),
  }),
  output: ReportFile,
  errors: ['report_view.not_found'],
  rest: { method: 'GET', path: '/v1/reports/views/:reportViewId/file', download: true },
  cli: { command: 'report-views file', positional: ['reportViewId'] },
});

export const reportViewOperations = [
  listReportViews,
  getReportView,
  createReportView,
  updateReportView,
  archiveReportView,
  runReportView,
  exportReportView,
] as const;
