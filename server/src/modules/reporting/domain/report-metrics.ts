import type { ReportMetrics } from '@cuepoint/contract';
import type { ReportCell } from '#modules/events';
import { EVENT_FIGURES } from '../../../kernel/delivery-protocol.ts';

const INVALID = 'invalid_';

/**
 * Sums of hourly rows as figures.
 * @param hasFill false where requests without an ad cannot be among the cells
 */
export function metricsOf(cells: readonly ReportCell[], hasFill: boolean): ReportMetrics {
  const metrics: ReportMetrics = {
    requests: 0,
    filledRequests: 0,
    fillRate: null,
    decidedAds: 0,
    impressions: 0,
    starts: 0,
    firstQuartiles: 0,
    midpoints: 0,
    thirdQuartiles: 0,
    completes: 0,
    completionRate: null,
    clicks: 0,
    clickRate: null,
    errors: 0,
    errorsByCode: [],
    noAdByReason: [],
    invalidEvents: 0,
    invalidImpressions: 0,
    invalidByReason: [],
    spend: [],
  };
  const codes = new Map<string, number>();
  const noAds = new Map<string, number>();
  const invalid = new Map<string, number>();
  const spend = new Map<string, { spentMicros: number; impressions: number; billedImpressions: number }>();
  const add = (to: Map<string, number>, { reason, count }: ReportCell) =>
    to.set(reason, (to.get(reason) ?? 0) + count);
  for (const cell of cells) {
    const { event, reason, count } = cell;
    if (event.startsWith(INVALID)) {
      metrics.invalidEvents += count;
      if (event === `${INVALID}impression`) metrics.invalidImpressions += count;
      add(invalid, cell);
      continue;
    }
    if (event === 'request') {
      metrics.requests += count;
      if (reason === '') metrics.filledRequests += count;
      else add(noAds, cell);
    }
    if (event === 'selection' || (event === 'request' && reason === '')) metrics.decidedAds += count;
    const figure = EVENT_FIGURES[event as keyof typeof EVENT_FIGURES];
    if (figure !== undefined) metrics[figure] += count;
    if (event === 'error') add(codes, cell);
    if (cell.currency === '' || (event !== 'impression' && cell.spentMicros === 0)) continue;
    const sum = spend.get(cell.currency) ?? { spentMicros: 0, impressions: 0, billedImpressions: 0 };
    spend.set(cell.currency, sum);
    sum.spentMicros += cell.spentMicros;
    if (event !== 'impression') continue;
    sum.impressions += count;
    // The reason of an impression says why it is not billed.
    if (reason === '') sum.billedImpressions += count;
  }
  return {
    ...metrics,
    fillRate: hasFill ? ratio(metrics.filledRequests, metrics.requests) : null,
    completionRate: ratio(metrics.completes, metrics.starts),
    clickRate: ratio(metrics.clicks, metrics.impressions),
    errorsByCode: mostFirst(codes),
    noAdByReason: mostFirst(noAds),
    invalidByReason: mostFirst(invalid),
    spend: [...spend]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([currency, sum]) => ({
        currency,
        ...sum,
        cpmMicros: perThousand(sum.spentMicros, sum.billedImpressions),
        effectiveCpmMicros: perThousand(sum.spentMicros, sum.impressions),
      })),
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const perThousand = (micros: number, impressions: number): number | null =>
  impressions === 0 ? null : Math.round((micros / impressions) * 1000);

function mostFirst(counts: ReadonlyMap<string, number>): Array<{ reason: string; count: number }> {
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .sort((left, right) => right.count - left.count || (left.reason < right.reason ? -1 : 1));
}
