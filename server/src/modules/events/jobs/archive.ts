import type { Queue } from '../../../platform/queue/index.ts';
import { type ArchiverPorts, type ArchiveTotals, archiveNow } from '../archiver.ts';

const ARCHIVE_QUEUE = 'events.archive';
/** A log is read to its end in far less; what is left is read the next time. */
const ATTEMPT_LIMIT_MS = 20 * 60 * 1000;

export interface ArchiveJobPorts extends ArchiverPorts {
  queue: Pick<Queue, 'createQueue' | 'work' | 'schedule'>;
  onArchived(totals: ArchiveTotals): void;
}

export interface ArchiveJob {
  /** In every process, outside transactions. */
  createQueues(): Promise<void>;
  /** Starts archiving every five minutes; in processes of the work plane, after `createQueues`. */
  work(): Promise<void>;
}

/** Archives the logs. The queue lets one run at a time, however many workers there are. */
export function createArchiveJob(ports: ArchiveJobPorts): ArchiveJob {
  const { queue } = ports;
  return {
    createQueues: () =>
      queue.createQueue(ARCHIVE_QUEUE, {
        policy: 'exclusive',
        retryLimit: 0,
        attemptLimitMs: ATTEMPT_LIMIT_MS,
      }),
    async work() {
      await queue.work(ARCHIVE_QUEUE, async ({ signal }) =>
        ports.onArchived(await archiveNow(ports, signal)),
      );
      await queue.schedule(ARCHIVE_QUEUE, '*/5 * * * *');
    },
  };
}
