import type { Tx } from '../../../kernel/unit-of-work.ts';
import type { Queue } from '../../../platform/queue/index.ts';

export const RUN_QUEUE = 'reporting.run';
export const SCHEDULE_QUEUE = 'reporting.schedule';
export const FILE_SWEEP_QUEUE = 'reporting.sweep_files';

/** What a job is about; everything else is read when it runs. */
export interface RunJob extends Record<string, unknown> {
  accountId: string;
  reportRunId: string;
}

/** Enqueues with the transaction; at most one job of a run waits or runs. */
export async function sendRunJob(
  queue: Pick<Queue, 'send'>,
  tx: Tx | null,
  run: { id: string; accountId: string },
): Promise<void> {
  const data: RunJob = { accountId: run.accountId, reportRunId: run.id };
  await queue.send(RUN_QUEUE, data, { singletonKey: run.id, ...(tx === null ? {} : { tx }) });
}
