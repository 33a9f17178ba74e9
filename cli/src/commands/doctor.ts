import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import net from 'node:net';
import { dirname } from 'node:path';
import { exitCodes } from '@cuepoint/contract';
import { describeTool } from '@cuepoint/media';
import {
  type Config,
  hasAmazonKeys,
  locateMediaTools,
  maskDatabaseUrl,
  openDatabase,
  readLock,
} from '@cuepoint/server';
import type { Command } from 'commander';
import { api } from '../connect/api.ts';
import type { Shell } from './shell.ts';

interface Check {
  what: string;
  state: 'ok' | 'warn' | 'fail';
  found: string;
  remedy?: string;
}

export function addDoctorCommand(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .description('Check this machine and this installation, and say what to do about each problem')
    .action(() =>
      shell.guarded(async (terminal) => {
        const config = shell.configOf();
        const checks = [
          node(),
          dataDirectory(config),
          disk(config),
          await media(config),
          await server(config),
          await database(config),
          await publicPort(config),
          ...platforms(config),
        ];
        if (terminal.json) terminal.data(JSON.stringify({ checks }, null, 2));
        else {
          const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
          for (const check of checks) {
            terminal.data(
              `${terminal.paint(colour[check.state], check.state.padEnd(4), 'data')}  ${check.what.padEnd(16)}  ${check.found}`,
            );
            if (check.remedy) terminal.data(`      ${''.padEnd(16)}  ${check.remedy}`);
          }
        }
        return checks.some((check) => check.state === 'fail') ? exitCodes.failure : exitCodes.ok;
      }),
    );
}

function node(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return fits
    ? { what: 'node', state: 'ok', found: process.versions.node }
    : { what: 'node', state: 'fail', found: process.versions.node, remedy: 'Install Node 20.19 or newer.' };
}

/** The directory itself, or the nearest one above it that is there: looking makes nothing. */
function nearest(directory: string): string {
  return existsSync(directory) ? directory : nearest(dirname(directory));
}

function dataDirectory({ dataDir }: Config): Check {
  const what = 'data directory';
  const found = existsSync(dataDir) ? dataDir : `${dataDir}, made on first start`;
  try {
    accessSync(nearest(dataDir), constants.W_OK);
    return { what, state: 'ok', found };
  } catch {
    return {
      what,
      state: 'fail',
      found: `${dataDir} cannot be written`,
      remedy: 'Set CUEPOINT_DATA_DIR to a directory of yours.',
    };
  }
}

function disk({ dataDir }: Config): Check {
  const { bavail, bsize } = statfsSync(nearest(dataDir));
  const gigabytes = (bavail * bsize) / 1e9;
  const found = `${gigabytes.toFixed(1)} GB free`;
  if (gigabytes >= 2) return { what: 'disk', state: 'ok', found };
  return {
    what: 'disk',
    state: gigabytes < 0.5 ? 'fail' : 'warn',
    found,
    remedy: 'Free some room: the log and videos need it.',
  };
}

async function media(config: Config): Promise<Check> {
  try {
    const tools = await locateMediaTools(config);
    return {
      what: 'ffmpeg',
      state: 'ok',
      found: `${describeTool('ffmpeg', tools.ffmpeg)}; ${describeTool('ffprobe', tools.ffprobe)} (${tools.ffmpeg.source})`,
    };
  } catch (error) {
    return {
      what: 'ffmpeg',
      state: 'fail',
      found: (error as Error).message,
      remedy: 'Install ffmpeg, or run npm ci with optional packages.',
    };
  }
}

/** Beyond this, flights would begin and links expire at the wrong moment. */
const clockLimitMs = 5_000;

async function server(config: Config): Promise<Check> {
  const what = 'server';
  const lock = readLock(config.dataDir);
  if (!lock) return { what, state: 'ok', found: 'not running; start it with cuepoint start' };
  if (!lock.address) return { what, state: 'warn', found: `process ${lock.pid} is starting` };
  try {
    const status = await api({ origin: lock.address, token: lock.token }).system.getStatus({});
    const found = `running at ${status.publicUrl}, version ${status.version}, serving ${status.delivery.ok ? 'ok' : 'not ready'}, database ${status.database.ok ? 'ok' : 'not answering'}, ${status.database.migrations} migrations`;
    const apartMs = Math.abs(Date.parse(status.now) - Date.now());
    if (apartMs > clockLimitMs)
      return {
        what,
        state: 'warn',
        found: `${found}; its clock is ${Math.round(apartMs / 1000)} s from ours`,
        remedy: 'Set the clock: flights and signed links depend on it.',
      };
    return { what, state: status.delivery.ok && status.database.ok ? 'ok' : 'warn', found };
  } catch (error) {
    return {
      what,
      state: 'fail',
      found: `process ${lock.pid} does not answer at ${lock.address}: ${(error as Error).message}`,
      remedy: 'Stop that process and start again.',
    };
  }
}

/** Embedded data is fine up to here; beyond it PostgreSQL serves better. */
const embeddedLimitBytes = 4e9;

async function database(config: Config): Promise<Check> {
  const shown = maskDatabaseUrl(config.databaseUrl);
  if (config.databaseUrl.startsWith('pglite:')) {
    if (readLock(config.dataDir))
      return { what: 'database', state: 'ok', found: `embedded, held by the running server (${shown})` };
    const directory = config.databaseUrl.slice('pglite:'.length);
    if (!existsSync(directory))
      return { what: 'database', state: 'ok', found: 'embedded, made on first start' };
  }
  try {
    const opened = await openDatabase({ url: config.databaseUrl });
    try {
      const ms = await opened.ping();
      const bytes = await opened.sizeBytes();
      const found = `${opened.kind}, answers in ${ms.toFixed(1)} ms, ${(bytes / 1e6).toFixed(0)} MB (${shown})`;
      if (opened.kind === 'embedded' && bytes > embeddedLimitBytes) {
        return {
          what: 'database',
          state: 'warn',
          found,
          remedy: 'The data has outgrown the embedded database: set CUEPOINT_DATABASE_URL to postgres://…',
        };
      }
      return { what: 'database', state: 'ok', found };
    } finally {
      await opened.close();
    }
  } catch (error) {
    return {
      what: 'database',
      state: 'fail',
      found: `${shown}: ${(error as Error).message}`,
      remedy: 'Check CUEPOINT_DATABASE_URL and that the server runs.',
    };
  }
}

function publicPort(config: Config): Promise<Check> {
  const what = 'public port';
  const lock = readLock(config.dataDir);
  if (lock)
    return Promise.resolve({
      what,
      state: 'ok',
      found: lock.address ? `${new URL(lock.address).port}, of the running server` : 'being opened',
    });
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () =>
      resolve({
        what,
        state: 'warn',
        found: `${config.publicPort} is in use`,
        remedy: 'Choose another: CUEPOINT_PUBLIC_PORT or --port.',
      }),
    );
    probe.listen(config.publicPort, config.publicHost, () =>
      probe.close(() => resolve({ what, state: 'ok', found: `${config.publicPort} is free` })),
    );
  });
}

function platforms(config: Config): Check[] {
  return [
    config.lumaApiKey
      ? { what: 'Luma', state: 'ok', found: config.lumaBaseUrl }
      : { what: 'Luma', state: 'ok', found: 'simulated: LUMAAI_API_KEY is not set' },
    hasAmazonKeys(config)
      ? { what: 'Amazon DSP', state: 'ok', found: `account ${config.amazonAccountId}` }
      : {
          what: 'Amazon DSP',
          state: 'ok',
          found: 'simulated: the five AMAZON_ADS_ settings are not all set',
        },
  ];
}
