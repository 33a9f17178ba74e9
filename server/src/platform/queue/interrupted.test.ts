import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { embeddedTemplate, foundationMigrations, startChild } from '../../testing/index.ts';
import { openDatabase } from '../database/index.ts';
import { createQueue } from './index.ts';

it('runs a job again soon after the process that ran it was killed', { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cuepoint-interrupted-'));
  const migrationsFolder = foundationMigrations();
  const url = `pglite:${directory}`;
  await (await openDatabase({ url, template: await embeddedTemplate(migrationsFolder) })).close();

  const child = startChild(new URL('./interrupted-worker.child.ts', import.meta.url), [
    directory,
    migrationsFolder,
  ]);
  const line = await child.waitFor((text) => text.startsWith('running'));
  const id = line.split(' ')[1];
  expect(line).toBe(`running ${id} attempt 1`);
  await child.kill();

  const database = await openDatabase({ url, migrationsFolder });
  const faults: Error[] = [];
  const queue = createQueue({ database, onError: (error) => faults.push(error) });
  await queue.start();
  await queue.createQueue('interrupted', { retryLimit: 3 });
  const seen: Array<{ id: string; attempt: number; data: unknown }> = [];
  await queue.work('interrupted', async (job) => {
    seen.push({ id: job.id, attempt: job.attempt, data: job.data });
  });
  await expect
    .poll(() => seen, { timeout: 5_000 })
    .toEqual([{ id, attempt: 2, data: { accountId: 'acc_1' } }]);
  await queue.stop();
  await database.close();
  rmSync(directory, { recursive: true, force: true });
  expect(faults).toEqual([]);
});
