import { type JobResult, type JobWithMetadata, PgBoss, type SendOptions as PgBossSendOptions } from 'pg-boss';
import { traced } from '../../kernel/tracing.ts';
import type { Database } from '../database/index.ts';
import { readStats, toDeadLetter } from './reports.ts';
import { FailForGood, RetryLater, UnknownQueueError } from './signals.ts';
import {
  grantEnqueueing,
  jobsSchema,
  queueDatabase,
  takeBackOrphans,
  transactionDatabase,
} from './storage.ts';
import type { Job, JobData, Queue, QueueSettings } from './types.ts';

export interface QueueOptions {
  database: Database;
  /** A fault of the machinery itself (not of a handler). */
  onError: (error: Error) => void;
  /** A handler threw; for logs and metrics. */
  onAttemptFailed?: ((job: Job, error: Error) => void) | undefined;
  /** How often due schedules are looked for, ms. Default 5000. */
  scheduleIntervalMs?: number | undefined;
  /** False in processes that only enqueue: no schedules, no upkeep. Default true. */
  upkeep?: boolean | undefined;
}

const day = 86_400;
/** A running job whose process has given no sign of life for so long is repeated elsewhere. */
const heartbeatSeconds = 30;
const upkeepSeconds = 15;
const deadLetterName = (queue: string): string => `${queue}.dead`;

/** Whole seconds, as the storage counts; 1 ms still means a pause. */
const toSeconds = (ms: number): number => Math.ceil(ms / 1000);

function queueParameters(settings: QueueSettings) {
  return {
    retryLimit: settings.retryLimit ?? 5,
    retryDelay: toSeconds(settings.retryDelayMs ?? 1_000),
    retryBackoff: settings.retryBackoff ?? true,
    expireInSeconds: toSeconds(settings.attemptLimitMs ?? 900_000),
    deleteAfterSeconds: toSeconds(settings.keepFinishedMs ?? 7 * day * 1000),
  };
}

/** Durable jobs in the database of the application (pg-boss), on both kinds of database. */
export function createQueue(options: QueueOptions): Queue {
  const { database } = options;
  const upkeep = options.upkeep ?? true;
  const scheduleSeconds = Math.min(45, Math.max(1, toSeconds(options.scheduleIntervalMs ?? 5_000)));
  const boss = new PgBoss({
    db: queueDatabase(database),
    schema: jobsSchema,
    backend: database.kind === 'embedded' ? 'pglite' : 'postgres',
    useListenNotify: true,
    supervise: upkeep,
    schedule: upkeep,
    cronMonitorIntervalSeconds: scheduleSeconds,
    cronWorkerIntervalSeconds: scheduleSeconds,
    superviseIntervalSeconds: upkeepSeconds,
    monitorIntervalSeconds: upkeepSeconds,
  });
  boss.on('error', options.onError);
  const known = new Set<string>();

  const requireKnown = (name: string): void => {
    if (!known.has(name)) throw new UnknownQueueError(name);
  };

  /** Puts a running job back, without using up one of its automatic repeats. */
  async function postpone(job: JobWithMetadata<JobData>, delayMs: number): Promise<void> {
    await database.ownerQuery(
      `update ${jobsSchema}.job
          set state = 'retry', start_after = now() + $3 * interval '1 millisecond', retry_limit = retry_limit + 1,
              heartbeat_on = null, keep_until = greatest(keep_until, now() + $3 * interval '1 millisecond' + interval '14 days')
        where name = $1 and id = $2 and state = 'active' and retry_count = $4`,
      [job.name, job.id, delayMs, job.retryCount],
    );
  }

  /** Runs the handler for one job and says how the attempt ended; a throw means an ordinary failure. */
  async function attempt<T extends JobData>(
    stored: JobWithMetadata<T>,
    handler: (job: Job<T>) => Promise<void>,
  ): Promise<JobResult[]> {
    const job: Job<T> = {
      id: stored.id,
      queue: stored.name,
      data: stored.data,
      attempt: stored.retryCount + 1,
      lastAttempt: stored.retryCount >= stored.retryLimit,
      signal: stored.signal,
    };
    try {
      await traced('job', { queue: job.queue, attempt: job.attempt }, () => handler(job));
      return [{ id: stored.id, status: 'completed' }];
    } catch (error) {
      if (error instanceof RetryLater) {
        await postpone(stored, error.delayMs);
        // No longer active, so this changes nothing any more.
        return [{ id: stored.id, status: 'completed' }];
      }
      const failure = error instanceof Error ? error : new Error(String(error));
      options.onAttemptFailed?.(job, failure);
      if (failure instanceof FailForGood) {
        return [{ id: stored.id, status: 'deadletter', output: { message: failure.message } }];
      }
      throw failure;
    }
  }

  return {
    async start() {
      await boss.start();
      await grantEnqueueing(database);
      if (upkeep && database.kind === 'embedded') await takeBackOrphans(database);
    },

    async createQueue(name, settings = {}) {
      const dead = deadLetterName(name);
      const deadSettings = { retentionSeconds: 90 * day, retryLimit: 0 };
      await boss.createQueue(dead, deadSettings);
      const parameters = {
        ...queueParameters(settings),
        retryDelayMax: toSeconds(settings.retryDelayMaxMs ?? 300_000),
        heartbeatSeconds,
      };
      const present = await boss.getQueue(name);
      if (present === null) {
        await boss.createQueue(name, {
          ...parameters,
          policy: settings.policy ?? 'standard',
          deadLetter: dead,
          notify: true,
        });
      } else if (present.policy !== (settings.policy ?? 'standard')) {
        throw new Error(
          `queue "${name}" exists with policy "${present.policy}"; it cannot become "${settings.policy ?? 'standard'}": use a new name`,
        );
      } else {
        await boss.updateQueue(name, { ...parameters, deadLetter: dead });
      }
      // The first use of a queue reads its settings over a connection of its own, which inside a transaction on the
      // embedded database would wait for ever: so it happens here.
      const nobody = '00000000-0000-0000-0000-000000000000';
      await boss.findJobs(name, { id: nobody });
      await boss.findJobs(dead, { id: nobody });
      known.add(name);
    },

    async send(name, data, send = {}) {
      requireKnown(name);
      if (send.startAfterMs !== undefined && !(send.startAfterMs >= 0)) {
        throw new RangeError(`send("${name}"): startAfterMs must be 0 or more, got ${send.startAfterMs}`);
      }
      const parameters: PgBossSendOptions = {
        ...(send.tx === undefined ? {} : { db: transactionDatabase(send.tx) }),
        ...(send.startAfterMs === undefined ? {} : { startAfter: new Date(Date.now() + send.startAfterMs) }),
        ...(send.singletonKey === undefined ? {} : { singletonKey: send.singletonKey }),
        ...(send.singletonMs === undefined ? {} : { singletonSeconds: toSeconds(send.singletonMs) }),
        ...(send.priority === undefined ? {} : { priority: send.priority }),
        ...(send.retryLimit === undefined ? {} : { retryLimit: send.retryLimit }),
        ...(send.retryDelayMs === undefined ? {} : { retryDelay: toSeconds(send.retryDelayMs) }),
      };
      return boss.send(name, data, parameters);
    },

    async work(name, handler, work = {}) {
      requireKnown(name);
      const polling = Math.max(0.5, (work.pollingMs ?? 500) / 1000);
      await boss.work(
        name,
        {
          includeMetadata: true,
          perJobResults: true,
          batchSize: 1,
          localConcurrency: work.concurrency ?? 1,
          pollingIntervalSeconds: polling,
          // Notices can be lost with a connection, and delayed jobs make none.
          notifyPollingIntervalSeconds: polling,
        },
        async (jobs: Array<JobWithMetadata<Record<string, unknown>>>) => {
          const results: JobResult[] = [];
          for (const job of jobs) results.push(...(await attempt(job as JobWithMetadata<never>, handler)));
          return results;
        },
      );
    },

    async schedule(name, cron, schedule = {}) {
      requireKnown(name);
      await boss.schedule(name, cron, schedule.data ?? {}, {
        tz: schedule.timeZone ?? 'UTC',
        ...(schedule.key === undefined ? {} : { key: schedule.key }),
      });
    },

    unschedule: (name, key) => boss.unschedule(name, key),

    async schedules() {
      const rows = await boss.getSchedules();
      return rows.map((row) => ({ queue: row.name, key: row.key, cron: row.cron, timeZone: row.timezone }));
    },

    stats: () => readStats(database),

    async deadLetters(name, filter) {
      requireKnown(name);
      const jobs = await boss.findJobs(deadLetterName(name), filter === undefined ? {} : { data: filter });
      return jobs
        .filter((job) => job.state === 'created')
        .map((job) => toDeadLetter(name, job as JobWithMetadata<never>))
        .sort((a, b) => a.diedAt.localeCompare(b.diedAt));
    },

    async redrive(name, ids) {
      requireKnown(name);
      return boss.redrive(deadLetterName(name), ids === undefined ? {} : { ids: [...ids] });
    },

    async discardDeadLetter(name, id) {
      requireKnown(name);
      await boss.deleteJob(deadLetterName(name), id);
    },

    async stop(stop = {}) {
      await boss.stop({ close: false, graceful: stop.graceful ?? true, timeout: stop.timeLimitMs ?? 30_000 });
    },
  };
}
