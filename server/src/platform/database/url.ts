import { resolve } from 'node:path';

export type DatabaseLocation =
  | { kind: 'memory' }
  | { kind: 'directory'; directory: string }
  | { kind: 'postgres'; connectionString: string };

/** A database URL that cannot be used; the message says what would be accepted. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
}

const accepted =
  'accepted are pglite:<directory>, pglite:memory and postgres://user:password@host:port/database';

/** Shows the URL without its password, for messages and logs. */
export function maskDatabaseUrl(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^:/@]*):[^@]*@/i, '$1:***@');
}

/** Says which database a URL means. Throws `DatabaseUrlError`. */
export function parseDatabaseUrl(url: string): DatabaseLocation {
  const embedded = /^pglite:(.*)$/s.exec(url)?.[1];
  if (embedded !== undefined) {
    const path = embedded.replace(/^\/\/(?=.)/, '');
    if (path === '') throw new DatabaseUrlError(`database url "${url}" names no directory; ${accepted}`);
    return path === 'memory' ? { kind: 'memory' } : { kind: 'directory', directory: resolve(path) };
  }
  if (/^postgres(ql)?:\/\//i.test(url)) {
    if (!URL.canParse(url))
      throw new DatabaseUrlError(`database url "${maskDatabaseUrl(url)}" is malformed; ${accepted}`);
    return { kind: 'postgres', connectionString: url };
  }
  throw new DatabaseUrlError(`database url "${maskDatabaseUrl(url)}" is of an unknown kind; ${accepted}`);
}
