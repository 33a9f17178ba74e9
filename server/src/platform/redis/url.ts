/** Where Redis is: one server, or some servers of a Cluster that name the others. */
export interface RedisTarget {
  readonly kind: 'single' | 'cluster';
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly isEncrypted: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Number of the logical database; a Cluster has none but 0. */
  readonly database: number;
}

const FORM = /^(rediss?)(\+cluster)?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/(\d{1,4})?)?$/;
const HOST = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;

export const REDIS_URL_ACCEPTED =
  'redis://[user:password@]host[:port][/database], or redis+cluster://[user:password@]host[:port],host[:port]… for a Cluster; rediss and rediss+cluster for TLS';

/**
 * Reads the address of a Redis server or Cluster. Null when it is none; what was wrong is not said, since it may hold a
 * password.
 */
export function readRedisUrl(text: string): RedisTarget | null {
  const found = FORM.exec(text);
  if (!found) return null;
  const [, scheme, cluster, credentials, authority, database] = found;
  const hosts = authority!.split(',').map(readHost);
  const isCluster = cluster !== undefined;
  if (!isCluster && hosts.length > 1) return null;
  if (isCluster && database !== undefined && Number(database) !== 0) return null;
  const known = hosts.filter((host) => host !== null);
  const login = readLogin(credentials ?? '');
  if (known.length < hosts.length || login === null) return null;
  return {
    kind: isCluster ? 'cluster' : 'single',
    hosts: known,
    isEncrypted: scheme === 'rediss',
    ...login,
    database: Number(database ?? 0),
  };
}

function readHost(text: string): { host: string; port: number } | null {
  const found = HOST.exec(text.trim());
  const port = Number(found?.[2] ?? 6379);
  if (!found || port < 1 || port > 65_535) return null;
  return { host: found[1]!.replace(/^\[|\]$/g, ''), port };
}

function readLogin(text: string): Pick<RedisTarget, 'username' | 'password'> | null {
  const at = text.indexOf(':');
  try {
    const username = decodeURIComponent(at < 0 ? text : text.slice(0, at));
    const password = at < 0 ? '' : decodeURIComponent(text.slice(at + 1));
    return { username: username || undefined, password: password || undefined };
  } catch {
    // A stray per cent sign.
    return null;
  }
}
