/** What the main thread asks of the thread that runs the embedded database. */
export type WorkerRequest =
  | { type: 'open'; connection: number }
  | { type: 'send'; connection: number; bytes: Uint8Array }
  | { type: 'close'; connection: number }
  | { type: 'dump' }
  | { type: 'shutdown' };

/** What that thread answers. `bytes` are PostgreSQL protocol messages. */
export type WorkerReply =
  | { type: 'ready' }
  | { type: 'failed'; message: string }
  | { type: 'opened'; connection: number; serverVersion: string }
  | { type: 'bytes'; connection: number; bytes: Uint8Array }
  | { type: 'closed'; connection: number }
  | { type: 'dumped'; bytes: Uint8Array }
  | { type: 'stopped' };

export interface WorkerSettings {
  /** Directory of the database files; null keeps everything in memory. */
  directory: string | null;
  /** Gzipped image to start from; only for a database that does not exist yet. */
  template: Uint8Array | null;
}
