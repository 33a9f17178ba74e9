import type { DeliveryReport, ReportRow } from '@cuepoint/contract';
import type { FileCell } from './csv.ts';
import type { ReportColumn } from './report-columns.ts';

/** The rows of a report as a table with a line of headers. */
export function reportTable(columns: readonly ReportColumn[], rows: readonly ReportRow[]): FileCell[][] {
  return [columns.map(({ header }) => header), ...rows.map((row) => columns.map(({ of }) => of(row)))];
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
