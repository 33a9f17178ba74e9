import {
  type createReportView,
  type InputOf,
  type ReportView,
  ROW_DIMENSIONS,
  TIME_DIMENSIONS,
} from '@cuepoint/contract';
import {
  type AnalyticsSearch,
  analyticsDefaults,
  FILTER_FIELDS,
  NAMED_PERIODS,
  type RowDimension,
  reportInput,
  timeDimension,
} from './search.ts';

type Definition = Omit<InputOf<typeof createReportView>, 'name' | 'visibility'>;

/** What a saved view shows on the screen, as an address; it names the view. */
export function searchOfView(view: ReportView): AnalyticsSearch {
  const rows = rowsOf(view)[0];
  const only: NonNullable<AnalyticsSearch['only']> = {};
  for (const dimension of ROW_DIMENSIONS) {
    const values = view[FILTER_FIELDS[dimension]];
    if (values.length === 1) only[dimension] = values[0]!;
    if (values.length > 1) only[dimension] = values;
  }
  return {
    ...(rows && rows !== analyticsDefaults.rows && { rows }),
    ...(view.chartFigure !== analyticsDefaults.metric && { metric: view.chartFigure }),
    ...(view.chart !== analyticsDefaults.chart && { chart: view.chart }),
    ...daysOfView(view),
    zone: view.timeZone,
    ...(view.compare === 'previous' && { compare: true as const }),
    ...(Object.keys(only).length > 0 && { only }),
    view: view.id,
  };
}

function daysOfView(view: ReportView): Partial<AnalyticsSearch> {
  const named = NAMED_PERIODS.find((period) => period === view.period);
  if (named) return { period: named };
  const days = (count: number) => (count === analyticsDefaults.days ? {} : { days: count });
  if (view.period === 'today') return { days: 1 };
  if (view.period === 'fixed') {
    const { from, to } = view.resolved;
    return { ...days(Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1), to };
  }
  return {
    ...days(view.days ?? analyticsDefaults.days),
    ...(!view.includesToday && { whole: true as const }),
  };
}

/** Row dimensions of a view, in order. The screen shows the first; reports and files have all of them. */
export function rowsOf(view: Pick<ReportView, 'dimensions'>): RowDimension[] {
  return view.dimensions.filter((one): one is RowDimension => ROW_DIMENSIONS.some((row) => row === one));
}

/**
 * The definition that an address says.
 * @param before the view it changes: what the screen does not show of it stays
 */
export function definitionOfSearch(
  search: AnalyticsSearch,
  zone: string,
  today: string,
  before?: ReportView,
): Definition {
  const { rows, metric, chart, days } = { ...analyticsDefaults, ...search };
  const filters = Object.fromEntries(Object.values(FILTER_FIELDS).map((field) => [field, [] as string[]]));
  const { from, to, compare: _, timeZone: __, ...given } = reportInput(search, today);
  const shown = before ? rowsOf(before) : [];
  const time = before?.dimensions.find((one) => TIME_DIMENSIONS.some((of) => of === one));
  // One figure an hour of one day, and else what the view had.
  const by = timeDimension(search) === 'hour' ? 'hour' : time && time !== 'hour' ? time : 'day';
  const dimensions = shown[0] === rows ? [...shown] : [rows];
  return {
    dimensions: before && time === undefined ? dimensions : [by, ...dimensions],
    figures: before?.figures ?? null,
    ...filters,
    ...given,
    ...(search.period
      ? { period: search.period }
      : search.to
        ? { period: 'fixed' as const, from: from!, to: to! }
        : days === 1 && !search.whole
          ? { period: 'today' as const }
          : { period: 'last_days' as const, days, includesToday: !search.whole }),
    timeZone: search.zone ?? zone,
    compare: search.compare ? 'previous' : 'none',
    chart,
    chartFigure: metric,
  };
}

/** Whether the screen shows something else than the view. */
export function isChanged(search: AnalyticsSearch, view: ReportView): boolean {
  const { heatRows: _, heatColumns: __, ...asked } = search;
  return sorted(asked) !== sorted(searchOfView(view));
}

function sorted(value: object): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}
