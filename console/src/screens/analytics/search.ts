import { type getDeliveryReport, type InputOf, type ReportFormat, ROW_DIMENSIONS } from '@cuepoint/contract';

/** What a pivot can be broken down by, and a row of it drilled into. */
export type RowDimension = (typeof ROW_DIMENSIONS)[number];

export const CHART_METRICS = [
  'impressions',
  'requests',
  'starts',
  'completes',
  'clicks',
  'errors',
  'invalidImpressions',
] as const;
export type ChartMetric = (typeof CHART_METRICS)[number];

export const SPANS = [1, 7, 30, 90] as const;

/** What the address of the screen holds; defaults are left out of it. */
export interface AnalyticsSearch {
  rows?: RowDimension;
  metric?: ChartMetric;
  chart?: 'time' | 'rows';
  days?: (typeof SPANS)[number];
  /** Last day; today without one. */
  to?: string;
  zone?: string;
  compare?: true;
  /** One value a dimension. An empty one is what is not known. */
  only?: Partial<Record<RowDimension, string>>;
}

export const analyticsDefaults = { rows: 'campaign', metric: 'impressions', chart: 'time', days: 7 } as const;

/** Reads an address that a person may have typed: what does not fit is left out. */
export function readAnalyticsSearch(search: Record<string, unknown>): AnalyticsSearch {
  const one = <T>(value: unknown, of: readonly T[]) => of.find((candidate) => candidate === value);
  const rows = one(search.rows, ROW_DIMENSIONS);
  const metric = one(search.metric, CHART_METRICS);
  const chart = one(search.chart, ['time', 'rows'] as const);
  const days = one(search.days, SPANS);
  const to = typeof search.to === 'string' && /^\d{4}-\d\d-\d\d$/.test(search.to) ? search.to : undefined;
  const zone =
    typeof search.zone === 'string' && /^[\w+/-]{1,64}$/.test(search.zone) ? search.zone : undefined;
  const only = readOnly(search.only);
  return {
    ...(rows && { rows }),
    ...(metric && { metric }),
    ...(chart && { chart }),
    ...(days && { days }),
    ...(to && { to }),
    ...(zone && { zone }),
    ...(search.compare === true && { compare: true as const }),
    ...(only && { only }),
  };
}

function readOnly(value: unknown): AnalyticsSearch['only'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const only: NonNullable<AnalyticsSearch['only']> = {};
  for (const dimension of ROW_DIMENSIONS) {
    const given = (value as Record<string, unknown>)[dimension];
    if (typeof given === 'number') only[dimension] = String(given);
    if (typeof given === 'string' && given.length <= 64) only[dimension] = given;
  }
  return Object.keys(only).length > 0 ? only : undefined;
}

type ReportInput = InputOf<typeof getDeliveryReport>;

/** Fields of the operation that filter by a dimension. */
export const FILTER_FIELDS = {
  campaign: 'campaignId',
  line_item: 'lineItemId',
  creative: 'creativeId',
  placement: 'placementId',
  country: 'country',
  device: 'device',
  reason: 'reason',
} as const satisfies Record<RowDimension, keyof ReportInput>;

/** The question that an address asks, without its dimensions. */
export function reportInput(search: AnalyticsSearch, today: string): Omit<ReportInput, 'dimensions'> {
  const to = search.to ?? today;
  const days = search.days ?? analyticsDefaults.days;
  const from = new Date(Date.parse(`${to}T00:00:00Z`) - (days - 1) * 86_400_000).toISOString().slice(0, 10);
  const filters = Object.entries(search.only ?? {}).map(([dimension, value]) => [
    FILTER_FIELDS[dimension as RowDimension],
    [value],
  ]);
  return {
    from,
    to,
    ...(search.zone && { timeZone: search.zone }),
    ...(search.compare && { compare: 'previous' as const }),
    ...Object.fromEntries(filters),
  };
}

/** The address of the same report as a file. */
export function fileAddress(search: AnalyticsSearch, today: string, format: ReportFormat): string {
  const query = new URLSearchParams();
  const by = timeDimension(search);
  const rows = search.rows ?? analyticsDefaults.rows;
  const input = { ...reportInput(search, today), dimensions: [by, rows], format, download: 'true' };
  // A list of one empty value is a name without a value: what is not known.
  for (const [name, value] of Object.entries(input))
    query.set(name, Array.isArray(value) ? value.join(',') : String(value));
  return `/api/v1/reports/delivery/file?${query}`;
}

export function timeDimension({ days }: AnalyticsSearch): 'hour' | 'day' {
  return days === 1 ? 'hour' : 'day';
}

/** The same question about one row alone, broken down by the next dimension that is not settled yet. */
export function drilled(search: AnalyticsSearch, dimension: RowDimension, value: string): AnalyticsSearch {
  const only = { ...search.only, [dimension]: value };
  const from = ROW_DIMENSIONS.indexOf(dimension);
  const rest = [...ROW_DIMENSIONS.slice(from + 1), ...ROW_DIMENSIONS.slice(0, from)];
  return { ...search, only, rows: rest.find((one) => only[one] === undefined) ?? dimension };
}

/** The question without one of its filters. */
export function undrilled(search: AnalyticsSearch, dimension: RowDimension): AnalyticsSearch {
  const { [dimension]: _, ...only } = search.only ?? {};
  const { only: __, ...rest } = search;
  return Object.keys(only).length > 0 ? { ...rest, only } : rest;
}
