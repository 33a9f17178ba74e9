import type { DeliveryReport, ReportMetrics, ReportRow } from '@cuepoint/contract';
import type { FileCell } from './csv.ts';

interface Column {
  header: string;
  of(row: ReportRow): FileCell;
}

const MICROS = 1_000_000;

const COUNTS = [
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
] as const satisfies readonly (keyof ReportMetrics)[];

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * The rows of a report as a table with a line of headers: what a header says stands in its own words, time with its zone,
 * money with its currency in units of it.
 */
export function reportTable(
  report: Omit<DeliveryReport, 'rows'>,
  rows: readonly ReportRow[],
  dimensions: readonly string[],
): FileCell[][] {
  const columns: Column[] = [
    ...dimensions.flatMap((dimension, index) => keyColumns(report.timeZone, dimension, index)),
    ...COUNTS.map((name) => ({ header: snake(name), of: ({ metrics }: ReportRow) => metrics[name] })),
    ...report.currencies.flatMap(moneyColumns),
    { header: 'vast_errors', of: ({ metrics }) => reasons(metrics.errorsByCode) },
    { header: 'no_ad_reasons', of: ({ metrics }) => reasons(metrics.noAdByReason) },
    { header: 'invalid_reasons', of: ({ metrics }) => reasons(metrics.invalidByReason) },
    ...(report.reach.unavailable === null
      ? [
          { header: 'reach', of: ({ reach }: ReportRow) => reach?.viewers ?? null },
          { header: 'average_frequency', of: ({ reach }: ReportRow) => reach?.averageFrequency ?? null },
          {
            header: 'unidentified_impressions',
            of: ({ reach }: ReportRow) => reach?.unidentifiedImpressions ?? null,
          },
        ]
      : []),
    ...(report.previous === null
      ? []
      : COUNTS.map((name) => ({
          header: `previous_${snake(name)}`,
          of: ({ previous }: ReportRow) => previous?.[name] ?? null,
        }))),
    { header: 'fresh_at', of: () => report.freshAt },
  ];
  return [columns.map(({ header }) => header), ...rows.map((row) => columns.map(({ of }) => of(row)))];
}

function keyColumns(timeZone: string, dimension: string, index: number): Column[] {
  const isTime = ['hour', 'day', 'week', 'month'].includes(dimension);
  const value = {
    header: isTime ? `${dimension} (${dimension === 'hour' ? 'UTC' : timeZone})` : dimension,
    of: ({ keys }: ReportRow) => keys[index]!.value,
  };
  const hasName = ['campaign', 'line_item', 'creative', 'placement'].includes(dimension);
  return hasName
    ? [value, { header: `${dimension}_name`, of: ({ keys }: ReportRow) => keys[index]!.name }]
    : [value];
}

function moneyColumns(currency: string): Column[] {
  const of = ({ metrics }: ReportRow) => metrics.spend.find((one) => one.currency === currency);
  const units = (micros: number | null | undefined) => (micros == null ? null : micros / MICROS);
  return [
    { header: `spend_${currency}`, of: (row) => units(of(row)?.spentMicros ?? 0) },
    { header: `cpm_${currency}`, of: (row) => units(of(row)?.cpmMicros) },
    { header: `ecpm_${currency}`, of: (row) => units(of(row)?.effectiveCpmMicros) },
  ];
}

function reasons(list: ReportMetrics['errorsByCode']): string {
  return list.map(({ reason, count }) => `${reason || 'unknown'}:${count}`).join(' ');
}

/** What a file says of itself, for a sheet of its own. */
export function aboutTable(report: Omit<DeliveryReport, 'rows'>): FileCell[][] {
  const { standardError, unavailable } = report.reach;
  return [
    ['from', report.from],
    ['to', report.to],
    ['time zone', report.timeZone],
    ['currencies, never added', report.currencies.join(', ')],
    ['counted up to', report.freshAt ?? 'not known'],
    [
      'reach',
      unavailable === null
        ? `estimated, standard error ${(standardError * 100).toFixed(2)} %`
        : `not told: ${unavailable === 'dimensions' ? 'it is kept by time, campaign and line item' : 'too much for one answer'}`,
    ],
    ...(report.previous === null
      ? []
      : [['compared with', `${report.previous.from} to ${report.previous.to}`]]),
    ...(report.isToTheMinute ? [] : [['days', 'an hour of UTC counts where it begins']]),
  ];
}
