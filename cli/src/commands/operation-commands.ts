import { randomUUID } from 'node:crypto';
import { existsSync, openAsBlob, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { callOperation } from '@cuepoint/client';
import {
  type AnyOperation,
  type CallOptions,
  exitCodes,
  type FieldShape,
  fieldShapes,
  fromText,
  operations,
} from '@cuepoint/contract';
import { type Command, Option } from 'commander';
import type { Connection } from '../connect/installation.ts';
import { CommandError } from '../output/failure.ts';
import { renderOutput } from '../output/render.ts';
import type { Terminal } from '../output/terminal.ts';
import { viewOf } from '../views/index.ts';
import { requireFittingInput } from './check-input.ts';
import { flagOf, kebab } from './flag-names.ts';
import { follow } from './follow.ts';

export interface CommandRunner {
  /** `prepare` comes before a server is looked for: what is wrong with the command is said at once. */
  run<T>(
    prepare: () => Promise<T>,
    work: (prepared: T, connection: Connection, terminal: Terminal) => Promise<number | undefined>,
  ): Promise<void>;
}

/** One command for every operation that declares one: flags and positionals come from its input. */
export function addOperationCommands(program: Command, runner: CommandRunner): void {
  const groups = new Map<string, Command>();
  for (const operation of operations as readonly AnyOperation[]) {
    const skin = operation.cli;
    if (!skin) continue;
    const words = skin.command.split(' ');
    const parent = words.length === 2 ? groupOf(words[0]!, program, groups) : program;
    const command = parent.command(words.at(-1)!).description(operation.summary);
    if (operation.description !== undefined) command.addHelpText('after', `\n${operation.description}`);
    const fields = fieldShapes(operation.input);
    const positional = skin.positional ?? [];
    for (const name of positional) {
      const field = fields.find((candidate) => candidate.name === name)!;
      command.argument(field.required ? `<${kebab(name)}>` : `[${kebab(name)}]`, describe(field));
    }
    for (const field of fields) {
      if (!positional.includes(field.name)) command.addOption(optionOf(field, flagOf(operation, field.name)));
    }
    if (operation.effect !== 'read') {
      command.option('--idempotency-key <key>', 'at most one effect for one key; made anew when left out');
      if (operation.dryRun)
        command.option('-n, --dry-run', 'say what would happen; keep nothing, send nothing');
      if (operation.versioned) command.option('--if-match <version>', 'the version of the object you saw');
    }
    if (operation.longRunning)
      command.option('--no-wait', 'answer at once instead of following it to its end');
    if (operation.rest?.download)
      command.option(
        '--out <path>',
        'where to write the file; text is printed without it, other files keep their name',
      );
    command.action(async (...args: unknown[]) => {
      const values = args.slice(0, positional.length);
      const options = args[positional.length] as Record<string, unknown>;
      await runner.run(
        async () => ({
          input: await inputOf(operation, positional, values, options),
          callOptions: callOptionsOf(operation, options),
          waits: options.wait !== false && options.dryRun !== true,
          out: options.out as string | undefined,
        }),
        (prepared, connection, terminal) => call(operation, prepared, connection, terminal),
      );
    });
  }
}

/** Fields whose text people keep in files. */
const TEXTS = new Set(['brief', 'csv']);

async function inputOf(
  operation: AnyOperation,
  positional: readonly string[],
  values: unknown[],
  options: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const raw: Record<string, unknown> = {};
  for (const field of fieldShapes(operation.input)) {
    const index = positional.indexOf(field.name);
    const value = index >= 0 ? values[index] : options[field.name];
    if (value === undefined) continue;
    raw[field.name] =
      field.kind === 'file'
        ? await fileOf(String(value))
        : TEXTS.has(field.name)
          ? textOf(String(value), field.name)
          : value;
  }
  const input = fromText(operation.input, raw);
  requireFittingInput(operation, input);
  return input;
}

interface Prepared {
  input: Record<string, unknown>;
  callOptions: CallOptions;
  waits: boolean;
  out: string | undefined;
}

interface DownloadedFile {
  fileName: string;
  encoding: 'utf8' | 'base64';
  content: string;
}

/** Text goes where it can be piped on; what no terminal shows goes into a file. */
function save(
  { fileName, encoding, content }: DownloadedFile,
  out: string | undefined,
  terminal: Terminal,
): void {
  if (encoding === 'utf8' && out === undefined) {
    terminal.data(content);
    return;
  }
  const path = out ?? basename(fileName);
  try {
    writeFileSync(path, Buffer.from(content, encoding), { flag: out === undefined ? 'wx' : 'w' });
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'there is such a file already' : String(error);
    throw new CommandError(
      `${path} cannot be written: ${why}`,
      exitCodes.failure,
      'Name another one by --out.',
    );
  }
  terminal.note(`written to ${path}`);
}

async function call(
  operation: AnyOperation,
  { input, callOptions, waits, out }: Prepared,
  connection: Connection,
  terminal: Terminal,
): Promise<number | undefined> {
  const target = { origin: connection.origin, token: connection.token };
  let output = await callOperation(operation, input, callOptions, target);
  if (operation.longRunning && waits) {
    output = await follow(operation, output, target, terminal);
  }
  if (terminal.json) terminal.data(JSON.stringify(output, null, 2));
  else if (operation.rest?.download) save(output as DownloadedFile, out, terminal);
  else
    terminal.data(viewOf(operation.id, output, terminal) ?? renderOutput(output, { wide: terminal.plain }));
  return exitCodeOfOutput(output);
}

function callOptionsOf(operation: AnyOperation, options: Record<string, unknown>): CallOptions {
  const result: CallOptions = {};
  if (operation.effect !== 'read') result.idempotencyKey = String(options.idempotencyKey ?? randomUUID());
  if (options.dryRun === true) result.dryRun = true;
  if (options.ifMatch !== undefined) {
    const version = Number(options.ifMatch);
    if (!Number.isInteger(version) || version < 1) {
      throw new CommandError(
        `--if-match is "${String(options.ifMatch)}"; expected a version such as 3`,
        exitCodes.usage,
      );
    }
    result.ifMatch = version;
  }
  return result;
}

/** Some items of a bulk call may have failed, a followed job too, or a check found something: the shell must see it. */
export function exitCodeOfOutput(output: unknown): number | undefined {
  const value = output as {
    results?: Array<{ ok?: boolean }>;
    status?: unknown;
    agrees?: unknown;
    ok?: unknown;
  };
  if (Array.isArray(value.results) && value.results.some((result) => result.ok === false))
    return exitCodes.failure;
  if (value.status === 'failed' || value.agrees === false || value.ok === false) return exitCodes.failure;
  return undefined;
}

function groupOf(name: string, program: Command, groups: Map<string, Command>): Command {
  const known = groups.get(name);
  if (known) return known;
  // A command of its own may have others below it, such as `why` and `why history`. It sees their flags first, so they must
  // not share any.
  const own = program.commands.find((command) => command.name() === name);
  const group = own ?? program.command(name).description(`commands about ${name.replaceAll('-', ' ')}`);
  groups.set(name, group);
  return group;
}

function optionOf(field: FieldShape, flag: string): Option {
  const option = new Option(field.kind === 'boolean' ? `--${flag}` : `--${flag} <value>`, describe(field));
  // Repeated or with commas; one value a flag, so that a list never swallows what follows it.
  if (field.kind === 'array')
    option.argParser((value: string, before: unknown) => [...((before as string[]) ?? []), value]);
  // The server decides what is missing or wrong, with one message for every skin.
  option.attributeName = () => field.name;
  return option;
}

function describe(field: FieldShape): string {
  const parts = [field.description];
  if (field.choices.length > 0) parts.push(`one of ${field.choices.join(', ')}`);
  if (field.defaultValue !== undefined && field.defaultValue !== '')
    parts.push(`default ${JSON.stringify(field.defaultValue)}`);
  if (field.elements === 'object') parts.push('JSON; repeat for several');
  else if (field.kind === 'object') parts.push('JSON');
  else if (field.kind === 'array') parts.push('repeat, or separate by commas');
  if (field.nullable) parts.push('null for none');
  if (field.required) parts.push('required');
  return parts.filter(Boolean).join('; ');
}

async function fileOf(path: string): Promise<Blob> {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new CommandError(`file is "${path}": there is no such file`, exitCodes.usage);
  }
  return Object.assign(await openAsBlob(path), { name: basename(path) });
}

/** A brief, or another text, is given as a file, as `-` for standard input, or as the text itself. */
export function textOf(argument: string, field = 'brief'): string {
  if (argument === '-') return readFileSync(0, 'utf8');
  if (existsSync(argument)) return readFileSync(argument, 'utf8');
  if (argument.includes('\n') || argument.trimStart().startsWith('{')) return argument;
  throw new CommandError(
    `${field} is "${argument}": there is no such file`,
    exitCodes.usage,
    field === 'brief' ? 'Samples are in briefs/.' : undefined,
  );
}
