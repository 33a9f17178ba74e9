import type { ReportFigure, ReportFormat } from '@cuepoint/contract';
import { AppError } from '../../kernel/app-error.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { PARQUET_TYPE, parquetFile } from './adapters/parquet.ts';
import { XLSX_TYPE, xlsxFile } from './adapters/xlsx.ts';
import { deliveryReport, type ReportQuestion } from './delivery-report.ts';
import { csvText } from './domain/csv.ts';
import { type ReportColumn, reportColumns } from './domain/report-columns.ts';
import { aboutTable, reportTable } from './domain/report-table.ts';
import type { ReportingPorts } from './ports.ts';

/** More belongs into files of parts of the time. */
const MAX_FILE_ROWS = 50_000;

const MEDIA_TYPES: Record<ReportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: XLSX_TYPE,
  parquet: PARQUET_TYPE,
};

export interface BuiltFile {
  fileName: string;
  mediaType: string;
  bytes: Buffer;
  rows: number;
  timeZone: string;
  currencies: string[];
  freshAt: string | null;
}

/**
 * A report on the account of `tx` as a file, all rows of it.
 * @throws AppError `input.invalid` when it has more rows than a file takes
 */
export async function reportFile(
  ports: ReportingPorts,
  tx: Tx,
  now: Date,
  question: ReportQuestion,
  { format, figures }: { format: ReportFormat; figures?: readonly ReportFigure[] | undefined },
): Promise<BuiltFile> {
  const report = await deliveryReport(ports, tx, now, question, { limit: MAX_FILE_ROWS, offset: 0 });
  const { items, total } = report.rows;
  if (total > MAX_FILE_ROWS) throw tooLarge(total);
  const { timeZone, currencies, freshAt, from, to } = report;
  const columns = reportColumns(report, question.dimensions, figures);
  const contents: Record<ReportFormat, () => Promise<Buffer>> = {
    csv: async () => Buffer.from(csvText(reportTable(columns, items))),
    xlsx: () =>
      xlsxFile([
        { name: 'Report', rows: reportTable(columns, items) },
        { name: 'About', rows: aboutTable(report) },
      ]),
    parquet: () =>
      parquetFile(
        typesOf(columns),
        items.map((row) => typed(columns, row)),
        aboutOf(report),
      ),
  };
  return {
    fileName: `delivery-${question.dimensions.join('-').replaceAll('_', '')}-${from}-${to}.${format}`,
    mediaType: MEDIA_TYPES[format],
    bytes: await contents[format](),
    rows: items.length,
    timeZone,
    currencies,
    freshAt,
  };
}

const typesOf = (columns: readonly ReportColumn[]) =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]));

const typed = <R extends Parameters<ReportColumn['typed']>[0]>(columns: readonly ReportColumn[], row: R) =>
  Object.fromEntries(columns.map(({ name, typed: of }) => [name, of(row)]));

/** What the workbook says on its second sheet. */
function aboutOf(report: Parameters<typeof aboutTable>[0]): Record<string, string> {
  return Object.fromEntries(aboutTable(report).map(([what, value]) => [String(what), String(value)]));
}

function tooLarge(rows: number): AppError {
  const accepted = `at most ${MAX_FILE_ROWS} rows: fewer dimensions, days or values`;
  return new AppError(
    'input.invalid',
    `dimensions: the file would have ${rows} rows; accepted: ${accepted}`,
    { fields: [{ field: 'dimensions', message: 'too many rows', value: rows, accepted }] },
  );
}
