import { type IncomingHttpHeaders, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import type { Socket } from 'node:net';
import type { PlayerRequest, PlayerResponse } from './exchange.ts';

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
    this.#early += this.#line(name, value);
  }

  writeHead(status: number, headers: string[] | Record<string, string | number>): void {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${this.#early}`;
    if (Array.isArray(headers))
      for (let at = 0; at < headers.length; at += 2) head += this.#line(headers[at]!, headers[at + 1]!);
    else for (const name of Object.keys(headers)) head += this.#line(name, String(headers[name]));
    if (status === 204 || status === 304) this.#hasLength = true;
    this.#head = head;
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

  #line(name: string, value: string): string {
    if (name === 'Content-Length') this.#hasLength = true;
    if (!PLAIN_VALUE.test(value)) refuse(name, value);
    return `${name}: ${value}\r\n`;
  }
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
