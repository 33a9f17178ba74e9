import pg from 'pg';
import { type Connections, dedicatedListener } from '../connections.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import type { DatabaseRole } from '../types.ts';
import { DatabaseUrlError, maskDatabaseUrl, parseDatabaseUrl } from '../url.ts';

/** Logins of their own for some roles; a role without one is set per transaction from the owner's login. */
export interface RoleUrls {
  app?: string | undefined;
  ingester?: string | undefined;
  scheduler?: string | undefined;
  snapshotBuilder?: string | undefined;
  lender?: string | undefined;
  signin?: string | undefined;
}

export interface PostgresOptions {
  connectionString: string;
  roleUrls: RoleUrls;
  /** Connections per login. */
  poolSize: number;
  connectionTimeoutMs: number;
}

const oldestServer = 150_000;

/** Opens PostgreSQL 15 or newer. Throws when it cannot be reached or is too old. */
export async function openPostgres(options: PostgresOptions): Promise<Connections> {
  const config = (connectionString: string): pg.PoolConfig => ({
    connectionString,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectionTimeoutMs,
    application_name: 'cuepoint',
  });
  const pools: pg.Pool[] = [];
  const open = (connectionString: string): pg.Pool => {
    const pool = new pg.Pool(config(connectionString));
    // An idle connection that the server closes is replaced at the next use; without this it ends the process.
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool;
  };
  const owner = open(options.connectionString);
  const urls: Record<DatabaseRole, string | undefined> = {
    app: options.roleUrls.app,
    ingester: options.roleUrls.ingester,
    scheduler: options.roleUrls.scheduler,
    snapshot_builder: options.roleUrls.snapshotBuilder,
    signin: options.roleUrls.signin,
    lender: options.roleUrls.lender,
    // Read with the owner's login: it is an operator's work.
    backup: undefined,
  };
  const byRole = new Map<DatabaseRole, pg.Pool>();
  for (const [role, url] of Object.entries(urls) as Array<[DatabaseRole, string | undefined]>) {
    if (url === undefined) continue;
    if (parseDatabaseUrl(url).kind !== 'postgres') {
      throw new DatabaseUrlError(
        `the database url of role ${role} must begin with postgres://, not "${url}"`,
      );
    }
    byRole.set(role, open(url));
  }
  try {
    await checkServer(owner, options.connectionString);
  } catch (error) {
    await Promise.all(pools.map((pool) => pool.end()));
    throw error;
  }
  const listener = dedicatedListener(config(options.connectionString));
  return {
    kind: 'postgres',
    lock: null,
    owner,
    poolFor: (role) => byRole.get(role) ?? owner,
    listen: listener.listen,
    async close() {
      await listener.close();
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

async function checkServer(pool: pg.Pool, url: string): Promise<void> {
  let version: number;
  try {
    const { rows } = await pool.query("select current_setting('server_version_num')::int as version");
    version = Number(rows[0]?.version);
  } catch (error) {
    throw new DatabaseUnavailableError(`the database at ${maskDatabaseUrl(url)} cannot be used`, {
      cause: error,
    });
  }
  if (version >= oldestServer) return;
  throw new DatabaseUrlError(
    `the database at ${maskDatabaseUrl(url)} is PostgreSQL ${Math.floor(version / 10_000)}; 15 or newer is needed`,
  );
}
