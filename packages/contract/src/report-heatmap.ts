import { z } from 'zod';
import { DateOnly, Instant } from './common.ts';
import { defineOperation } from './operation.ts';
import { ROW_DIMENSIONS, reportInput } from './report.ts';
import { CHART_FIGURES } from './report-views.ts';

/** What a heatmap has on its sides: the hour and the weekday of the report's time zone, or a dimension of its rows. */
export const HEAT_DIMENSIONS = ['weekday', 'hour_of_day', ...ROW_DIMENSIONS] as const;
export type HeatDimension = (typeof HEAT_DIMENSIONS)[number];

const Side = z.array(
  z.object({
    /** An id or a code, a weekday, an hour from `00` to `23`; empty where it is not known. */
    value: z.string(),
    /** Of what has one, null when it is gone. */
    name: z.string().nullable(),
  }),
);

export const DeliveryHeatmap = z.object({
  timeZone: z.string(),
  from: DateOnly,
  to: DateOnly,
  /** False in a zone half an hour beside UTC: counts are kept by UTC hours, and each counts where it begins. */
  isToTheMinute: z.boolean(),
  freshAt: Instant.nullable(),
  figure: z.enum(CHART_FIGURES),
  /** Weekdays and hours in their order, everything else the most first. */
  rows: Side,
  columns: Side,
  /** A list a row, with a figure a column. */
  cells: z.array(z.array(z.int())),
  total: z.int(),
  /** What is in no cell, as only the largest rows and columns are told. */
  leftOut: z.object({ rows: z.int(), columns: z.int(), figure: z.int() }),
});
export type DeliveryHeatmap = z.infer<typeof DeliveryHeatmap>;

const { dimensions: _, compare: __, ...scope } = reportInput;

export const getDeliveryHeatmap = defineOperation({
  id: 'reporting.getDeliveryHeatmap',
  summary: 'One figure of the delivery report by two dimensions, such as the hours of the week',
  description:
    'A table of the largest 24 rows and 24 columns; what is left out is told. By weekday or hour of the day up to 92 days.',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    ...scope,
    rows: z.enum(HEAT_DIMENSIONS).default('weekday').meta({ description: 'what its rows are' }),
    columns: z.enum(HEAT_DIMENSIONS).default('hour_of_day').meta({ description: 'what its columns are' }),
    figure: z.enum(CHART_FIGURES).default('impressions').meta({ description: 'what its cells are' }),
  }),
  output: DeliveryHeatmap,
  errors: [],
  rest: { method: 'GET', path: '/v1/reports/delivery/heatmap' },
  cli: { command: 'report-heatmap' },
});

export const reportHeatmapOperations = [getDeliveryHeatmap] as const;
