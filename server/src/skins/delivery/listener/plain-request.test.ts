import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlainRequest } from './plain-request.ts';

/** Says what node:http understood, one JSON line a request. */
const server = createServer((request, response) => {
  response.end(JSON.stringify({ url: request.url, headers: request.headers }));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** What node:http makes of the same bytes: its reading, or null when it refuses them. */
function byHttp(text: string): Promise<unknown> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () =>
      socket.end(text, 'latin1'),
    );
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
      resolve(answer.startsWith('HTTP/1.1 200') ? JSON.parse(body) : null);
    });
  });
}

const byUs = (text: string) => {
  const read = readPlainRequest(Buffer.from(text, 'latin1'), 0);
  return read === null ? null : { url: read.url, headers: { ...read.headers } };
};

const head = (...lines: string[]) => `GET /vast?pl=main HTTP/1.1\r\nHost: a.example\r\n${lines.join('')}\r\n`;

describe('a plain request', () => {
  it('is read as node:http reads it', async () => {
    const text = head(
      'User-Agent: Roku/DVP-9.10 (519.10E04111A)\r\n',
      'X-Forwarded-For:   203.0.113.7 \r\n',
      'ACCEPT:*/*\r\n',
      'X-Empty:\r\n',
      "x-!#$%&'*+-.^_`|~: odd\r\n",
      'Connection: Keep-Alive\r\n',
    );
    expect(byUs(text)).toEqual(await byHttp(text));
    expect(byUs(text)).toMatchObject({
      url: '/vast?pl=main',
      headers: { host: 'a.example', 'x-forwarded-for': '203.0.113.7', 'x-empty': '' },
    });
  });

  it('ends where the next begins', () => {
    const one = head('A: b\r\n');
    const bytes = Buffer.from(one + one + one.slice(0, 20), 'latin1');
    const first = readPlainRequest(bytes, 0)!;
    expect(first.length).toBe(one.length);
    expect(readPlainRequest(bytes, one.length)).toEqual(first);
    expect(readPlainRequest(bytes, 2 * one.length)).toBeNull();
  });

  it('is nothing that another reader could take for something else', () => {
    const others = [
      head('Content-Length: 5\r\n'),
      head('Content-Length: 0\r\n'),
      head('Transfer-Encoding: chunked\r\n'),
      head('TRANSFER-ENCODING: identity\r\n'),
      head('Upgrade: websocket\r\n', 'Connection: Upgrade\r\n'),
      head('Expect: 100-continue\r\n'),
      head('Connection: close\r\n'),
      head('Connection: keep-alive, X-Hop\r\n'),
      head('Host: b.example\r\n'),
      head('Origin: https://a.example\r\n', 'Origin: https://b.example\r\n'),
      head('Content-Length : 5\r\n'),
      head(' Content-Length: 5\r\n'),
      head('X: a\r\n\tContent-Length: 5\r\n'),
      head('X: a\r\n folded\r\n'),
      head('X: a\nContent-Length: 5\r\n'),
      head('X: a\rContent-Length: 5\r\n'),
      head('X: a\u0000b\r\n'),
      head('X: a\tb\r\n'),
      head('X: \u00e4\r\n'),
      head('X\u00e4: a\r\n'),
      head('no colon\r\n'),
      head(': no name\r\n'),
      head('__proto__: x\r\n'),
      'GET /vast HTTP/1.1\r\n\r\n',
      'GET /vast HTTP/1.0\r\nHost: a\r\n\r\n',
      'GET /vast HTTP/1.1 \r\nHost: a\r\n\r\n',
      'GET  /vast HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /va st HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /vast\tHTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /vast\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET http://a/vast HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /vast HTTP/1.1\nHost: a\n\n',
      '\r\nGET /vast HTTP/1.1\r\nHost: a\r\n\r\n',
      'get /vast HTTP/1.1\r\nHost: a\r\n\r\n',
      'POST /vast HTTP/1.1\r\nHost: a\r\n\r\n',
      'HEAD /vast HTTP/1.1\r\nHost: a\r\n\r\n',
      head(`X: ${'y'.repeat(17_000)}\r\n`),
    ];
    for (const text of others) expect(byUs(text), JSON.stringify(text.slice(0, 80))).toBeNull();
  });

  it('is not there before it has come whole', () => {
    const whole = head('User-Agent: x\r\n', 'X-Forwarded-For: 203.0.113.7\r\n');
    for (let length = 0; length < whole.length; length++) expect(byUs(whole.slice(0, length))).toBeNull();
    expect(byUs(whole)).not.toBeNull();
  });
});

const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'Host: a\r\n',
      'User-Agent: x y\r\n',
      'A: b\r\n',
      'Origin: https://c.example\r\n',
    ),
  },
  fc.constantFrom(
    'Content-Length: 3\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: chunked',
    'Connection: close\r\n',
    'A: b\n',
    '\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
    ':',
    '0\r\n\r\n',
    'GET /x HTTP/1.1\r\n',
    '\u00e9',
    '\u0000',
  ),
  fc.string({ maxLength: 6, unit: 'binary-ascii' }),
);
const request = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant('GET /vast?a=b HTTP/1.1\r\n') },
      fc.constantFrom(
        'GET / HTTP/1.1\n',
        'GET /%ff<>"{} HTTP/1.1\r\n',
        'GET /#a HTTP/1.1\r\n',
        'GET // HTTP/1.1\r\n',
      ),
    ),
    fc.array(piece, { maxLength: 8 }),
  )
  .map(([line, pieces]) => `${line}${pieces.join('')}\r\n\r\n`);

it('is taken for one only where node:http agrees on every byte', { timeout: 60_000 }, async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(request, async (text) => {
      const read = readPlainRequest(Buffer.from(text, 'latin1'), 0);
      if (read === null) return;
      taken++;
      expect({ url: read.url, headers: { ...read.headers } }).toEqual(
        await byHttp(text.slice(0, read.length)),
      );
      // Nothing of it is left over for whoever reads on, and nothing of the next was taken.
      expect(text.slice(read.length - 4, read.length)).toBe('\r\n\r\n');
    }),
    { numRuns: 6000, seed: 7 },
  );
  expect(taken).toBeGreaterThan(300);
});

it('is read alike with the fields of the request before at hand', () => {
  let again = 0;
  const bytesOf = (text: string) => Buffer.from(text, 'latin1');
  fc.assert(
    fc.property(request, request, fc.boolean(), fc.nat(3), (first, other, isRepeated, cut) => {
      const before = readPlainRequest(bytesOf(first), 0)?.fields ?? null;
      const fieldsOf = (text: string) => text.slice(text.indexOf('\n') + 1);
      const whole = isRepeated ? `GET /pod?pl=2 HTTP/1.1\r\n${fieldsOf(first)}` : other;
      // Whole, cut short, and with the next one behind it.
      const text = [whole, whole.slice(0, -1), `${whole}${other}`, `${whole}\r\n`][cut]!;
      const alone = readPlainRequest(bytesOf(text), 0);
      const read = readPlainRequest(bytesOf(text), 0, before);
      expect(read && { ...read, headers: { ...read.headers } }).toEqual(
        alone && { ...alone, headers: { ...alone.headers } },
      );
      if (read !== null && before !== null && read.headers === before.headers) again++;
    }),
    { numRuns: 4000, seed: 11 },
  );
  expect(again).toBeGreaterThan(100);
});
