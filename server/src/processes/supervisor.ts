import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, needsSandbox } from '../config.ts';
import { locateMediaTools } from '../media-tools.ts';
import { DataDirectoryLockedError, readLock } from '../platform/database/index.ts';
import { loadKeyRing } from '../platform/keys/key-ring.ts';
import type { Logger } from '../platform/telemetry/logger.ts';
import type { Runtime, SandboxAddresses } from './runtime.ts';

export interface SupervisorOptions {
  config: Config;
  log: Logger;
  /** Entry file of the stand-in platforms; they are started when a platform has no key. */
  sandboxEntry: string | null;
  /** Virtual seconds per second of the stand-in platforms. */
  sandboxSpeed?: number;
}

export interface RunningInstallation {
  publicUrl: string;
  controlOrigin: string;
  deliveryOrigin: string;
  sandbox: SandboxAddresses | null;
  /** Process ids, for tests that kill one. */
  pids(): { control: number | undefined; delivery: number | undefined; sandbox: number | undefined };
  /** Resolves when the installation has stopped, with the reason when it was not asked to. */
  stopped: Promise<string | null>;
  stop(): Promise<void>;
}

const stopLimitMs = 15_000;
const givesUpAfter = 6;

/**
 * Runs the planes of one machine as child processes and starts again what
 * dies. It holds no data itself, so that nothing is lost with it: when it goes,
 * its children notice and stop in order.
 * @throws DataDirectoryLockedError when the data directory is in use
 */
export async function startInstallation(options: SupervisorOptions): Promise<RunningInstallation> {
  const { config, log } = options;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const holder = readLock(config.dataDir);
  if (holder) throw new DataDirectoryLockedError(config.dataDir, holder);
  const keys = loadKeyRing(config.dataDir);
  const publicPort = config.publicPort === 0 ? await freePort() : config.publicPort;
  await requireFreePort(config.publicHost, publicPort);
  const controlPort = config.controlPort === 0 ? await freePort() : config.controlPort;
  const deliveryInternalPort =
    config.deliveryInternalPort === 0 ? await freePort() : config.deliveryInternalPort;
  const shownHost =
    config.publicHost === '0.0.0.0' || config.publicHost === '::' ? 'localhost' : config.publicHost;
  const runtime: Runtime = {
    config,
    publicUrl: (config.publicUrl ?? `http://${shownHost}:${publicPort}`).replace(/\/+$/, ''),
    publicPort,
    controlPort,
    controlOrigin: `http://127.0.0.1:${controlPort}`,
    deliveryInternalPort,
    deliveryOrigins: [`http://127.0.0.1:${deliveryInternalPort}`, ...(config.deliveryOrigins ?? [])],
    planeKey: config.planeKey ?? keys.plane,
    sandbox: null,
  };

  let stopping = false;
  let finish: (reason: string | null) => void = () => {};
  const stopped = new Promise<string | null>((resolve) => {
    finish = resolve;
  });
  const children: Partial<Record<Child['name'], Child>> = {};

  const stop = async (reason: string | null = null): Promise<void> => {
    if (stopping) {
      await stopped;
      return;
    }
    stopping = true;
    // Ads first: what the delivery plane has acknowledged is on its disk before the rest goes.
    for (const name of ['delivery', 'control', 'sandbox'] as const) await children[name]?.stop();
    finish(reason);
  };
  const onGivenUp = (name: string, why: string) => {
    log.error({ child: name, why }, 'gives up after repeated failures');
    void stop(`${name}: ${why}`);
  };

  try {
    if (needsSandbox(config) && options.sandboxEntry && !config.sandboxOrigin) {
      const port = await freePort();
      const speed = String(options.sandboxSpeed ?? 20);
      const args = ['--port', String(port), '--data-dir', join(config.dataDir, 'sandbox'), '--speed', speed];
      if (config.sandboxClipLines) args.push('--clip-lines', String(config.sandboxClipLines));
      // Requests it answers are worth a line only to who asked for lines of that kind.
      if (!['trace', 'debug', 'info'].includes(config.logLevel)) args.push('--quiet');
      const tools = await locateMediaTools(config);
      args.push('--ffmpeg', tools.ffmpeg.path, '--ffprobe', tools.ffprobe.path);
      children.sandbox = new Child('sandbox', options.sandboxEntry, args, null, log, onGivenUp);
      runtime.sandbox = sandboxAt(`http://127.0.0.1:${port}`);
    } else if (config.sandboxOrigin) {
      runtime.sandbox = sandboxAt(config.sandboxOrigin);
    }
    const entry = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));
    children.control = new Child('control', entry('control-process.ts'), [], runtime, log, onGivenUp);
    children.delivery = new Child('delivery', entry('delivery-process.ts'), [], runtime, log, onGivenUp);
    const control = children.control.start();
    // All boot at once; the delivery plane goes on when there is a snapshot to pull.
    await Promise.all([children.sandbox?.start(), control, children.delivery.start(control)]);
    await untilServing(runtime.deliveryOrigins[0]!);
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    publicUrl: runtime.publicUrl,
    controlOrigin: runtime.controlOrigin,
    deliveryOrigin: runtime.deliveryOrigins[0]!,
    sandbox: runtime.sandbox,
    pids: () => ({
      control: children.control?.pid,
      delivery: children.delivery?.pid,
      sandbox: children.sandbox?.pid,
    }),
    stopped,
    stop: () => stop(),
  };
}

export function sandboxAt(origin: string): SandboxAddresses {
  const address = origin.replace(/\/+$/, '');
  return {
    address,
    lumaBaseUrl: `${address}/luma/dream-machine/v1`,
    amazonBaseUrl: `${address}/amazon`,
    amazonTokenUrl: `${address}/amazon/auth/o2/token`,
  };
}

/** One child process that is kept running. */
class Child {
  readonly name: 'control' | 'delivery' | 'sandbox';
  private readonly entry: string;
  private readonly args: string[];
  private readonly runtime: Runtime | null;
  private readonly log: Logger;
  private readonly onGivenUp: (name: string, why: string) => void;
  private process: ChildProcess | null = null;
  private stopping = false;
  private failures: number[] = [];

  constructor(
    name: Child['name'],
    entry: string,
    args: string[],
    runtime: Runtime | null,
    log: Logger,
    onGivenUp: (name: string, why: string) => void,
  ) {
    this.name = name;
    this.entry = entry;
    this.args = args;
    this.runtime = runtime;
    this.log = log;
    this.onGivenUp = onGivenUp;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /**
   * Resolves with what the child says when it serves; rejects when it ends before that. It boots at once, and is
   * told what to do when `after` has come true.
   */
  start(after: Promise<unknown> = Promise.resolve()): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      let ready = false;
      const child = fork(this.entry, this.args, {
        // The children log to stderr; stdout belongs to the command that started us.
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        serialization: 'json',
      });
      this.process = child;
      after.then(
        () => {
          if (this.runtime && child.connected) child.send(this.runtime);
        },
        // Who waits for both learns why from the other one.
        () => reject(new Error(`${this.name} did not start: what it waits for failed`)),
      );
      child.on('message', (message: Record<string, unknown>) => {
        if (ready) return;
        if (message.failed) {
          reject(new Error(`${this.name}: ${String(message.failed)}`));
          return;
        }
        ready = true;
        resolve((message.details as Record<string, unknown> | undefined) ?? message);
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        this.process = null;
        const how = signal ? `ended by ${signal}` : `exit code ${code}`;
        if (this.stopping) return;
        if (!ready) {
          reject(new Error(`${this.name} did not start (${how})`));
          return;
        }
        this.again(how);
      });
    });
  }

  private again(how: string): void {
    const now = Date.now();
    this.failures = [...this.failures.filter((at) => now - at < 60_000), now];
    if (this.failures.length >= givesUpAfter) {
      this.onGivenUp(this.name, how);
      return;
    }
    const waitMs = Math.min(5_000, 200 * 2 ** (this.failures.length - 1));
    this.log.warn({ child: this.name, how, waitMs }, 'ended and is started again');
    setTimeout(() => {
      if (this.stopping) return;
      this.start().catch((error: unknown) => this.again((error as Error).message));
    }, waitMs);
  }

  stop(): Promise<void> {
    this.stopping = true;
    const child = this.process;
    if (!child) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      child.once('exit', () => {
        clearTimeout(limit);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }
}

const servingLimitMs = 20_000;

/** The delivery plane serves once it has pulled its first snapshot; a start that says so earlier would be a lie. */
async function untilServing(deliveryOrigin: string): Promise<void> {
  const giveUpAt = performance.now() + servingLimitMs;
  for (;;) {
    const ready = await fetch(`${deliveryOrigin}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (performance.now() > giveUpAt)
      throw new Error(`the delivery plane did not get ready within ${servingLimitMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A port that is free now. Fixed for the life of the installation, so that a child finds the others again. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function requireFreePort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          error.code === 'EADDRINUSE'
            ? `CUEPOINT_PUBLIC_PORT is ${port}: the port is in use. Stop what uses it, or choose another with --port.`
            : `CUEPOINT_PUBLIC_HOST is "${host}": cannot listen on port ${port} (${error.code}).`,
        ),
      );
    });
    server.listen(port, host, () => server.close(() => resolve()));
  });
}
