import type { Socket } from 'node:net';
import { PlainAnswer, PlainAsk } from './plain-exchange.ts';
import { type PlainFields, readPlainRequest } from './plain-request.ts';

export interface ConnectionParts {
  /** True for an address that is answered from here. */
  readonly takes: (url: string) => boolean;
  readonly onRequest: (request: PlainAsk, response: PlainAnswer) => void;
  /** Takes the connection over, with what it has received and nobody has read. */
  readonly onOther: (socket: Socket, unread: Buffer) => void;
  readonly onClose: (connection: PlainConnection) => void;
  /** How long a connection may stay silent before its first request, and between two. */
  readonly firstMs: number;
  readonly keepAliveMs: number;
}

/**
 * One connection, one request at a time, as long as all that comes is plain requests. With the first thing that is not,
 * or has not come whole, it is another's for good: there is no byte that two readers could understand differently.
 */
export class PlainConnection {
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  /** Received and not yet read. */
  #unread: Buffer | null = null;
  #offset = 0;
  #fields: PlainFields | null = null;
  #isBusy = false;
  #isClosing = false;
  #hasServed = false;

  constructor(socket: Socket, parts: ConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    socket.setTimeout(parts.firstMs);
    socket.on('data', this.#onData);
    socket.on('drain', this.#next);
    socket.on('timeout', this.#onTimeout);
    socket.on('error', this.#onError);
    socket.on('end', this.#onOtherEnd);
    socket.on('close', this.#onClose);
  }

  get isIdle(): boolean {
    return !this.#isBusy && this.#unread === null;
  }

  /** Closes once what is being answered has been answered. */
  close(): void {
    this.#isClosing = true;
    if (this.isIdle) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #onData = (chunk: Buffer): void => {
    if (this.#unread === null) {
      this.#unread = chunk;
      this.#offset = 0;
    } else {
      this.#unread = Buffer.concat([this.#unread.subarray(this.#offset), chunk]);
      this.#offset = 0;
    }
    // Whoever sends faster than he is answered waits.
    if (this.#isBusy) this.#socket.pause();
    else this.#next();
  };

  /** Reads the next request, unless one is being answered or the last answer has not left yet. */
  #next = (): void => {
    const bytes = this.#unread;
    if (this.#isBusy || bytes === null || this.#socket.writableNeedDrain) return;
    const request = readPlainRequest(bytes, this.#offset, this.#fields);
    if (request === null || !this.#parts.takes(request.url)) {
      this.#handOver(bytes.subarray(this.#offset));
      return;
    }
    this.#offset += request.length;
    this.#fields = request.fields;
    if (this.#offset === bytes.length) this.#unread = null;
    this.#isBusy = true;
    const { keepAliveMs, onRequest } = this.#parts;
    onRequest(
      new PlainAsk(request.url, request.headers, this.#socket),
      new PlainAnswer(this.#socket, Math.floor(keepAliveMs / 1000), this.#onEnd),
    );
  };

  #onEnd = (): void => {
    this.#isBusy = false;
    if (!this.#hasServed) {
      this.#hasServed = true;
      this.#socket.setTimeout(this.#parts.keepAliveMs);
    }
    if (this.#isClosing) this.#socket.end();
    else if (this.#unread !== null) this.#next();
    if (this.#unread === null && this.#socket.isPaused()) this.#socket.resume();
  };

  #handOver(unread: Buffer): void {
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.off('drain', this.#next);
    socket.off('timeout', this.#onTimeout);
    socket.off('error', this.#onError);
    socket.off('end', this.#onOtherEnd);
    socket.off('close', this.#onClose);
    socket.setTimeout(0);
    this.#unread = null;
    this.#parts.onClose(this);
    this.#parts.onOther(socket, unread);
  }

  #onTimeout = (): void => {
    // A request that is being answered keeps its connection, as with node:http.
    if (!this.#isBusy) this.#socket.destroy();
  };

  #onError = (): void => {
    this.#socket.destroy();
  };

  /** The other side says no more; what it has asked is still answered. */
  #onOtherEnd = (): void => {
    this.close();
  };

  #onClose = (): void => {
    this.#unread = null;
    this.#parts.onClose(this);
  };
}
