import { exportDeliveryReport, getDeliveryReport } from '@cuepoint/contract';
import { AppError } from '../../../kernel/app-error.ts';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement } from '../../../kernel/implement.ts';
import { XLSX_TYPE, xlsxFile } from '../adapters/xlsx.ts';
import { deliveryReport } from '../delivery-report.ts';
import { csvText } from '../domain/csv.ts';
import { aboutTable, reportTable } from '../domain/report-table.ts';
import type { ReportingPorts } from '../ports.ts';

/** More belongs into files of parts of the time. */
const MAX_FILE_ROWS = 50_000;

export function deliveryReportOperations(ports: ReportingPorts) {
  return [
    implement(getDeliveryReport, async ({ limit, cursor, ...input }, { tx, now }) => {
      const offset = Number(decodeCursor(cursor, 'integer')?.key ?? 0);
      const report = await deliveryReport(ports, tx, now, input, { limit, offset: Math.max(0, offset) });
      const next = offset + report.rows.items.length;
      const nextCursor =
        next < report.rows.total && next > offset ? encodeCursor({ key: String(next), id: '' }) : null;
      return { ...report, rows: { ...report.rows, nextCursor } };
    }),
    implement(exportDeliveryReport, async ({ format, ...input }, { tx, now }) => {
      const report = await deliveryReport(ports, tx, now, input, { limit: MAX_FILE_ROWS, offset: 0 });
      const { items, total } = report.rows;
      if (total > MAX_FILE_ROWS) throw tooLarge(total);
      const table = reportTable(report, items, input.dimensions);
      const { timeZone, currencies, freshAt, from, to } = report;
      const content =
        format === 'csv'
          ? csvText(table)
          : (
              await xlsxFile([
                { name: 'Report', rows: table },
                { name: 'About', rows: aboutTable(report) },
              ])
            ).toString('base64');
      return {
        fileName: `delivery-${input.dimensions.join('-').replaceAll('_', '')}-${from}-${to}.${format}`,
        mediaType: format === 'csv' ? 'text/csv; charset=utf-8' : XLSX_TYPE,
        encoding: format === 'csv' ? ('utf8' as const) : ('base64' as const),
        content,
        rows: items.length,
        timeZone,
        currencies,
        freshAt,
      };
    }),
  ];
}

function tooLarge(rows: number): AppError {
  const accepted = `at most ${MAX_FILE_ROWS} rows: fewer dimensions, days or values`;
  return new AppError(
    'input.invalid',
    `dimensions: the file would have ${rows} rows; accepted: ${accepted}`,
    {
      fields: [{ field: 'dimensions', message: 'too many rows', value: rows, accepted }],
    },
  );
}
