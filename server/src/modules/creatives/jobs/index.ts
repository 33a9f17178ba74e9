import type { CreativesPorts } from '../ports.ts';
import { createMeasureJob, type MeasureJob } from './measure.ts';
import { createPackageJob, type PackageJob } from './package.ts';
import { MEASURE_QUEUE, PACKAGE_QUEUE, SWEEP_FILES_QUEUE } from './queues.ts';
import { sweepFiles, sweepPackaging, sweepProcessing } from './sweep.ts';

export interface CreativesJobs {
  /** Makes the queues; in every process that enqueues, outside transactions, before anything is sent. */
  createQueues(): Promise<void>;
  /** Starts the handlers and schedules; in processes of the work plane, after `createQueues`. */
  work(): Promise<void>;
  /** Sends again what a crash lost; to be called about once a minute. Answers how many were lost. */
  sweep(): Promise<number>;
  /** Removes files that nothing names any more; scheduled by `work`. Answers how many. */
  sweepFiles(): Promise<number>;
}

export function createJobs(ports: CreativesPorts): CreativesJobs {
  const { queue } = ports;
  return {
    async createQueues() {
      await queue.createQueue(MEASURE_QUEUE, {
        policy: 'exclusive',
        retryLimit: 3,
        retryDelayMs: 2_000,
        attemptLimitMs: 600_000,
      });
      await queue.createQueue(PACKAGE_QUEUE, {
        policy: 'exclusive',
        retryLimit: 3,
        retryDelayMs: 2_000,
        // Longer than all that packaging may take: reading, keeping, and encoding each track in turn.
        attemptLimitMs: 2_400_000,
      });
      await queue.createQueue(SWEEP_FILES_QUEUE, { policy: 'short', retryLimit: 0 });
    },
    async work() {
      // One at a time: ffmpeg takes all cores it finds.
      await queue.work<MeasureJob>(MEASURE_QUEUE, createMeasureJob(ports), { concurrency: 1 });
      await queue.work<PackageJob>(PACKAGE_QUEUE, createPackageJob(ports), { concurrency: 1 });
      await queue.work(SWEEP_FILES_QUEUE, async () => void (await sweepFiles(ports)));
      await queue.schedule(SWEEP_FILES_QUEUE, '17 3 * * *');
    },
    sweep: async () => (await sweepProcessing(ports)) + (await sweepPackaging(ports)),
    sweepFiles: () => sweepFiles(ports),
  };
}
