import { exitCodes } from '@cuepoint/contract';
import { nodeRetirement } from '@cuepoint/server';
import type { Command } from 'commander';
import { CommandError } from '../output/failure.ts';
import type { Shell } from './shell.ts';

/** Delivery nodes belong to the installation: these act on its control plane with the plane key, and ask no account. */
export function addNodeCommands(program: Command, shell: Shell): void {
  program
    .command('nodes')
    .description('delivery nodes that share budgets; for operators')
    .command('retire <node>')
    .description(
      'Give back what a node that will not return was lent of budgets; its log must have been counted',
    )
    .requiredOption('--confirm <node>', 'its name once more: what it spent and was not counted is lent again')
    .action((node: string, { confirm }: { confirm: string }) =>
      shell.guarded(async (terminal) => {
        if (confirm !== node)
          throw new CommandError(`--confirm is ${confirm}; accepted: ${node}`, exitCodes.usage);
        const { retireNode } = await nodeRetirement();
        const retired = await retireNode(shell.configOf(), node).catch((error: unknown) => {
          if (!(error instanceof Error) || error.name !== 'RetireError') throw error;
          const isAway = (error as { kind?: string }).kind === 'unreachable';
          throw new CommandError(error.message, isAway ? exitCodes.failure : exitCodes.conflict);
        });
        if (terminal.json) terminal.data(JSON.stringify(retired, null, 2));
        else
          terminal.data(
            `${node} is retired: ${retired.pots} budgets had lent to it, ${retired.returned} of them have something back.`,
          );
        return exitCodes.ok;
      }),
    );
}
