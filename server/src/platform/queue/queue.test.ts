import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseSuite, foundationMigrations } from '../../testing/index.ts';
import { classifyDatabaseError, type Database, NestedTransactionError } from '../database/index.ts';
import { createQueue, FailForGood, type Job, type Queue, RetryLater, UnknownQueueError } from './index.ts';

const migrationsFolder = foundationMigrations();

databaseSuite('job queue', (open) => {
  let database: Database;
  let queue: Queue;
  const faults: Error[] = [];
  const app = { role: 'app', accountId: 'acc_1' } as const;

  beforeAll(async () => {
    database = await open({ migrationsFolder });
    queue = createQueue({ database, onError: (error) => faults.push(error), scheduleIntervalMs: 1_000 });
    await queue.start();
  });
  afterAll(async () => {
    await queue.stop({ graceful: false });
    expect(faults).toEqual([]);
  });

  /** Runs a queue with the handler and collects attempts with their times. */
  async function collect(name: string, handler: (job: Job) => Promise<void> | void) {
    const seen: Array<{
      attempt: number;
      data: Record<string, unknown>;
      at: number;
      last: boolean;
      id: string;
    }> = [];
    await queue.work(name, async (job) => {
      seen.push({ attempt: job.attempt, data: job.data, at: Date.now(), last: job.lastAttempt, id: job.id });
      await handler(job);
    });
    return seen;
  }
  const statsOf = async (name: string) => (await queue.stats()).find((entry) => entry.queue === name);
  const patient = { timeout: 10_000, interval: 50 };

  it('runs a job once with its data', async () => {
    await queue.createQueue('plain');
    const seen = await collect('plain', () => undefined);
    const id = await queue.send('plain', { accountId: 'acc_1', words: ['ü'] });
    await expect.poll(() => seen.length, patient).toBe(1);
    expect(seen[0]).toMatchObject({ id, attempt: 1, data: { accountId: 'acc_1', words: ['ü'] } });
    await expect.poll(async () => (await statsOf('plain'))?.completed, patient).toBe(1);
  });

  it('repeats a failed job with growing pauses, then keeps it as a dead letter that can be sent again', async () => {
    await queue.createQueue('failing', { retryLimit: 2, retryDelayMs: 1_000 });
    let broken = true;
    const seen = await collect('failing', () => {
      if (broken) throw new Error('still broken');
    });
    await queue.send('failing', { accountId: 'acc_1', number: 7 });
    await expect.poll(async () => (await statsOf('failing'))?.dead, { ...patient, timeout: 20_000 }).toBe(1);
    expect(seen.map((entry) => [entry.attempt, entry.last])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const [first, second, third] = seen.map((entry) => entry.at);
    expect(second! - first!).toBeGreaterThanOrEqual(950);
    expect(third! - second!).toBeGreaterThanOrEqual(1_950);

    const [letter, ...others] = await queue.deadLetters('failing');
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      queue: 'failing',
      data: { number: 7 },
      attempts: 3,
      reason: 'still broken',
    });
    expect(letter?.jobId).toBe(seen[0]?.id);
    expect(await queue.deadLetters('failing', { accountId: 'acc_2' })).toEqual([]);

    broken = false;
    expect(await queue.redrive('failing', [letter!.id])).toBe(1);
    await expect.poll(() => seen.length, patient).toBe(4);
    expect(seen[3]).toMatchObject({ attempt: 1, data: { number: 7 } });
    expect(await queue.deadLetters('failing')).toEqual([]);
  });

  it('sends a hopeless job to the dead letters at once; it can be discarded', async () => {
    await queue.createQueue('hopeless', { retryLimit: 5 });
    const seen = await collect('hopeless', () => {
      throw new FailForGood('the platform rejected it');
    });
    await queue.send('hopeless', {});
    await expect.poll(async () => (await statsOf('hopeless'))?.dead, patient).toBe(1);
    expect(seen).toHaveLength(1);
    const [letter] = await queue.deadLetters('hopeless');
    expect(letter).toMatchObject({ reason: 'the platform rejected it', attempts: 1 });
    await queue.discardDeadLetter('hopeless', letter!.id);
    expect(await queue.deadLetters('hopeless')).toEqual([]);
  });

  it('comes back after the asked pause without using up repeats, however often', async () => {
    await queue.createQueue('throttled', { retryLimit: 1 });
    const seen = await collect('throttled', (job) => {
      if (job.attempt <= 3) throw new RetryLater(300);
    });
    const id = await queue.send('throttled', { kept: true });
    await expect.poll(() => seen.length, patient).toBe(4);
    expect(seen.map((entry) => entry.attempt)).toEqual([1, 2, 3, 4]);
    expect(seen.every((entry) => entry.id === id && entry.data.kept === true)).toBe(true);
    for (let index = 1; index < 4; index++)
      expect(seen[index]!.at - seen[index - 1]!.at).toBeGreaterThanOrEqual(290);
    await expect.poll(async () => (await statsOf('throttled'))?.completed, patient).toBe(1);
    expect(await statsOf('throttled')).toMatchObject({ waiting: 0, delayed: 0, active: 0, dead: 0 });
  });

  it('keeps a delayed job until its time', async () => {
    await queue.createQueue('delayed');
    const seen = await collect('delayed', () => undefined);
    const sentAt = Date.now();
    await queue.send('delayed', {}, { startAfterMs: 1_200 });
    expect(await statsOf('delayed')).toMatchObject({ delayed: 1, waiting: 0, oldestWaitingMs: null });
    await expect.poll(() => seen.length, patient).toBe(1);
    expect(seen[0]!.at - sentAt).toBeGreaterThanOrEqual(1_150);
  });

  describe('inside a transaction', () => {
    it('exists if and only if the transaction commits', async () => {
      await queue.createQueue('transactional');
      const seen = await collect('transactional', () => undefined);
      const kept = await database.withTransaction(app, (tx) =>
        queue.send('transactional', { kept: true }, { tx }),
      );
      const lost = database.withTransaction(app, async (tx) => {
        expect(await queue.send('transactional', { kept: false }, { tx })).not.toBeNull();
        throw new Error('changed my mind');
      });
      await expect(lost).rejects.toThrow('changed my mind');
      await expect.poll(() => seen.length, patient).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(seen.map((entry) => entry.id)).toEqual([kept]);
    });

    it('is refused without the transaction, and for a queue that was not created here', async () => {
      await queue.createQueue('refusing');
      const outside = database.withTransaction(app, () => queue.send('refusing', {}));
      await expect(outside).rejects.toBeInstanceOf(NestedTransactionError);
      const unknown = database.withTransaction(app, (tx) => queue.send('nowhere', {}, { tx }));
      await expect(unknown).rejects.toBeInstanceOf(UnknownQueueError);
    });

    it('lets no account read the jobs of others', async () => {
      const reading = database.withTransaction(app, (tx) =>
        tx.execute(sql`select data from cuepoint_jobs.job`),
      );
      const error = await reading.catch((caught: unknown) => caught);
      expect(classifyDatabaseError(error)?.kind).toBe('permission_denied');
      const builder = database.withTransaction({ role: 'snapshot_builder' }, (tx) =>
        queue.send('refusing', {}, { tx }),
      );
      expect(classifyDatabaseError(await builder.catch((caught: unknown) => caught))?.kind).toBe(
        'permission_denied',
      );
    });

    it('can be used by a handler itself', async () => {
      await queue.createQueue('first');
      await queue.createQueue('second');
      const seen = await collect('second', () => undefined);
      await queue.work('first', async (job) => {
        await database.withTransaction(app, async (tx) => {
          await queue.send('second', { from: job.id }, { tx });
        });
      });
      const id = await queue.send('first', {});
      await expect.poll(() => seen[0]?.data, patient).toEqual({ from: id });
    });
  });

  it('keeps one waiting job per key where the policy says so', async () => {
    await queue.createQueue('unique', { policy: 'short' });
    expect(await queue.send('unique', {}, { singletonKey: 'a' })).not.toBeNull();
    expect(await queue.send('unique', {}, { singletonKey: 'a' })).toBeNull();
    expect(await queue.send('unique', {}, { singletonKey: 'b' })).not.toBeNull();
    expect(await statsOf('unique')).toMatchObject({ waiting: 2 });
    await queue.createQueue('unique', { policy: 'short', retryLimit: 9 });
    await expect(queue.createQueue('unique')).rejects.toThrow(
      /exists with policy "short"; it cannot become "standard"/,
    );
  });

  it('runs as many handlers side by side as asked', async () => {
    await queue.createQueue('parallel');
    let running = 0;
    let most = 0;
    let done = 0;
    await queue.work(
      'parallel',
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 400));
        running--;
        done++;
      },
      { concurrency: 3 },
    );
    for (let index = 0; index < 6; index++) await queue.send('parallel', { index });
    await expect.poll(() => done, patient).toBe(6);
    expect(most).toBe(3);
  });

  it('runs a schedule', async () => {
    await queue.createQueue('scheduled');
    const seen = await collect('scheduled', () => undefined);
    await queue.schedule('scheduled', '* * * * * *', { data: { tick: true }, key: 'each-second' });
    expect(await queue.schedules()).toEqual([
      { queue: 'scheduled', key: 'each-second', cron: '* * * * * *', timeZone: 'UTC' },
    ]);
    await expect.poll(() => seen.length, { timeout: 15_000, interval: 100 }).toBeGreaterThanOrEqual(1);
    expect(seen[0]?.data).toEqual({ tick: true });
    await queue.unschedule('scheduled', 'each-second');
    expect(await queue.schedules()).toEqual([]);
    await expect(queue.schedule('scheduled', 'not a cron')).rejects.toThrow();
  });

  it('waits for running handlers when stopped, and gives unfinished jobs back', async () => {
    const second = createQueue({ database, onError: (error) => faults.push(error), upkeep: false });
    await second.start();
    await second.createQueue('stopping', { retryDelayMs: 0 });
    let finished = false;
    await second.work('stopping', async () => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      finished = true;
    });
    await second.send('stopping', {});
    await expect.poll(async () => (await statsOf('stopping'))?.active, patient).toBe(1);
    await second.stop({ graceful: true });
    expect(finished).toBe(true);
    expect(await statsOf('stopping')).toMatchObject({ completed: 1, active: 0 });
  });
});
