import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe } from 'vitest';

export interface TestRedis {
  /** As `CUEPOINT_REDIS_URL` takes it. */
  readonly url: string;
  /** Ends every server at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts them again on the same ports, empty: nothing is kept on the disk. */
  restart(): Promise<void>;
  /** They hang: connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
  /** One command to every server. */
  command(...words: string[]): Promise<string[]>;
  stop(): Promise<void>;
}

/** Why there is no Redis to test with, or null when there is one. Throws where one is required. */
export function redisMissingReason(): string | null {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    execFileSync('redis-cli', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    const reason =
      'no Redis is installed (redis-server and redis-cli were not found; Debian: apt install redis-server)';
    if (process.env.CI === 'true' || process.env.CUEPOINT_REQUIRE_REDIS === '1')
      throw new Error(`${reason}; it is required because CI=true or CUEPOINT_REQUIRE_REDIS=1`);
    return reason;
  }
}

/** Runs the same cases on one server and on a Cluster of three masters, or on one of them, each begun for the suite. */
export function redisSuite(
  name: string,
  cases: (redis: () => TestRedis) => void,
  kinds: readonly (1 | 3)[] = [1, 3],
): void {
  const missing = redisMissingReason();
  if (missing !== null) console.warn(`${name}: skipped: ${missing}`);
  for (const masters of kinds) {
    const kind = masters === 1 ? 'single' : 'Cluster of three masters';
    describe.skipIf(missing !== null)(`${name} (${kind})`, () => {
      let redis: TestRedis | undefined;
      beforeAll(async () => {
        redis = await startRedis(masters);
      }, 60_000);
      afterAll(() => redis?.stop());
      cases(() => {
        if (!redis) throw new Error('Redis is not running; ask for it in beforeAll or a test');
        return redis;
      });
    });
  }
}

/** Starts one server, or a Cluster, on free loopback ports. Nothing is kept. */
export async function startRedis(masters: 1 | 3): Promise<TestRedis> {
  const home = mkdtempSync(join(tmpdir(), 'cuepoint-redis-'));
  const ports = await freePorts(masters * 2);
  const servers = Array.from({ length: masters }, (_, at) => ({
    port: ports[at * 2]!,
    busPort: ports[at * 2 + 1]!,
    child: null as ChildProcess | null,
  }));
  const begin = async () => {
    for (const server of servers) server.child = launch(home, server.port, server.busPort, masters > 1);
    for (const { port } of servers) await answering(port);
    if (masters > 1)
      await joinCluster(
        home,
        servers.map(({ port }) => port),
      );
  };
  const kill = async () => {
    await Promise.all(servers.map(({ child }) => ended(child)));
    for (const server of servers) server.child = null;
  };
  const abandon = () => {
    for (const { child } of servers) child?.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', abandon);
  try {
    await begin();
  } catch (error) {
    abandon();
    throw error;
  }
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    url: masters === 1 ? `redis://${hosts}` : `redis+cluster://${hosts}`,
    kill,
    restart: begin,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    command: (...words) => Promise.all(servers.map(({ port }) => cli(port, words))),
    async stop() {
      process.off('exit', abandon);
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };

  function signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    for (const { child } of servers) child?.kill(name);
  }
}

function launch(home: string, port: number, busPort: number, isCluster: boolean): ChildProcess {
  const dir = join(home, String(port));
  mkdirSync(dir, { recursive: true });
  const cluster = isCluster
    ? ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '2000']
    : [];
  return spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir],
      ...['--save', '', '--appendonly', 'no', '--maxmemory', '256mb', '--loglevel', 'warning'],
      ...cluster,
    ],
    { stdio: 'ignore' },
  );
}

function ended(child: ChildProcess | null): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

const run = promisify(execFile);

async function cli(port: number, words: readonly string[]): Promise<string> {
  const { stdout } = await run('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...words]);
  return stdout.trim();
}

async function answering(port: number, words: string[] = ['ping'], wanted = /PONG/): Promise<void> {
  for (const end = Date.now() + 15_000; ; ) {
    const said = await cli(port, words).catch((error: Error) => error.message);
    if (wanted.test(said)) return;
    if (Date.now() > end) throw new Error(`Redis on port ${port} did not become ready: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** After a restart the servers remember each other from their own files; the first time they are introduced. */
async function joinCluster(home: string, ports: readonly number[]): Promise<void> {
  const isKnown = (await cli(ports[0]!, ['cluster', 'info'])).includes('cluster_known_nodes:3');
  if (!isKnown) {
    const hosts = ports.map((port) => `127.0.0.1:${port}`);
    await run('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-replicas', '0', '--cluster-yes'], {
      cwd: home,
    });
  }
  for (const port of ports) await answering(port, ['cluster', 'info'], /cluster_state:ok/);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            if (address === null || typeof address === 'string') reject(new Error('no free port'));
            else resolve(address.port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
