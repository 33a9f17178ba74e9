import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { glanceVideo } from '@cuepoint/media';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../platform/http-client/index.ts';
import { type SandboxProcess, startSandboxProcess } from '../../testing/sandbox-process.ts';
import { createLumaGenerator } from './adapters/luma/index.ts';
import type { VideoGenerator } from './ports.ts';
import { createStudioWorld, type StudioWorld } from './testing/world.ts';

let sandbox: SandboxProcess;
let luma: VideoGenerator;
let world: StudioWorld;
beforeAll(async () => {
  sandbox = await startSandboxProcess(['--speed', '0', '--clip-lines', '270']);
  luma = createLumaGenerator({
    http: createHttpClient({ allowPrivate: [sandbox.hostAndPort] }),
    apiKey: 'sandbox-luma-key',
    baseUrl: sandbox.lumaBaseUrl,
    sleep: (ms) => wait(Math.min(ms, 10)),
    now: () => new Date(),
  });
  world = await createStudioWorld(luma);
});
// With its clock standing still the stand-in takes requests and draws nothing.
beforeEach(async () => {
  await sandbox.control('POST', '/reset');
  await sandbox.control('POST', '/clock', { speed: 0 });
});
afterAll(async () => {
  await world?.close();
  await sandbox?.close();
});

const fault = (kind: string, over: Record<string, unknown> = {}) =>
  sandbox.control('POST', '/faults', { platform: 'luma', method: 'POST', kind, ...over });
async function prompts(): Promise<string[]> {
  const { luma: state } = (await sandbox.control('GET', '/state')) as {
    luma: { generations: Array<{ request?: { prompt?: string }; prompt?: string }> };
  };
  return state.generations.map((one) => String(one.request?.prompt ?? one.prompt)).sort();
}
/** Attempts until every clip was asked for, then lets go: they never become ready here. */
async function askForAll(id: string): Promise<void> {
  const stop = new AbortController();
  const done = world.attempt(id, { signal: stop.signal }).catch((error: unknown) => error);
  await expect
    .poll(async () => (await world.job(id)).scenes.every((scene) => scene.externalId !== null), {
      timeout: 20_000,
    })
    .toBe(true);
  stop.abort();
  await done;
}
const retryOf = (id: string, over = {}) =>
  world.attempt(id, over).then(
    () => 'done',
    (error: Error & { delayMs?: number }) => ({ name: error.name, delayMs: error.delayMs }),
  );

describe('asking for clips', () => {
  it('asks once for every scene', async () => {
    const job = await world.generate();
    await askForAll(job.id);
    const { scenes, status, simulated, costMicros, estimatedCostMicros } = await world.job(job.id);
    expect(await prompts()).toEqual(scenes.map((scene) => scene.prompt).sort());
    expect([status, simulated]).toEqual(['generating', true]);
    expect(costMicros).toBe(estimatedCostMicros);
    // Cut off and begun again: nothing is asked for twice.
    await askForAll(job.id);
    expect(await prompts()).toHaveLength(scenes.length);
  });

  it.each(['cut_after', 'error_after', 'malformed'])(
    'survives %s on a create: the clip is found, not asked for again',
    async (kind) => {
      const job = await world.generate();
      await fault(kind);
      expect(await retryOf(job.id)).toMatchObject({ name: 'RetryLater' });
      expect((await world.job(job.id)).scenes[0]).toMatchObject({ state: 'intended', externalId: null });
      expect(await prompts()).toHaveLength(1);
      await askForAll(job.id);
      const { scenes } = await world.job(job.id);
      expect(await prompts()).toEqual(scenes.map((scene) => scene.prompt).sort());
      expect(new Set(scenes.map((scene) => scene.externalId)).size).toBe(scenes.length);
    },
  );

  it('asks again when the connection was cut before anything was made', async () => {
    const job = await world.generate();
    await fault('cut_before');
    expect(await retryOf(job.id)).toMatchObject({ name: 'RetryLater' });
    expect(await prompts()).toEqual([]);
    await askForAll(job.id);
    expect(await prompts()).toHaveLength((await world.job(job.id)).scenes.length);
  });

  it('waits as long as a 429 says, and takes its intent back', async () => {
    const job = await world.generate();
    await fault('rate_limited', { retryAfterSeconds: 17 });
    expect(await retryOf(job.id)).toEqual({ name: 'RetryLater', delayMs: 17_000 });
    expect(await prompts()).toEqual([]);
    expect(await world.job(job.id)).toMatchObject({ status: 'queued', failure: null });
    expect((await world.job(job.id)).scenes[0]!.state).toBe('planned');
  });

  it('fails with the reason when moderation refuses', async () => {
    const job = await world.generate({ prompt: 'A scene with sandbox-moderation in it.' });
    expect(await retryOf(job.id)).toBe('done');
    const failed = await world.job(job.id);
    expect(failed).toMatchObject({ status: 'failed', creativeId: null, finishedAt: expect.any(String) });
    expect(failed.failure).toContain('Prompt did not pass moderation');
    expect(existsSync(join(world.workDir, job.id))).toBe(false);
    // A failed job stays failed.
    expect(await retryOf(job.id)).toBe('done');
    expect(await prompts()).toEqual([]);
  });

  it('fails with the reason when a clip fails', async () => {
    const job = await world.generate({ prompt: 'A scene with sandbox-fail in it.' });
    await sandbox.control('POST', '/clock', { speed: 2_000 });
    expect(await retryOf(job.id)).toBe('done');
    const failed = await world.job(job.id);
    expect(failed.status).toBe('failed');
    expect(failed.failure).toMatch(/^Scene \w+: .+/);
  });

  it('asks a person when two clips could be ours, and creates no third', async () => {
    const job = await world.generate();
    await fault('cut_after');
    await retryOf(job.id);
    await luma.create({
      prompt: (await world.job(job.id)).scenes[0]!.prompt,
      aspectRatio: '16:9',
      resolution: '1080p',
      durationSeconds: 5,
      requestedAt: new Date().toISOString(),
    });
    expect(await retryOf(job.id)).toBe('done');
    expect((await world.job(job.id)).failure).toMatch(/2 clips at the generator could be ours/);
    expect(await prompts()).toHaveLength(2);
  });

  it('waits out an outage after the clips are paid for, even on its last attempt', async () => {
    const job = await world.generate();
    await askForAll(job.id);
    await sandbox.control('POST', '/faults', {
      platform: 'luma',
      method: 'GET',
      kind: 'unavailable',
      times: 4,
    });
    expect(await retryOf(job.id, { lastAttempt: true })).toMatchObject({ name: 'RetryLater' });
    expect((await world.job(job.id)).status).toBe('generating');
    expect(await prompts()).toHaveLength(3);
  });

  it('does nothing for a job that was removed', async () => {
    const job = await world.generate();
    await world.app.database.ownerQuery('DELETE FROM campaign WHERE id = $1', [job.campaignId]);
    expect(await retryOf(job.id)).toBe('done');
    expect(await prompts()).toEqual([]);
  });
});

describe('a whole generation', () => {
  it('goes on where a crash left it, and makes one spot of the right length', async () => {
    await sandbox.control('POST', '/clock', { speed: 200 });
    const job = await world.generate();
    const add = world.ports.addGeneratedCreative;
    world.ports.addGeneratedCreative = async () => {
      throw new Error('the process died here');
    };
    await expect(world.attempt(job.id)).rejects.toThrow('the process died here');
    const directory = join(world.workDir, job.id);
    expect(readdirSync(directory).sort()).toEqual(['scene-0.mp4', 'scene-1.mp4', 'scene-2.mp4', 'spot.mp4']);
    expect((await world.job(job.id)).status).toBe('measuring');

    let spot: Awaited<ReturnType<typeof glanceVideo>> | undefined;
    world.ports.addGeneratedCreative = async (file) => {
      spot = await glanceVideo(file.path, { tools: await world.ports.tools(), maxBytes: 1e9 });
      return add(file);
    };
    const requestsBefore = await sandbox.control('GET', '/counters');
    await world.attempt(job.id);
    // Neither drawn, fetched nor cut again; only asked after.
    expect(await prompts()).toHaveLength(3);
    const requests = (counters: Record<string, unknown>) =>
      (counters as { platforms: { luma: { requests: number } } }).platforms.luma.requests;
    expect(requests(await sandbox.control('GET', '/counters'))).toBe(requests(requestsBefore));
    // Whole frames at 23.976 a second.
    expect(Math.abs(spot!.durationMs - 15_000)).toBeLessThan(42);
    expect(world.added.at(-1)).toMatchObject({ campaignId: job.campaignId, simulated: true, demo: false });
    expect(await world.job(job.id)).toMatchObject({
      status: 'completed',
      progress: 1,
      creativeId: expect.stringMatching(/^crv_/),
    });
    expect(existsSync(directory)).toBe(false);
    const creatives = world.added.length;
    await world.attempt(job.id);
    expect(world.added).toHaveLength(creatives);
    expect(world.told.some(({ entity }) => entity.id === job.id)).toBe(true);
  }, 240_000);
});
