import { createInterface } from 'node:readline';
import { exitCodes } from '@cuepoint/contract';
import type { Command } from 'commander';
import type { CommandRunner } from './operation-commands.ts';

/**
 * MCP over standard input and output, for agents that start a command. Every
 * message goes to the server's own MCP address, so both ways are one.
 */
export function addMcpCommand(program: Command, runner: CommandRunner): void {
  program
    .command('mcp')
    .description('Speak MCP on standard input and output')
    .action(() =>
      runner.run(async (connection) => {
        for await (const line of createInterface({ input: process.stdin })) {
          if (line.trim() === '') continue;
          const response = await fetch(`${connection.origin}/mcp`, {
            method: 'POST',
            headers: {
              'Content-Type': 'application/json',
              Accept: 'application/json, text/event-stream',
              Authorization: `Bearer ${connection.token}`,
            },
            body: line,
          });
          const text = (await response.text()).trim();
          // A notification is accepted without an answer.
          if (text !== '') process.stdout.write(`${text.replaceAll('\n', ' ')}\n`);
        }
        return exitCodes.ok;
      }),
    );
}
