import { z } from 'zod';
import { DateOnly, Instant, TimeZone } from './common.ts';
import { defineOperation } from './operation.ts';

/** Why two counts may differ, by stated rules; a suggestion, in the order they are tried. */
export const DISCREPANCY_CAUSES = [
  'columns_swapped',
  'day_not_over',
  'time_zone_shift',
  'missing_in_file',
  'not_served_here',
  'counts_invalid_traffic',
  'excludes_more_traffic',
  'counted_at_start',
  'counted_at_decision',
  'unexplained',
] as const;

const Cause = z.object({
  cause: z.enum(DISCREPANCY_CAUSES),
  /** What was seen, with the figures that say so. */
  detail: z.string(),
});
export type DiscrepancyCause = z.infer<typeof Cause>;

export const DiscrepancyRow = z.object({
  day: DateOnly,
  id: z.string(),
  name: z.string().nullable(),
  ours: z.int(),
  /** Null when the file has no such row. */
  theirs: z.int().nullable(),
  /** (ours - theirs) / ours; null where one of them is missing. */
  discrepancy: z.number().nullable(),
  /** Above 10 % of ours: ten times the difference is more than ours. */
  isFlagged: z.boolean(),
  oursClicks: z.int(),
  theirsClicks: z.int().nullable(),
  /** Of a flagged row. */
  cause: Cause.nullable(),
});
export type DiscrepancyRow = z.infer<typeof DiscrepancyRow>;

export const Discrepancies = z.object({
  timeZone: z.string(),
  from: DateOnly,
  to: DateOnly,
  freshAt: Instant.nullable(),
  /** Which column was read as what. */
  columns: z.object({
    day: z.string(),
    key: z.string(),
    impressions: z.string(),
    clicks: z.string().nullable(),
  }),
  totals: z.object({
    ours: z.int(),
    theirs: z.int(),
    discrepancy: z.number().nullable(),
    isFlagged: z.boolean(),
    rows: z.int(),
    flaggedRows: z.int(),
  }),
  /** Flagged rows first, the largest difference first. */
  rows: z.array(DiscrepancyRow),
  /** Keys of the file that name nothing of the account, with what they report. */
  unknownKeys: z.array(z.object({ key: z.string(), theirs: z.int() })),
  /** Lines that could not be read, and are in no figure. */
  unread: z.array(z.object({ line: z.int(), problem: z.string() })),
  unreadTotal: z.int(),
});
export type Discrepancies = z.infer<typeof Discrepancies>;

const column = (what: string) =>
  z
    .string()
    .min(1)
    .max(100)
    .meta({ description: `header of the column with ${what}` });

export const findDiscrepancies = defineOperation({
  id: 'reporting.findDiscrepancies',
  summary: "Compare impressions with a third party's CSV, day by day, with a suggested cause",
  description:
    'Use it before a bill is agreed on. The file has a line of headers, and on each line a day (YYYY-MM-DD), a campaign, line item or creative by id or by its exact name, and impressions; clicks if it has them. Counts differ when ten times the difference is more than ours (10 %, base: our figures). Causes are suggested by stated rules: days of another time zone are found by shifting ours by whole hours; others by which of our counts theirs comes within 2 % of.',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    csv: z
      .string()
      .min(1)
      .max(900_000)
      .meta({ description: 'the file as text: comma, semicolon or tab between values' }),
    key: z
      .enum(['campaign', 'line_item', 'creative'])
      .default('campaign')
      .meta({ description: 'what its lines are about' }),
    dayColumn: column('days').default('day'),
    keyColumn: column('ids or names').default('key'),
    impressionsColumn: column('impressions').default('impressions'),
    clicksColumn: column('clicks').optional(),
    timeZone: TimeZone.optional().meta({
      description: "IANA time zone the days are said to be of; the account's when left out",
    }),
  }),
  output: Discrepancies,
  errors: [],
  rest: { method: 'POST', path: '/v1/reports/discrepancies' },
  cli: { command: 'discrepancy', positional: ['csv'] },
});

export const discrepancyOperations = [findDiscrepancies] as const;
