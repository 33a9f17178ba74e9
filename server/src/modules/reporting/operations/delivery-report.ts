import { exportDeliveryReport, getDeliveryReport } from '@cuepoint/contract';
import { implement } from '../../../kernel/implement.ts';
import type { ReportingPorts } from '../ports.ts';
import { reportFile } from '../report-file.ts';
import { reportPage } from '../report-page.ts';
import { fileAnswer } from './file-answer.ts';

export function deliveryReportOperations(ports: ReportingPorts) {
  return [
    implement(getDeliveryReport, ({ limit, cursor, ...question }, { tx, now }) =>
      reportPage(ports, tx, now, question, { limit, cursor }),
    ),
    implement(exportDeliveryReport, async ({ format, figures, ...question }, { tx, now }) =>
      fileAnswer(await reportFile(ports, tx, now, question, { format, figures }), format),
    ),
  ];
}
