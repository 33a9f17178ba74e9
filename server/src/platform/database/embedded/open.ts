import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Connections, sessionListener } from '../connections.ts';
import type { DataDirectoryLock } from '../data-directory-lock.ts';
import { acquireDataDirectoryLock } from '../data-directory-lock.ts';
import { type Bridge, startBridge } from './bridge.ts';

export interface EmbeddedOptions {
  /** Data directory; the database lives in its `postgres/` folder. Null keeps everything in memory. */
  directory: string | null;
  /** Image to start from when the database does not exist yet (see `Database.dump`). */
  template: Uint8Array | null;
  /** A lock already held on the same directory; without one the directory is locked here. */
  lock: DataDirectoryLock | null;
  connectionTimeoutMs: number;
  stuckLimitMs: number;
  onFatal: (error: Error) => void;
}

/**
 * Opens PGlite on its own thread behind an ordinary one-connection pool. Throws `DataDirectoryLockedError`
 * when another process uses the directory: two would silently lose acknowledged rows.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Connections> {
  const { directory } = options;
  if (directory !== null) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const ownLock = directory === null || options.lock !== null ? null : acquireDataDirectoryLock(directory);
  const files = directory === null ? null : join(directory, 'postgres');
  const fresh = files === null || !existsSync(join(files, 'PG_VERSION'));
  let bridge: Bridge;
  try {
    bridge = await startBridge({
      directory: files,
      template: fresh ? options.template : null,
      stuckLimitMs: options.stuckLimitMs,
      onFatal: options.onFatal,
    });
  } catch (error) {
    ownLock?.release();
    throw new Error(`the embedded database in ${files ?? 'memory'} could not be opened`, { cause: error });
  }
  const listener = sessionListener((text) => pool.query(text));
  const pool: pg.Pool = new pg.Pool({
    max: 1,
    onConnect: (client) => listener.onConnect(client),
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: options.connectionTimeoutMs,
    stream: () => bridge.connect() as unknown as import('node:net').Socket,
    // The bridge answers the startup packet itself; these only keep the driver from reading PG* variables.
    user: 'postgres',
    database: 'postgres',
    host: 'embedded',
    password: '',
  });
  pool.on('error', () => undefined);
  return {
    kind: 'embedded',
    lock: options.lock ?? ownLock,
    owner: pool,
    poolFor: () => pool,
    listen: listener.listen,
    dump: () => bridge.dump(),
    async close() {
      await pool.end();
      await bridge.close();
      ownLock?.release();
    },
  };
}
