import { exitCodes } from '@cuepoint/contract';
import { type Config, loadConfig, type SettingKey } from '@cuepoint/server';
import { Command, CommanderError } from 'commander';
import { addBackupCommands } from './commands/backup.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addMcpCommand } from './commands/mcp.ts';
import { addNodeCommands } from './commands/nodes.ts';
import { addOperationCommands, type CommandRunner } from './commands/operation-commands.ts';
import { addReconcileCommand } from './commands/reconcile.ts';
import type { Shell } from './commands/shell.ts';
import { addStartCommand } from './commands/start.ts';
import { addTailCommand } from './commands/tail.ts';
import { connect } from './connect/installation.ts';
import { CommandError, reportFailure } from './output/failure.ts';
import { createTerminal, type Output, type Terminal } from './output/terminal.ts';

/** Where a command writes: data to stdout, everything else to stderr. */
export interface Streams {
  stdout: Output;
  stderr: Output;
}

/**
 * Runs one `cuepoint` command.
 * @param words what follows `cuepoint` on the command line
 * @returns its exit code, one of `exitCodes` of the contract
 */
export async function run(words: readonly string[], streams: Streams): Promise<number> {
  const asJson = words.includes('--json');
  let exitCode: number = exitCodes.ok;
  const program = new Command('cuepoint')
    .description('Ad operations for video and connected TV: from brief to served, measured, costed ad.')
    .version('0.1.0')
    .option('--json', 'answer as JSON')
    .option('-q, --quiet', 'no messages, results only')
    .option('--plain', 'no colours, no moving lines')
    .option('--data-dir <directory>', 'data directory; default ./data')
    .option('--server <url>', 'speak to this server instead of the one of the data directory')
    .showSuggestionAfterError()
    .showHelpAfterError('(see --help)')
    .configureHelp({ showGlobalOptions: true })
    // Commander writes its own complaints before the flags are known.
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => (asJson ? undefined : streams.stderr.write(text)),
    })
    .exitOverride();

  function terminalOf(): Terminal {
    const { json, quiet, plain } = program.opts<{ json?: boolean; quiet?: boolean; plain?: boolean }>();
    return createTerminal({
      json: json === true,
      quiet: quiet === true,
      plain: plain === true,
      ...streams,
    });
  }

  /** Settings with the global flags on top. */
  function configOf(flags: Partial<Record<SettingKey, unknown>> = {}): Config {
    const { dataDir, server } = program.opts<{ dataDir?: string; server?: string }>();
    return loadConfig({
      flags: { ...flags, ...(dataDir ? { dataDir } : {}), ...(server ? { server } : {}) },
    }).config;
  }

  async function guarded(work: (terminal: Terminal) => Promise<number | undefined>): Promise<void> {
    const terminal = terminalOf();
    try {
      exitCode = (await work(terminal)) ?? exitCodes.ok;
    } catch (error) {
      exitCode = reportFailure(error, terminal);
    }
  }

  const runner: CommandRunner = {
    run: (prepare, work) =>
      guarded(async (terminal) => {
        const config = configOf();
        const prepared = await prepare();
        const connection = await connect(config, terminal);
        try {
          return await work(prepared, connection, terminal);
        } finally {
          await connection.close();
        }
      }),
  };

  const shell: Shell = { guarded, configOf };
  addStartCommand(program, shell);
  addDemoCommand(program, shell);
  addOperationCommands(program, runner);
  addTailCommand(program, runner);
  addReconcileCommand(program, shell);
  addDoctorCommand(program, shell);
  addBackupCommands(program, shell);
  addNodeCommands(program, shell);
  addConfigCommand(program, shell);
  addMcpCommand(program, runner);

  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const asked =
      error.code === 'commander.helpDisplayed' ||
      error.code === 'commander.version' ||
      error.code === 'commander.help';
    exitCode = asked ? exitCodes.ok : exitCodes.usage;
    if (!asked && asJson) {
      const [detail = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
      reportFailure(
        new CommandError(detail, exitCodes.usage, hints.join(' ').replace(/[()]/g, '') || undefined),
        terminalOf(),
      );
    }
  }
  return exitCode;
}
