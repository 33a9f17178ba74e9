import { fileURLToPath } from 'node:url';
import {
  type Config,
  createLogger,
  type RunningInstallation,
  readLock,
  startInstallation,
} from '@cuepoint/server';
import type { Terminal } from '../output/terminal.ts';

/** Where calls go, and how to let go of it. */
export interface Connection {
  origin: string;
  token: string;
  /** Address people use; the same server. */
  publicUrl: string;
  /** Set when this command started the installation itself. */
  installation: RunningInstallation | null;
  close(): Promise<void>;
}

export const sandboxEntry = fileURLToPath(new URL('../../../sandbox/src/main.ts', import.meta.url));

/**
 * A server to speak to: the one that was named, the one that runs on the data
 * directory, or one that is started for this command and stopped after it.
 */
export async function connect(config: Config, terminal: Terminal): Promise<Connection> {
  if (config.server) {
    return {
      origin: config.server.replace(/\/+$/, ''),
      token: config.apiKey ?? '',
      publicUrl: config.server,
      installation: null,
      close: async () => {},
    };
  }
  const running = readLock(config.dataDir);
  if (running?.address) {
    return {
      origin: running.address,
      token: running.token,
      publicUrl: running.address,
      installation: null,
      close: async () => {},
    };
  }
  terminal.note('No server runs on this data directory: starting one for this command.');
  return startOwn({
    ...config,
    publicPort: 0,
    controlPort: 0,
    deliveryInternalPort: 0,
    metricsPort: 0,
    demoData: false,
  });
}

/** Starts an installation that belongs to this command. */
export async function startOwn(config: Config, options: { sandboxSpeed?: number } = {}): Promise<Connection> {
  const quiet = config.logLevel === 'info' ? 'warn' : config.logLevel;
  const installation = await startInstallation({
    config: { ...config, logLevel: quiet },
    log: createLogger('start', quiet),
    sandboxEntry,
    ...(options.sandboxSpeed === undefined ? {} : { sandboxSpeed: options.sandboxSpeed }),
  });
  const lock = readLock(config.dataDir);
  if (!lock) {
    await installation.stop();
    throw new Error(`the server started but ${config.dataDir} holds no lock of it`);
  }
  return {
    origin: installation.publicUrl,
    token: lock.token,
    publicUrl: installation.publicUrl,
    installation,
    close: () => installation.stop(),
  };
}
