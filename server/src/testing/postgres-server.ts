import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

export interface TestPostgres {
  /** Login of a superuser, for what a test must arrange from outside. */
  adminUrl: string;
  /** A new, empty database owned by a login that is no superuser, as on a hosted server. */
  createDatabase(): Promise<string>;
  /** Ends it at once, with no word to anybody; what was committed is on its disk when it was asked to keep it. */
  crash(): Promise<void>;
  /** Starts it again after a crash, on the same port; resolves when it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Folder with `initdb` and `postgres`, newest first, or null. */
export function findPostgresBinaries(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/pgsql/bin',
    '/opt/homebrew/opt/postgresql/bin',
  ];
  const complete = (folder: string): boolean =>
    folder !== '' && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'));
  return candidates.find(complete) ?? null;
}

/** Why there is no PostgreSQL server to test with, or null when there is one. Throws where one is required. */
export function postgresMissingReason(): string | null {
  if (findPostgresBinaries() !== null) return null;
  const reason =
    'no PostgreSQL server is installed (initdb and postgres were not found; Debian: apt install postgresql)';
  if (process.env.CI === 'true' || process.env.CUEPOINT_REQUIRE_POSTGRES === '1') {
    throw new Error(`${reason}; it is required because CI=true or CUEPOINT_REQUIRE_POSTGRES=1`);
  }
  return reason;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port was found');
  return address.port;
}

/** PostgreSQL refuses to run as root, so root runs it as the user the package made. */
function runAs(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Starts a private server in a directory of its own on a free port. Null, with the reason printed, when none is
 * installed; throws instead when one is required. Nothing is kept: durability is switched off.
 * @param keeps commits are written before they are answered, so that they survive a crash of the server
 */
export async function startPostgres({ keeps = false } = {}): Promise<TestPostgres | null> {
  const reason = postgresMissingReason();
  const binaries = findPostgresBinaries();
  if (reason !== null || binaries === null) {
    console.warn(`PostgreSQL tests skipped: ${reason}`);
    return null;
  }
  const identity = runAs();
  const home = mkdtempSync(join(tmpdir(), 'cuepoint-postgres-'));
  const data = join(home, 'data');
  mkdirSync(data);
  for (const path of [home, data]) {
    if (identity.uid !== undefined) chownSync(path, identity.uid, identity.gid);
  }
  const options = { ...identity, cwd: home, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  execFileSync(
    join(binaries, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-locale',
      '--no-sync',
      '--no-instructions',
    ],
    { ...options, stdio: 'pipe' },
  );
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${home}`,
    'fsync=off',
    `synchronous_commit=${keeps ? 'on' : 'off'}`,
    'full_page_writes=off',
    'max_connections=60',
    'shared_buffers=32MB',
  ];
  let log = '';
  const launch = () => {
    const process = spawn(
      join(binaries, 'postgres'),
      ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    process.stderr.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString('utf8')).slice(-4_000);
    });
    return { process, exited: new Promise<void>((resolve) => process.once('exit', () => resolve())) };
  };
  let server = launch();
  const abandon = (): void => {
    server.process.kill('SIGQUIT');
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', abandon);

  const adminUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server.process.kill(signal);
    await server.exited;
  };
  const ready = () => waitUntilReady(adminUrl, () => (server.process.exitCode === null ? null : log));
  const stop = async (): Promise<void> => {
    process.off('exit', abandon);
    await end('SIGINT');
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await ready();
    await query(adminUrl, 'create role cuepoint_owner login createrole nosuperuser');
  } catch (error) {
    await stop();
    throw error;
  }
  let count = 0;
  return {
    adminUrl,
    async createDatabase() {
      const name = `test_${++count}`;
      await query(adminUrl, `create database ${name} owner cuepoint_owner`);
      return `postgres://cuepoint_owner@127.0.0.1:${port}/${name}`;
    },
    crash: () => end('SIGQUIT'),
    async restart() {
      server = launch();
      await ready();
    },
    stop,
  };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function waitUntilReady(url: string, ended: () => string | null): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; ) {
    const log = ended();
    if (log !== null) throw new Error(`the PostgreSQL server ended at start:\n${log}`);
    try {
      return await query(url, 'select 1');
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error('the PostgreSQL server did not become ready', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
