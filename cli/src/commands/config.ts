import { loadConfig } from '@cuepoint/server';
import type { Command } from 'commander';
import { table } from '../output/table.ts';
import type { Shell } from './shell.ts';

export function addConfigCommand(program: Command, shell: Shell): void {
  const group = program.command('config').description('settings');
  group
    .command('explain')
    .description('Every setting: its value, where the value comes from, what it does')
    .action(() =>
      shell.guarded(async (terminal) => {
        const { dataDir } = program.opts<{ dataDir?: string }>();
        const { explained } = loadConfig({ flags: dataDir ? { dataDir } : {} });
        if (terminal.json) terminal.data(JSON.stringify(explained, null, 2));
        else {
          const rows = explained.map(({ env, value, origin, description }) => [
            env,
            value,
            origin,
            description,
          ]);
          terminal.data(table([['Setting', 'Value', 'From', 'What it does'], ...rows]));
        }
        return undefined;
      }),
    );
}
