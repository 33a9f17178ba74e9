import { loadConfig } from '@cuepoint/server';
import type { Command } from 'commander';
import type { Shell } from './shell.ts';

export function addConfigCommand(program: Command, shell: Shell): void {
  const group = program.command('config').description('settings');
  group
    .command('explain')
    .description('Every setting: its value, where the value comes from, what it does')
    .action(() =>
      shell.guarded(async (terminal) => {
        const { dataDir, server } = program.opts<{ dataDir?: string; server?: string }>();
        const flags = { ...(dataDir ? { dataDir } : {}), ...(server ? { server } : {}) };
        const { explained } = loadConfig({ flags });
        if (terminal.json) terminal.data(JSON.stringify(explained, null, 2));
        else {
          const width = Math.max(...explained.map(({ env }) => env.length));
          terminal.data(
            explained
              .map(({ env, value, origin, description }) =>
                [
                  `${terminal.paint('bold', env.padEnd(width), 'data')}  ${value}  ${terminal.paint('dim', `(${origin})`, 'data')}`,
                  `  ${terminal.paint('dim', description, 'data')}`,
                ].join('\n'),
              )
              .join('\n'),
          );
        }
        return undefined;
      }),
    );
}
