import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient, type OutboundRequest } from './client.ts';
import { kindOfStatus, retryAfterMsOf, UpstreamError } from './errors.ts';

let server: http.Server;
let origin: string;
let host: string;
const directory = mkdtempSync(path.join(tmpdir(), 'http-client-'));
const seen: { method: string; url: string; headers: http.IncomingHttpHeaders }[] = [];

beforeAll(async () => {
  server = http.createServer((request, response) => {
    seen.push({ method: request.method!, url: request.url!, headers: request.headers });
    const url = new URL(request.url!, 'http://x');
    const redirect = (to: string) => response.writeHead(302, { location: to }).end();
    switch (url.pathname) {
      case '/echo':
        request.pipe(response);
        return;
      case '/hop': {
        const left = Number(url.searchParams.get('left'));
        return void (left === 0 ? response.end('arrived') : redirect(`/hop?left=${left - 1}`));
      }
      case '/loop':
        return void redirect('/loop');
      case '/metadata':
        return void redirect('http://169.254.169.254/latest/meta-data');
      case '/other-origin':
        return void redirect(`http://localhost:${(server.address() as AddressInfo).port}/echo`);
      case '/big':
        return void response.end(Buffer.alloc(50_000, 1));
      case '/bomb':
        return void response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(20_000_000)));
      case '/gzip':
        return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain'));
      case '/drip': {
        response.writeHead(200);
        const timer = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(timer));
        return;
      }
      case '/silent':
        return;
      case '/cut':
        request.resume();
        request.on('end', () => request.socket.destroy());
        return;
      case '/cut-inside':
        response.writeHead(200, { 'content-length': '100' });
        response.write('half');
        setTimeout(() => request.socket.destroy(), 20);
        return;
      default:
        response.writeHead(404).end('no');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `http://${host}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

const client = (over: Parameters<typeof createHttpClient>[0] = {}): HttpClient =>
  createHttpClient({
    allowPrivate: [host],
    timeouts: { connectMs: 5_000, firstByteMs: 8_000, totalMs: 10_000 },
    ...over,
  });
const short = { connectMs: 5_000, firstByteMs: 200, totalMs: 300 };
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error as UpstreamError,
  );

describe('request', () => {
  it('sends method, headers and body, and reads any status', async () => {
    const answer = await client({ userAgent: 'cuepoint-test' }).request({
      method: 'POST',
      url: `${origin}/echo`,
      headers: { 'X-One': '1' },
      body: 'hello',
    });
    expect(answer).toMatchObject({ status: 200, url: `${origin}/echo` });
    expect(answer.text()).toBe('hello');
    expect(seen.at(-1)).toMatchObject({
      method: 'POST',
      headers: { 'x-one': '1', 'user-agent': 'cuepoint-test', 'content-length': '5' },
    });
    expect((await client().request({ method: 'GET', url: `${origin}/none` })).status).toBe(404);
  });

  it('shows every outgoing request to the hook, which can forbid it', async () => {
    const outbound: OutboundRequest[] = [];
    await client({ onRequest: (request) => outbound.push(request) }).request({
      method: 'GET',
      url: `${origin}/hop?left=2`,
    });
    expect(outbound.map((request) => request.redirect)).toEqual([false, true, true]);
    const before = seen.length;
    const forbid = () => {
      throw new Error('dry run');
    };
    await expect(
      client({ onRequest: forbid }).request({ method: 'GET', url: `${origin}/echo` }),
    ).rejects.toThrow('dry run');
    expect(seen.length).toBe(before);
  });

  it('follows five redirects and no more, and never around a loop', async () => {
    expect((await client().request({ method: 'GET', url: `${origin}/hop?left=5` })).text()).toBe('arrived');
    expect(await failure(client().request({ method: 'GET', url: `${origin}/hop?left=6` }))).toMatchObject({
      kind: 'rejected',
      code: 'too_many_redirects',
    });
    expect(await failure(client().request({ method: 'GET', url: `${origin}/loop` }))).toMatchObject({
      code: 'too_many_redirects',
    });
  });

  it('does not repeat a POST at a new place', async () => {
    const answer = await client().request({ method: 'POST', url: `${origin}/loop`, body: 'x' });
    expect(answer).toMatchObject({ status: 302, headers: { location: '/loop' } });
  });

  it('judges the target of a redirect again', async () => {
    expect(await failure(client().request({ method: 'GET', url: `${origin}/metadata` }))).toMatchObject({
      kind: 'rejected',
      code: 'address_blocked',
    });
  });

  it('drops credentials when a redirect changes the origin', async () => {
    const both = client({ allowPrivate: ['127.0.0.1', 'localhost'] });
    await both.request({
      method: 'GET',
      url: `${origin}/other-origin`,
      headers: { Authorization: 'Bearer s', 'x-kept': 'yes' },
    });
    expect(seen.at(-1)!.headers.authorization).toBeUndefined();
    expect(seen.at(-1)!.headers['x-kept']).toBe('yes');
  });

  it('connects only at the address that was judged, whatever the name says later', async () => {
    let calls = 0;
    const rebinding = client({
      allowPrivate: [`public.example:${host.split(':')[1]}`],
      resolve: async () => (calls++ === 0 ? ['127.0.0.1'] : ['10.9.9.9']),
    });
    const url = `http://public.example:${host.split(':')[1]}/echo`;
    expect((await rebinding.request({ method: 'GET', url })).status).toBe(200);
    expect(calls).toBe(1);
    expect(seen.at(-1)!.headers.host).toContain('public.example');
  });

  it('bounds the decoded size, so that a gzip bomb stops early', async () => {
    expect((await client().request({ method: 'GET', url: `${origin}/gzip` })).text()).toBe('plain');
    const bomb = await failure(
      client({ maxBytes: 100_000 }).request({ method: 'GET', url: `${origin}/bomb` }),
    );
    expect(bomb.message).toMatch(/larger than 100000 bytes/);
    const big = await failure(client().request({ method: 'GET', url: `${origin}/big`, maxBytes: 49_999 }));
    expect(big.message).toMatch(/larger than 49999 bytes/);
  });

  it('bounds the time of silence and of a slow drip', async () => {
    expect(
      await failure(client().request({ method: 'GET', url: `${origin}/silent`, timeouts: short })),
    ).toMatchObject({
      code: 'timeout',
    });
    expect(
      await failure(client().request({ method: 'GET', url: `${origin}/drip`, timeouts: short })),
    ).toMatchObject({
      code: 'timeout',
    });
  });

  it('can be cancelled', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    const error = await failure(
      client().request({ method: 'GET', url: `${origin}/silent`, signal: stop.signal }),
    );
    expect(error).toMatchObject({ kind: 'unavailable', code: 'cancelled' });
  });
});

describe('what a lost answer means', () => {
  it.each(['/cut', '/cut-inside', '/silent'])(
    '%s: ambiguous for a create, unavailable for a repeatable request',
    async (pathname) => {
      const url = `${origin}${pathname}`;
      const timeouts = pathname === '/silent' ? short : {};
      expect((await failure(client().request({ method: 'POST', url, body: '{}', timeouts }))).kind).toBe(
        'ambiguous',
      );
      expect(
        (await failure(client().request({ method: 'POST', url, body: '{}', idempotent: true, timeouts })))
          .kind,
      ).toBe('unavailable');
      expect((await failure(client().request({ method: 'GET', url, timeouts }))).kind).toBe('unavailable');
    },
  );

  it('a connection that never opened is unavailable even for a create', async () => {
    const spare = http.createServer();
    await new Promise<void>((resolve) => spare.listen(0, '127.0.0.1', resolve));
    const { port } = spare.address() as AddressInfo;
    await new Promise((resolve) => spare.close(resolve));
    const error = await failure(
      client({ allowPrivate: true }).request({ method: 'POST', url: `http://127.0.0.1:${port}/` }),
    );
    expect(error).toMatchObject({ kind: 'unavailable', code: 'ECONNREFUSED' });
    expect(UpstreamError.is(error)).toBe(true);
  });
});

describe('download', () => {
  it('streams into a new file and gives its size and hash', async () => {
    const toPath = path.join(directory, 'big');
    const file = await client().download({ method: 'GET', url: `${origin}/big`, toPath, maxBytes: 50_000 });
    expect(file).toMatchObject({
      sizeBytes: 50_000,
      sha256: createHash('sha256').update(readFileSync(toPath)).digest('hex'),
    });
  });

  it.each([
    ['/big', 49_999, 'file_too_large'],
    ['/bomb', 1_000_000, 'file_too_large'],
    ['/cut-inside', 1_000, 'ECONNRESET'],
    ['/none', 1_000, undefined],
  ])('leaves nothing behind when %s fails', async (pathname, maxBytes, code) => {
    const toPath = path.join(directory, `failed${pathname.replace('/', '-')}`);
    const error = await failure(
      client().download({ method: 'GET', url: `${origin}${pathname}`, toPath, maxBytes }),
    );
    expect(UpstreamError.is(error)).toBe(true);
    expect(error.code).toBe(code);
    expect(existsSync(toPath)).toBe(false);
  });

  it('does not write over a file that exists', async () => {
    const toPath = path.join(directory, 'big');
    await failure(client().download({ method: 'GET', url: `${origin}/echo`, toPath, maxBytes: 50_000 }));
    expect(readFileSync(toPath).length).toBe(50_000);
  });
});

describe('classes of an answer', () => {
  it.each([
    [200, false, undefined],
    [302, false, undefined],
    [400, false, 'rejected'],
    [401, false, 'unauthorised'],
    [403, false, 'rejected'],
    [408, false, 'ambiguous'],
    [429, false, 'rate_limited'],
    [500, false, 'ambiguous'],
    [500, true, 'unavailable'],
    [502, false, 'ambiguous'],
    [503, false, 'unavailable'],
    [504, true, 'unavailable'],
  ] as const)('%i, repeatable %s -> %s', (status, idempotent, kind) => {
    expect(kindOfStatus(status, idempotent)).toBe(kind);
  });

  it.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    [{ 'retry-after': 'Sat, 21 Nov 2026 10:00:05 GMT' }, 5000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '9999999' }, 86_400_000],
    [{}, undefined],
  ])('%o -> %s ms', (headers, expected) => {
    expect(retryAfterMsOf(headers as Record<string, string>, Date.parse('2026-11-21T10:00:00Z'))).toBe(
      expected,
    );
  });
});
