import type { Transaction } from '../database/index.ts';

/** JSON object; the queue stores it as text. */
export type JobData = Record<string, unknown>;

export interface QueueSettings {
  /** Repeats after the first attempt before the job goes to the dead letters. Default 5. */
  retryLimit?: number;
  /** Pause before the first repeat, ms, whole seconds. Default 1000. */
  retryDelayMs?: number;
  /** Doubles the pause each time, with jitter. Default true. */
  retryBackoff?: boolean;
  /** Longest pause between repeats, ms. Default 300 000. */
  retryDelayMaxMs?: number;
  /** An attempt that has not ended by then counts as failed, ms. Default 900 000. */
  attemptLimitMs?: number;
  /** How long finished jobs stay visible, ms. Default 7 days. */
  keepFinishedMs?: number;
  /**
   * `standard` takes everything; `short` keeps at most one waiting job per `singletonKey`; `exclusive` at most one
   * waiting or running per key; `singleton` runs at most one at a time per key. Fixed once the queue exists.
   */
  policy?: 'standard' | 'short' | 'singleton' | 'stately' | 'exclusive';
}

export interface SendOptions {
  /** Enqueue as part of this transaction: the job exists if and only if it commits. */
  tx?: Transaction;
  /** Not before this many ms from now. */
  startAfterMs?: number;
  /** See `QueueSettings.policy`; on a standard queue only with `singletonMs`. */
  singletonKey?: string;
  /** At most one job of the key per window of this length, ms, whole seconds. */
  singletonMs?: number;
  /** Higher first. Default 0. */
  priority?: number;
  retryLimit?: number;
  retryDelayMs?: number;
}

export interface Job<T extends JobData = JobData> {
  id: string;
  queue: string;
  data: T;
  /** 1 for the first attempt; goes on counting through repeats and `RetryLater`. */
  attempt: number;
  /** No automatic repeat follows when this attempt fails. */
  lastAttempt: boolean;
  /** Aborted when the attempt runs out of time or the process stops. */
  signal: AbortSignal;
}

export interface DeadLetter<T extends JobData = JobData> {
  id: string;
  queue: string;
  /** Id of the job that failed. */
  jobId: string;
  data: T;
  attempts: number;
  /** Message of the last failure; internal, not for tenants. */
  reason: string;
  /** UTC ISO instants. */
  enqueuedAt: string;
  diedAt: string;
}

export interface QueueStats {
  queue: string;
  /** Ready to run. */
  waiting: number;
  /** To run later: delayed or between repeats. */
  delayed: number;
  active: number;
  completed: number;
  /** Waiting for somebody to look at them. */
  dead: number;
  /** Age of the oldest ready job, ms; null when none waits. */
  oldestWaitingMs: number | null;
}

export interface ScheduleOptions {
  /** IANA time zone of the expression. Default UTC. */
  timeZone?: string;
  data?: JobData;
  /** Tells several schedules of one queue apart. */
  key?: string;
}

export interface Queue {
  /** Prepares the storage; needed once before anything else. */
  start(): Promise<void>;
  /** Creates the queue and its dead letter queue, or brings their settings up to date. Needed before `send`. */
  createQueue(name: string, settings?: QueueSettings): Promise<void>;
  /** Returns the job's id, or null when the queue's policy already holds an equal one. */
  send(name: string, data: JobData, options?: SendOptions): Promise<string | null>;
  /**
   * Runs `handler` for each job. Returning completes it; throwing repeats it after a pause until `retryLimit`,
   * then moves it to the dead letters; `RetryLater` and `FailForGood` say otherwise. A handler may be run twice
   * for one job (a process died in between): its effects must be repeatable.
   */
  work<T extends JobData = JobData>(
    name: string,
    handler: (job: Job<T>) => Promise<void>,
    options?: { concurrency?: number; pollingMs?: number },
  ): Promise<void>;
  /** Enqueues a job at each time of the cron expression (five fields; a sixth in front counts seconds). */
  schedule(name: string, cron: string, options?: ScheduleOptions): Promise<void>;
  unschedule(name: string, key?: string): Promise<void>;
  schedules(): Promise<Array<{ queue: string; key: string; cron: string; timeZone: string }>>;
  stats(): Promise<QueueStats[]>;
  /** Oldest first. `filter` matches jobs whose data contains it. */
  deadLetters(name: string, filter?: JobData): Promise<DeadLetter[]>;
  /** Puts dead letters back into their queue with a fresh set of attempts; returns how many. */
  redrive(name: string, ids?: readonly string[]): Promise<number>;
  discardDeadLetter(name: string, id: string): Promise<void>;
  /** Stops taking jobs; graceful waits for running handlers up to the limit, then gives the rest back. */
  stop(options?: { graceful?: boolean; timeLimitMs?: number }): Promise<void>;
}
