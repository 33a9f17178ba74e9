import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ControlApp, startControlApp } from '../../testing/control-app.ts';
import { tenantObjects } from '../../testing/tenant-objects.ts';

let app: ControlApp;
let campaignId: string;
beforeAll(async () => {
  app = await startControlApp({ keyRoles: ['admin', 'viewer'], maxUploadMegabytes: 1 });
  campaignId = (await tenantObjects(app, 0).campaign()).id;
});
afterAll(() => app?.close());

const held = () => (existsSync(app.quarantineDir) ? readdirSync(app.quarantineDir) : []);
afterEach(() => {
  expect(held()).toEqual([]);
  expect(app.faults).toEqual([]);
});

const blob = (size: number) => new Blob([new Uint8Array(size).fill(65)]);
async function send(parts: Array<[string, Blob | string]>, token: string | null = app.tenants[0].keys.admin) {
  const form = new FormData();
  for (const [name, value] of parts)
    typeof value === 'string' ? form.append(name, value) : form.append(name, value, 'spot.mp4');
  const answer = await fetch(`${app.origin}/api/v1/campaigns/${campaignId}/creatives`, {
    method: 'POST',
    body: form,
    ...(token === null ? {} : { headers: { Authorization: `Bearer ${token}` } }),
  });
  const problem = (await answer.json()) as {
    code: string;
    detail: string;
    fields?: Array<{ field: string; message: string }>;
  };
  return { status: answer.status, ...problem };
}

describe('an upload', () => {
  it('without a file says so', async () => {
    expect(await send([['name', 'A spot']])).toMatchObject({
      status: 400,
      code: 'input.invalid',
      fields: [{ field: 'file', message: 'missing' }],
    });
  });

  it('with its file under another name says which', async () => {
    const answer = await send([['video', blob(10)]]);
    expect(answer.code).toBe('input.invalid');
    expect(answer.fields!.map(({ field }) => field).sort()).toEqual(['file', 'video']);
  });

  it('of two files is refused', async () => {
    const answer = await send([
      ['file', blob(10)],
      ['file', blob(10)],
    ]);
    expect([answer.status, answer.code]).toEqual([400, 'input.invalid']);
  });

  it('as a text field is refused', async () => {
    const answer = await send([['file', 'not a file']]);
    expect(answer.fields!.map(({ field }) => field)).toContain('file');
  });

  it('that names a path of ours as its file is refused', async () => {
    const answer = await send([['file', JSON.stringify({ fileName: 'x', path: '/etc/passwd' })]]);
    expect(answer.code).toBe('input.invalid');
  });

  it('that is too large is refused with the limit', async () => {
    expect(await send([['file', blob(1_000_001)]])).toMatchObject({
      status: 413,
      code: 'media.too_large',
      detail: expect.stringContaining('1000000'),
    });
  });

  it('that is no video is refused by its content', async () => {
    expect(await send([['file', blob(5_000)]])).toMatchObject({ status: 415, code: 'media.not_a_video' });
    expect(await send([['file', blob(0)]])).toMatchObject({ status: 415, code: 'media.not_a_video' });
  });

  it('as JSON says what is expected', async () => {
    const answer = await fetch(`${app.origin}/api/v1/campaigns/${campaignId}/creatives`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${app.tenants[0].keys.admin}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ file: { fileName: 'x', path: '/etc/passwd' } }),
    });
    expect(await answer.json()).toMatchObject({
      code: 'input.invalid',
      fields: [{ field: 'file', accepted: 'multipart/form-data' }],
    });
  });

  it('of nobody, or without the right, is refused before a byte of it is kept', async () => {
    for (const [token, status] of [
      [null, 401],
      [app.tenants[0].keys.viewer, 403],
    ] as const) {
      const { port } = new URL(app.origin);
      const socket = connect(Number(port), '127.0.0.1');
      const key = token ? `Authorization: Bearer ${token}\r\n` : '';
      socket.write(
        `POST /api/v1/campaigns/${campaignId}/creatives HTTP/1.1\r\nHost: x\r\n${key}` +
          'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n' +
          '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nfirst bytes only',
      );
      const head = await new Promise<string>((resolve, reject) => {
        socket.once('data', (chunk) => resolve(chunk.toString()));
        socket.once('error', reject);
      });
      socket.destroy();
      expect(head).toContain(`HTTP/1.1 ${status}`);
      expect(held()).toEqual([]);
    }
  });

  it('whose sender goes away leaves nothing', async () => {
    const socket = connect(Number(new URL(app.origin).port), '127.0.0.1');
    socket.write(
      `POST /api/v1/campaigns/${campaignId}/creatives HTTP/1.1\r\nHost: x\r\n` +
        `Authorization: Bearer ${app.tenants[0].keys.admin}\r\n` +
        'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n' +
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nfirst bytes',
    );
    await expect.poll(() => held().length, { timeout: 5_000 }).toBe(1);
    socket.destroy();
    await expect.poll(() => held().length, { timeout: 5_000 }).toBe(0);
  });
});
