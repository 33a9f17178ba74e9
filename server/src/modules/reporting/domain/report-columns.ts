import { type DeliveryReport, REPORT_FIGURES, type ReportFigure, type ReportRow } from '@cuepoint/contract';
import type { FileCell } from './csv.ts';

/** A column of a report as a file: in words for people (CSV, XLSX) and typed for machines (Parquet). */
export interface ReportColumn {
  header: string;
  of(row: ReportRow): FileCell;
  name: string;
  /** In the words of DuckDB. */
  type: string;
  typed(row: ReportRow): unknown;
}

type Head = Omit<DeliveryReport, 'rows'>;
type Reasons = ReadonlyArray<{ reason: string; count: number }>;

const MICROS = 1_000_000;
const REASONS = 'STRUCT(reason VARCHAR, count BIGINT)[]';
const RATES: ReadonlySet<ReportFigure> = new Set(['fillRate', 'completionRate', 'clickRate']);

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A column that says the same in both forms. */
function plain(name: string, type: string, of: (row: ReportRow) => FileCell): ReportColumn {
  return { header: name, name, type, of, typed: of };
}

/**
 * The columns of a report as a file: its dimensions, the figures asked for, the same of the period before.
 * @param figures all of them when undefined
 */
export function reportColumns(
  report: Head,
  dimensions: readonly string[],
  figures: readonly ReportFigure[] = REPORT_FIGURES,
): ReportColumn[] {
  const asked = REPORT_FIGURES.filter((figure) => figures.includes(figure));
  return [
    ...dimensions.flatMap((dimension, index) => keyColumns(report.timeZone, dimension, index)),
    ...asked.flatMap((figure) => figureColumns(report, figure)),
    ...(report.previous === null ? [] : asked.flatMap(previousColumns)),
    plain('fresh_at', 'TIMESTAMPTZ', () => report.freshAt),
  ];
}

function keyColumns(timeZone: string, dimension: string, index: number): ReportColumn[] {
  const value = ({ keys }: ReportRow) => keys[index]!.value;
  if (dimension === 'hour') return [{ ...plain('hour', 'TIMESTAMPTZ', value), header: 'hour (UTC)' }];
  if (dimension === 'day' || dimension === 'week' || dimension === 'month') {
    const type = dimension === 'month' ? 'VARCHAR' : 'DATE';
    return [{ ...plain(dimension, type, value), header: `${dimension} (${timeZone})` }];
  }
  const hasName = ['campaign', 'line_item', 'creative', 'placement'].includes(dimension);
  const own = plain(dimension, 'VARCHAR', value);
  return hasName ? [own, plain(`${dimension}_name`, 'VARCHAR', ({ keys }) => keys[index]!.name)] : [own];
}

function figureColumns(report: Head, figure: ReportFigure): ReportColumn[] {
  switch (figure) {
    case 'spend':
      return report.currencies.flatMap(moneyColumns);
    case 'errorsByCode':
      return [reasonColumn('vast_errors', ({ metrics }) => metrics.errorsByCode)];
    case 'noAdByReason':
      return [reasonColumn('no_ad_reasons', ({ metrics }) => metrics.noAdByReason)];
    case 'invalidByReason':
      return [reasonColumn('invalid_reasons', ({ metrics }) => metrics.invalidByReason)];
    case 'reach':
      if (report.reach.unavailable !== null) return [];
      return [
        plain('reach', 'BIGINT', ({ reach }) => reach?.viewers ?? null),
        plain('average_frequency', 'DOUBLE', ({ reach }) => reach?.averageFrequency ?? null),
        plain('unidentified_impressions', 'BIGINT', ({ reach }) => reach?.unidentifiedImpressions ?? null),
      ];
    default:
      return [plain(snake(figure), typeOf(figure), ({ metrics }) => metrics[figure])];
  }
}

function previousColumns(figure: ReportFigure): ReportColumn[] {
  switch (figure) {
    case 'spend':
    case 'errorsByCode':
    case 'noAdByReason':
    case 'invalidByReason':
    case 'reach':
      return [];
    default:
      return [
        plain(`previous_${snake(figure)}`, typeOf(figure), ({ previous }) => previous?.[figure] ?? null),
      ];
  }
}

const typeOf = (figure: ReportFigure) => (RATES.has(figure) ? 'DOUBLE' : 'BIGINT');

/** In units of the currency for people, in whole micros for machines. */
function moneyColumns(currency: string): ReportColumn[] {
  const of = ({ metrics }: ReportRow) => metrics.spend.find((one) => one.currency === currency);
  const column = (word: string, micros: (row: ReportRow) => number | null): ReportColumn => ({
    header: `${word}_${currency}`,
    name: `${word}_${currency}_micros`,
    type: 'BIGINT',
    typed: micros,
    of: (row) => {
      const value = micros(row);
      return value === null ? null : value / MICROS;
    },
  });
  return [
    column('spend', (row) => of(row)?.spentMicros ?? 0),
    column('cpm', (row) => of(row)?.cpmMicros ?? null),
    column('ecpm', (row) => of(row)?.effectiveCpmMicros ?? null),
  ];
}

function reasonColumn(name: string, list: (row: ReportRow) => Reasons): ReportColumn {
  return {
    header: name,
    name,
    type: REASONS,
    typed: list,
    of: (row) =>
      list(row)
        .map(({ reason, count }) => `${reason || 'unknown'}:${count}`)
        .join(' '),
  };
}
