import {
  archiveReportSchedule,
  createReportSchedule,
  getReportSchedule,
  getReportScheduleSecret,
  listReportSchedules,
  pauseReportSchedule,
  type ReportSchedule,
  resumeReportSchedule,
  updateReportSchedule,
} from '@cuepoint/contract';
import { and, count, eq, ne } from 'drizzle-orm';
import { type HandlerContext, implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { destinationProblem, NO_MAIL } from '../domain/destination.ts';
import { nextRunAfter, recurrenceOf } from '../domain/recurrence.ts';
import {
  lockSchedule,
  noSchedule,
  type ScheduleRow,
  schedulesSeenBy,
  showSchedules,
} from '../report-schedules.ts';
import { findView, noView, viewsSeenBy } from '../report-views.ts';
import type { SchedulePorts } from '../schedule-ports.ts';
import { reportScheduleTable, reportViewTable } from '../tables.ts';

type Locked = { row: ScheduleRow; viewName: string };
type Changes = Partial<Omit<ScheduleRow, 'id' | 'accountId'>>;

export function reportScheduleOperations(ports: SchedulePorts) {
  const shown = async (tx: HandlerContext['tx'], found: Locked): Promise<ReportSchedule> =>
    (await showSchedules(tx, [found]))[0]!;

  /** Saves a change, with its record and its event. */
  const save = async (context: HandlerContext<never>, found: Locked, changes: Changes) => {
    const { tx, now } = context;
    const { row, viewName } = found;
    const before = await shown(tx, found);
    const [saved] = await tx
      .update(reportScheduleTable)
      .set({ ...changes, version: row.version + 1, updatedAt: now })
      .where(eq(reportScheduleTable.id, row.id))
      .returning();
    const after = await shown(tx, { row: saved!, viewName });
    const entity = { kind: 'report_schedule', id: row.id };
    // A secret that was renewed is named and not shown.
    const secret = (version: number) => ({ secretVersion: version });
    context.record({
      entity,
      before: { ...before, ...secret(row.secretVersion) },
      after: { ...after, ...secret(saved!.secretVersion) },
    });
    context.emit('report_schedule.changed', entity);
    return after;
  };

  return [
    implement(listReportSchedules, async (input, { tx, principal }) => {
      const match = and(
        input.archived
          ? eq(reportScheduleTable.status, 'archived')
          : ne(reportScheduleTable.status, 'archived'),
        input.reportViewId === undefined
          ? undefined
          : eq(reportScheduleTable.reportViewId, input.reportViewId),
      );
      const page = newestFirst(input, { at: reportScheduleTable.createdAt, id: reportScheduleTable.id });
      const rows = await schedulesSeenBy(tx, principal, and(match, page.beyond))
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx
        .select({ n: count() })
        .from(reportScheduleTable)
        .innerJoin(reportViewTable, eq(reportViewTable.id, reportScheduleTable.reportViewId))
        .where(and(match, viewsSeenBy(principal)));
      const { shown: cut, nextCursor } = page.cut(
        rows.map((found) => ({ ...found, id: found.row.id })),
        ({ row }) => row.createdAt,
      );
      return { items: await showSchedules(tx, cut), nextCursor, total: total!.n };
    }),

    implement(getReportSchedule, async ({ reportScheduleId }, { tx, principal, fail }) => {
      const [found] = await schedulesSeenBy(tx, principal, eq(reportScheduleTable.id, reportScheduleId));
      return found ? shown(tx, found) : fail('report_schedule.not_found', noSchedule(reportScheduleId));
    }),

    implement(createReportSchedule, async (input, context) => {
      const { tx, accountId, principal, now, fail } = context;
      const { reportViewId, destination, format, recipients, webhookUrl } = input;
      const view = await findView(tx, principal, reportViewId, { lock: true });
      if (!view) return fail('report_view.not_found', noView(reportViewId));
      if (view.archived)
        return fail('report_view.archived', `reportViewId: ${reportViewId} is archived; nothing sends it.`);
      if (destination === 'email' && ports.mailer === null)
        return fail('report_schedule.mail_not_set_up', `destination: ${NO_MAIL}`);
      const problem = destinationProblem({ destination, recipients, webhookUrl }, ports.webhookRefusal);
      if (problem) return fail('report_schedule.invalid', problem);
      const { frequency, weekday, dayOfMonth, localTime } = input;
      const timeZone = input.timeZone ?? view.definition.timeZone;
      const when = recurrenceOf({ frequency, weekday, dayOfMonth, localTime, timeZone }, input);
      if (!when.ok) return fail('report_schedule.invalid', `${when.field}: ${when.problem}.`);
      const id = ports.ids.next('reportSchedule');
      const [row] = await tx
        .insert(reportScheduleTable)
        .values({
          id,
          accountId,
          reportViewId,
          ...when.value,
          format,
          destination,
          recipients,
          webhookUrl,
          status: 'active',
          nextRunAt: nextRunAfter(when.value, now),
          createdAt: now,
          updatedAt: now,
        })
        .returning();
      const after = await shown(tx, { row: row!, viewName: view.name });
      context.record({ entity: { kind: 'report_schedule', id }, before: null, after });
      context.emit('report_schedule.changed', { kind: 'report_schedule', id });
      return after;
    }),

    implement(updateReportSchedule, async ({ reportScheduleId, renewSecret, ...said }, context) => {
      const { tx, principal, now, fail } = context;
      const found = await lockSchedule(tx, principal, reportScheduleId);
      if (!found) return fail('report_schedule.not_found', noSchedule(reportScheduleId));
      const { row } = found;
      context.checkVersion(row.version);
      if (row.status === 'archived') return fail('report_schedule.archived', archived(reportScheduleId));
      const merged = { ...row };
      for (const [field, value] of Object.entries(said))
        if (value !== undefined) Object.assign(merged, { [field]: value });
      // What another destination had stays behind, unless it was said.
      if (merged.destination !== 'email' && said.recipients === undefined) merged.recipients = [];
      if (merged.destination !== 'webhook' && said.webhookUrl === undefined) merged.webhookUrl = null;
      if (merged.destination === 'email' && ports.mailer === null)
        return fail('report_schedule.mail_not_set_up', `destination: ${NO_MAIL}`);
      const problem = destinationProblem(merged, ports.webhookRefusal);
      if (problem) return fail('report_schedule.invalid', problem);
      if (renewSecret && merged.destination !== 'webhook')
        return fail('report_schedule.invalid', 'renewSecret: only webhooks are signed; accepted: false.');
      const when = recurrenceOf(merged, said);
      if (!when.ok) return fail('report_schedule.invalid', `${when.field}: ${when.problem}.`);
      const { frequency, weekday, dayOfMonth, localTime, timeZone } = when.value;
      return save(context, found, {
        frequency,
        weekday,
        dayOfMonth,
        localTime,
        timeZone,
        format: merged.format,
        destination: merged.destination,
        recipients: merged.recipients,
        webhookUrl: merged.webhookUrl,
        secretVersion: row.secretVersion + (renewSecret ? 1 : 0),
        nextRunAt: row.status === 'active' ? nextRunAfter(when.value, now) : null,
      });
    }),

    implement(pauseReportSchedule, async ({ reportScheduleId }, context) => {
      const found = await lockSchedule(context.tx, context.principal, reportScheduleId);
      if (!found) return context.fail('report_schedule.not_found', noSchedule(reportScheduleId));
      if (found.row.status === 'archived')
        return context.fail('report_schedule.archived', archived(reportScheduleId));
      return save(context, found, { status: 'paused', nextRunAt: null });
    }),

    implement(resumeReportSchedule, async ({ reportScheduleId }, context) => {
      const found = await lockSchedule(context.tx, context.principal, reportScheduleId);
      if (!found) return context.fail('report_schedule.not_found', noSchedule(reportScheduleId));
      const { row } = found;
      if (row.status === 'archived')
        return context.fail('report_schedule.archived', archived(reportScheduleId));
      if (row.destination === 'email' && ports.mailer === null)
        return context.fail('report_schedule.mail_not_set_up', `destination: ${NO_MAIL}`);
      // One that runs keeps its time: it may be due.
      const nextRunAt = row.nextRunAt ?? nextRunAfter(row, context.now);
      return save(context, found, { status: 'active', nextRunAt });
    }),

    implement(archiveReportSchedule, async ({ reportScheduleId }, context) => {
      const found = await lockSchedule(context.tx, context.principal, reportScheduleId);
      if (!found) return context.fail('report_schedule.not_found', noSchedule(reportScheduleId));
      return save(context, found, { status: 'archived', nextRunAt: null });
    }),

    implement(getReportScheduleSecret, async ({ reportScheduleId }, { tx, principal, fail }) => {
      const [found] = await schedulesSeenBy(tx, principal, eq(reportScheduleTable.id, reportScheduleId));
      if (!found) return fail('report_schedule.not_found', noSchedule(reportScheduleId));
      const { destination, secretVersion } = found.row;
      if (destination !== 'webhook')
        return fail(
          'report_schedule.invalid',
          `destination: ${destination} signs nothing; only webhooks do.`,
        );
      return { reportScheduleId, signingSecret: ports.webhookSecret(reportScheduleId, secretVersion) };
    }),
  ];
}

const archived = (id: string) => `reportScheduleId: ${id} is archived; it neither runs nor changes any more.`;
