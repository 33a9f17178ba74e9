import { exitCodes } from '@cuepoint/contract';
import { createLogger, readLock, runRole, type SettingKey, startInstallation } from '@cuepoint/server';
import type { Command } from 'commander';
import { api } from '../connect/api.ts';
import { sandboxEntry } from '../connect/installation.ts';
import { CommandError } from '../output/failure.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Shell } from './shell.ts';

export function addStartCommand(program: Command, shell: Shell): void {
  program
    .command('start')
    .description('Serve console, API and ads; embedded parts unless settings say otherwise')
    .option('--port <port>', 'public port; default 8787')
    .option('--host <host>', 'address to listen on; default 127.0.0.1')
    .option('--role <role>', 'all, control, delivery or worker; default all')
    .option('--no-demo-data', 'start empty')
    .action((options: { port?: string; host?: string; role?: string; demoData?: boolean }) =>
      shell.guarded(async (terminal) => {
        const flags: Partial<Record<SettingKey, unknown>> = {
          ...(options.port === undefined ? {} : { publicPort: options.port }),
          ...(options.host === undefined ? {} : { publicHost: options.host }),
          ...(options.role === undefined ? {} : { role: options.role }),
          ...(options.demoData === false ? { demoData: false } : {}),
        };
        const config = shell.configOf(flags);
        const log = createLogger('start', config.logLevel);
        if (config.role !== 'all') return runRole(config, log);
        terminal.note('Starting Cuepoint …');
        const started = performance.now();
        const installation = await startInstallation({
          // People read this terminal: requests are logged only when asked for.
          config: { ...config, logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel },
          log,
          sandboxEntry,
        });
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          process.on(signal, () => {
            terminal.note('Stopping …');
            void installation.stop();
          });
        }
        await welcome(
          installation.publicUrl,
          config.dataDir,
          Math.round(performance.now() - started),
          terminal,
        );
        const why = await installation.stopped;
        if (why !== null)
          throw new CommandError(
            `stopped: ${why}`,
            exitCodes.failure,
            'See the log above, or run cuepoint doctor.',
          );
        return exitCodes.ok;
      }),
    );
}

async function welcome(
  publicUrl: string,
  dataDir: string,
  tookMs: number,
  terminal: Terminal,
): Promise<void> {
  const lock = readLock(dataDir);
  if (!lock) throw new CommandError(`the server started but ${dataDir} holds no lock of it`);
  const client = api({ origin: publicUrl, token: lock.token });
  const link = await client.accounts.createSignInLink({});
  const status = await client.system.getStatus({});
  if (terminal.json) {
    terminal.data(
      JSON.stringify({
        publicUrl,
        signInUrl: link.url,
        expiresAt: link.expiresAt,
        startedInMs: tookMs,
        simulatedPlatforms: status.simulatedPlatforms,
      }),
    );
    return;
  }
  terminal.data(
    [
      '',
      `  Cuepoint serves at ${publicUrl} (started in ${(tookMs / 1000).toFixed(1)} s)`,
      '',
      `  Sign in      ${link.url}`,
      `               once, until ${link.expiresAt}; another: npm run cuepoint -- sign-in-link`,
      `  Ask for ads  ${publicUrl}/vast`,
      `  API          ${publicUrl}/docs`,
      ...status.simulatedPlatforms.map(({ name, why }) => `  Simulated    ${name}: ${why}`),
      '',
      '  Stop with Ctrl-C.',
      '',
    ].join('\n'),
  );
}
