import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toProblem } from '../../kernel/app-error.ts';
import { byteRange } from '../../kernel/byte-range.ts';
import { SnapshotMediaFile } from '../../kernel/delivery-protocol.ts';
import { testClock } from '../../testing/test-app.ts';
import { createFileLinks, type ObjectStore, openLocalStore, registerFileLinks } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'cuepoint-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let store: ObjectStore;
beforeAll(async () => {
  store = await openLocalStore(join(root, 'files'));
});
const sha = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const incoming = () => readdirSync(join(root, 'files', '.incoming'));

describe('the local store', () => {
  it('keeps a file under its hash, where a delivery node finds it', async () => {
    const source = join(root, 'source.bin');
    writeFileSync(source, 'ten bytes!');
    const stored = await store.put(source, 'mp4');
    expect(stored).toEqual({ sha256: sha('ten bytes!'), sizeBytes: 10 });
    const key = store.keyOf(stored.sha256, 'mp4');
    expect(key).toBe(`${stored.sha256.slice(0, 2)}/${stored.sha256}.mp4`);
    expect(SnapshotMediaFile.shape.path.safeParse(key).success).toBe(true);
    expect(readFileSync(store.pathOf(stored.sha256, 'mp4'), 'utf8')).toBe('ten bytes!');
    expect(statSync(store.pathOf(stored.sha256, 'mp4')).mode & 0o777).toBe(0o600);
    expect(incoming()).toEqual([]);
  });

  it('stores equal content once, also from a stream and by many at a time', async () => {
    const content = Buffer.alloc(300_000, 7);
    const all = await Promise.all(
      Array.from({ length: 6 }, () =>
        store.put(Readable.from([content.subarray(0, 9), content.subarray(9)]), 'mp4'),
      ),
    );
    expect(new Set(all.map((one) => one.sha256))).toEqual(new Set([sha(content)]));
    expect(readFileSync(store.pathOf(sha(content), 'mp4')).equals(content)).toBe(true);
    expect(incoming()).toEqual([]);
  });

  it('leaves nothing behind when the source fails', async () => {
    const before = await listed();
    const broken = new Readable({
      read() {
        this.push('some');
        this.destroy(new Error('connection lost'));
      },
    });
    await expect(store.put(broken, 'mp4')).rejects.toThrow('connection lost');
    await expect(store.put(join(root, 'nowhere'), 'mp4')).rejects.toThrow('ENOENT');
    expect(incoming()).toEqual([]);
    expect(await listed()).toEqual(before);
  });

  it('lists and removes, and removing twice is no error', async () => {
    const { sha256 } = await store.put(Readable.from([Buffer.from('gone soon')]), 'jpg');
    expect(await listed()).toContain(`${sha256}.jpg`);
    await store.remove(sha256, 'jpg');
    await store.remove(sha256, 'jpg');
    expect(await store.sizeOf(sha256, 'jpg')).toBeNull();
    expect(await listed()).not.toContain(`${sha256}.jpg`);
  });

  it('has no address outside its directory', () => {
    expect(() => store.pathOf('../../etc/passwd', 'mp4')).toThrow('no address');
    expect(() => store.pathOf('a'.repeat(64), '../x')).toThrow('no address');
  });

  it('clears what a crash left half-copied a day ago, and nothing younger', async () => {
    const folder = join(root, 'files', '.incoming');
    writeFileSync(join(folder, 'old'), 'x');
    writeFileSync(join(folder, 'young'), 'x');
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    utimesSync(join(folder, 'old'), twoDaysAgo, twoDaysAgo);
    await openLocalStore(join(root, 'files'));
    expect(incoming()).toEqual(['young']);
    rmSync(join(folder, 'young'));
  });

  async function listed(): Promise<string[]> {
    const names: string[] = [];
    for await (const { sha256, extension } of store.list()) names.push(`${sha256}.${extension}`);
    return names.sort();
  }
});

describe('a range of bytes', () => {
  it.each([
    [undefined, 'whole'],
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=4-', { start: 4, end: 9 }],
    ['bytes=4-99', { start: 4, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=10-', 'outside'],
    ['bytes=-0', 'outside'],
    ['bytes=5-4', 'whole'],
    ['bytes=0-1,3-4', 'whole'],
    ['items=0-1', 'whole'],
  ])('%s of ten bytes', (header, expected) => {
    expect(byteRange(header, 10)).toEqual(expected);
  });
});

describe('signed links', () => {
  const clock = testClock();
  const accountId = 'acc_01test0000';
  let app: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    const links = createFileLinks({ key: Buffer.alloc(32, 7), clock });
    app = Fastify();
    app.setErrorHandler((error: unknown, request, reply) => {
      const problem = toProblem(error, request.id);
      return reply.code(problem.status).type('application/problem+json').send(problem);
    });
    registerFileLinks(app, { store, links });
    const { sha256 } = await store.put(Readable.from([Buffer.from('0123456789')]), 'mp4');
    url = links.urlFor({ accountId, sha256, kind: 'mp4' });
  });
  afterAll(() => app.close());
  const get = (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url: path, headers });

  it('give the file with its media type', async () => {
    const response = await get(url);
    expect([response.statusCode, response.body]).toEqual([200, '0123456789']);
    expect(response.headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '10',
      'accept-ranges': 'bytes',
    });
    expect((await get(url, { 'if-none-match': String(response.headers.etag) })).statusCode).toBe(304);
    const head = await get(url, {}, 'HEAD');
    expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([200, '10', '']);
  });

  it('give a part of it', async () => {
    const part = await get(url, { range: 'bytes=2-4' });
    expect([part.statusCode, part.body, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10']);
    const end = await get(url, { range: 'bytes=-2' });
    expect([end.statusCode, end.body]).toEqual([206, '89']);
    const stale = await get(url, { range: 'bytes=2-4', 'if-range': '"another"' });
    expect([stale.statusCode, stale.body]).toEqual([200, '0123456789']);
    const outside = await get(url, { range: 'bytes=10-' });
    expect([outside.statusCode, outside.headers['content-range']]).toEqual([416, 'bytes */10']);
  });

  it('stay the same for a while, work for an hour, then end as expired', async () => {
    clock.set('2026-11-21T09:29:59.000Z');
    expect((await get(url)).statusCode).toBe(200);
    clock.set('2026-11-21T10:29:59.000Z');
    expect((await get(url)).statusCode).toBe(200);
    clock.set('2026-11-21T10:30:00.000Z');
    const expired = await get(url);
    expect([expired.statusCode, expired.json().code]).toEqual([410, 'link.expired']);
    clock.set('2026-11-21T09:00:00.000Z');
  });

  it('are forged when any part was changed', async () => {
    const parts = url.slice('/files/'.length).split('.');
    const changed = parts.map((part, index) => {
      const digit = part.endsWith('0') ? '1' : '0';
      return parts.map((one, at) => (at === index ? part.slice(0, -1) + digit : one)).join('.');
    });
    changed.push(
      'x',
      '',
      `${parts.join('.')}.more`,
      parts.slice(0, 4).join('.'),
      parts.join('.').replace('.mp4.', '.jpg.'),
    );
    for (const token of changed) {
      const response = await get(`/files/${token}`);
      expect([token, response.statusCode, response.json().code]).toEqual([token, 403, 'link.forged']);
    }
  });

  it('of another key are forged, and a short key is none', async () => {
    const other = createFileLinks({ key: Buffer.alloc(32, 1), clock });
    const strange = other.urlFor({ accountId, sha256: sha('0123456789'), kind: 'mp4' });
    expect((await get(strange)).json().code).toBe('link.forged');
    expect(() => createFileLinks({ key: Buffer.alloc(8), clock })).toThrow('32 bytes');
  });

  it('say so when the file is gone', async () => {
    await store.remove(sha('0123456789'), 'mp4');
    expect((await get(url)).statusCode).toBe(404);
  });
});
