import type { DeliveryReport } from '@cuepoint/contract';
import { decodeCursor, encodeCursor } from '../../kernel/cursor.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { deliveryReport, type ReportQuestion } from './delivery-report.ts';
import type { ReportingPorts } from './ports.ts';

/** One page of a report's rows, and where the next begins. @throws AppError `input.invalid` for a strange cursor */
export async function reportPage(
  ports: ReportingPorts,
  tx: Tx,
  now: Date,
  question: ReportQuestion,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<DeliveryReport> {
  const offset = Math.max(0, Number(decodeCursor(cursor, 'integer')?.key ?? 0));
  const report = await deliveryReport(ports, tx, now, question, { limit, offset });
  const next = offset + report.rows.items.length;
  const nextCursor =
    next < report.rows.total && next > offset ? encodeCursor({ key: String(next), id: '' }) : null;
  return { ...report, rows: { ...report.rows, nextCursor } };
}
