import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlayerRequest, PlayerResponse } from './exchange.ts';
import { PlainServer } from './plain-server.ts';

const FIRST_MS = 300;
const KEEP_MS = 500;
let http: Server;
let server: PlainServer;
/** How long an answer takes. */
let delayMs: number;
let answers: Promise<void>[];

function reply(reader: string, request: PlayerRequest, response: PlayerResponse): void {
  const body = `${reader} ${request.method} ${request.url}`;
  answers.push(
    new Promise((resolve) => {
      setTimeout(() => {
        response.writeHead(200, ['Content-Type', 'text/plain', 'Content-Length', String(body.length)]);
        response.end(request.method === 'HEAD' ? undefined : body);
        resolve();
      }, delayMs);
    }),
  );
}

beforeEach(async () => {
  delayMs = 0;
  answers = [];
  http = createServer({ keepAliveTimeout: KEEP_MS, connectionsCheckingInterval: 50 }, (request, response) => {
    request.resume();
    request.on('end', () => reply('http', request, response));
  });
  http.headersTimeout = FIRST_MS;
  http.on('clientError', (_error, socket) =>
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
  );
  server = new PlainServer({
    http,
    takes: (url) => url.startsWith('/ours'),
    onRequest: (request, response) => reply('plain', request, response),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);

interface Peer {
  readonly socket: Socket;
  /** All that came so far. */
  text(): string;
  readonly closed: Promise<void>;
}

function dial(): Peer {
  let text = '';
  const socket = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('end', () => socket.end());
  const closed = new Promise<void>((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
  return { socket, text: () => text, closed };
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
/** The bodies of answers in the order they came. */
const bodies = (text: string) =>
  [...text.matchAll(/(?:plain|http) [A-Z]+ \/\S*?(?=HTTP\/1\.1|$)/g)].map(([one]) => one);

/** Sends, says no more, and gives what was answered. */
async function ask(...parts: string[]): Promise<string> {
  const peer = dial();
  for (const part of parts) {
    peer.socket.write(part, 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  peer.socket.end();
  await peer.closed;
  return peer.text();
}

describe('the plain listener', () => {
  it('answers plain requests itself, with the headers that node:http writes', async () => {
    const [ours, theirs] = [await ask(get('/ours')), await ask(get('/theirs'))];
    expect(bodies(ours)).toEqual(['plain GET /ours']);
    expect(bodies(theirs)).toEqual(['http GET /theirs']);
    const names = (text: string) => [...text.matchAll(/^([\w-]+): /gm)].map(([, name]) => name);
    expect(names(ours)).toEqual(
      expect.arrayContaining(['Content-Type', 'Content-Length', 'Date', 'Connection']),
    );
    expect(Date.parse(/Date: (.*)/.exec(ours)![1]!)).toBeGreaterThan(Date.now() - 5000);
  });

  it('answers what comes at once in the order it came, across the change of reader', async () => {
    delayMs = 5;
    const text = await ask(
      get('/ours/1') + get('/ours/2') + get('/theirs/3') + get('/ours/4'),
      get('/ours/5'),
    );
    // A connection that had something else on it stays with node:http.
    expect(bodies(text)).toEqual([
      'plain GET /ours/1',
      'plain GET /ours/2',
      'http GET /theirs/3',
      'http GET /ours/4',
      'http GET /ours/5',
    ]);
  });

  it('leaves bodies, and what hides behind them, to node:http', async () => {
    const post = 'POST /ours HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n';
    const hidden = 'GET /ours/hidden HTTP/1.1\r\n\r\n\r';
    expect(bodies(await ask(get('/ours/1'), `${post}${hidden}`))).toEqual([
      'plain GET /ours/1',
      'http POST /ours',
    ]);
    const both = get('/ours/2', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n');
    expect(await ask(`${both}0\r\n\r\n${get('/ours/3')}`)).toContain('400 Bad Request');
  });

  it('reads a request that comes in pieces by node:http', async () => {
    const text = get('/ours/pieces');
    expect(bodies(await ask(text.slice(0, 10), text.slice(10)))).toEqual(['http GET /ours/pieces']);
    const two = get('/ours/1') + text;
    const at = get('/ours/1').length + 7;
    expect(bodies(await ask(two.slice(0, at), two.slice(at)))).toEqual([
      'plain GET /ours/1',
      'http GET /ours/pieces',
    ]);
  });

  it('answers every one of many sent without waiting, and holds back who sends on', async () => {
    const count = 5000;
    const text = await ask(Array.from({ length: count }, (_, n) => get(`/ours/${n}`)).join(''));
    const found = bodies(text);
    expect(found).toHaveLength(count);
    // Where a piece ends within a request, node:http reads on; none is lost or answered twice.
    expect(found.map((body) => body.replace(/^http/, 'plain'))).toEqual(
      Array.from({ length: count }, (_, n) => `plain GET /ours/${n}`),
    );
  });

  it.each([
    ['that says nothing', ''],
    ['whose request never ends', 'GET /ours HTTP/1.1\r\nHost: a\r\n'],
    ['that falls silent', get('/ours')],
  ])('closes a connection %s', async (_what, text) => {
    const peer = dial();
    const startedAt = performance.now();
    peer.socket.write(text);
    await peer.closed;
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('keeps a connection open while its answer takes longer than silence may', async () => {
    delayMs = KEEP_MS + 300;
    const peer = dial();
    peer.socket.write(get('/ours/slow'));
    await new Promise((resolve) => setTimeout(resolve, delayMs + 100));
    expect(bodies(peer.text())).toEqual(['plain GET /ours/slow']);
    peer.socket.destroy();
  });

  it('lets an answer that is being made finish when it closes, and nothing else', async () => {
    delayMs = 150;
    const [idle, busy] = [dial(), dial()];
    busy.socket.write(get('/ours/last'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await closed;
    await Promise.all([idle.closed, busy.closed]);
    expect(idle.text()).toBe('');
    expect(bodies(busy.text())).toEqual(['plain GET /ours/last']);
  });

  it('refuses a header that would split the answer', async () => {
    const errors: unknown[] = [];
    server.closeAllConnections();
    const strict = new PlainServer({
      http,
      takes: () => true,
      onRequest: (_request, response) => {
        for (const value of ['a\r\nSet-Cookie: b', 'a\nb', '\u00e4', 'a\u0000'])
          try {
            response.writeHead(200, ['X', value]);
          } catch (error) {
            errors.push(error);
          }
        response.writeHead(204, {});
        response.end();
      },
    });
    await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve));
    const answer = await fetch(`http://127.0.0.1:${(strict.address() as AddressInfo).port}/x`);
    expect(answer.status).toBe(204);
    expect(errors).toHaveLength(4);
    strict.close();
    strict.closeAllConnections();
  });
});
