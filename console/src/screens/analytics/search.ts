import {
  CHART_FIGURES,
  type getDeliveryReport,
  HEAT_DIMENSIONS,
  type HeatDimension,
  type InputOf,
  REPORT_CHARTS,
  type ReportFormat,
  ROW_DIMENSIONS,
  resolvePeriod,
} from '@cuepoint/contract';

/** What a pivot can be broken down by, and a row of it drilled into. */
export type RowDimension = (typeof ROW_DIMENSIONS)[number];

export const CHART_METRICS = CHART_FIGURES;
export type ChartMetric = (typeof CHART_METRICS)[number];

export const SPANS = [1, 7, 30, 90] as const;
/** Days that say themselves what they mean, whenever they are looked at. */
export const NAMED_PERIODS = [
  'yesterday',
  'week_to_date',
  'last_week',
  'month_to_date',
  'last_month',
] as const;
export type NamedPeriod = (typeof NAMED_PERIODS)[number];
const MAX_DAYS = 732;

/** What the address of the screen holds; defaults are left out of it. */
export interface AnalyticsSearch {
  rows?: RowDimension;
  metric?: ChartMetric;
  chart?: (typeof REPORT_CHARTS)[number];
  /** How many, up to `to`, or up to yesterday when they are whole. */
  days?: number;
  whole?: true;
  /** In place of `days`. */
  period?: NamedPeriod;
  /** Last day; today without one. */
  to?: string;
  /** The saved view that this came from. */
  view?: string;
  heatRows?: HeatDimension;
  heatColumns?: HeatDimension;
  zone?: string;
  compare?: true;
  /** One value a dimension, several where a saved view has them. An empty one is what is not known. */
  only?: Partial<Record<RowDimension, string | string[]>>;
}

export const analyticsDefaults = {
  rows: 'campaign',
  metric: 'impressions',
  chart: 'time',
  days: 7,
  heatRows: 'weekday',
  heatColumns: 'hour_of_day',
} as const;

/** Reads an address that a person may have typed: what does not fit is left out. */
export function readAnalyticsSearch(search: Record<string, unknown>): AnalyticsSearch {
  const one = <T>(value: unknown, of: readonly T[]) => of.find((candidate) => candidate === value);
  const rows = one(search.rows, ROW_DIMENSIONS);
  const metric = one(search.metric, CHART_METRICS);
  const chart = one(search.chart, REPORT_CHARTS);
  const period = one(search.period, NAMED_PERIODS);
  const isDays = Number.isInteger(search.days) && Number(search.days) >= 1 && Number(search.days) <= MAX_DAYS;
  const days = isDays ? Number(search.days) : undefined;
  const view =
    typeof search.view === 'string' && /^rvw_[0-9a-z]{8,32}$/.test(search.view) ? search.view : undefined;
  const heatRows = one(search.heatRows, HEAT_DIMENSIONS);
  const heatColumns = one(search.heatColumns, HEAT_DIMENSIONS);
  const to = typeof search.to === 'string' && /^\d{4}-\d\d-\d\d$/.test(search.to) ? search.to : undefined;
  const zone =
    typeof search.zone === 'string' && /^[\w+/-]{1,64}$/.test(search.zone) ? search.zone : undefined;
  const only = readOnly(search.only);
  return {
    ...(rows && { rows }),
    ...(metric && { metric }),
    ...(chart && { chart }),
    ...(days && { days }),
    ...(search.whole === true && { whole: true as const }),
    ...(period && { period }),
    ...(to && { to }),
    ...(zone && { zone }),
    ...(search.compare === true && { compare: true as const }),
    ...(only && { only }),
    ...(view && { view }),
    ...(heatRows && { heatRows }),
    ...(heatColumns && { heatColumns }),
  };
}

function readOnly(value: unknown): AnalyticsSearch['only'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const only: NonNullable<AnalyticsSearch['only']> = {};
  for (const dimension of ROW_DIMENSIONS) {
    const given = (value as Record<string, unknown>)[dimension];
    if (typeof given === 'number') only[dimension] = String(given);
    if (isValue(given)) only[dimension] = given;
    if (Array.isArray(given) && given.length > 0 && given.length <= 100 && given.every(isValue))
      only[dimension] = given;
  }
  return Object.keys(only).length > 0 ? only : undefined;
}

const isValue = (value: unknown): value is string => typeof value === 'string' && value.length <= 64;

/** Values a dimension is narrowed to. */
export function valuesOnly(value: string | string[]): string[] {
  return Array.isArray(value) ? value : [value];
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

/** The days that an address means when today is this day. */
export function daysOf(
  { period, days, whole, to }: AnalyticsSearch,
  today: string,
): { from: string; to: string } {
  if (period) return resolvePeriod({ period }, today);
  const last = { period: 'last_days', days: days ?? analyticsDefaults.days } as const;
  return resolvePeriod({ ...last, includesToday: !whole }, to ?? today);
}

/** The question that an address asks, without its dimensions. */
export function reportInput(search: AnalyticsSearch, today: string): Omit<ReportInput, 'dimensions'> {
  const { from, to } = daysOf(search, today);
  const filters = Object.entries(search.only ?? {}).map(([dimension, value]) => [
    FILTER_FIELDS[dimension as RowDimension],
    valuesOnly(value),
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

export function timeDimension({ days, period }: AnalyticsSearch): 'hour' | 'day' {
  return period === 'yesterday' || (period === undefined && days === 1) ? 'hour' : 'day';
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
