import { and, eq, isNull } from 'drizzle-orm';
import { AppError } from '../../../kernel/app-error.ts';
import { difference } from '../../../kernel/difference.ts';
import { systemPrincipal } from '../../../kernel/principal.ts';
import { decideRetry, defaultRetryLimits } from '../../../kernel/retry-policy.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { UpstreamError } from '../../../platform/http-client/index.ts';
import { RetryLater } from '../../../platform/queue/index.ts';
import type { RunRow } from '../report-schedules.ts';
import type { SchedulePorts } from '../schedule-ports.ts';
import { reportAttemptTable, reportRunTable, reportScheduleTable, reportViewTable } from '../tables.ts';
import { buildFile } from './build-file.ts';
import { RUN_QUEUE, type RunJob } from './names.ts';
import { type Sending, sendFile } from './send-file.ts';

/** About an hour in all. */
const RETRY_LIMITS = { ...defaultRetryLimits, maxTries: 8, baseMs: 30_000, capMs: 30 * 60_000 };
type RunChanges = Partial<Omit<RunRow, 'id' | 'accountId'>>;

/**
 * Takes a run as far as it gets: the file is made and kept, the intent to send it is committed, then it leaves outside any
 * transaction, then the outcome is committed. Safe to run again after a crash at any point: an attempt found without an
 * end is closed as interrupted, and the same file is sent again under the same key.
 * @throws RetryLater when figures or the receiver are to be waited for
 */
export async function runReport(
  ports: SchedulePorts,
  { accountId, reportRunId }: RunJob,
  signal?: AbortSignal,
): Promise<void> {
  const job = { ports, accountId, reportRunId };
  const looked = await transact(job, (unit) => look(unit));
  if (looked.kind === 'end') return;
  if (looked.kind === 'wait') throw new RetryLater(looked.delayMs, looked.reason);
  if (looked.run.file === null) {
    const built = await build(job, looked.run);
    if (built.kind === 'end') return;
    if (built.kind === 'wait') throw new RetryLater(built.delayMs, built.reason);
  }
  if (signal?.aborted) throw new RetryLater(0, 'the process stops');
  const sending = await transact(job, (unit) => beginAttempt(unit));
  if (sending === null) return;
  let failure: UpstreamError | null = null;
  try {
    await sendFile(ports, sending, signal);
  } catch (error) {
    // Whether a process that stops had sent it, nobody knows: the next one closes the attempt and sends again.
    if (signal?.aborted) throw new RetryLater(0, 'the process stops');
    if (!UpstreamError.is(error)) throw error;
    failure = error;
  }
  const waitMs = await transact(job, (unit) => endAttempt(unit, failure));
  if (waitMs !== null) throw new RetryLater(waitMs, failure?.message);
}

/** A fault of ours that repeats: the run must not look as if somebody were still at it. */
export async function failAfterFault(
  ports: SchedulePorts,
  { accountId, reportRunId }: RunJob,
): Promise<void> {
  await transact({ ports, accountId, reportRunId }, async (unit) => {
    if (unit.run.status === 'sent' || unit.run.status === 'failed') return;
    if (unit.run.status === 'sending') await closeInterrupted(unit);
    const problem = 'Something failed on our side, several times; the log of the server says what.';
    await unit.change({ status: 'failed', problem, nextAttemptAt: null });
  });
}

interface Work {
  ports: SchedulePorts;
  accountId: string;
  reportRunId: string;
}

/** One short transaction with the run locked. */
interface Unit extends Work {
  tx: Tx;
  now: Date;
  run: RunRow;
  change(changes: RunChanges): Promise<void>;
}

type Looked =
  | { kind: 'end' }
  | { kind: 'wait'; delayMs: number; reason: string }
  | { kind: 'go'; run: RunRow };

async function transact<T>(work: Work, step: (unit: Unit) => Promise<T>): Promise<T> {
  const { ports, accountId, reportRunId } = work;
  let isChanged = false;
  const result = await ports.unitOfWork.withTransaction({ role: 'app', accountId }, async (tx) => {
    isChanged = false;
    const now = ports.clock.now();
    const match = eq(reportRunTable.id, reportRunId);
    const [run] = await tx.select().from(reportRunTable).where(match).for('update');
    if (!run) throw new Error(`no report run ${reportRunId}`);
    const change = async (changes: RunChanges) => {
      isChanged = true;
      await tx
        .update(reportRunTable)
        .set({ ...changes, updatedAt: now })
        .where(match);
      await audit(work, tx, now, run, changes);
    };
    return step({ ...work, tx, now, run, change });
  });
  if (isChanged)
    ports.events.publish({
      type: 'report_run.changed',
      accountId,
      entity: { kind: 'report_run', id: reportRunId },
    });
  return result;
}

/** States are audited; attempts and pauses stand in the run itself. */
async function audit(
  { ports, accountId, reportRunId }: Work,
  tx: Tx,
  now: Date,
  run: RunRow,
  changes: RunChanges,
) {
  if (changes.status !== 'sent' && changes.status !== 'failed') return;
  const { kind, id, name } = systemPrincipal(accountId, 'reporting');
  await ports.recordAudit(tx, [
    {
      id: ports.ids.next('audit'),
      accountId,
      at: now,
      actor: { kind, id, name },
      operation: RUN_QUEUE,
      entity: { kind: 'report_run', id: reportRunId },
      change: 'updated',
      fields: difference({ status: run.status }, { status: changes.status }),
      reason: changes.problem ?? null,
      requestId: ports.ids.request(),
    },
  ]);
}

/** What is to be done with a run, after whatever was done before. */
async function look(unit: Unit): Promise<Looked> {
  const { tx, now, run, change } = unit;
  if (run.status === 'sent' || run.status === 'failed') return { kind: 'end' };
  const [schedule] = await tx
    .select({ status: reportScheduleTable.status })
    .from(reportScheduleTable)
    .where(eq(reportScheduleTable.id, run.reportScheduleId));
  if (run.status === 'sending') await closeInterrupted(unit);
  if (schedule?.status === 'archived') {
    await change({
      status: 'failed',
      problem: 'the schedule was archived before it was sent',
      nextAttemptAt: null,
    });
    return { kind: 'end' };
  }
  const waitMs = (run.nextAttemptAt?.getTime() ?? 0) - now.getTime();
  if (waitMs > 0) return { kind: 'wait', delayMs: waitMs, reason: run.problem ?? 'its time has not come' };
  return { kind: 'go', run };
}

/** An attempt that has no end: the process that made it is gone. */
async function closeInterrupted({ tx, now, run, reportRunId }: Unit): Promise<void> {
  await tx
    .update(reportAttemptTable)
    .set({ endedAt: now, outcome: 'interrupted', detail: 'the process ended before it knew the outcome' })
    .where(and(eq(reportAttemptTable.reportRunId, reportRunId), isNull(reportAttemptTable.endedAt)));
  await tx.update(reportRunTable).set({ status: 'waiting' }).where(eq(reportRunTable.id, run.id));
}

async function build(work: Work, run: RunRow): Promise<Looked> {
  try {
    const built = await buildFile(work.ports, run);
    return await transact(work, async ({ now, change }): Promise<Looked> => {
      if (built.kind === 'built') {
        await change({ file: built.file, nextAttemptAt: null, problem: null });
        return { kind: 'go', run };
      }
      const nextAttemptAt = new Date(now.getTime() + built.delayMs);
      await change({ status: 'waiting', nextAttemptAt, problem: built.reason });
      return built;
    });
  } catch (error) {
    // What the report itself refuses, such as too many rows, is refused the next time as well.
    if (!AppError.is(error)) throw error;
    return transact(work, async ({ change }): Promise<Looked> => {
      await change({ status: 'failed', problem: error.message, nextAttemptAt: null });
      return { kind: 'end' };
    });
  }
}

async function beginAttempt(unit: Unit): Promise<Sending | null> {
  const { tx, now, run, accountId, reportRunId, change } = unit;
  if (run.status === 'sent' || run.status === 'failed' || run.file === null) return null;
  const [of] = await tx
    .select({
      viewId: reportViewTable.id,
      viewName: reportViewTable.name,
      secretVersion: reportScheduleTable.secretVersion,
    })
    .from(reportScheduleTable)
    .innerJoin(reportViewTable, eq(reportViewTable.id, reportScheduleTable.reportViewId))
    .where(eq(reportScheduleTable.id, run.reportScheduleId));
  const before = await tx
    .select({ number: reportAttemptTable.number })
    .from(reportAttemptTable)
    .where(eq(reportAttemptTable.reportRunId, reportRunId));
  const number = before.length + 1;
  await tx.insert(reportAttemptTable).values({ accountId, reportRunId, number, startedAt: now });
  await change({ status: 'sending', tries: run.tries + 1, nextAttemptAt: null });
  return { run, file: run.file, ...of! };
}

/** Answers how long to wait for the next attempt, ms; null when there is none. */
async function endAttempt(unit: Unit, failure: UpstreamError | null): Promise<number | null> {
  const { ports, tx, now, run, reportRunId, change } = unit;
  await tx
    .update(reportAttemptTable)
    .set({ endedAt: now, outcome: failure ? 'failed' : 'sent', detail: failure?.message ?? null })
    .where(and(eq(reportAttemptTable.reportRunId, reportRunId), isNull(reportAttemptTable.endedAt)));
  if (failure === null) {
    await change({ status: 'sent', sentAt: now, problem: null });
    return null;
  }
  const isPermanent = failure.kind === 'rejected' || failure.kind === 'unauthorised';
  const decision = decideRetry(
    {
      outcome: isPermanent ? 'permanent' : failure.kind === 'ambiguous' ? 'ambiguous' : 'retry',
      tries: run.tries,
      retryAfterMs: failure.retryAfterMs,
      random: ports.random(),
    },
    { ...RETRY_LIMITS, ...ports.retryLimits },
  );
  if (decision.kind === 'give_up') {
    await change({ status: 'failed', problem: failure.message });
    return null;
  }
  const nextAttemptAt = new Date(now.getTime() + decision.delayMs);
  await change({ status: 'waiting', nextAttemptAt, problem: failure.message });
  return decision.delayMs;
}
