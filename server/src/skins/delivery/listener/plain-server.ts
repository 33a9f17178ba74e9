import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'node:net';
import { PlainConnection } from './plain-connection.ts';
import type { PlainAnswer, PlainAsk } from './plain-exchange.ts';

export interface PlainServerParts {
  /** Reads everything that is no plain request. It need not listen itself. */
  readonly http: HttpServer;
  readonly takes: (url: string) => boolean;
  readonly onRequest: (request: PlainAsk, response: PlainAnswer) => void;
}

/**
 * A listener that reads plain requests by itself, at a fraction of what node:http costs, and gives a connection with
 * anything else on it to the given HTTP server, unread.
 */
export class PlainServer extends Server {
  readonly #http: HttpServer;
  readonly #connections = new Set<PlainConnection>();

  constructor({ http, takes, onRequest }: PlainServerParts) {
    // As node:http has it, since the connections may become its own.
    super({ allowHalfOpen: true, noDelay: true });
    this.#http = http;
    const onClose = (connection: PlainConnection) => this.#connections.delete(connection);
    const parts = {
      takes,
      onRequest,
      onClose,
      onOther: handTo(http),
      firstMs: http.headersTimeout,
      keepAliveMs: http.keepAliveTimeout,
    };
    this.on('connection', (socket: Socket) => this.#connections.add(new PlainConnection(socket, parts)));
    // It watches over slow requests from the moment it listens; here it never does so itself.
    this.on('listening', () => http.emit('listening'));
    this.on('close', () => http.close());
  }

  /** As those of node:http, also for the connections that it has taken over. */
  closeIdleConnections(): void {
    for (const connection of this.#connections) connection.close();
    this.#http.closeIdleConnections();
  }

  closeAllConnections(): void {
    for (const connection of this.#connections) connection.destroy();
    this.#http.closeAllConnections();
  }
}

function handTo(http: HttpServer): (socket: Socket, unread: Buffer) => void {
  return (socket, unread) => {
    http.emit('connection', socket);
    if (unread.length > 0) socket.unshift(unread);
    socket.resume();
  };
}
