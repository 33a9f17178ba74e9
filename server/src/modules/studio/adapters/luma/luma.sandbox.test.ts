import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../../platform/http-client/index.ts';
import { type SandboxProcess, startSandboxProcess } from '../../../../testing/sandbox-process.ts';
import type { GenerationIntent, VideoGenerator } from '../../ports.ts';
import { createLumaGenerator } from './index.ts';

let sandbox: SandboxProcess;
let http: HttpClient;
let luma: VideoGenerator;
const directory = mkdtempSync(path.join(tmpdir(), 'luma-'));

beforeAll(async () => {
  sandbox = await startSandboxProcess(['--speed', '200']);
  http = createHttpClient({ allowPrivate: [sandbox.hostAndPort] });
  luma = createLumaGenerator({
    http,
    apiKey: 'any',
    baseUrl: sandbox.lumaBaseUrl,
    sleep: (ms) => wait(Math.min(ms, 20)),
    now: () => new Date(),
  });
});
afterEach(() => sandbox.control('POST', '/reset'));
afterAll(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true });
});

const intentOf = (prompt: string): GenerationIntent => ({
  prompt,
  aspectRatio: '16:9',
  resolution: '540p',
  durationSeconds: 5,
  requestedAt: new Date().toISOString(),
});
const fault = (kind: string, over: Record<string, unknown> = {}) =>
  sandbox.control('POST', '/faults', { platform: 'luma', method: 'POST', kind, ...over });
const held = async () =>
  ((await sandbox.control('GET', '/state')).luma as { generations: unknown[] }).generations.length;

describe('against the stand-in, over HTTP', () => {
  it('creates, follows and downloads a real clip', async () => {
    const before = await luma.credits();
    const created = await luma.create(intentOf('A ferry crossing calm water at dawn'));
    expect(created).toMatchObject({ state: 'queued', simulated: true });
    let seen = created;
    for (let age = 0; seen.state !== 'completed'; age += 400) {
      expect(['queued', 'generating']).toContain(seen.state);
      await wait(luma.pollDelayMs(age));
      seen = await luma.getStatus(created.externalId);
    }
    const toPath = path.join(directory, 'clip.mp4');
    const file = await luma.download(created.externalId, toPath);
    expect(file.sizeBytes).toBeGreaterThan(20_000);
    expect(readFileSync(toPath).toString('latin1', 4, 8)).toBe('ftyp');
    expect(before.balanceMicros - (await luma.credits()).balanceMicros).toBe(400_000);
    expect(before.simulated).toBe(true);
    await luma.remove(created.externalId);
    await expect(luma.getStatus(created.externalId)).rejects.toMatchObject({ kind: 'rejected', status: 404 });
  }, 60_000);

  it.each(['cut_after', 'error_after', 'malformed'])(
    '%s: ambiguous, found by its intent, made once',
    async (kind) => {
      const intent = intentOf(`A lake, ${kind}`);
      await fault(kind);
      await expect(luma.create(intent)).rejects.toMatchObject({ kind: 'ambiguous' });
      const match = await luma.findByIntent(intent, new Set());
      expect(match).toMatchObject({ found: 'one', generation: { simulated: true } });
      expect(await held()).toBe(1);
    },
  );

  it('cut before: ambiguous too, but nothing is found, so it may be sent again', async () => {
    const intent = intentOf('A lake that never was');
    await fault('cut_before');
    await expect(luma.create(intent)).rejects.toMatchObject({ kind: 'ambiguous' });
    expect(await luma.findByIntent(intent, new Set())).toEqual({ found: 'none' });
    const again = await luma.create(intent);
    expect(await luma.findByIntent(intent, new Set())).toMatchObject({ found: 'one' });
    expect(await luma.findByIntent(intent, new Set([again.externalId]))).toEqual({ found: 'none' });
    expect(await held()).toBe(1);
  });

  it.each([
    ['rate_limited', { kind: 'rate_limited', retryAfterMs: 3_000 }],
    ['unavailable', { kind: 'unavailable', status: 503 }],
  ])('%s: one request, nothing made', async (kind, expected) => {
    await fault(kind, { retryAfterSeconds: 3 });
    await expect(luma.create(intentOf('A lake'))).rejects.toMatchObject(expected);
    const { platforms } = (await sandbox.control('GET', '/counters')) as {
      platforms: { luma: { requests: number } };
    };
    expect([platforms.luma.requests, await held()]).toEqual([1, 0]);
  });

  it('a failed look is repeated', async () => {
    const { externalId } = await luma.create(intentOf('A lake'));
    await sandbox.control('POST', '/faults', {
      platform: 'luma',
      method: 'GET',
      kind: 'unavailable',
      times: 2,
    });
    expect(await luma.getStatus(externalId)).toMatchObject({ externalId });
  });

  it('refuses to speak to an address that the settings do not allow', async () => {
    const closed = createLumaGenerator({
      http: createHttpClient(),
      apiKey: 'any',
      baseUrl: sandbox.lumaBaseUrl,
      sleep: async () => undefined,
      now: () => new Date(),
    });
    await expect(closed.create(intentOf('A lake'))).rejects.toMatchObject({
      kind: 'rejected',
      code: 'address_blocked',
    });
  });
});
