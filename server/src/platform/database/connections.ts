import pg from 'pg';
import type { DataDirectoryLock } from './data-directory-lock.ts';
import type { Database, DatabaseRole } from './types.ts';

/** What the two kinds of database supply; the rest of the platform is the same for both. */
export interface Connections {
  kind: Database['kind'];
  lock: DataDirectoryLock | null;
  owner: pg.Pool;
  poolFor(role: DatabaseRole): pg.Pool;
  listen: Database['listen'];
  dump?(): Promise<Uint8Array>;
  close(): Promise<void>;
}

const quote = (channel: string): string => pg.escapeIdentifier(channel);

export interface SessionListener {
  listen: Database['listen'];
  /** To be awaited by the pool for every new connection, before anybody else uses it. */
  onConnect(client: pg.ClientBase): Promise<void>;
}

/** LISTEN on the one connection of a pool; repeated on every new connection of it. */
export function sessionListener(query: (text: string) => Promise<unknown>): SessionListener {
  const listeners = new Map<string, Set<{ onPayload(payload: string): void; onConnected?(): void }>>();
  return {
    async onConnect(client) {
      client.on('notification', (message) => {
        for (const listener of listeners.get(message.channel) ?? [])
          listener.onPayload(message.payload ?? '');
      });
      for (const [channel, entries] of listeners) {
        await client.query(`listen ${quote(channel)}`);
        for (const entry of entries) entry.onConnected?.();
      }
    },
    async listen(channel, onPayload, onConnected) {
      const entry = onConnected === undefined ? { onPayload } : { onPayload, onConnected };
      const entries = listeners.get(channel) ?? new Set();
      listeners.set(channel, entries.add(entry));
      await query(`listen ${quote(channel)}`);
      onConnected?.();
      return async () => {
        entries.delete(entry);
        if (entries.size > 0 || !listeners.delete(channel)) return;
        await query(`unlisten ${quote(channel)}`);
      };
    },
  };
}

/** LISTEN on a connection of its own, made again with growing pauses when it is lost. */
export function dedicatedListener(config: pg.ClientConfig): {
  listen: Database['listen'];
  close(): Promise<void>;
} {
  const open = new Set<() => Promise<void>>();
  const listen: Database['listen'] = async (channel, onPayload, onConnected) => {
    let stopped = false;
    let current: pg.Client | null = null;
    let timer: NodeJS.Timeout | undefined;
    const connect = async (): Promise<void> => {
      const client = new pg.Client({ ...config, keepAlive: true });
      client.on('error', () => undefined); // 'end' follows and decides
      client.on('notification', (message) => onPayload(message.payload ?? ''));
      await client.connect();
      try {
        await client.query(`listen ${quote(channel)}`);
      } catch (error) {
        await client.end();
        throw error;
      }
      if (stopped) {
        await client.end();
        return;
      }
      current = client;
      client.on('end', () => {
        if (!stopped) again(1);
      });
      onConnected?.();
    };
    const again = (attempt: number): void => {
      timer = setTimeout(
        () => {
          connect().catch(() => {
            if (!stopped) again(attempt + 1);
          });
        },
        Math.min(30_000, 250 * 2 ** attempt),
      );
    };
    const stop = async (): Promise<void> => {
      stopped = true;
      open.delete(stop);
      clearTimeout(timer);
      await current?.end();
    };
    await connect();
    open.add(stop);
    return stop;
  };
  return {
    listen,
    async close() {
      await Promise.all([...open].map((stop) => stop()));
    },
  };
}
