import { createReadStream } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Counters } from './counters.ts';
import type { FaultBook } from './faults.ts';
import { type Answer, type Asked, HttpProblem, markedSimulated, readBody, writeHead } from './http.ts';
import type { Platform } from './platform.ts';

export interface SandboxServerParts {
  platforms: readonly Platform[];
  faults: FaultBook;
  counters: Counters;
  control: (asked: Asked) => Promise<Answer>;
  log: (line: string) => void;
}

/** One server for all stand-ins: `/<platform>/...` and `/__sandbox/...`. */
export function createSandboxServer(parts: SandboxServerParts): http.Server {
  const server = http.createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      parts.log(`fault: ${(error as Error).stack ?? String(error)}`);
      if (response.headersSent) response.destroy();
      else
        send(response, { status: 500, json: { message: 'the stand-in failed' } }).catch(() =>
          response.destroy(),
        );
    });
  });
  server.keepAliveTimeout = 1_000;
  return server;
}

async function answer(
  parts: SandboxServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sandbox.invalid');
  const [, name = ''] = url.pathname.split('/');
  const asked = askedOf(request, url, url.pathname.slice(name.length + 1) || '/');
  // A web page in a browser on this machine must not be able to steer the stand-ins.
  if (name === '__sandbox' && asked.headers.origin !== undefined) {
    return send(response, { status: 403, json: { message: 'not for browsers' } });
  }
  if (name === '__sandbox') return send(response, await guarded(() => parts.control(asked)));
  const platform = parts.platforms.find((candidate) => candidate.name === name);
  if (!platform) return send(response, { status: 404, json: { message: `no platform at ${url.pathname}` } });

  const { faults, counters } = parts;
  const { method, path } = asked;
  counters.request(platform.name, method, path);
  const fault = faults.take(platform.name, method, path);
  if (fault) parts.log(`fault injected: ${fault.kind} ${method} /${platform.name}${path}`);
  const reply = async (outcome: Answer) => {
    counters.status(platform.name, outcome.status);
    await send(response, outcome);
  };
  const cut = () => {
    counters.status(platform.name, 'cut');
    request.socket.destroy();
  };
  const retryAfter =
    fault?.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
  switch (fault?.kind) {
    case 'rate_limited':
      return reply({ ...platform.errorAnswer(429, 'Too many requests'), headers: retryAfter });
    case 'unavailable':
      return reply({ ...platform.errorAnswer(503, 'Service unavailable'), headers: retryAfter });
    case 'cut_before':
      return cut();
    default:
  }
  const outcome = await guarded(() => platform.handle(asked));
  switch (fault?.kind) {
    case 'cut_after':
      return cut();
    case 'error_after':
      return reply(platform.errorAnswer(500, 'Internal error'));
    case 'malformed':
      return reply({
        status: outcome.status,
        text: '{"success": [',
        headers: { 'content-type': 'application/json' },
      });
    case 'slow':
      await wait(fault.delayMs ?? 1_000);
      return reply(outcome);
    default:
      return reply(outcome);
  }
}

async function guarded(handle: () => Promise<Answer>): Promise<Answer> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof HttpProblem) return error.answer;
    throw error;
  }
}

function askedOf(request: IncomingMessage, url: URL, path: string): Asked {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const local = request.socket;
  let read: Promise<Buffer> | undefined;
  return {
    method: request.method ?? 'GET',
    path,
    query: url.searchParams,
    headers,
    origin: `http://${headers.host ?? `${local.localAddress}:${local.localPort}`}`,
    body(maxBytes = 1_000_000) {
      read ??= readBody(request, maxBytes);
      return read;
    },
    stream: request,
  };
}

async function send(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.file) {
    writeHead(response, answer, answer.file.sizeBytes);
    // A reader that goes away is no fault of ours.
    await pipeline(createReadStream(answer.file.path), response).catch(() => response.destroy());
    return;
  }
  const content =
    answer.json === undefined ? (answer.text ?? '') : JSON.stringify(markedSimulated(answer.json));
  const bytes = Buffer.from(answer.status === 204 ? '' : content);
  writeHead(response, answer, bytes.length);
  response.end(bytes);
}
