import { exportDeliveryReport, getDeliveryReport } from '@cuepoint/contract';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement } from '../../../kernel/implement.ts';
import { deliveryReport } from '../delivery-report.ts';
import type { ReportingPorts } from '../ports.ts';
import { reportFile } from '../report-file.ts';

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
    implement(exportDeliveryReport, async ({ format, figures, ...input }, { tx, now }) => {
      const { bytes, ...file } = await reportFile(ports, tx, now, input, { format, figures });
      const encoding = format === 'csv' ? ('utf8' as const) : ('base64' as const);
      return { ...file, encoding, content: bytes.toString(encoding) };
    }),
  ];
}
