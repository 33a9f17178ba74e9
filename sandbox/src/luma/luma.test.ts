import http from 'node:http';
import type { AddressInfo } from 'node:net';
import LumaAI from 'lumaai';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../index.ts';
import { control, headRenderer, startQuickSandbox } from '../testing.ts';
import { frameSize } from './create-body.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startQuickSandbox({ luma: { maxConcurrent: 3, apiKey: 'good-key' } });
});
afterAll(() => sandbox.close());
afterEach(async () => {
  sandbox.clock.setSpeed(2_000);
  await control(sandbox, 'POST', '/reset');
});

const sdk = (over: { authToken?: string; maxRetries?: number } = {}) =>
  new LumaAI({ authToken: 'good-key', baseURL: sandbox.lumaBaseUrl, maxRetries: 0, ...over });
const body = {
  model: 'ray-2' as const,
  prompt: 'A lake at dawn',
  aspect_ratio: '16:9' as const,
  duration: '5s',
  resolution: '540p',
};
const raw = (over: Record<string, unknown>, key = 'good-key') =>
  fetch(`${sandbox.lumaBaseUrl}/generations/video`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, ...over }),
  });
const finished = (id: string) =>
  vi.waitFor(
    async () => {
      const generation = await sdk().generations.get(id);
      expect(['completed', 'failed']).toContain(generation.state);
      return generation;
    },
    { timeout: 5_000, interval: 20 },
  );

describe('the official SDK at the stand-in', () => {
  it('creates, polls, downloads, lists, deletes', async () => {
    const created = await sdk().generations.create(body, { maxRetries: 0 });
    expect(created).toMatchObject({
      state: 'queued',
      generation_type: 'video',
      model: 'ray-2',
      request: { prompt: 'A lake at dawn' },
    });
    expect((created as { _simulated?: boolean })._simulated).toBe(true);
    const done = await finished(created.id!);
    expect(done).toMatchObject({ state: 'completed', failure_reason: null });
    const file = await fetch(done.assets!.video!);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(Buffer.from(await file.arrayBuffer()).toString('latin1', 4, 8)).toBe('ftyp');
    expect(await sdk().generations.list({ limit: 1, offset: 0 })).toMatchObject({
      count: 1,
      limit: 1,
      offset: 0,
      has_more: false,
    });
    await sdk().generations.delete(created.id!);
    expect((await sdk().generations.list()).generations).toEqual([]);
    await expect(sdk().generations.get(created.id!)).rejects.toMatchObject({ status: 404 });
  });

  it('passes through queued and dreaming', async () => {
    sandbox.clock.setSpeed(0);
    const { id } = await sdk().generations.create(body);
    expect((await sdk().generations.get(id!)).state).toBe('queued');
    sandbox.clock.advance(3_000);
    expect((await sdk().generations.get(id!)).state).toBe('dreaming');
    sandbox.clock.advance(60_000);
    expect((await finished(id!)).state).toBe('completed');
  });

  it('answers ping, concepts and credits, which fall with each create', async () => {
    expect(await sdk().ping.check()).toMatchObject({ message: expect.any(String) });
    expect(await sdk().generations.concepts.list()).toContain('static');
    const before = (await sdk().credits.get()).credit_balance;
    await sdk().generations.video.create({ ...body, duration: '9s' });
    expect((await sdk().credits.get()).credit_balance).toBe(before - 72);
  });

  it('pages newest first', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1)
      ids.unshift((await sdk().generations.create({ ...body, prompt: `Lake number ${index}` })).id!);
    const first = await sdk().generations.list({ limit: 2, offset: 0 });
    const second = await sdk().generations.list({ limit: 2, offset: 2 });
    expect([first.has_more, second.has_more, first.count]).toEqual([true, false, 3]);
    expect([...first.generations, ...second.generations].map((generation) => generation.id)).toEqual(ids);
  });

  it('shows why a default retry of create is dangerous: one wish, two generations', async () => {
    await control(sandbox, 'POST', '/faults', {
      platform: 'luma',
      method: 'POST',
      kind: 'error_after',
      times: 1,
    });
    await sdk({ maxRetries: 2 }).generations.create(body);
    expect((await sdk().generations.list()).count).toBe(2);
  });
});

describe('what the stand-in refuses', () => {
  it.each([
    [{ model: 'ray-9' }, 422, /model: must be one of ray-2, ray-flash-2/],
    [{ prompt: 'ab' }, 422, /3 to 5000/],
    [{ prompt: 'x'.repeat(5001) }, 422, /3 to 5000/],
    [{ prompt: undefined }, 422, /prompt: field required/],
    [{ aspect_ratio: '5:4' }, 422, /aspect_ratio/],
    [{ duration: '10s' }, 422, /duration/],
    [{ duration: 5 }, 422, /duration/],
    [{ resolution: '1440p' }, 422, /resolution/],
    [{ colour: 'red' }, 422, /colour: unknown field/],
    [{ callback_url: 'ftp://x/' }, 422, /callback_url/],
    [{ concepts: [{ key: 'no_such' }] }, 422, /concepts/],
    [{ keyframes: { frame2: {} } }, 422, /keyframes.frame2/],
    [{ keyframes: { frame0: { type: 'image', url: 'nope' } } }, 422, /keyframes.frame0/],
    [{ keyframes: { frame0: { type: 'generation', id: 'x' } } }, 400, /not a completed generation/],
    [{ prompt: 'a sandbox-moderation lake' }, 400, /moderation/],
  ])('%j -> %i', async (over, status, why) => {
    const answer = await raw(over);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ detail: expect.stringMatching(why), _simulated: true });
  });

  it('wants a key, the right one', async () => {
    expect((await raw({}, 'other')).status).toBe(401);
    expect((await fetch(`${sandbox.lumaBaseUrl}/credits`)).status).toBe(401);
  });

  it('takes no more than so many at a time', async () => {
    sandbox.clock.setSpeed(0);
    for (let index = 0; index < 3; index += 1) expect((await raw({})).status).toBe(201);
    const fourth = await raw({});
    expect([fourth.status, fourth.headers.get('retry-after')]).toEqual([429, '1']);
  });

  it('fails a prompt with the trigger word, with a reason', async () => {
    const { id } = await sdk().generations.create({ ...body, prompt: 'a sandbox-fail lake' });
    expect(await finished(id!)).toMatchObject({
      state: 'failed',
      failure_reason: expect.stringMatching(/output check/),
      assets: null,
    });
  });

  it('serves a clip only under a valid, unexpired link', async () => {
    const { id } = await sdk().generations.create(body);
    const link = (await finished(id!)).assets!.video!;
    const flipped = link.endsWith('0') ? `${link.slice(0, -1)}1` : `${link.slice(0, -1)}0`;
    expect((await fetch(flipped)).status).toBe(403);
    expect((await fetch(link.replace(/expires=\d+/, 'expires=99999999999'))).status).toBe(403);
    sandbox.clock.advance(2_000 * 25 * 60 * 60 * 1000);
    expect((await fetch(link)).status).toBe(403);
    expect((await fetch((await sdk().generations.get(id!)).assets!.video!)).status).toBe(200);
  });

  it('says that a rendering error is a failed generation', async () => {
    const render = async () => {
      throw new Error('no ffmpeg');
    };
    const broken = await startQuickSandbox({ render });
    const client = new LumaAI({ authToken: 'x', baseURL: broken.lumaBaseUrl, maxRetries: 0 });
    const { id } = await client.generations.create(body);
    await vi.waitFor(async () =>
      expect(await client.generations.get(id!)).toMatchObject({
        state: 'failed',
        failure_reason: 'the clip could not be rendered',
      }),
    );
    await broken.close();
  });
});

describe('callbacks', () => {
  it('posts each state, and tries three times more on anything but 200', async () => {
    const got: string[] = [];
    let refusals = 2;
    const listener = http.createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const posted = JSON.parse(text) as { state: string; _simulated: boolean };
        got.push(`${posted.state} ${posted._simulated} ${request.url}`);
        response.writeHead(posted.state === 'completed' && refusals-- > 0 ? 500 : 200).end();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const callback_url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/cb/secret`;
    await sdk().generations.create({ ...body, callback_url });
    await vi.waitFor(() => expect(got.filter((line) => line.startsWith('completed'))).toHaveLength(3), {
      timeout: 5_000,
    });
    expect(got.every((line) => line.endsWith('true /cb/secret'))).toBe(true);
    listener.close();
  });

  it('never calls out of the machine', async () => {
    const lines: string[] = [];
    const quiet = await startQuickSandbox({ log: (line) => lines.push(line), render: headRenderer });
    const client = new LumaAI({ authToken: 'x', baseURL: quiet.lumaBaseUrl, maxRetries: 0 });
    await client.generations.create({ ...body, callback_url: 'https://callbacks.example/x' });
    await vi.waitFor(
      () => expect(lines.join()).toMatch(/completed: not sent: the address is not on this machine/),
      { timeout: 5_000 },
    );
    await quiet.close();
  });
});

describe('the size of a clip', () => {
  it('is what was asked for, or smaller where the stand-in is told to draw fewer lines', () => {
    expect(frameSize('16:9', '1080p')).toEqual({ widthPx: 1920, heightPx: 1080 });
    expect(frameSize('16:9', '1080p', 270)).toEqual({ widthPx: 480, heightPx: 270 });
    expect(frameSize('9:16', '720p', 271)).toEqual({ widthPx: 272, heightPx: 484 });
    expect(frameSize('16:9', '540p', 1080)).toEqual({ widthPx: 960, heightPx: 540 });
  });
});
