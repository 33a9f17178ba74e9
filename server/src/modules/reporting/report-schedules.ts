import type { ReportRun, ReportSchedule } from '@cuepoint/contract';
import { and, asc, desc, eq, inArray, type SQL } from 'drizzle-orm';
import type { Principal } from '../../kernel/principal.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { viewsSeenBy } from './report-views.ts';
import { reportAttemptTable, reportRunTable, reportScheduleTable, reportViewTable } from './tables.ts';

export type ScheduleRow = typeof reportScheduleTable.$inferSelect;
export type RunRow = typeof reportRunTable.$inferSelect;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Schedules and the names of their views; those of views that the principal may see. */
export function schedulesSeenBy(tx: Tx, principal: Principal, match?: SQL) {
  return tx
    .select({ row: reportScheduleTable, viewName: reportViewTable.name })
    .from(reportScheduleTable)
    .innerJoin(reportViewTable, eq(reportViewTable.id, reportScheduleTable.reportViewId))
    .where(and(match, viewsSeenBy(principal)));
}

/** The schedule of this id, archived or not, when the principal may see its view. Locked for a change. Role app. */
export async function lockSchedule(
  tx: Tx,
  principal: Principal,
  id: string,
): Promise<{ row: ScheduleRow; viewName: string } | null> {
  const [found] = await schedulesSeenBy(tx, principal, eq(reportScheduleTable.id, id)).for('update', {
    of: reportScheduleTable,
  });
  return found ?? null;
}

/** Schedules as they are shown, each with its last run. Role app. */
export async function showSchedules(
  tx: Tx,
  found: ReadonlyArray<{ row: ScheduleRow; viewName: string }>,
): Promise<ReportSchedule[]> {
  const ids = found.map(({ row }) => row.id);
  const runs =
    ids.length === 0
      ? []
      : await tx
          .selectDistinctOn([reportRunTable.reportScheduleId])
          .from(reportRunTable)
          .where(inArray(reportRunTable.reportScheduleId, ids))
          .orderBy(reportRunTable.reportScheduleId, desc(reportRunTable.createdAt), desc(reportRunTable.id));
  const last = new Map(runs.map((run) => [run.reportScheduleId, run]));
  return found.map(({ row, viewName }) => {
    const run = last.get(row.id);
    const { accountId: _, secretVersion: __, ...shown } = row;
    return {
      ...shown,
      reportViewName: viewName,
      nextRunAt: iso(row.nextRunAt),
      lastRun: run
        ? {
            id: run.id,
            status: run.status,
            scheduledFor: run.scheduledFor.toISOString(),
            sentAt: iso(run.sentAt),
            problem: run.problem,
          }
        : null,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  });
}

/** Runs as they are shown, each with its attempts, the first one first. Role app. */
export async function showRuns(
  tx: Tx,
  found: ReadonlyArray<{ row: RunRow; viewId: string; viewName: string }>,
): Promise<ReportRun[]> {
  const ids = found.map(({ row }) => row.id);
  const attempts =
    ids.length === 0
      ? []
      : await tx
          .select()
          .from(reportAttemptTable)
          .where(inArray(reportAttemptTable.reportRunId, ids))
          .orderBy(asc(reportAttemptTable.number));
  return found.map(({ row, viewId, viewName }) => {
    const { accountId: _, tries: __, updatedAt: ___, file, ...shown } = row;
    return {
      ...shown,
      reportViewId: viewId,
      reportViewName: viewName,
      scheduledFor: row.scheduledFor.toISOString(),
      file: file === null ? null : fileOf(file),
      attempts: attempts
        .filter(({ reportRunId }) => reportRunId === row.id)
        .map(({ number, startedAt, endedAt, outcome, detail }) => ({
          number,
          startedAt: startedAt.toISOString(),
          endedAt: iso(endedAt),
          outcome,
          detail,
        })),
      nextAttemptAt: iso(row.nextAttemptAt),
      createdAt: row.createdAt.toISOString(),
      sentAt: iso(row.sentAt),
    };
  });
}

function fileOf(file: NonNullable<RunRow['file']>): NonNullable<ReportRun['file']> {
  const { mediaType: _, currencies: __, ...shown } = file;
  return shown;
}

/** Runs with the view they are of; those of views that the principal may see. */
export function runsSeenBy(tx: Tx, principal: Principal, match?: SQL) {
  return tx
    .select({ row: reportRunTable, viewId: reportViewTable.id, viewName: reportViewTable.name })
    .from(reportRunTable)
    .innerJoin(reportScheduleTable, eq(reportScheduleTable.id, reportRunTable.reportScheduleId))
    .innerJoin(reportViewTable, eq(reportViewTable.id, reportScheduleTable.reportViewId))
    .where(and(match, viewsSeenBy(principal)));
}

/** A run that is made when its time has come, or by hand: what it is sent to is what the schedule says now. */
export function runOf(
  schedule: ScheduleRow,
  own: Pick<RunRow, 'id' | 'trigger' | 'scheduledFor' | 'missedRuns'>,
  now: Date,
): typeof reportRunTable.$inferInsert {
  const { accountId, id, format, destination, recipients, webhookUrl } = schedule;
  return {
    ...own,
    accountId,
    reportScheduleId: id,
    format,
    destination,
    recipients,
    webhookUrl,
    createdAt: now,
    updatedAt: now,
  };
}

export const noSchedule = (id: string) =>
  `reportScheduleId: no report schedule ${id} that you can see in this account.`;
export const noRun = (id: string) => `reportRunId: no report run ${id} that you can see in this account.`;
