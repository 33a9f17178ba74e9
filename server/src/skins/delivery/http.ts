import { randomBytes } from 'node:crypto';
import type { PlayerRequest, PlayerResponse } from './listener/exchange.ts';
import { badField, DeliveryError } from './problems.ts';

/** Bodies of the ad and event routes are small; anything larger is a mistake or an attack. */
const MAX_BODY_BYTES = 16 * 1024;

export function newRequestId(): string {
  return `req_${randomBytes(10).toString('hex')}`;
}

/**
 * Lets players on any origin read the answer. Echoing the origin with credentials is safe on these routes because
 * none of them looks at a cookie; several players insist on sending credentials.
 */
export function allowPlayers(request: PlayerRequest, response: PlayerResponse): void {
  const { origin } = request.headers;
  if (origin === undefined) {
    response.setHeader('Access-Control-Allow-Origin', '*');
    return;
  }
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Vary', 'Origin');
}

/**
 * The same as a flat list for `writeHead`, in one go with the answer's own headers: the hot routes use it, since every
 * `setHeader` costs more than the decision.
 */
export function playerHeaders(
  request: Pick<PlayerRequest, 'headers'>,
  type: string,
  length: number,
): string[] {
  const headers = ['Content-Type', type, 'Content-Length', String(length), 'Cache-Control', 'no-store'];
  const { origin } = request.headers;
  if (origin === undefined) headers.push('Access-Control-Allow-Origin', '*');
  else
    headers.push(
      'Access-Control-Allow-Origin',
      origin,
      'Access-Control-Allow-Credentials',
      'true',
      'Vary',
      'Origin',
    );
  return headers;
}

/** Answers a CORS preflight. */
export function sendPreflight(response: PlayerResponse, methods: string): void {
  response.writeHead(204, {
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': 'Content-Type, Range, X-Cuepoint-Debug',
    'Access-Control-Max-Age': '86400',
  });
  response.end();
}

/** Throws 405 unless the method is among `methods`. */
export function requireMethod(request: PlayerRequest, methods: readonly string[]): void {
  if (methods.includes(request.method ?? '')) return;
  const allow = methods.join(', ');
  throw new DeliveryError(
    'method.not_allowed',
    `${request.method} is not offered here; accepted: ${allow}.`,
    {
      headers: { Allow: allow },
    },
  );
}

/** Reads a small JSON object. */
export async function readJsonObject(request: PlayerRequest): Promise<Record<string, unknown>> {
  const type = mediaType(request);
  if (type !== 'application/json')
    throw new DeliveryError(
      'media_type.unsupported',
      `Content-Type is "${type.slice(0, 100)}"; accepted: application/json.`,
    );
  return jsonObject(await readBody(request));
}

/** Reads a small JSON object or a small form, whichever the request says it is; without a body there is neither. */
export async function readJsonOrForm(
  request: PlayerRequest,
): Promise<{ json: Record<string, unknown> } | { form: string }> {
  const type = mediaType(request);
  if (type === 'application/json') return { json: jsonObject(await readBody(request)) };
  if (type === 'application/x-www-form-urlencoded') return { form: await readBody(request) };
  const body = await readBody(request);
  if (body === '' && type === '') return { form: '' };
  throw new DeliveryError(
    'media_type.unsupported',
    `Content-Type is "${type.slice(0, 100)}"; accepted: application/json, application/x-www-form-urlencoded.`,
  );
}

function mediaType(request: PlayerRequest): string {
  return request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
}

async function readBody(request: PlayerRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES)
        throw new DeliveryError('request.too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`, {
          headers: { Connection: 'close' },
        });
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    // The caller went away, or what came is no body: its fault and not ours.
    throw badField('body', undefined, 'a whole body', 'the body was cut off');
  }
  return (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8');
}

function jsonObject(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw badField('body', undefined, 'a JSON object', 'body is not JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badField('body', body, 'a JSON object');
  return body as Record<string, unknown>;
}

/** Host name of a request in lower case, without port. */
export function hostName(request: PlayerRequest): string {
  const host = request.headers.host ?? '';
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':');
  return (end > 0 ? host.slice(0, end) : host).toLowerCase();
}
