import {
  archiveReportView,
  createReportView,
  exportReportView,
  getReportView,
  listReportViews,
  runReportView,
  updateReportView,
} from '@cuepoint/contract';
import { and, count, eq, ilike, ne } from 'drizzle-orm';
import { allCampaigns } from '#modules/campaigns';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { homeZone } from '../domain/local-days.ts';
import { definitionOf, questionOf } from '../domain/report-definition.ts';
import type { ReportingPorts } from '../ports.ts';
import { reportFile } from '../report-file.ts';
import { reportPage } from '../report-page.ts';
import { findView, mayHide, noView, showView, viewsSeenBy } from '../report-views.ts';
import { reportScheduleTable, reportViewTable } from '../tables.ts';
import { fileAnswer } from './file-answer.ts';

export function reportViewOperations(ports: ReportingPorts) {
  return [
    implement(listReportViews, async (input, { tx, principal, now }) => {
      const { search, archived } = input;
      const match = and(
        eq(reportViewTable.archived, archived),
        viewsSeenBy(principal),
        search === undefined
          ? undefined
          : ilike(reportViewTable.name, `%${search.replace(/[\\%_]/g, '\\$&')}%`),
      );
      const page = newestFirst(input, { at: reportViewTable.createdAt, id: reportViewTable.id });
      const rows = await tx
        .select()
        .from(reportViewTable)
        .where(and(match, page.beyond))
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx.select({ n: count() }).from(reportViewTable).where(match);
      const { shown, nextCursor } = page.cut(rows, (row) => row.createdAt);
      return { items: shown.map((row) => showView(row, principal, now)), nextCursor, total: total!.n };
    }),

    implement(getReportView, async ({ reportViewId }, { tx, principal, now, fail }) => {
      const row = await findView(tx, principal, reportViewId);
      return row ? showView(row, principal, now) : fail('report_view.not_found', noView(reportViewId));
    }),

    implement(createReportView, async ({ name, visibility, ...said }, context) => {
      const { tx, accountId, principal, now } = context;
      const timeZone = said.timeZone ?? homeZone(await allCampaigns(tx));
      const result = definitionOf(null, { ...said, timeZone });
      if (!result.ok) return context.fail('report_view.invalid', `${result.field}: ${result.problem}.`);
      const id = ports.ids.next('reportView');
      const [row] = await tx
        .insert(reportViewTable)
        .values({
          id,
          accountId,
          name,
          visibility,
          ownerId: principal.id,
          ownerName: principal.name,
          definition: result.definition,
          createdAt: now,
          updatedAt: now,
        })
        .returning();
      const after = showView(row!, principal, now);
      context.record({ entity: { kind: 'report_view', id }, before: null, after });
      context.emit('report_view.changed', { kind: 'report_view', id });
      return after;
    }),

    implement(updateReportView, async ({ reportViewId, name, visibility, ...said }, context) => {
      const { tx, principal, now, fail } = context;
      const row = await findView(tx, principal, reportViewId, { lock: true });
      if (!row) return fail('report_view.not_found', noView(reportViewId));
      context.checkVersion(row.version);
      if (row.archived)
        return fail('report_view.archived', `reportViewId: ${reportViewId} is archived and changes no more.`);
      if (visibility !== undefined && visibility !== row.visibility && !mayHide(row, principal))
        return fail(
          'report_view.not_owner',
          `visibility: ${row.ownerName} shared this view; they or an administrator may make it private.`,
        );
      const result = definitionOf(row.definition, said);
      if (!result.ok) return fail('report_view.invalid', `${result.field}: ${result.problem}.`);
      const [saved] = await tx
        .update(reportViewTable)
        .set({
          name: name ?? row.name,
          visibility: visibility ?? row.visibility,
          definition: result.definition,
          version: row.version + 1,
          updatedAt: now,
        })
        .where(eq(reportViewTable.id, reportViewId))
        .returning();
      const after = showView(saved!, principal, now);
      const entity = { kind: 'report_view', id: reportViewId };
      context.record({ entity, before: showView(row, principal, now), after });
      context.emit('report_view.changed', entity);
      return after;
    }),

    implement(archiveReportView, async ({ reportViewId }, context) => {
      const { tx, principal, now, fail } = context;
      const row = await findView(tx, principal, reportViewId, { lock: true });
      if (!row) return fail('report_view.not_found', noView(reportViewId));
      const schedules = await tx
        .select({ id: reportScheduleTable.id })
        .from(reportScheduleTable)
        .where(
          and(eq(reportScheduleTable.reportViewId, reportViewId), ne(reportScheduleTable.status, 'archived')),
        );
      if (schedules.length > 0)
        return fail(
          'report_view.scheduled',
          `reportViewId: ${reportViewId} is sent by ${schedules.map(({ id }) => id).join(', ')}.`,
        );
      const [saved] = await tx
        .update(reportViewTable)
        .set({ archived: true, version: row.version + 1, updatedAt: now })
        .where(eq(reportViewTable.id, reportViewId))
        .returning();
      const after = showView(saved!, principal, now);
      const entity = { kind: 'report_view', id: reportViewId };
      context.record({ entity, before: showView(row, principal, now), after });
      context.emit('report_view.changed', entity);
      return after;
    }),

    implement(runReportView, async ({ reportViewId, ...page }, { tx, principal, now, fail }) => {
      const row = await findView(tx, principal, reportViewId);
      if (!row) return fail('report_view.not_found', noView(reportViewId));
      return reportPage(ports, tx, now, questionOf(row.definition, now), page);
    }),

    implement(exportReportView, async ({ reportViewId, format }, { tx, principal, now, fail }) => {
      const row = await findView(tx, principal, reportViewId);
      if (!row) return fail('report_view.not_found', noView(reportViewId));
      const { definition } = row;
      const figures = definition.figures ?? undefined;
      return fileAnswer(
        await reportFile(ports, tx, now, questionOf(definition, now), { format, figures }),
        format,
      );
    }),
  ];
}
