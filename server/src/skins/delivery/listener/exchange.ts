import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/** What the player's routes need of a request, whoever read it from the wire. */
export interface PlayerRequest extends AsyncIterable<Buffer> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
}

/** What they need to answer. */
export interface PlayerResponse {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  setHeader(name: string, value: string): unknown;
  /** Throws when a value may not stand in a header. A frozen list is read once, however often it is given. */
  writeHead(status: number, headers: HeaderList): unknown;
  end(body?: string | Buffer, encoding?: BufferEncoding): unknown;
  destroy(): unknown;
}

/** Names and values in turn, or values by name. */
export type HeaderList = string[] | Record<string, string | number>;
