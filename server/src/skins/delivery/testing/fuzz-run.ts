import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseVast, parseVmap } from '@cuepoint/vast';
import { drawsFrom, type FuzzInput, fuzzInput } from './fuzz-inputs.ts';

export interface FuzzReport {
  readonly inputs: number;
  readonly statuses: ReadonlyMap<number, number>;
  /** What went wrong, with the input that did it; the first few. */
  readonly problems: readonly string[];
}

const AT_ONCE = 16;
const MAX_PROBLEMS = 10;

/**
 * Sends `inputs` requests made from `seed` to a public port on loopback, over connections that are kept, and judges every
 * answer: no 5xx, a length that is true, XML and JSON that can be read, problems that name themselves.
 */
export async function fuzzFaces(
  port: number,
  { seed, inputs }: { seed: number; inputs: number },
): Promise<FuzzReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const draw = drawsFrom(seed);
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  let sent = 0;
  const worker = async () => {
    while (sent < inputs) {
      const number = sent++;
      const input = fuzzInput(draw);
      try {
        const answer = await send(agent, port, input);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const wrong = judge(input, answer, number);
        if (wrong !== undefined && problems.length < MAX_PROBLEMS)
          problems.push(`#${number} ${wrong}: ${show(input)}`);
      } catch (error) {
        if (problems.length < MAX_PROBLEMS) problems.push(`#${number} ${error}: ${show(input)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
  return { inputs: sent, statuses, problems };
}

interface FuzzAnswer {
  readonly status: number;
  readonly type: string;
  readonly length: string | undefined;
  readonly body: Buffer;
}

function send(agent: Agent, port: number, { method, path, headers, body }: FuzzInput): Promise<FuzzAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        agent,
        method,
        path: path.replace(/[^\x21-\x7e]/gu, encodeURIComponent),
        headers,
        timeout: 10_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            length: response.headers['content-length'],
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer within ten seconds')));
    request.on('error', (error: NodeJS.ErrnoException) => {
      // A body that is too large is refused while it is still being sent.
      if (
        body !== undefined &&
        body.length > 16 * 1024 &&
        (error.code === 'EPIPE' || error.code === 'ECONNRESET')
      )
        resolve({ status: 413, type: '', length: undefined, body: Buffer.alloc(0) });
      else reject(error);
    });
    request.end(body);
  });
}

function judge(
  input: FuzzInput,
  { status, type, length, body }: FuzzAnswer,
  number: number,
): string | undefined {
  if (status >= 500) return `status ${status} ${body.toString('utf8').slice(0, 200)}`;
  if (input.method === 'HEAD') return body.length === 0 ? undefined : 'HEAD with a body';
  if (length !== undefined && Number(length) !== body.length)
    return `Content-Length ${length} of ${body.length}`;
  const text = body.toString('utf8');
  if (type.includes('json') && status !== 204) {
    const parsed = JSON.parse(text) as {
      code?: unknown;
      detail?: unknown;
      fields?: { accepted?: unknown }[];
    };
    if (status >= 400 && (typeof parsed.code !== 'string' || typeof parsed.detail !== 'string'))
      return 'a problem without a code';
    if (parsed.code === 'input.invalid' && typeof parsed.fields?.[0]?.accepted !== 'string')
      return 'a refusal that names nothing';
    if (status >= 400 && /\bat \S+\.ts|node:internal/.test(text)) return 'a stack in an answer';
  }
  // Reading XML takes longer than making it.
  if (type.includes('xml') && number % 10 === 0) {
    const parsed = text.includes('<vmap:VMAP') ? parseVmap(text) : parseVast(text);
    if (!parsed.ok) return `XML that cannot be read: ${parsed.message}`;
  }
  return undefined;
}

const RAW: readonly string[] = [
  'GET /vast?pl=main HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'GET /vast?pl=main&series=ä\u0001 HTTP/1.1\r\nHost: a\r\n\r\n',
  `GET /vast?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /vast HTTP/1.1\r\nHost: a\r\n${'X-Long: y\r\n'.repeat(3000)}\r\n`,
  'POST /vast HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello',
  'POST /vast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'GET http://[bad/vast HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET * HTTP/1.1\r\nHost: a\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  'GET /vast HTTP/9.9\r\n\r\n',
];

/** Bytes that are no proper request: each must be answered below 500 or cut off. Gives the first lines of the answers. */
export function rawAnswers(port: number): Promise<string[]> {
  return Promise.all(
    RAW.map(
      (text) =>
        new Promise<string>((resolve) => {
          let answer = '';
          const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
          socket.setTimeout(2000, () => socket.destroy());
          socket.on('data', (chunk) => {
            answer += chunk.toString('latin1');
            socket.end();
          });
          socket.on('error', () => undefined);
          socket.on('close', () => resolve(answer.split('\r\n', 1)[0] ?? ''));
        }),
    ),
  );
}

function show({ method, path, headers, body }: FuzzInput): string {
  return `${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 200)} ${body?.slice(0, 300) ?? ''}`;
}

/** Bytes that are still reachable, on the heap and beside it, after a collection. */
export function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
