import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ad } from './amazon/testkit.ts';
import { type Sandbox, startSandbox } from './index.ts';
import { control, headRenderer, startQuickSandbox } from './testing.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startQuickSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => control(sandbox, 'POST', '/reset'));

const create = (at = sandbox) =>
  fetch(`${at.lumaBaseUrl}/generations/video`, {
    method: 'POST',
    headers: { authorization: 'Bearer x' },
    body: JSON.stringify({ model: 'ray-2', prompt: 'A lake at dawn' }),
  });
const generations = async () =>
  ((await control(sandbox, 'GET', '/state')).luma as { generations: unknown[] }).generations.length;
const inject = (fault: Record<string, unknown>) =>
  control(sandbox, 'POST', '/faults', { platform: 'luma', method: 'POST', ...fault });

describe('injected faults', () => {
  it('429 and 503 are answered in the platform’s words and process nothing', async () => {
    await inject({ kind: 'rate_limited', retryAfterSeconds: 2 });
    const limited = await create();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    expect(await limited.json()).toMatchObject({ detail: expect.any(String), _simulated: true });
    await inject({ kind: 'unavailable' });
    expect((await create()).status).toBe(503);
    expect(await generations()).toBe(0);
    expect((await create()).status).toBe(201);
  });

  it.each(['cut_after', 'error_after', 'malformed'])('%s leaves the thing made', async (kind) => {
    await inject({ kind });
    const seen = await create().then(
      async (answer) => `${answer.status} ${await answer.text()}`,
      () => 'no answer',
    );
    expect(seen).toMatch(
      { cut_after: /^no answer$/, error_after: /^500 /, malformed: /^201 \{"success": \[$/ }[kind]!,
    );
    expect(await generations()).toBe(1);
  });

  it('cut_before leaves nothing, slow takes its time', async () => {
    await inject({ kind: 'cut_before' });
    await expect(create()).rejects.toThrow();
    expect(await generations()).toBe(0);
    await inject({ kind: 'slow', delayMs: 150 });
    const started = performance.now();
    expect((await create()).status).toBe(201);
    expect(performance.now() - started).toBeGreaterThan(140);
  });

  it('hit only what they name, as often as they say', async () => {
    await inject({ kind: 'unavailable', path: '/dream-machine/v1/gen*', times: 2 });
    const credits = await fetch(`${sandbox.lumaBaseUrl}/credits`, { headers: { authorization: 'Bearer x' } });
    expect(credits.status).toBe(200);
    expect([(await create()).status, (await create()).status, (await create()).status]).toEqual([
      503, 503, 201,
    ]);
  });

  it.each([
    [{ platform: 'nope', kind: 'slow' }, /platform: expected one of luma, amazon/],
    [{ platform: 'luma', kind: 'nope' }, /kind: expected one of/],
    [{ platform: 'luma', kind: 'slow', times: 0 }, /times/],
    [{ platform: 'luma', kind: 'slow', delayMs: -1 }, /delayMs/],
  ])('%j is refused', async (fault, why) => {
    expect(await control(sandbox, 'POST', '/faults', fault)).toMatchObject({
      httpStatus: 400,
      message: expect.stringMatching(why),
    });
  });
});

describe('control', () => {
  it('counts platform requests, faults included, and not its own', async () => {
    await create();
    await inject({ kind: 'cut_before' });
    await create().catch(() => undefined);
    expect(await control(sandbox, 'GET', '/counters')).toMatchObject({
      requests: 2,
      platforms: {
        luma: {
          requests: 2,
          byRoute: { 'POST /dream-machine/v1/generations/video': 2 },
          byStatus: { 201: 1, cut: 1 },
        },
        amazon: { requests: 0 },
      },
    });
    await control(sandbox, 'DELETE', '/counters');
    expect(await control(sandbox, 'GET', '/counters')).toMatchObject({ requests: 0 });
  });

  it('moves the clock', async () => {
    await control(sandbox, 'POST', '/clock', { speed: 0 });
    const before = (await control(sandbox, 'GET', '/clock')).nowMs as number;
    expect(await control(sandbox, 'POST', '/clock', { advanceMs: 5_000 })).toMatchObject({
      nowMs: before + 5_000,
      speed: 0,
    });
    expect(await control(sandbox, 'POST', '/clock', { speed: 'fast' })).toMatchObject({ httpStatus: 400 });
    await control(sandbox, 'POST', '/clock', { speed: 2_000 });
  });

  it('answers health, marks everything simulated, and is closed to browsers', async () => {
    const health = await fetch(`${sandbox.address}/__sandbox/health`);
    expect(health.headers.get('x-simulated')).toBe('true');
    expect(await health.json()).toEqual({ status: 'ok', platforms: ['luma', 'amazon'], _simulated: true });
    const browser = await fetch(`${sandbox.address}/__sandbox/reset`, {
      method: 'POST',
      headers: { origin: 'https://page.example' },
    });
    expect(browser.status).toBe(403);
    expect((await fetch(`${sandbox.address}/tiktok/x`)).status).toBe(404);
    expect((await control(sandbox, 'GET', '/nothing')).httpStatus).toBe(404);
  });
});

describe('state on disk', () => {
  it('survives a restart, a torn last line included; drawing goes on', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'sandbox-state-'));
    const first = await startSandbox({ dataDir, render: headRenderer, speed: 0 });
    const { id } = (await (await create(first)).json()) as { id: string };
    await first.close();
    const file = path.join(dataDir, 'state.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"kind":"luma.gen`);
    const second = await startSandbox({ dataDir, render: headRenderer, speed: 2_000 });
    await vi.waitFor(async () => {
      const answer = await fetch(`${second.lumaBaseUrl}/generations/${id}`, {
        headers: { authorization: 'Bearer x' },
      });
      expect(await answer.json()).toMatchObject({ id, state: 'completed' });
    });
    await second.close();
    rmSync(dataDir, { recursive: true });
  });

  it('does not send an ad that was reviewed before back to review', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'sandbox-review-'));
    const options = { dataDir, speed: 0, amazon: { reviewMs: 50 } };
    const verdict = async (at: Sandbox) =>
      ((await control(at, 'GET', '/state')).amazon as { objects: { verdict: string }[] }).objects[0]!.verdict;
    const first = await startSandbox(options);
    const grant = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'c',
      client_secret: 's',
      refresh_token: 'r',
    });
    const token = (await (await fetch(first.amazonTokenUrl, { method: 'POST', body: grant })).json()) as {
      access_token: string;
    };
    await fetch(`${first.amazonBaseUrl}/adsApi/v1/create/ads`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.access_token}`,
        'Amazon-Ads-ClientId': 'c',
        'Amazon-Ads-AccountId': 'a',
      },
      body: JSON.stringify({ ads: [ad()] }),
    });
    expect(await verdict(first)).toBe('pending');
    await first.close();
    await new Promise((resolve) => setTimeout(resolve, 60));
    const second = await startSandbox(options);
    expect(await verdict(second)).toBe('approved');
    await second.close();
    rmSync(dataDir, { recursive: true });
  });
});

describe('the process', () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const spawn = (argv: string[]) => {
    const child = fork(main, argv, {
      execArgv: ['--import', 'tsx', '--conditions=@cuepoint/source'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    child.stdout!.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr!.on('data', (chunk) => {
      output += String(chunk);
    });
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { child, exit, output: () => output };
  };

  it('prints its address as one line of JSON and ends when its parent goes away', async () => {
    const { child, exit, output } = spawn(['--speed', '100']);
    await vi.waitFor(() => expect(output()).toMatch(/\n/), { timeout: 20_000, interval: 50 });
    const ready = JSON.parse(output().split('\n')[0]!) as { address: string };
    expect((await fetch(`${ready.address}/__sandbox/health`)).status).toBe(200);
    child.disconnect();
    expect(await exit).toBe(0);
  });

  it('refuses a bad flag with its name and value', async () => {
    const { exit, output } = spawn(['--port', '99999']);
    expect(await exit).toBe(3);
    expect(output()).toMatch(/--port is "99999"; expected a number from 0 to 65535/);
  });
});
