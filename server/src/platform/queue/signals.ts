/** Thrown by a handler: run the job again after this pause. Uses up no automatic repeat (as for a 429). */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly delayMs: number;

  constructor(delayMs: number, reason = 'asked to come back later') {
    super(reason);
    if (!Number.isFinite(delayMs) || delayMs < 0) {
      throw new RangeError(`RetryLater: delayMs must be 0 or more, got ${delayMs}`);
    }
    this.delayMs = delayMs;
  }
}

/** Thrown by a handler: no repeat can help; the job goes to the dead letters at once. */
export class FailForGood extends Error {
  override readonly name = 'FailForGood';
}

/** A queue was used before `createQueue` in this process. */
export class UnknownQueueError extends Error {
  override readonly name = 'UnknownQueueError';

  constructor(queue: string) {
    super(
      `queue "${queue}" was not created in this process; call createQueue("${queue}") at start, outside transactions`,
    );
  }
}
