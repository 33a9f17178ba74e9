import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  encodeSnapshot,
  PLANE_PATHS,
  type SnapshotBody,
  type SnapshotHeader,
  SnapshotSteps,
  type SpendStatement,
  snapshotTag,
  withoutBody,
} from '../../../kernel/delivery-protocol.ts';
import { NO_SPEND } from './sample-snapshot.ts';

export const PLANE_KEY = 'plane-key-of-at-least-thirty-two-characters';

export interface FakeControl {
  readonly origin: string;
  readonly port: number;
  /** Requests other than for the snapshot, as they arrived. */
  readonly seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  /** Snapshots that were sent whole, and as what takes an earlier one to them. */
  readonly bodiesSent: number;
  readonly differencesSent: number;
  /** Publishes a snapshot; waiting nodes are told at once. Returns its tag. */
  publish(body: SnapshotBody, spend?: SpendStatement): string;
  /** Publishes what was encoded before. */
  publishEncoded(body: SnapshotBody, encoded: ReturnType<typeof encodeSnapshot>): void;
  /** Publishes any bytes as a snapshot. */
  publishText(text: string, hash: string): void;
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A control plane of nothing but the snapshot protocol, over real HTTP. `handler` answers everything else. */
export async function startFakeControl(handler?: Handler, port = 0): Promise<FakeControl> {
  let current: { text: string; hash: string; header?: SnapshotHeader } | undefined;
  const steps = new SnapshotSteps();
  const waiting = new Set<() => void>();
  const seen: FakeControl['seen'] = [];
  let bodiesSent = 0;
  let differencesSent = 0;
  const fileFor = (snapshot: NonNullable<typeof current>, held: string, wanted: string | null): string => {
    if (wanted !== null && held === snapshot.hash.split('.')[0]) return withoutBody(snapshot.text);
    const { header, text } = snapshot;
    const difference = wanted === 'difference' && header ? steps.fileFrom(held, { header, text }) : null;
    if (difference === null) bodiesSent++;
    else differencesSent++;
    return difference ?? text;
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://control');
    if (url.pathname !== PLANE_PATHS.snapshot) {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
        if (handler) handler(request, response, body);
        else response.writeHead(200, { 'Content-Type': 'text/plain' }).end('control');
      });
      return;
    }
    if (request.headers.authorization !== `Bearer ${PLANE_KEY}`) {
      response.writeHead(401).end();
      return;
    }
    const answer = () => {
      clearTimeout(timer);
      waiting.delete(answer);
      if (!current) response.writeHead(503).end();
      else if (request.headers['if-none-match'] === `"${current.hash}"`) response.writeHead(304).end();
      else {
        const held = (request.headers['if-none-match'] ?? '').slice(1).split('.')[0]!;
        const wanted = url.searchParams.get('body');
        response.writeHead(200, { ETag: `"${current.hash}"` }).end(fileFor(current, held, wanted));
      }
    };
    const timer = setTimeout(answer, Number(url.searchParams.get('wait') ?? '0') * 1000);
    if (current && request.headers['if-none-match'] === `"${current.hash}"`) waiting.add(answer);
    else answer();
    response.on('close', () => {
      clearTimeout(timer);
      waiting.delete(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  const publishText = (text: string, hash: string, header?: SnapshotHeader) => {
    current = { text, hash, ...(header && { header }) };
    for (const answer of [...waiting]) answer();
  };
  const publishEncoded: FakeControl['publishEncoded'] = (body, { text, header, parts }) => {
    steps.follow(header.hash, body, parts);
    publishText(text, snapshotTag(header), header);
  };
  return {
    origin: `http://127.0.0.1:${address.port}`,
    port: address.port,
    seen,
    get bodiesSent() {
      return bodiesSent;
    },
    get differencesSent() {
      return differencesSent;
    },
    publish(body, spend = NO_SPEND) {
      const encoded = encodeSnapshot(body, spend, new Date().toISOString());
      publishEncoded(body, encoded);
      return snapshotTag(encoded.header);
    },
    publishEncoded,
    publishText,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
