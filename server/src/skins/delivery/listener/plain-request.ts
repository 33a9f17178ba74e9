import type { IncomingHttpHeaders } from 'node:http';

/** A request that ends with its head. */
export interface PlainRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes it takes. */
  readonly length: number;
  /** Its fields as they came, with what they say: the next request of the connection mostly says the same. */
  readonly fields: PlainFields;
}

/** What stood behind a request line, the empty line included, and how it reads. */
export interface PlainFields {
  readonly bytes: Buffer;
  readonly headers: IncomingHttpHeaders;
}

/** The most that node:http reads of a head, too. */
const MAX_HEAD = 16_384;
const CR = 13;
const LF = 10;
const SPACE = 32;
const COLON = 58;

/** Bytes of a field name (RFC 9110 section 5.6.2). */
const IS_TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789") IS_TOKEN[character.charCodeAt(0)] = 1;
for (let letter = 0; letter < 26; letter++) IS_TOKEN[65 + letter] = IS_TOKEN[97 + letter] = 1;

/** Fields that change where a request ends or what its connection is. */
const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** How the names of common fields are written on the wire, so that they need not be written small each time. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Cache-Control',
    'Connection',
    'Cookie',
    'Host',
    'Origin',
    'Referer',
    'User-Agent',
    'X-Device-IP',
    'X-Device-User-Agent',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Request-Id',
  ].flatMap((name) => [
    [name, name.toLowerCase()],
    [name.toLowerCase(), name.toLowerCase()],
  ]),
);

/**
 * The request that these bytes begin with, when it is a plain one: `GET` with HTTP/1.1, an address that begins with a
 * slash, no body, nothing said of the connection but that it stays, every field once, and not one byte that the grammar
 * of RFC 9112 leaves to the reader. Null for any other and for one that has not arrived whole: nothing is guessed here.
 *
 * @param offset where the request begins
 * @param before fields of the request before on the same connection: the very same bytes read the very same way
 */
export function readPlainRequest(
  bytes: Buffer,
  offset: number,
  before: PlainFields | null = null,
): PlainRequest | null {
  const most = Math.min(bytes.length, offset + MAX_HEAD);
  // "GET /"
  if (
    most - offset < 16 ||
    bytes[offset] !== 71 ||
    bytes[offset + 1] !== 69 ||
    bytes[offset + 2] !== 84 ||
    bytes[offset + 3] !== SPACE ||
    bytes[offset + 4] !== 47
  )
    return null;
  let at = offset + 4;
  while (at < most && bytes[at]! > SPACE && bytes[at]! < 127) at++;
  const urlEnd = at;
  // " HTTP/1.1" and the end of the line
  if (at + 11 > most || bytes.toString('latin1', at, at + 11) !== ' HTTP/1.1\r\n') return null;
  at += 11;
  const url = bytes.toString('latin1', offset + 4, urlEnd);
  if (before !== null) {
    const end = at + before.bytes.length;
    if (end <= most && bytes.compare(before.bytes, 0, before.bytes.length, at, end) === 0)
      return { url, headers: before.headers, length: end - offset, fields: before };
  }
  const fieldsAt = at;
  const text = bytes.toString('latin1', offset, most);
  const headers: Record<string, string> = {};
  let hosts = 0;
  while (at < most && bytes[at] !== CR) {
    const nameAt = at;
    while (at < most && IS_TOKEN[bytes[at]!] === 1) at++;
    if (at === nameAt || at >= most || bytes[at] !== COLON) return null;
    const written = text.slice(nameAt - offset, at - offset);
    at++;
    while (at < most && bytes[at] === SPACE) at++;
    const valueAt = at;
    while (at < most && bytes[at]! >= SPACE && bytes[at]! < 127) at++;
    if (at + 1 >= most || bytes[at] !== CR || bytes[at + 1] !== LF) return null;
    let valueEnd = at;
    while (valueEnd > valueAt && bytes[valueEnd - 1] === SPACE) valueEnd--;
    at += 2;
    const name = NAMES.get(written) ?? written.toLowerCase();
    if (FRAMING.has(name) || headers[name] !== undefined) return null;
    const value = text.slice(valueAt - offset, valueEnd - offset);
    if (name === 'connection' && value !== 'keep-alive' && value.toLowerCase() !== 'keep-alive') return null;
    if (name === 'host') hosts++;
    headers[name] = value;
  }
  if (at + 1 >= most || bytes[at + 1] !== LF || hosts !== 1) return null;
  const end = at + 2;
  // A copy: what arrived is let go of, and these stay as long as the connection.
  const fields = { bytes: Buffer.from(bytes.subarray(fieldsAt, end)), headers: Object.freeze(headers) };
  return { url, headers, length: end - offset, fields };
}
