import {
  downloadReportRun,
  getReportRun,
  listReportRuns,
  retryReportRun,
  runReportSchedule,
} from '@cuepoint/contract';
import { and, count, eq, inArray } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { NO_MAIL } from '../domain/destination.ts';
import { sendRunJob } from '../jobs/names.ts';
import { lockSchedule, noRun, noSchedule, runOf, runsSeenBy, showRuns } from '../report-schedules.ts';
import { viewsSeenBy } from '../report-views.ts';
import type { SchedulePorts } from '../schedule-ports.ts';
import { reportRunTable, reportScheduleTable, reportViewTable } from '../tables.ts';

export function reportRunOperations(ports: SchedulePorts) {
  return [
    implement(runReportSchedule, async ({ reportScheduleId }, context) => {
      const { tx, principal, now, fail } = context;
      const found = await lockSchedule(tx, principal, reportScheduleId);
      if (!found) return fail('report_schedule.not_found', noSchedule(reportScheduleId));
      const { row: schedule, viewName } = found;
      if (schedule.status === 'archived')
        return fail('report_schedule.archived', `reportScheduleId: ${reportScheduleId} is archived.`);
      if (schedule.destination === 'email' && ports.mailer === null)
        return fail('report_schedule.mail_not_set_up', `destination: ${NO_MAIL}`);
      const id = ports.ids.next('reportRun');
      const own = { id, trigger: 'manual' as const, scheduledFor: now, missedRuns: 0 };
      const [row] = await tx
        .insert(reportRunTable)
        .values(runOf(schedule, own, now))
        .returning();
      await sendRunJob(ports.queue, tx, { id, accountId: context.accountId });
      const after = (await showRuns(tx, [{ row: row!, viewId: schedule.reportViewId, viewName }]))[0]!;
      context.record({ entity: { kind: 'report_run', id }, before: null, after });
      context.emit('report_run.changed', { kind: 'report_run', id });
      return after;
    }),

    implement(listReportRuns, async (input, { tx, principal }) => {
      const match = and(
        input.reportScheduleId === undefined
          ? undefined
          : eq(reportRunTable.reportScheduleId, input.reportScheduleId),
        input.status === undefined ? undefined : inArray(reportRunTable.status, input.status),
      );
      const page = newestFirst(input, { at: reportRunTable.createdAt, id: reportRunTable.id });
      const rows = await runsSeenBy(tx, principal, and(match, page.beyond))
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx
        .select({ n: count() })
        .from(reportRunTable)
        .innerJoin(reportScheduleTable, eq(reportScheduleTable.id, reportRunTable.reportScheduleId))
        .innerJoin(reportViewTable, eq(reportViewTable.id, reportScheduleTable.reportViewId))
        .where(and(match, viewsSeenBy(principal)));
      const { shown, nextCursor } = page.cut(
        rows.map((found) => ({ ...found, id: found.row.id })),
        ({ row }) => row.createdAt,
      );
      return { items: await showRuns(tx, shown), nextCursor, total: total!.n };
    }),

    implement(getReportRun, async ({ reportRunId }, { tx, principal, fail }) => {
      const [found] = await runsSeenBy(tx, principal, eq(reportRunTable.id, reportRunId));
      return found ? (await showRuns(tx, [found]))[0]! : fail('report_run.not_found', noRun(reportRunId));
    }),

    implement(retryReportRun, async ({ reportRunId }, context) => {
      const { tx, principal, now, fail } = context;
      const [found] = await runsSeenBy(tx, principal, eq(reportRunTable.id, reportRunId)).for('update', {
        of: reportRunTable,
      });
      if (!found) return fail('report_run.not_found', noRun(reportRunId));
      const { row } = found;
      if (row.status !== 'failed')
        return fail('report_run.not_failed', `reportRunId: ${reportRunId} is ${row.status}, not failed.`);
      const schedule = await lockSchedule(tx, principal, row.reportScheduleId);
      if (schedule?.row.status === 'archived')
        return fail('report_schedule.archived', `reportRunId: ${reportRunId} is of an archived schedule.`);
      if (row.destination === 'email' && ports.mailer === null)
        return fail('report_schedule.mail_not_set_up', `destination: ${NO_MAIL}`);
      const before = (await showRuns(tx, [found]))[0]!;
      const [saved] = await tx
        .update(reportRunTable)
        .set({ status: 'queued', tries: 0, nextAttemptAt: null, problem: null, updatedAt: now })
        .where(eq(reportRunTable.id, reportRunId))
        .returning();
      await sendRunJob(ports.queue, tx, { id: reportRunId, accountId: context.accountId });
      const after = (await showRuns(tx, [{ ...found, row: saved! }]))[0]!;
      const entity = { kind: 'report_run', id: reportRunId };
      context.record({ entity, before, after });
      context.emit('report_run.changed', entity);
      return after;
    }),

    implement(downloadReportRun, async ({ reportRunId }, { tx, principal, fail }) => {
      const [found] = await runsSeenBy(tx, principal, eq(reportRunTable.id, reportRunId));
      if (!found) return fail('report_run.not_found', noRun(reportRunId));
      const { file, status, format } = found.row;
      if (file === null)
        return fail('report_run.no_file', `reportRunId: ${reportRunId} is ${status} and made no file yet.`);
      const bytes = await ports.reportFiles.readBytes(file.storageKey);
      if (bytes === null)
        return fail(
          'report_run.no_file',
          `reportRunId: the file of ${reportRunId} was removed; files are kept for ${ports.keepFileDays} days.`,
        );
      const encoding = format === 'csv' ? ('utf8' as const) : ('base64' as const);
      const { name, mediaType, rows, timeZone, currencies, freshAt } = file;
      return {
        fileName: name,
        mediaType,
        encoding,
        content: bytes.toString(encoding),
        rows,
        timeZone,
        currencies,
        freshAt,
      };
    }),
  ];
}
