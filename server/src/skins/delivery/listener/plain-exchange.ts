import { type IncomingHttpHeaders, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import type { Socket } from 'node:net';
import type { HeaderList, PlayerRequest, PlayerResponse } from './exchange.ts';

/** A request without a body. */
export class PlainAsk implements PlayerRequest {
  readonly method = 'GET';
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;

  constructor(url: string, headers: IncomingHttpHeaders, socket: Socket) {
    this.url = url;
    this.headers = headers;
    this.socket = socket;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {}
}

const KEPT = `Connection: keep-alive\r\nKeep-Alive: timeout=`;
/** What a header may hold that needs no closer look. */
const PLAIN_VALUE = /^[\x20-\x7e]*$/;

/** The answer to a request without a body, in one piece. */
export class PlainAnswer implements PlayerResponse {
  readonly #socket: Socket;
  readonly #keepAliveSeconds: number;
  readonly #onEnd: () => void;
  #head = '';
  #early = '';
  /** RFC 9110 section 8.6: an answer that cannot have content states no length. */
  #hasLength = false;
  headersSent = false;

  constructor(socket: Socket, keepAliveSeconds: number, onEnd: () => void) {
    this.#socket = socket;
    this.#keepAliveSeconds = keepAliveSeconds;
    this.#onEnd = onEnd;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  setHeader(name: string, value: string): void {
    this.#early += line(name, value);
    this.#hasLength ||= name === LENGTH;
  }

  writeHead(status: number, headers: HeaderList): void {
    const lines = linesOf(headers);
    this.#head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${this.#early}${lines.text}`;
    if (lines.hasLength || status === 204 || status === 304) this.#hasLength = true;
    this.headersSent = true;
  }

  end(body: string | Buffer = '', encoding: BufferEncoding = 'utf8'): void {
    const isText = typeof body === 'string';
    const text = isText ? body : body.toString('latin1');
    let head = this.#head;
    if (!this.#hasLength)
      head += `Content-Length: ${isText ? Buffer.byteLength(body, encoding) : body.length}\r\n`;
    head += `Date: ${today()}\r\n${KEPT}${this.#keepAliveSeconds}\r\n\r\n`;
    // The head is ASCII, so that it is itself in either encoding.
    if (this.#socket.writable) this.#socket.write(head + text, isText ? encoding : 'latin1');
    this.#onEnd();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const LENGTH = 'Content-Length';

interface Lines {
  readonly text: string;
  readonly hasLength: boolean;
}

/** Of lists that cannot change. */
const knownLines = new WeakMap<HeaderList, Lines>();

function linesOf(headers: HeaderList): Lines {
  const known = knownLines.get(headers);
  if (known !== undefined) return known;
  let text = '';
  let hasLength = false;
  const flat = Array.isArray(headers)
    ? headers
    : Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
  for (let at = 0; at < flat.length; at += 2) {
    text += line(flat[at]!, flat[at + 1]!);
    if (flat[at] === LENGTH) hasLength = true;
  }
  const lines = { text, hasLength };
  if (Object.isFrozen(headers)) knownLines.set(headers, lines);
  return lines;
}

function line(name: string, value: string): string {
  if (!PLAIN_VALUE.test(value)) refuse(name, value);
  return `${name}: ${value}\r\n`;
}

/** Throws what node:http throws; for what it would let pass, too, since the head must be ASCII. */
function refuse(name: string, value: string): never {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  throw new TypeError(`The value of the header ${name} is not ASCII.`);
}

let dateSecond = -1;
let date = '';

/** RFC 9110 section 6.6.1. */
function today(): string {
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = new Date(now).toUTCString();
  }
  return date;
}
