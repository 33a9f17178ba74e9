import { FailForGood, RetryLater } from '../../../platform/queue/index.ts';
import type { SchedulePorts } from '../schedule-ports.ts';
import { makeDueRuns, sweepRuns } from './due-runs.ts';
import { FILE_SWEEP_QUEUE, RUN_QUEUE, type RunJob, SCHEDULE_QUEUE } from './names.ts';
import { failAfterFault, runReport } from './run-report.ts';
import { sweepReportFiles } from './sweep-files.ts';

export interface ReportingJobs {
  /** Makes the queues; in every process that enqueues, outside transactions, before anything is sent. */
  createQueues(): Promise<void>;
  /** Starts the handlers and schedules; in processes of the work plane, after `createQueues`. */
  work(): Promise<void>;
  /** Makes what is due, and sends again what a crash lost; to be called about once a minute. */
  sweep(): Promise<void>;
}

export function createJobs(ports: SchedulePorts, pollingMs?: number): ReportingJobs {
  const { queue } = ports;
  const options = { concurrency: 2, ...(pollingMs === undefined ? {} : { pollingMs }) };
  const sweep = async () => {
    await makeDueRuns(ports);
    await sweepRuns(ports);
  };
  return {
    async createQueues() {
      await queue.createQueue(RUN_QUEUE, {
        policy: 'exclusive',
        retryLimit: 3,
        retryDelayMs: 5_000,
        attemptLimitMs: 10 * 60_000,
      });
      await queue.createQueue(SCHEDULE_QUEUE, { policy: 'short', retryLimit: 0 });
      await queue.createQueue(FILE_SWEEP_QUEUE, { policy: 'short', retryLimit: 0 });
    },
    async work() {
      await queue.work<RunJob>(
        RUN_QUEUE,
        async (job) => {
          try {
            await runReport(ports, job.data, job.signal);
          } catch (error) {
            const isExpected = error instanceof RetryLater || error instanceof FailForGood;
            if (!isExpected && job.lastAttempt) await failAfterFault(ports, job.data);
            throw error;
          }
        },
        options,
      );
      await queue.work(SCHEDULE_QUEUE, sweep);
      await queue.schedule(SCHEDULE_QUEUE, '* * * * *');
      await queue.work(FILE_SWEEP_QUEUE, async () => void (await sweepReportFiles(ports)));
      await queue.schedule(FILE_SWEEP_QUEUE, '41 3 * * *');
    },
    sweep,
  };
}
