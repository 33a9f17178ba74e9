import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalNamedStore } from '../../../platform/object-store/index.ts';
import { createQueue, type Queue } from '../../../platform/queue/index.ts';
import { openEmbeddedTestDatabase } from '../../../testing/index.ts';
import { duckParquet } from '../adapters/duck-parquet.ts';
import type { ArchiveTotals } from '../archiver.ts';
import { FakeLog } from '../testing/fake-log.ts';
import { traffic } from '../testing/truth-world.ts';
import { createArchiveJob } from './archive.ts';

const root = mkdtempSync(join(tmpdir(), 'cuepoint-archive-job-'));
let queue: Queue;
const undo: Array<() => Promise<unknown>> = [];

beforeAll(async () => {
  const database = await openEmbeddedTestDatabase();
  undo.push(() => database.close());
  queue = createQueue({ database, onError: () => undefined });
  await queue.start();
  undo.unshift(() => queue.stop());
}, 60_000);
afterAll(async () => {
  for (const step of undo) await step();
  rmSync(root, { recursive: true });
});

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('the job that archives', () => {
  it('is scheduled, and brings what the logs hold when it runs', async () => {
    const log = new FakeLog('node-1');
    traffic(log, 'acc_archive0001', 5);
    const store = openLocalNamedStore(root);
    const { promise, resolve } = deferred<ArchiveTotals>();
    const steps: string[] = [];
    const job = createArchiveJob({
      queue,
      logs: [log],
      store,
      parquet: duckParquet(),
      existingAccounts: async (ids) => new Set(ids),
      clock: { now: () => new Date('2026-11-21T10:00:00.000Z') },
      keepDays: 400,
      onGap: () => undefined,
      onArchived: resolve,
      afterArchived: async () => void steps.push('after'),
      identityDays: 90,
      onIdentitiesCleared: () => steps.push('cleared'),
    });
    await job.createQueues();
    await job.work();
    expect((await queue.schedules()).map(({ queue: name, cron }) => [name, cron])).toContainEqual([
      'events.archive',
      '*/5 * * * *',
    ]);
    await queue.send('events.archive', {});
    expect(await promise).toMatchObject({ records: log.entries.length });
    expect(await store.list('events')).not.toEqual([]);
    expect(steps).toEqual(['after', 'cleared']);
  }, 60_000);
});
