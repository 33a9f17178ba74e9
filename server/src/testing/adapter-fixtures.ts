import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  UpstreamError,
} from '../platform/http-client/index.ts';

/** One HTTP exchange of a fixture: what must be asked, and what is then answered or happens. */
export interface FixtureExchange {
  expect: { method: string; url: string; headers?: Record<string, string>; body?: unknown };
  reply:
    | { status: number; headers?: Record<string, string>; body?: unknown; text?: string }
    | { failure: 'rate_limited' | 'unavailable' | 'ambiguous' | 'rejected' | 'unauthorised'; code?: string };
}

/** A file in `fixtures/{exemplary,supplemental}`: request in, HTTP expected, HTTP replied, result or coded error out. */
export interface AdapterFixture {
  /** The situation, in one sentence. */
  situation: string;
  call: { method: string; arguments: unknown[] };
  exchanges: FixtureExchange[];
  /** Compared as a subset. */
  result?: unknown;
  error?: { kind: string; [field: string]: unknown };
}

/**
 * Registers one test a fixture of an adapter folder.
 * @param folder URL of the adapter's `fixtures/`
 * @param perform makes the adapter over the scripted client and performs the call
 */
export function runAdapterFixtures(
  folder: URL,
  perform: (http: HttpClient, call: AdapterFixture['call']) => Promise<unknown>,
): void {
  const files = ['exemplary', 'supplemental'].flatMap((group) => {
    const directory = new URL(`${group}/`, folder);
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => new URL(name, directory));
  });
  it('has exemplary and supplemental fixtures', () => {
    expect(files.length).toBeGreaterThan(1);
  });
  for (const file of files) {
    const fixture = JSON.parse(readFileSync(file, 'utf8')) as AdapterFixture;
    it(`${path.basename(path.dirname(file.pathname))}/${path.basename(file.pathname)}: ${fixture.situation}`, async () => {
      const scripted = scriptedClient(fixture.exchanges);
      const outcome = await perform(scripted.http, fixture.call).then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
      if ('error' in outcome) {
        if (!fixture.error || !UpstreamError.is(outcome.error)) throw outcome.error;
        expect(plain({ ...outcome.error, message: outcome.error.message })).toMatchObject(fixture.error);
      } else {
        expect(fixture.error, 'an error was expected').toBeUndefined();
        expect(plain(outcome.result)).toMatchObject(fixture.result as object);
      }
      expect(scripted.left(), 'exchanges that were never asked for').toEqual([]);
    });
  }
}

/** An HttpClient that answers from a script and fails on anything else. */
function scriptedClient(exchanges: readonly FixtureExchange[]): {
  http: HttpClient;
  left(): FixtureExchange[];
} {
  const queue = [...exchanges];
  const request = async (asked: HttpRequest): Promise<HttpResponse> => {
    const next = queue.shift();
    if (!next) throw new Error(`nobody expected ${asked.method} ${asked.url}`);
    const { headers, body, ...line } = next.expect;
    expect({ method: asked.method, url: asked.url }).toEqual(line);
    if (headers) expect(asked.headers).toMatchObject(headers);
    if (body !== undefined) expect(readBody(String(asked.body ?? ''))).toEqual(body);
    const { reply } = next;
    if ('failure' in reply)
      throw new UpstreamError(
        reply.failure,
        `scripted ${reply.failure}`,
        reply.code ? { code: reply.code } : {},
      );
    const text = reply.text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body));
    return {
      status: reply.status,
      headers: reply.headers ?? {},
      url: asked.url,
      body: Buffer.from(text),
      text: () => text,
      durationMs: 1,
    };
  };
  const download = (): never => {
    throw new Error('fixtures download nothing');
  };
  return { http: { request, download }, left: () => queue };
}

/** JSON bodies as objects; form bodies as their fields. */
function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
}

function plain(value: unknown): object {
  return JSON.parse(JSON.stringify(value ?? {})) as object;
}
