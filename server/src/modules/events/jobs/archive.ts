import { z } from 'zod';
import type { Queue } from '../../../platform/queue/index.ts';
import { clearIdentities } from '../archive-erasure.ts';
import { type ArchiverPorts, type ArchiveTotals, archiveNow } from '../archiver.ts';

const ARCHIVE_QUEUE = 'events.archive';
/** A log is read to its end in far less; what is left is read the next time. */
const ATTEMPT_LIMIT_MS = 20 * 60 * 1000;

export interface ArchiveJobPorts extends ArchiverPorts {
  queue: Pick<Queue, 'createQueue' | 'work' | 'schedule' | 'send'>;
  onArchived(totals: ArchiveTotals): void;
  /** At the end of each round, while nobody writes to the archive. */
  afterArchived(): Promise<void>;
  /** Days that archived records keep whom they were for. */
  identityDays: number;
  onIdentitiesCleared(records: number): void;
}

export interface ArchiveJob {
  /** In every process, outside transactions. */
  createQueues(): Promise<void>;
  /** Starts archiving every five minutes; in processes of the work plane, after `createQueues`. */
  work(): Promise<void>;
  /** Starts a round now, unless one runs. */
  soon(): Promise<void>;
}

/** Archives the logs. The queue lets one run at a time, however many workers there are. */
export function createArchiveJob(ports: ArchiveJobPorts): ArchiveJob {
  const { queue } = ports;

  async function round(signal: AbortSignal): Promise<void> {
    // A node that is away ends the reading of logs, and keeps nobody from being erased.
    const archived = await archiveNow(ports, signal).then(
      (totals) => ({ totals }),
      (error: unknown) => ({ error }),
    );
    await ports.afterArchived();
    await clearOldIdentities(ports);
    if ('error' in archived) throw archived.error;
    ports.onArchived(archived.totals);
  }

  return {
    soon: async () => void (await queue.send(ARCHIVE_QUEUE, {})),
    createQueues: () =>
      queue.createQueue(ARCHIVE_QUEUE, {
        policy: 'exclusive',
        retryLimit: 0,
        attemptLimitMs: ATTEMPT_LIMIT_MS,
      }),
    async work() {
      await queue.work(ARCHIVE_QUEUE, ({ signal }) => round(signal));
      await queue.schedule(ARCHIVE_QUEUE, '*/5 * * * *');
    },
  };
}

const CLEARED_KEY = 'archive-erasure/cleared.json';
const Cleared = z.object({ day: z.string() });

/** Once a UTC day; the day is kept beside the files, after they are done. */
export async function clearOldIdentities(
  ports: Pick<ArchiveJobPorts, 'store' | 'parquet' | 'clock' | 'identityDays' | 'onIdentitiesCleared'>,
): Promise<void> {
  const { store, clock, identityDays } = ports;
  const now = clock.now();
  const day = now.toISOString().slice(0, 10);
  const text = await store.read(CLEARED_KEY);
  if (text !== null && Cleared.parse(JSON.parse(text)).day === day) return;
  const endedBefore = new Date(now.getTime() - identityDays * 24 * 60 * 60 * 1000);
  ports.onIdentitiesCleared(await clearIdentities(ports, endedBefore));
  await store.write(CLEARED_KEY, JSON.stringify({ day }));
}
