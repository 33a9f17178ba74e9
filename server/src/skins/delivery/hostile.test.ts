import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteRange } from '../../kernel/byte-range.ts';
import type { RunningDelivery } from './main.ts';
import { call, postJson, until } from './testing/call.ts';
import { type FakeControl, PLANE_KEY, startFakeControl } from './testing/fake-control.ts';
import { REFUSED_BODIES } from './testing/refused-bodies.ts';
import { SAMPLE_HASH, sampleSnapshot } from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';

const MEDIA = Buffer.from(Array.from({ length: 5000 }, (_, n) => n % 251));

const slots = (count: number) => Array.from({ length: count }, () => '30').join();

interface ProblemBody {
  code: string;
  detail: string;
  requestId: string;
  fields?: { field: string; accepted: string; value?: unknown }[];
}

describe.each(['http', 'plain'] as const)('the %s listener', (listener) => {
  let control: FakeControl;
  let node: RunningDelivery;

  beforeAll(async () => {
    control = await startFakeControl((request, response, body) => {
      if (request.url === '/events') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'keep-alive' });
        response.write('data: one\n\n');
        setTimeout(() => response.end('data: two\n\n'), 300);
      } else
        response.writeHead(201, { 'Set-Cookie': ['a=1', 'b=2'], 'X-From': 'control' }).end(`got ${body}`);
    });
    const second = sampleSnapshot();
    control.publish({
      ...second,
      accounts: [
        ...second.accounts,
        { id: 'acc_2', publisherKey: 'pub-two', timeZone: 'UTC', tcfVendorId: null },
      ],
      placements: [
        ...second.placements,
        { ...second.placements[0]!, id: 'plc_2', accountId: 'acc_2', key: 'other', hosts: [] },
      ],
    });
    const mediaDir = await mkdtemp(join(tmpdir(), 'cuepoint-media-'));
    await mkdir(join(mediaDir, SAMPLE_HASH.slice(0, 2)));
    await writeFile(join(mediaDir, SAMPLE_HASH.slice(0, 2), `${SAMPLE_HASH}.mp4`), MEDIA);
    await writeFile(join(mediaDir, 'secret.txt'), 'secret');
    node = await startNode({ controlOrigin: control.origin, mediaDir, listener });
    await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  });
  afterAll(async () => {
    await node.close();
    await control.close();
  });

  describe('bad input', () => {
    it.each([
      ['/vast?pl=main&dur=abc', 400, 'input.invalid', 'dur'],
      ['/vast?pl=main&dur=0', 400, 'input.invalid', 'dur'],
      ['/vast?pl=main&dur=2', 400, 'input.invalid', 'dur'],
      ['/vast?pl=main&v=9.9', 400, 'input.invalid', 'v'],
      ['/vast?pl=main&w=-5', 400, 'input.invalid', 'w'],
      ['/vast?pl=main&rid=a%20b', 400, 'input.invalid', 'rid'],
      ['/vast?pl=nobody', 404, 'placement.not_found', 'pl'],
      ['/vast', 404, 'placement.not_found', 'pl'],
      [`/vast?pl=main&slots=${slots(33)}`, 400, 'input.invalid', 'slots'],
      [`/api/v1/pod?pl=main&slots=${slots(33)}`, 400, 'input.invalid', 'slots'],
    ])('%s is %i %s naming %s', async (path, status, code, field) => {
      const answer = await call(node.publicPort, path);
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      const problem = answer.json<ProblemBody>();
      expect(problem.code).toBe(code);
      expect(problem.fields?.[0]?.field).toBe(field);
      expect(problem.fields?.[0]?.accepted).not.toBe('');
      expect(problem.requestId).toMatch(/^req_/);
    });

    it('fills breaks of as many slots as it takes, and refuses one more', async () => {
      for (const count of [1, 15, 16, 17, 20, 31, 32, 33, 40])
        for (const path of ['/vast', '/api/v1/pod', '/api/v1/interstitials']) {
          const answer = await call(node.publicPort, `${path}?pl=main&slots=${slots(count)}`);
          expect(`${path} ${count} ${answer.status}`).toBe(`${path} ${count} ${count > 32 ? 400 : 200}`);
          const hybrid = await call(node.publicPort, `${path}?pl=main&poddur=60&slots=${slots(count)}`);
          expect(hybrid.status).toBe(count > 32 ? 400 : 200);
        }
    });

    it.each([
      ['poddur=10', 'duration_fit'],
      ['slots=10', 'duration_fit'],
      ['poddur=100&exact=1', 'pod_duration'],
    ])('a break in which nothing has a place (%s) is empty for %s', async (query, reason) => {
      const answer = await call(node.publicPort, `/api/v1/pod?pl=main&${query}`);
      expect(answer.json<unknown>()).toMatchObject({ ads: [], filled_duration: 0, reason });
    });

    it.each([...REFUSED_BODIES])('ad-request %j names %s', async (body, field) => {
      const answer = await postJson(node.publicPort, '/api/v1/ad-request', body);
      expect(answer.status).toBe(400);
      expect(answer.json<ProblemBody>()).toMatchObject({ code: 'input.invalid', fields: [{ field }] });
    });

    it('refuses other methods, other bodies and large ones', async () => {
      const port = node.publicPort;
      const wrong = await call(port, '/vast', { method: 'DELETE' });
      expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
      expect((await call(port, '/api/v1/ad-request')).status).toBe(405);
      expect((await call(port, '/api/v1/ad-request', { method: 'POST', body: '{}' })).status).toBe(415);
      const json = { 'Content-Type': 'application/json' };
      for (const body of ['', '{', '[]', 'null', '3', '"x"']) {
        const answer = await call(port, '/api/v1/impression', { method: 'POST', headers: json, body });
        expect(answer.json<ProblemBody>().code).toBe('input.invalid');
      }
      const large = await call(port, '/api/v1/impression', {
        method: 'POST',
        headers: json,
        body: `"${'x'.repeat(20_000)}"`,
      });
      expect(large.json<ProblemBody>().code).toBe('request.too_large');
    });

    it('refuses forged and expired addresses and events in the wrong place', async () => {
      const forged = await call(
        node.publicPort,
        '/t/k1.acc_1.dec_x.1.crv_1.li_1.zzz.0.00000000000000000000000000000000',
      );
      expect([forged.status, forged.json<ProblemBody>().code]).toEqual([403, 'link.forged']);
      const served = (
        await postJson(node.publicPort, '/api/v1/ad-request', {
          request_id: 'r',
          duration: 30,
          placement: 'main',
        })
      ).json<{ tracking: Record<string, string> }>();
      const path = (event: string) => served.tracking[event]!.replace('http://ads.example', '');
      expect((await call(node.publicPort, path('click').replace('/c/', '/t/'))).status).toBe(403);
      expect((await call(node.publicPort, path('start').replace('/t/', '/c/'))).status).toBe(403);
      const wrong = await postJson(node.publicPort, '/api/v1/impression', { token: served.tracking.start });
      expect(wrong.json<ProblemBody>()).toMatchObject({
        code: 'input.invalid',
        fields: [{ field: 'token' }],
      });
      const elsewhere = await call(node.publicPort, `${path('click')}?url=https://evil.example`);
      expect(elsewhere.headers.location).toBe('https://brand.example/landing?from=ctv&x=1');
    });

    it('answers a preflight so that players on other origins may call', async () => {
      const answer = await call(node.publicPort, '/api/v1/ad-request', {
        method: 'OPTIONS',
        headers: { Origin: 'https://player.example', 'Access-Control-Request-Method': 'POST' },
      });
      expect(answer.status).toBe(204);
      expect(answer.headers['access-control-allow-methods']).toContain('POST');
      expect(answer.headers['access-control-allow-origin']).toBe('https://player.example');
      expect(answer.headers.vary).toBe('Origin');
    });

    it('never answers 5xx to any query, path or header, and stays up', async () => {
      const text = fc.oneof(
        fc.string({ unit: 'binary-ascii', maxLength: 40 }),
        fc.constantFrom('%', '%00', '%ff%fe', '../..', '__proto__', '[]'),
      );
      const path = fc.oneof(
        fc
          .tuple(fc.constantFrom('pl', 'dur', 'v', 'w', 'rid', 'gdpr_consent'), text)
          .map(([name, value]) => `/vast?${name}=${encodeURI(value).replace(/\s/g, '+')}`),
        text.map((value) => `/t/${encodeURI(value)}`),
        text.map((value) => `/c/${encodeURI(value)}`),
        text.map((value) => `/media/${encodeURI(value)}`),
        fc.constantFrom(
          '/vast?%',
          '/vast?pl=%zz',
          '/t/%',
          '/media/..%2f..%2fetc%2fpasswd',
          '/vast?dur=1e9&dur=2',
        ),
      );
      await fc.assert(
        fc.asyncProperty(path, async (target) => {
          const answer = await call(node.publicPort, target);
          expect(answer.status).toBeLessThan(500);
        }),
        { numRuns: 300 },
      );
      expect((await call(node.publicPort, '/vast?pl=main')).status).toBe(200);
    });

    it('drops a connection that does not speak HTTP', async () => {
      const answer = await new Promise<string>((resolve) => {
        let text = '';
        const socket = connect(node.publicPort, '127.0.0.1', () =>
          socket.write('\u0000\u0001nonsense\r\n\r\n'),
        );
        socket.on('data', (data) => {
          text += data.toString('latin1');
        });
        socket.on('close', () => resolve(text));
      });
      expect(answer).toMatch(/^HTTP\/1.1 400/);
    });
  });

  describe('media', () => {
    const path = `/media/${SAMPLE_HASH}.mp4`;

    it('serves whole files, one range, a suffix, and unchanged', async () => {
      const whole = await call(node.publicPort, path);
      expect(whole.status).toBe(200);
      expect(whole.bytes.equals(MEDIA)).toBe(true);
      expect(whole.headers).toMatchObject({
        'content-type': 'video/mp4',
        'accept-ranges': 'bytes',
        'access-control-allow-origin': '*',
        etag: `"${SAMPLE_HASH}"`,
      });
      expect(whole.headers['cache-control']).toContain('immutable');
      const part = await call(node.publicPort, path, { headers: { Range: 'bytes=100-199' } });
      expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 100-199/5000']);
      expect(part.bytes.equals(MEDIA.subarray(100, 200))).toBe(true);
      const tail = await call(node.publicPort, path, { headers: { Range: 'bytes=-10' } });
      expect(tail.bytes.equals(MEDIA.subarray(-10))).toBe(true);
      const outside = await call(node.publicPort, path, { headers: { Range: 'bytes=5000-' } });
      expect([outside.status, outside.headers['content-range']]).toEqual([416, 'bytes */5000']);
      const stale = await call(node.publicPort, path, {
        headers: { Range: 'bytes=0-1', 'If-Range': '"old"' },
      });
      expect(stale.status).toBe(200);
      const same = await call(node.publicPort, path, { headers: { 'If-None-Match': `"${SAMPLE_HASH}"` } });
      expect([same.status, same.body]).toEqual([304, '']);
      const head = await call(node.publicPort, path, { method: 'HEAD' });
      expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '5000', '']);
    });

    it.each([
      '/media/secret.txt',
      '/media/../secret.txt',
      '/media/%2e%2e/secret.txt',
      `/media/${SAMPLE_HASH}.txt`,
      '/media/',
    ])('knows nothing of %s', async (other) => {
      const answer = await call(node.publicPort, other);
      expect([answer.status, answer.json<ProblemBody>().code]).toEqual([404, 'media.not_found']);
    });

    it('parses ranges within the file or not at all', () => {
      fc.assert(
        fc.property(fc.string({ maxLength: 20 }), fc.nat(10_000), (text, size) => {
          const range = byteRange(`bytes=${text}`, size);
          if (range === 'whole' || range === 'outside') return;
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.start).toBeLessThanOrEqual(range.end);
          expect(range.end).toBeLessThan(size);
        }),
      );
    });
  });

  describe('forwarding', () => {
    it('passes everything else on, with its own forwarding headers and nobody else\u2019s', async () => {
      control.seen.length = 0;
      const answer = await call(node.publicPort, '/api/v1/campaigns?x=1', {
        method: 'PUT',
        headers: {
          Host: 'console.example',
          'X-Forwarded-For': '6.6.6.6',
          Forwarded: 'for=6.6.6.6',
          'X-Forwarded-Proto': 'https',
          Connection: 'close, X-Hop',
          'X-Hop': 'one',
          'X-Kept': 'two',
        },
        body: 'hello',
      });
      expect([answer.status, answer.body, answer.headers['set-cookie']]).toEqual([
        201,
        'got hello',
        ['a=1', 'b=2'],
      ]);
      const [seen] = control.seen;
      expect(seen).toMatchObject({ method: 'PUT', url: '/api/v1/campaigns?x=1' });
      expect(seen!.headers).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'console.example',
        'x-kept': 'two',
      });
      expect(seen!.headers.forwarded).toBeUndefined();
      expect(seen!.headers['x-hop']).toBeUndefined();
    });

    it('lets an event stream through as it comes', async () => {
      const { request } = await import('node:http');
      const times: number[] = [];
      await new Promise<void>((resolve) => {
        const startedAt = performance.now();
        request({ port: node.publicPort, path: '/events', agent: false }, (response) => {
          response.on('data', () => times.push(performance.now() - startedAt));
          response.on('end', resolve);
        }).end();
      });
      expect(times).toHaveLength(2);
      expect(times[1]! - times[0]!).toBeGreaterThan(200);
    });

    it.each([
      '/internal/delivery/snapshot',
      '/internal',
      '//internal/log',
      '/%69nternal/log',
      '/INTERNAL/x',
      '/a/../internal/log',
    ])('never forwards %s', async (path) => {
      control.seen.length = 0;
      const answer = await call(node.publicPort, path, { headers: { Authorization: `Bearer ${PLANE_KEY}` } });
      expect([answer.status, answer.json<ProblemBody>().code]).toEqual([404, 'route.not_found']);
      expect(control.seen).toHaveLength(0);
    });
  });

  describe('the internal port', () => {
    it('wants the plane key and a sound position', async () => {
      const { internalPort } = node;
      for (const path of ['/internal/log', '/internal/status']) {
        expect((await call(internalPort, path)).json<ProblemBody>().code).toBe('plane.unauthorised');
        const wrong = await call(internalPort, path, { headers: { Authorization: `Bearer ${PLANE_KEY}x` } });
        expect(wrong.status).toBe(401);
      }
      const headers = { Authorization: `Bearer ${PLANE_KEY}` };
      const beyond = await call(internalPort, '/internal/log?segment=99', { headers });
      expect(beyond.json<ProblemBody>().code).toBe('log.position_invalid');
      const inside = await call(internalPort, '/internal/log?segment=1&offset=3', { headers });
      expect(inside.json<ProblemBody>().code).toBe('log.position_invalid');
      const limit = await call(internalPort, '/internal/log?limit=0', { headers });
      expect(limit.json<ProblemBody>().fields?.[0]?.field).toBe('limit');
      expect((await call(internalPort, '/nothing', { headers })).status).toBe(404);
    });
  });
});
