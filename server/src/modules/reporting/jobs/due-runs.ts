import { and, eq, inArray, lt, lte, sql } from 'drizzle-orm';
import { difference } from '../../../kernel/difference.ts';
import { systemPrincipal } from '../../../kernel/principal.ts';
import { dueRun } from '../domain/recurrence.ts';
import { runOf } from '../report-schedules.ts';
import type { SchedulePorts } from '../schedule-ports.ts';
import { reportRunTable, reportScheduleTable } from '../tables.ts';
import { SCHEDULE_QUEUE, sendRunJob } from './names.ts';

/** Untouched for so long, a run may have lost its job; sending one that has not is refused by the queue. */
const GRACE_MS = 30_000;
const AT_ONCE = 500;

/**
 * Makes a run of each schedule whose time has come: one, also when several times were missed. The run and the job that
 * sends it exist if and only if the schedule has moved on. Answers how many were made.
 */
export async function makeDueRuns(ports: SchedulePorts): Promise<number> {
  const due = await ports.unitOfWork.withTransaction({ role: 'scheduler' }, (tx) =>
    tx
      .select({ id: reportScheduleTable.id, accountId: reportScheduleTable.accountId })
      .from(reportScheduleTable)
      .where(
        and(eq(reportScheduleTable.status, 'active'), lte(reportScheduleTable.nextRunAt, ports.clock.now())),
      )
      .limit(AT_ONCE),
  );
  let made = 0;
  for (const { id, accountId } of due) if (await makeRun(ports, accountId, id)) made++;
  return made;
}

async function makeRun(ports: SchedulePorts, accountId: string, scheduleId: string): Promise<boolean> {
  const runId = ports.ids.next('reportRun');
  const isMade = await ports.unitOfWork.withTransaction({ role: 'app', accountId }, async (tx) => {
    const now = ports.clock.now();
    const match = eq(reportScheduleTable.id, scheduleId);
    const [schedule] = await tx.select().from(reportScheduleTable).where(match).for('update');
    // Somebody else was faster, or it was paused meanwhile.
    if (schedule?.status !== 'active' || schedule.nextRunAt === null || schedule.nextRunAt > now)
      return false;
    const { at, missed, next } = dueRun(schedule, schedule.nextRunAt, now);
    const own = { id: runId, trigger: 'schedule' as const, scheduledFor: at, missedRuns: missed };
    const run = runOf(schedule, own, now);
    await tx.insert(reportRunTable).values(run);
    await tx.update(reportScheduleTable).set({ nextRunAt: next }).where(match);
    await sendRunJob(ports.queue, tx, { id: runId, accountId });
    const { kind, id, name } = systemPrincipal(accountId, 'reporting');
    await ports.recordAudit(tx, [
      {
        id: ports.ids.next('audit'),
        accountId,
        at: now,
        actor: { kind, id, name },
        operation: SCHEDULE_QUEUE,
        entity: { kind: 'report_run', id: runId },
        change: 'created',
        fields: difference(null, { ...own, reportScheduleId: scheduleId, status: 'queued' }),
        reason: missed === 0 ? null : `${missed} earlier runs were missed`,
        requestId: ports.ids.request(),
      },
    ]);
    return true;
  });
  if (isMade)
    ports.events.publish({
      type: 'report_run.changed',
      accountId,
      entity: { kind: 'report_run', id: runId },
    });
  return isMade;
}

/** Enqueues runs again that nobody works on any more; one with a job keeps that. */
export async function sweepRuns(ports: SchedulePorts): Promise<number> {
  const { id, accountId, status, nextAttemptAt, updatedAt } = reportRunTable;
  const before = new Date(ports.clock.now().getTime() - GRACE_MS);
  const left = await ports.unitOfWork.withTransaction({ role: 'scheduler' }, (tx) =>
    tx
      .select({ id, accountId })
      .from(reportRunTable)
      .where(
        and(
          inArray(status, ['queued', 'waiting', 'sending']),
          lt(sql`coalesce(${nextAttemptAt}, ${updatedAt})`, before.toISOString()),
        ),
      )
      .limit(AT_ONCE),
  );
  for (const run of left) await sendRunJob(ports.queue, null, run);
  return left.length;
}
