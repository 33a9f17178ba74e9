import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { nextDay, startOfDay } from '../../../kernel/zoned-day.ts';
import { fileProgress } from '../domain/file-progress.ts';
import { daysOf, questionOf } from '../domain/report-definition.ts';
import { reportFile } from '../report-file.ts';
import type { RunRow } from '../report-schedules.ts';
import { RUN_FILES } from '../run-files.ts';
import type { SchedulePorts } from '../schedule-ports.ts';
import { type RunFile, reportScheduleTable, reportViewTable } from '../tables.ts';

const DEFAULT_PATIENCE_MS = 2 * 60 * 60 * 1000;

export type Building = { kind: 'wait'; delayMs: number; reason: string } | { kind: 'built'; file: RunFile };

/**
 * Makes the file of a run and keeps it, unless figures of its days are still to be counted. Repeatable: the same run has
 * the same key, and nothing was sent before its row says that there is a file.
 */
export async function buildFile(ports: SchedulePorts, run: RunRow): Promise<Building> {
  const { accountId, scheduledFor, format } = run;
  const { definition, name } = await ports.unitOfWork.withTransaction(
    { role: 'app', accountId, readOnly: true },
    async (tx) => {
      const [view] = await tx
        .select({ definition: reportViewTable.definition, name: reportViewTable.name })
        .from(reportScheduleTable)
        .innerJoin(reportViewTable, eq(reportViewTable.id, reportScheduleTable.reportViewId))
        .where(eq(reportScheduleTable.id, run.reportScheduleId));
      return view!;
    },
  );
  const { from, to } = daysOf(definition, scheduledFor);
  const progress = fileProgress({
    endsAt: startOfDay(nextDay(to), definition.timeZone),
    scheduledFor,
    createdAt: run.createdAt,
    freshAt: ports.freshAt(),
    now: ports.clock.now(),
    patienceMs: ports.patienceMs ?? DEFAULT_PATIENCE_MS,
  });
  if (progress.kind === 'wait') return progress;
  const figures = definition.figures ?? undefined;
  const built = await ports.unitOfWork.withTransaction({ role: 'app', accountId, readOnly: true }, (tx) =>
    reportFile(ports, tx, scheduledFor, questionOf(definition, scheduledFor), { format, figures }),
  );
  const storageKey = `${RUN_FILES}/${accountId}/${run.reportScheduleId}/${scheduledFor.toISOString().slice(0, 10)}-${run.id}.${format}`;
  await ports.reportFiles.write(storageKey, built.bytes);
  return {
    kind: 'built',
    file: {
      name: fileNameOf(name, built.fileName),
      mediaType: built.mediaType,
      currencies: built.currencies,
      sizeBytes: built.bytes.length,
      sha256: createHash('sha256').update(built.bytes).digest('hex'),
      rows: built.rows,
      from,
      to,
      timeZone: definition.timeZone,
      storageKey,
      freshAt: built.freshAt,
      isComplete: progress.missing === null,
      missing: progress.missing,
    },
  };
}

/** The name of the view before what is in it, in letters that every system takes. */
function fileNameOf(viewName: string, fileName: string): string {
  const plain = viewName
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 60);
  return plain === '' ? fileName : `${plain}-${fileName}`;
}
