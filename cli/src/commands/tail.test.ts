import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { exitCodes, type TailRecord, type TailStats } from '@cuepoint/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { streamEvents } from '../tail/event-stream.ts';
import { cuepoint } from '../testing/cli.ts';

const address = { node: 'node-1', segment: 1, offset: 50 };
const request: TailRecord = {
  kind: 'request',
  decisionId: 'dec_1',
  requestId: 'r-1',
  at: '2026-11-21T09:10:00.123Z',
  placementId: 'plc_1',
  isPod: false,
  maxDurationMs: 30_000,
  ads: [],
  backups: 0,
  reason: 'no_budget',
  session: null,
  snapshotHash: 'a'.repeat(64),
  ...address,
};
const event: TailRecord = {
  kind: 'event',
  event: 'impression',
  at: '2026-11-21T09:10:01.000Z',
  decisionId: 'dec_2',
  position: 1,
  campaignId: 'cmp_1',
  lineItemId: 'li_1',
  creativeId: 'crv_1',
  placementId: 'plc_1',
  spendMicros: 20_000,
  currency: 'USD',
  source: 'pixel',
  duplicate: true,
  late: false,
  unbilled: null,
  errorCode: null,
  invalid: 'robot',
  ...address,
};
const stats: TailStats = {
  seconds: 1,
  seen: 100,
  matched: 100,
  sent: 40,
  sampledOut: 60,
  dropped: 0,
  gaps: [],
  sources: [{ node: 'node-1', state: 'following', detail: 'at the end of the log' }],
};
const message = (name: string, id: string, data: unknown) =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

let answer: (request: IncomingMessage, response: ServerResponse) => void;
const asked: { url: URL; lastId: string | undefined }[] = [];
const server = createServer((incoming, response) => {
  asked.push({
    url: new URL(incoming.url!, 'http://server'),
    lastId: incoming.headers['last-event-id'] as string | undefined,
  });
  answer(incoming, response);
});
let here: string[];
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  here = ['--server', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const stream = (response: ServerResponse, ...messages: string[]) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const one of messages) response.write(one);
};

describe('cuepoint tail', () => {
  it('writes a line each, says what is not shown, and ends after so many', async () => {
    answer = (_request, response) =>
      stream(
        response,
        'retry: 2000\n\n',
        message('stats', 'node-1.1.0', stats),
        message('stats', 'node-1.1.0', stats),
        message('record', 'node-1.1.60', request),
        message('record', 'node-1.1.90', event),
      );
    const { code, stdout, stderr } = await cuepoint('tail', '--count', '2', ...here);
    expect(code).toBe(exitCodes.ok);
    expect(stdout.split('\n')).toEqual([
      '09:10:00.123  request         dec_1  plc_1  no ad: no_budget  request r-1',
      '09:10:01.000  impression      dec_2  ad 1  li_1  USD 0.020000  duplicate  invalid: robot',
      '',
    ]);
    expect(stderr).toBe(
      'sampled: 40 of 100 in this second are shown; --rate asks for more, --filter for fewer\n',
    );
  });

  it('writes JSON, a record a line, and goes on where it was cut', async () => {
    answer = (incoming, response) => {
      if (incoming.headers['last-event-id'] === 'node-1.1.60')
        return stream(response, message('record', 'node-1.1.90', event));
      stream(response, message('record', 'node-1.1.60', request));
      response.end();
    };
    const words = ['--filter', 'event=request', '--filter', 'event=impression', '--rate', '9'];
    const { code, stdout } = await cuepoint('tail', '--count', '2', ...words, '--json', ...here);
    expect(code).toBe(exitCodes.ok);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([request, event]);
    expect(asked.map(({ lastId }) => lastId)).toEqual([undefined, 'node-1.1.60']);
    expect(asked[0]!.url.search).toBe('?rate=9&event=request&event=impression');
  });

  it('tells what is wrong with a flag or what the server refuses', async () => {
    for (const [words, said] of [
      [['--filter', 'colour=red'], '--filter is "colour=red"; expected name=value'],
      [['--rate', '0'], '--rate is "0"; expected a whole number from 1 to 2000'],
      [['--count', 'all'], '--count is "all"'],
    ] as const) {
      const { code, stderr } = await cuepoint('tail', ...words, ...here);
      expect(code).toBe(exitCodes.usage);
      expect(stderr).toContain(said);
    }
    answer = (_request, response) => {
      response.writeHead(403, { 'Content-Type': 'application/problem+json' });
      const problem = {
        type: 'about:blank',
        title: 'No',
        status: 403,
        detail: 'not you',
        code: 'auth.forbidden',
      };
      response.end(JSON.stringify(problem));
    };
    const refused = await cuepoint('tail', ...here);
    expect(refused.code).toBe(exitCodes.auth);
    expect(refused.stderr).toContain('not you (auth.forbidden)');
  });

  it('ends with 130 when it is interrupted', async () => {
    answer = (_request, response) => stream(response, message('record', 'node-1.1.60', request));
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=@cuepoint/source', main, 'tail', ...here],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.once('data', () => child.kill('SIGINT'));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, stderr]).toEqual([130, '']);
  }, 30_000);
});

describe('a stream of events', () => {
  it('is read however it is cut, with comments and several lines of data', async () => {
    const text = ': hello\r\nevent: one\ndata: a\ndata: b\nid: 7\n\ndata: ü\n\nevent: empty\n\n';
    const bytes = Buffer.from(text);
    for (let size = 1; size < 9; size++) {
      async function* chunks() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      const events = [];
      for await (const one of streamEvents(chunks())) events.push(one);
      expect(events).toEqual([
        { name: 'one', data: 'a\nb', id: '7' },
        { name: 'message', data: 'ü', id: null },
      ]);
    }
  });
});
