import { setTimeout as wait } from 'node:timers/promises';
import { ProblemError } from '@cuepoint/client';
import {
  exitCodes,
  Problem,
  TAIL_RATE,
  TailFilter,
  type TailRecord,
  type TailStats,
} from '@cuepoint/contract';
import type { Command } from 'commander';
import type { Connection } from '../connect/installation.ts';
import { CommandError } from '../output/failure.ts';
import type { Terminal } from '../output/terminal.ts';
import { streamEvents } from '../tail/event-stream.ts';
import { statsNotes, tailLine } from '../tail/tail-lines.ts';
import type { CommandRunner } from './operation-commands.ts';

/** Records a second that a terminal takes unless told otherwise. */
const RATE = 500;
const RETRY_MS = 1000;
/** 128 and the number of SIGINT, as shells count. */
const INTERRUPTED = 130;
const FIELDS = Object.keys(TailFilter.shape);

interface TailFlags {
  filter?: string[];
  rate: string;
  count?: string;
}

/** `cuepoint tail`: decisions and events as they happen, until it is interrupted. */
export function addTailCommand(program: Command, runner: CommandRunner): void {
  program
    .command('tail')
    .description('Follow ad requests and events of players as they happen; Ctrl-C ends it')
    .option(
      '--filter <name=value>',
      `only these; repeat for several. Names: ${FIELDS.join(', ')}`,
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .option('--rate <records>', 'most records a second; of more an even sample is shown', String(RATE))
    .option('--count <records>', 'end after so many records')
    .addHelpText(
      'after',
      '\nWith --json each record is one line of JSON. What is not shown (sampled, dropped, gaps) is said on standard error.\nExamples: --filter event=error  --filter lineItemId=li_…  --filter problems=true  --filter id=<decision, request or session>',
    )
    .action((flags: TailFlags) =>
      runner.run(
        async () => ({
          query: queryOf(flags),
          count: flags.count === undefined ? Number.POSITIVE_INFINITY : whole('--count', flags.count, 1, 1e9),
        }),
        ({ query, count }, connection, terminal) => tail(query, count, connection, terminal),
      ),
    );
}

/** Query of the stream's address. @throws CommandError naming the flag, its value and what is accepted */
function queryOf({ filter = [], rate }: TailFlags): URLSearchParams {
  const query = new URLSearchParams({
    rate: String(whole('--rate', rate, TAIL_RATE.least, TAIL_RATE.most)),
  });
  for (const one of filter) {
    const [, name, value] = /^([A-Za-z]+)=(.+)$/s.exec(one) ?? [];
    if (name === undefined || value === undefined || !FIELDS.includes(name))
      throw new CommandError(
        `--filter is "${one}"; expected name=value, with a name of ${FIELDS.join(', ')}`,
        exitCodes.usage,
      );
    query.append(name, value);
  }
  return query;
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new CommandError(
      `${flag} is "${text}"; expected a whole number from ${least} to ${most}`,
      exitCodes.usage,
    );
  return value;
}

async function tail(
  query: URLSearchParams,
  count: number,
  connection: Connection,
  terminal: Terminal,
): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  // An installation of this command's own ends it by itself.
  if (connection.installation === null) process.once('SIGINT', onInterrupt);
  const state = { left: count, lastId: '', told: '' };
  try {
    while (state.left > 0) {
      try {
        await follow(query, state, connection, terminal, interrupt.signal);
      } catch (error) {
        if (interrupt.signal.aborted) break;
        if (error instanceof ProblemError && error.problem.status < 500) throw error;
        const why = error instanceof Error ? error.message : String(error);
        terminal.note(`the tail was cut (${why}); it goes on where it was`);
      }
      if (interrupt.signal.aborted) break;
      // Rejects only when it is interrupted, which is looked at next.
      if (state.left > 0)
        await wait(RETRY_MS, undefined, { signal: interrupt.signal }).catch(() => undefined);
    }
  } finally {
    process.off('SIGINT', onInterrupt);
  }
  return interrupt.signal.aborted ? INTERRUPTED : exitCodes.ok;
}

/** One connection, until it ends or enough has come. */
async function follow(
  query: URLSearchParams,
  state: { left: number; lastId: string; told: string },
  { origin, token }: Connection,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(`${origin}/api/v1/live/tail?${query}`, {
    headers: {
      Accept: 'text/event-stream',
      Authorization: `Bearer ${token}`,
      ...(state.lastId === '' ? {} : { 'Last-Event-ID': state.lastId }),
    },
    signal,
  });
  if (!answer.ok || answer.body === null) {
    // What stands in front of the server may refuse in another form: then its status is what there is to tell.
    const problem = Problem.safeParse(await answer.json().catch(() => null));
    if (problem.success) throw new ProblemError(problem.data);
    throw new Error(`the server answered ${answer.status}`);
  }
  for await (const { name, data, id } of streamEvents(answer.body)) {
    if (id !== null) state.lastId = id;
    if (name === 'record') {
      terminal.data(terminal.json ? data : tailLine(JSON.parse(data) as TailRecord, terminal.paint));
      if (--state.left <= 0) return;
    }
    if (name === 'stats') tell(JSON.parse(data) as TailStats, state, terminal);
  }
}

/** Says what is not shown; the same only once in a row. */
function tell(stats: TailStats, state: { told: string }, terminal: Terminal): void {
  const notes = statsNotes(stats);
  const text = notes.join('\n');
  if (text !== state.told) for (const note of notes) terminal.note(note);
  state.told = text;
}
