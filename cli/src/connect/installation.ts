import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '@cuepoint/contract';
import {
  type Config,
  createLogger,
  type RunningInstallation,
  readLock,
  startInstallation,
} from '@cuepoint/server';
import { CommandError } from '../output/failure.ts';
import type { Terminal } from '../output/terminal.ts';

/** Where calls go, and how to let go of it. */
export interface Connection {
  origin: string;
  token: string;
  /** Address people use; the same server. */
  publicUrl: string;
  /** Data directory of the server; null when it is only known by its address. */
  dataDir: string | null;
  /** Base URL of its stand-in platforms; null when it has none, or is only known by its address. */
  sandboxOrigin: string | null;
  /** Set when this command started the installation itself. */
  installation: RunningInstallation | null;
  close(): Promise<void>;
}

export const sandboxEntry = fileURLToPath(new URL('../../../sandbox/src/main.ts', import.meta.url));

const startLimitMs = 60_000;
/** 128 and the number of SIGINT, as shells count. */
const interruptedExitCode = 130;

/**
 * The server that was named, or the one that runs on the data directory; null when neither.
 * @throws CommandError when a server starts there but does not get ready
 */
export async function findRunning(config: Config, terminal: Terminal): Promise<Connection | null> {
  const shared = { installation: null, close: async () => {} };
  if (config.server) {
    const origin = config.server.replace(/\/+$/, '');
    return {
      ...shared,
      origin,
      token: config.apiKey ?? '',
      publicUrl: origin,
      dataDir: null,
      sandboxOrigin: null,
    };
  }
  const giveUpAt = performance.now() + startLimitMs;
  for (;;) {
    const running = readLock(config.dataDir);
    if (!running) return null;
    if (running.address) {
      const { address, token, sandboxOrigin } = running;
      return {
        ...shared,
        origin: address,
        token,
        publicUrl: address,
        dataDir: config.dataDir,
        sandboxOrigin,
      };
    }
    if (performance.now() > giveUpAt) {
      throw new CommandError(
        `process ${running.pid} holds ${config.dataDir} but serves nothing`,
        exitCodes.conflict,
        'Stop that process and start again.',
      );
    }
    terminal.progress('starting', `Waiting for the server that starts on ${config.dataDir} …`);
    await wait(200);
  }
}

/**
 * A server to speak to: the one that was named, the one that runs on the data
 * directory, or one that is started for this command and stopped after it.
 */
export async function connect(config: Config, terminal: Terminal): Promise<Connection> {
  const running = await findRunning(config, terminal);
  if (running) return running;
  terminal.progress('own', 'No server runs on this data directory: starting one for this command …');
  const connection = await startOwn({ ...config, ...freePorts, demoData: false });
  terminal.endProgress();
  return connection;
}

/** Settings of an installation that lives beside others. */
export const freePorts = { publicPort: 0, controlPort: 0, deliveryInternalPort: 0, metricsPort: 0 } as const;

/** Starts an installation that belongs to this command; an interrupt stops it before the command ends. */
export async function startOwn(
  config: Config,
  options: {
    sandboxSpeed?: number;
    /** Called after an interrupt, when everything has stopped. */
    tidy?: () => void;
  } = {},
): Promise<Connection> {
  const quiet = config.logLevel === 'info' ? 'error' : config.logLevel;
  // Children of a terminal get the interrupt too; ours must outlive them to tidy up.
  let interrupted = false;
  let installation: RunningInstallation | null = null;
  const leave = () => {
    options.tidy?.();
    process.exit(interruptedExitCode);
  };
  const onInterrupt = () => {
    interrupted = true;
    void installation?.stop().then(leave);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, onInterrupt);
  const forget = () => {
    for (const signal of signals) process.off(signal, onInterrupt);
  };
  try {
    installation = await startInstallation({
      config: { ...config, logLevel: quiet },
      log: createLogger('start', quiet),
      sandboxEntry,
      ...(options.sandboxSpeed === undefined ? {} : { sandboxSpeed: options.sandboxSpeed }),
    });
  } catch (error) {
    if (interrupted) leave();
    forget();
    throw error;
  }
  const lock = readLock(config.dataDir);
  if (!lock) {
    forget();
    await installation.stop();
    throw new Error(`the server started but ${config.dataDir} holds no lock of it`);
  }
  const started = installation;
  return {
    origin: started.publicUrl,
    token: lock.token,
    publicUrl: started.publicUrl,
    dataDir: config.dataDir,
    sandboxOrigin: started.sandbox?.address ?? null,
    installation: started,
    close: async () => {
      forget();
      await started.stop();
    },
  };
}
