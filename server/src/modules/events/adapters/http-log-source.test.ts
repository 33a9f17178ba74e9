import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decision, FakeLog } from '../testing/fake-log.ts';
import { httpLogSource } from './http-log-source.ts';

const planeKey = 'k'.repeat(40);
const log = new FakeLog('node-http');
let server: Server;
let origin: string;
let answer: { status: number; body: unknown } | 'hang' | null = null;
const asked: string[] = [];

beforeAll(async () => {
  log.append(decision({ id: 'dec_1' }), decision({ id: 'dec_2' }));
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://node');
    asked.push(url.search);
    if (answer === 'hang') return;
    if (request.headers.authorization !== `Bearer ${planeKey}`) {
      response.writeHead(401).end('{}');
      return;
    }
    const from = {
      segment: Number(url.searchParams.get('segment')),
      offset: Number(url.searchParams.get('offset')),
    };
    const page = log.page(from, Number(url.searchParams.get('limit')));
    const { status, body } = answer ?? { status: 200, body: page };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  answer = null;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const source = (more: object = {}) => httpLogSource({ origin, planeKey, nodeId: 'node-http', ...more });
const start = { segment: 1, offset: 0 };
const read = (more: object = {}) => source(more).read(start, { limit: 1, waitSeconds: 0 });

describe('log over HTTP', () => {
  it('reads a page from a position', async () => {
    const page = await read();
    expect(page.entries).toHaveLength(1);
    expect(asked.at(-1)).toBe('?segment=1&offset=0&limit=1&wait=0');
    expect(page.next).toEqual({ segment: 1, offset: 150 });
  });

  it.each([
    ['a wrong key', { planeKey: 'x'.repeat(40) }, null, 'unauthorised'],
    [
      'a position that was pruned',
      {},
      { status: 410, body: { detail: 'The log begins at 3.' } },
      'position_lost',
    ],
    ['a position beyond the end', {}, { status: 400, body: { detail: 'beyond' } }, 'position_lost'],
    ['a node in trouble', {}, { status: 503, body: {} }, 'unavailable'],
    [
      'an answer that is no page',
      {},
      { status: 200, body: { nodeId: 'node-http', entries: [{}] } },
      'protocol',
    ],
    ['another node at this address', { nodeId: 'node-other' }, null, 'protocol'],
    ['nobody at the address', { origin: 'http://127.0.0.1:1' }, null, 'unavailable'],
    ['a node that does not answer in time', { timeLimitMs: 50 }, 'hang', 'unavailable'],
  ] as const)('tells %s', async (_name, options, given, kind) => {
    answer = given;
    await expect(read(options)).rejects.toMatchObject({ name: 'LogSourceError', kind });
  });

  it('ends a waiting read when asked to', async () => {
    answer = 'hang';
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await expect(
      source().read(start, { limit: 1, waitSeconds: 10, signal: stop.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('finds where a log begins', async () => {
    expect(await source().first()).toEqual(start);
    answer = { status: 410, body: { detail: 'pruned', first: { segment: 7, offset: 0 } } };
    expect(await source().first()).toEqual({ segment: 7, offset: 0 });
  });

  it.each([
    ['a wrong key', { planeKey: 'x'.repeat(40) }, null, 'unauthorised'],
    ['a node that does not say it', {}, { status: 410, body: { detail: 'pruned' } }, 'protocol'],
    ['a node in trouble', {}, { status: 503, body: {} }, 'unavailable'],
    ['nobody at the address', { origin: 'http://127.0.0.1:1' }, null, 'unavailable'],
  ] as const)('cannot find where a log begins of %s', async (_name, options, given, kind) => {
    answer = given;
    await expect(source(options).first()).rejects.toMatchObject({ name: 'LogSourceError', kind });
  });

  it('asks a node for its name once', async () => {
    answer = {
      status: 200,
      body: {
        nodeId: 'node-http',
        ready: true,
        snapshotHash: null,
        snapshotTag: null,
        snapshotBuiltAt: null,
        snapshotConfirmedSeconds: null,
        requestsPerSecond: 0,
        p50Ms: 0,
        p99Ms: 0,
        requests: 0,
        ads: 0,
        fillRate: 0,
        events: 0,
        durableThrough: start,
      },
    };
    const unnamed = httpLogSource({ origin, planeKey });
    expect(await unnamed.nodeId()).toBe('node-http');
    answer = { status: 500, body: {} };
    expect(await unnamed.nodeId()).toBe('node-http');
  });
});
