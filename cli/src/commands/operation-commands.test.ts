import { writeFileSync } from 'node:fs';
import {
  type AnyOperation,
  exitCodes,
  type FieldShape,
  fieldShapes,
  fromText,
  operations,
} from '@cuepoint/contract';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandError } from '../output/failure.ts';
import { scratchDirectory } from '../testing/cli.ts';
import { flagOf } from './flag-names.ts';
import { addOperationCommands, exitCodeOfOutput, textOf } from './operation-commands.ts';

const scratch = scratchDirectory();
const file = scratch.path('some.mp4');
writeFileSync(file, 'content');
afterAll(scratch.remove);

const commanded = (operations as readonly AnyOperation[]).filter((operation) => operation.cli);
const globalFlags = [
  '--json',
  '--quiet',
  '-q',
  '--plain',
  '--data-dir',
  '--server',
  '--help',
  '-h',
  '--version',
  '-V',
];

/** The commands, with what they would send instead of sending it. */
function build(): { program: Command; sent: unknown[] } {
  const sent: unknown[] = [];
  const program = new Command('cuepoint').exitOverride().configureOutput({ writeErr: () => {} });
  addOperationCommands(program, {
    run: async (prepare) => {
      sent.push(((await prepare()) as { input: unknown }).input);
    },
  });
  return { program, sent };
}

function commandOf(program: Command, operation: AnyOperation): Command {
  return operation
    .cli!.command.split(' ')
    .reduce((parent, word) => parent.commands.find((command) => command.name() === word)!, program);
}

const id = '01jcx9w2b8k3m5n7p9q1';
/** Texts of which one fits every field there is. */
const texts = [
  ...[
    '1',
    '3',
    '1000',
    '2026',
    'true',
    'US',
    'USD',
    'en',
    'CODE',
    '#1e4d63',
    '2026-11-23',
    '06:30',
    'Europe/London',
    'a name',
  ],
  ...[
    'person@fernwhistle.example',
    'fernwhistle.example',
    'https://fernwhistle.example/',
    'a long enough text',
    '2026-11-23T10:00:00.000Z',
    '{"all":[]}',
    '{"country":"DE"}',
    `[{"creativeId":"crv_${id}"}]`,
    '[{"days":[1],"fromMinute":0,"toMinute":60}]',
    '[{"scope":"line_item","limit":1,"unit":"day","count":1}]',
    'video/mp4',
    '[{"startAt":"2026-11-23T10:00:00.000Z","endAt":"2026-11-24T10:00:00.000Z"}]',
    '{"scope":"pod","labels":["cars"]}',
    '{"kind":"dynamic","durationMs":60000,"maxAds":4}',
    '[{"minDurationMs":1000,"maxDurationMs":2000,"floorCpmMicros":1000}]',
    'null',
    // SHA-256 of a media file.
    'ab'.repeat(32),
  ],
  ...[
    'acc',
    'usr',
    'key',
    'mkt',
    'brd',
    'chn',
    'cmp',
    'li',
    'rvw',
    'rsc',
    'rrn',
    'flt',
    'crv',
    'gen',
    'dep',
    'plc',
    'pub',
    'bil',
    'era',
    'app',
  ].map((prefix) => `${prefix}_${id}`),
];

function textFor(operation: AnyOperation, field: FieldShape): string {
  if (field.kind === 'file') return file;
  const schema = operation.input.shape[field.name as never] as unknown as {
    safeParse(value: unknown): { success: boolean };
  };
  for (const text of [...field.choices, ...texts]) {
    const value = fromText(operation.input, { [field.name]: text })[field.name];
    if (schema.safeParse(value).success) return field.kind === 'boolean' ? 'true' : text;
  }
  throw new Error(`${operation.id}: no sample text fits ${field.name}`);
}

describe.each(commanded.map((operation) => [operation.cli!.command, operation] as const))(
  '%s',
  (_, operation) => {
    it('reaches every field of its input, and no flag twice', () => {
      const command = commandOf(build().program, operation);
      const flags = command.options.flatMap((option) => [option.short, option.long]).filter((flag) => flag);
      expect(new Set(flags).size).toBe(flags.length);
      expect(flags.filter((flag) => globalFlags.includes(flag!))).toEqual([]);
      const positional: readonly string[] =
        operation.cli && 'positional' in operation.cli ? operation.cli.positional : [];
      for (const { name } of fieldShapes(operation.input)) {
        if (!positional.includes(name)) expect(flags).toContain(`--${flagOf(operation, name)}`);
      }
    });

    it('sends what its flags say', async () => {
      const { program, sent } = build();
      const positional: readonly string[] =
        operation.cli && 'positional' in operation.cli ? operation.cli.positional : [];
      const fields = fieldShapes(operation.input);
      const given = Object.fromEntries(fields.map((field) => [field.name, textFor(operation, field)]));
      const words = operation.cli!.command.split(' ');
      for (const field of fields) {
        if (positional.includes(field.name)) continue;
        words.push(`--${flagOf(operation, field.name)}`);
        if (field.kind !== 'boolean') words.push(given[field.name]!);
      }
      // The brief is text or a file; a JSON text is taken as it is.
      if (given.brief !== undefined) given.brief = '{"brand": {}}';
      if (given.csv !== undefined) given.csv = 'day,key\n2026-11-23,a\n';
      words.push(...positional.map((name) => given[name]!));
      await program.parseAsync(words, { from: 'user' });
      const expected = fromText(operation.input, given);
      const [input] = sent as [Record<string, unknown>];
      for (const field of fields) {
        if (field.kind === 'file') expect((input[field.name] as { name: string }).name).toBe('some.mp4');
        else expect({ [field.name]: input[field.name] }).toEqual({ [field.name]: expected[field.name] });
      }
    });
  },
);

describe('flags', () => {
  const send = async (...words: string[]) => {
    const { program, sent } = build();
    await program.parseAsync(words, { from: 'user' });
    return sent[0];
  };

  it('take the commands of the documentation as they are written there', async () => {
    const creativeId = `crv_${id}`;
    const campaignId = `cmp_${id}`;
    expect(
      await send(
        'generate',
        '--campaign-id',
        campaignId,
        '--prompt',
        'A ridge at dawn',
        '--placement',
        'stv',
      ),
    ).toEqual({ campaignId, prompt: 'A ridge at dawn', placement: 'stv' });
    expect(await send('vast', '--creative-id', creativeId, '--vendors', 'ias,doubleverify')).toEqual({
      creativeId,
      vendors: ['ias', 'doubleverify'],
    });
    const dsps = ['--dsp', 'amazon', '--dsp', 'thetradedesk', '--dsp', 'dv360'];
    expect(await send('traffic', '--creative-id', creativeId, ...dsps)).toEqual({
      creativeId,
      dsp: ['amazon', 'thetradedesk', 'dv360'],
    });
    expect(await send('supply-chain', '--base-cpm', '10.0')).toEqual({ baseCpm: 10 });
    for (const action of ['submit', 'approve', 'reject'])
      expect(await send('approve', '--creative-id', creativeId, '--action', action)).toEqual({
        creativeId,
        action,
      });
    expect(await send('status')).toEqual({});
  });

  it('say which flag is missing, before anything is sent', async () => {
    await expect(send('approve', '--creative-id', 'crv_x')).rejects.toMatchObject({
      problem: {
        code: 'input.invalid',
        fields: [
          { field: 'creativeId', value: 'crv_x' },
          {
            field: 'action',
            message: 'missing: give --action',
            accepted: 'one of submit, approve, reject, request_changes, withdraw',
          },
        ],
      },
    });
  });

  it('refuse a file that is not there', async () => {
    const words = ['creatives', 'upload', `cmp_${id}`, scratch.path('none.mp4')];
    await expect(send(...words)).rejects.toMatchObject({ exitCode: exitCodes.usage });
    expect(() => textOf(scratch.path('none.yaml'))).toThrow(CommandError);
  });
});

describe('the exit code of an answer', () => {
  it.each([
    ['a check that agrees', { agrees: true }, undefined],
    ['a check that found something', { agrees: false }, exitCodes.failure],
    ['a job that failed', { status: 'failed' }, exitCodes.failure],
    ['a list of which one failed', { results: [{ ok: true }, { ok: false }] }, exitCodes.failure],
    ['a plain answer', { id: 'cmp_1' }, undefined],
  ])('of %s', (_, answer, code) => {
    expect(exitCodeOfOutput(answer)).toBe(code);
  });
});
