import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request after its platform prefix was taken off. Header names are lower-case. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  /** Scheme and authority that the caller used, to build links that work for it. */
  origin: string;
  /** Read once; rejects with HttpProblem 413 when larger. */
  body(maxBytes?: number): Promise<Buffer>;
  stream: IncomingMessage;
}

/** `json` objects get `_simulated: true`; `file` is streamed. At most one of json, text, file. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  file?: { path: string; sizeBytes: number };
}

/** Ends a request with an answer of the platform's own error form. */
export class HttpProblem extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`HTTP ${answer.status}`);
    this.name = 'HttpProblem';
    this.answer = answer;
  }
}

export async function readBody(stream: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes)
      throw new HttpProblem({ status: 413, json: { message: `larger than ${maxBytes} bytes` } });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Undefined when the body is no JSON object. */
export async function jsonObject(
  asked: Asked,
  maxBytes = 1_000_000,
): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse((await asked.body(maxBytes)).toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function markedSimulated(value: unknown): unknown {
  return isObject(value) ? { ...value, _simulated: true } : value;
}

export function writeHead(response: ServerResponse, answer: Answer, length: number): void {
  const type =
    answer.json !== undefined
      ? 'application/json'
      : answer.text !== undefined
        ? 'text/plain; charset=utf-8'
        : undefined;
  response.writeHead(answer.status, {
    'x-simulated': 'true',
    ...(type ? { 'content-type': type } : {}),
    ...(answer.status === 204 ? {} : { 'content-length': String(length) }),
    ...answer.headers,
  });
}
