import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '@cuepoint/contract';
import { type Config, locateMediaTools } from '@cuepoint/server';
import type { Command } from 'commander';
import { parse as parseYaml } from 'yaml';
import { api } from '../connect/api.ts';
import { type Connection, findRunning, freePorts, startOwn } from '../connect/installation.ts';
import type { DemoContext } from '../demo/context.ts';
import { renderResult } from '../demo/render-result.ts';
import type { DemoResult } from '../demo/result.ts';
import { runDemo } from '../demo/run-demo.ts';
import { createSandboxControl } from '../demo/sandbox-control.ts';
import { CommandError } from '../output/failure.ts';
import type { Terminal } from '../output/terminal.ts';
import { textOf } from './operation-commands.ts';
import type { Shell } from './shell.ts';

const sampleBrief = fileURLToPath(new URL('../../../briefs/fernwhistle-us.yaml', import.meta.url));
/** Virtual seconds per second of the stand-ins: a review of a minute takes two seconds. */
const sandboxSpeed = 30;
const mostAds = 2_000;

interface DemoFlags {
  brief?: string;
  video?: string;
  ads: string;
  keep?: boolean;
}

export function addDemoCommand(program: Command, shell: Shell): void {
  program
    .command('demo')
    .description('Take a brief to a served, measured, costed ad, and prove every figure')
    .argument('[brief]', 'brief as YAML or JSON, or - for standard input; default briefs/fernwhistle-us.yaml')
    .option('--brief <file>', 'the same as an option')
    .option('--video <file>', 'use this MP4 instead of generating one')
    .option('--ads <number>', `how many ads to ask for, 1 to ${mostAds}`, '40')
    .option('--keep', 'keep the installation of this run, in <data directory>/demo-run')
    .addHelpText(
      'after',
      [
        '',
        'Uses the server that runs on the data directory. Without one it starts an installation of its own on free ports,',
        'in a temporary directory that is removed afterwards; with --keep in <data directory>/demo-run, which stays.',
        'Exit code 0 only when the log of the delivery plane and the report agree event by event and to the micro.',
      ].join('\n'),
    )
    .action((argument: string | undefined, flags: DemoFlags) =>
      shell.guarded(async (terminal) => {
        const options = readOptions(argument, flags);
        const config = shell.configOf();
        const startedAt = new Date();
        const started = performance.now();
        const place = await openPlace(config, options, flags.keep === true, terminal);
        try {
          const result = await runAt(place, config, options, startedAt, terminal);
          result.tookMs = Math.round(performance.now() - started);
          terminal.data(terminal.json ? JSON.stringify(result, null, 2) : renderResult(result, terminal));
          return result.failure?.exitCode ?? exitCodes.ok;
        } finally {
          await place.leave();
        }
      }),
    );
}

function readOptions(argument: string | undefined, flags: DemoFlags): DemoContext['options'] {
  if (argument !== undefined && flags.brief !== undefined && argument !== flags.brief)
    throw new CommandError(
      `two briefs were given: "${argument}" and --brief "${flags.brief}"`,
      exitCodes.usage,
    );
  const source = argument ?? flags.brief ?? sampleBrief;
  const ads = Number(flags.ads);
  if (!Number.isInteger(ads) || ads < 1 || ads > mostAds)
    throw new CommandError(
      `--ads is "${flags.ads}"; accepted: a whole number, 1 to ${mostAds}`,
      exitCodes.usage,
    );
  const video = flags.video ?? null;
  if (video !== null && !(existsSync(video) && statSync(video).isFile()))
    throw new CommandError(`--video is "${video}": there is no such file`, exitCodes.usage);
  return { brief: { text: textOf(source), source: source === '-' ? 'standard input' : source }, video, ads };
}

/** Where a demo runs, and how it is left. */
interface Place {
  connection: Connection;
  dataDir: string;
  own: boolean;
  kept: boolean;
  leave(): Promise<void>;
}

async function openPlace(
  config: Config,
  options: DemoContext['options'],
  keep: boolean,
  terminal: Terminal,
): Promise<Place> {
  const running = await findRunning(config, terminal);
  if (running) {
    if (running.dataDir === null)
      throw new CommandError(
        'the demo reads the log of the delivery plane from its disk, so it runs on the machine of the server',
        exitCodes.usage,
        'Leave --server and CUEPOINT_SERVER out, and give the data directory: --data-dir <directory>.',
      );
    return { connection: running, dataDir: running.dataDir, own: false, kept: true, leave: running.close };
  }
  const dataDir = keep ? join(config.dataDir, 'demo-run') : mkdtempSync(join(tmpdir(), 'cuepoint-demo-'));
  const remove = () => {
    if (!keep) rmSync(dataDir, { recursive: true, force: true });
  };
  terminal.progress('starting', 'No server runs on this data directory: starting one for the demo …');
  try {
    const connection = await startOwn(
      {
        ...config,
        ...freePorts,
        dataDir,
        databaseUrl: `pglite:${join(dataDir, 'database')}`,
        demoData: false,
        // The stand-in account is billed in whatever the brief is.
        ...(currencyOf(options.brief.text) ?? {}),
      },
      { sandboxSpeed, tidy: remove },
    );
    terminal.endProgress();
    return {
      connection,
      dataDir,
      own: true,
      kept: keep,
      leave: async () => {
        await connection.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function currencyOf(brief: string): { amazonCurrency: string } | null {
  try {
    const { currency } = parseYaml(brief) as { currency?: unknown };
    return typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? { amazonCurrency: currency } : null;
  } catch {
    // The server says what is wrong with the brief.
    return null;
  }
}

async function runAt(
  place: Place,
  config: Config,
  options: DemoContext['options'],
  startedAt: Date,
  terminal: Terminal,
): Promise<DemoResult> {
  const { connection, dataDir, own, kept } = place;
  const target = { origin: connection.origin, token: connection.token };
  const client = api(target);
  const result: DemoResult = {
    ok: false,
    startedAt: startedAt.toISOString(),
    tookMs: 0,
    server: { publicUrl: connection.publicUrl, own, dataDir, kept, signInUrl: null },
    steps: [],
  };
  const status = await client.system.getStatus({});
  const { ffmpeg } = await locateMediaTools(config);
  await runDemo(
    {
      client,
      target,
      status,
      dataDir,
      sandbox: connection.sandboxOrigin === null ? null : createSandboxControl(connection.sandboxOrigin),
      own,
      terminal,
      ffmpegPath: ffmpeg.path,
      options,
    },
    result,
  );
  if (!own && result.ok) result.server.signInUrl = (await client.accounts.createSignInLink({})).url;
  return result;
}
