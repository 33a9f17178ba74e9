import type { DeliveryReport, Reach, ReportMetrics } from '@cuepoint/contract';
import { formatMicros } from '../output/render.ts';
import { table } from '../output/table.ts';

const percent = (share: number | null) => (share === null ? '-' : `${(share * 100).toFixed(1)} %`);

/** Rows and totals as a table, and what figures mean: days of which zone, counted up to when, how sure reach is. */
export function reportView(report: DeliveryReport): string {
  const { rows, totals, currencies, timeZone, freshAt, previous } = report;
  const hasReach = report.reach.unavailable === null;
  const head = rows.items[0]?.keys.map(({ dimension }) => dimension) ?? ['totals'];
  const figures = (metrics: ReportMetrics, reach: Reach | null, before: ReportMetrics | null) => [
    String(metrics.requests),
    percent(metrics.fillRate),
    String(metrics.impressions),
    ...(previous === null ? [] : [before === null ? '-' : String(before.impressions)]),
    percent(metrics.completionRate),
    String(metrics.clicks),
    String(metrics.errors),
    ...currencies.map((currency) => {
      const spend = metrics.spend.find((one) => one.currency === currency);
      return formatMicros(spend?.spentMicros ?? 0);
    }),
    ...(hasReach ? [String(reach?.viewers ?? '-'), reach?.averageFrequency?.toFixed(2) ?? '-'] : []),
  ];
  const columns = [
    'Requests',
    'Fill',
    'Impressions',
    ...(previous === null ? [] : ['Before']),
    'VCR',
    'Clicks',
    'Errors',
    ...currencies.map((currency) => `Spend ${currency}`),
    ...(hasReach ? ['Reach', 'Frequency'] : []),
  ];
  const lines = rows.items.map(({ keys, metrics, reach, previous: before }) => [
    ...keys.map(({ value, name }) => name ?? (value || 'unknown')),
    ...figures(metrics, reach, before),
  ]);
  const total = [
    ...head.map((_, index) => (index === 0 ? 'Total' : '')),
    ...figures(totals.metrics, totals.reach, totals.previous),
  ];
  return [
    `${report.from} to ${report.to}, days of ${timeZone}${previous === null ? '' : `, beside ${previous.from} to ${previous.to}`}; counted up to ${freshAt ?? 'an instant that is not known'}`,
    '',
    table(
      [[...head, ...columns], ...lines, total],
      columns.map((_, index) => head.length + index),
    ),
    '',
    ...(hasReach
      ? [
          `Reach is estimated, with a standard error of ${(report.reach.standardError * 100).toFixed(2)} %; ${totals.reach?.unidentifiedImpressions ?? 0} impressions had no identity.`,
        ]
      : []),
    ...(report.isToTheMinute
      ? []
      : ['Days begin within an hour of UTC; such an hour counts where it begins.']),
    ...(rows.nextCursor === null
      ? []
      : [`${rows.items.length} of ${rows.total} rows; next page: --cursor ${rows.nextCursor}`]),
  ]
    .join('\n')
    .trimEnd();
}
