import { createInterface } from 'node:readline';
import { exitCodes } from '@cuepoint/contract';
import type { Command } from 'commander';
import type { Connection } from '../connect/installation.ts';
import type { CommandRunner } from './operation-commands.ts';

const nothing = async () => {};

/**
 * MCP over standard input and output, for agents that start a command. Every
 * message goes to the server's own MCP address, so both ways are one.
 */
export function addMcpCommand(program: Command, runner: CommandRunner): void {
  program
    .command('mcp')
    .description('Speak MCP on standard input and output')
    .action(() =>
      runner.run(nothing, async (_, connection) => {
        for await (const line of createInterface({ input: process.stdin })) {
          if (line.trim() === '') continue;
          const answer = await pass(line, connection);
          // A notification is accepted without an answer.
          if (answer !== '') process.stdout.write(`${answer}\n`);
        }
        return exitCodes.ok;
      }),
    );
}

/** Codes of JSON-RPC 2.0, section 5.1. */
const parseError = -32_700;
const serverError = -32_000;

async function pass(line: string, { origin, token }: Connection): Promise<string> {
  let id: unknown = null;
  try {
    id = (JSON.parse(line) as { id?: unknown }).id ?? null;
  } catch {
    return failure(null, parseError, 'The line is not JSON.');
  }
  try {
    const response = await fetch(`${origin}/mcp`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        Authorization: `Bearer ${token}`,
      },
      body: line,
    });
    const text = (await response.text()).trim();
    if (text === '') return '';
    const body = JSON.parse(text) as { jsonrpc?: unknown; detail?: string };
    return body.jsonrpc === undefined
      ? failure(id, serverError, body.detail ?? `The server answered ${response.status}.`)
      : JSON.stringify(body);
  } catch (error) {
    return failure(id, serverError, `The server does not answer: ${(error as Error).message}`);
  }
}

function failure(id: unknown, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}
