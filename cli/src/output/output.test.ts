import { ProblemError } from '@cuepoint/client';
import { exitCodes } from '@cuepoint/contract';
import { ConfigError } from '@cuepoint/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandError, describeFailure, failureLines, reportFailure } from './failure.ts';
import { formatMicros, renderOutput } from './render.ts';
import { table } from './table.ts';
import { createTerminal, type Output } from './terminal.ts';

function capture(isTTY: boolean, hasColors = isTTY): Output & { text: string } {
  const stream = {
    text: '',
    isTTY,
    columns: 20,
    hasColors: () => hasColors,
    write(text: string) {
      stream.text += text;
      return true;
    },
  };
  return stream as unknown as Output & { text: string };
}

const plainPaint = { paint: (_: unknown, text: string) => text };

describe('money', () => {
  it('keeps every micro and reads back', () => {
    expect(formatMicros(24_000_000_000)).toBe('24,000.000000');
    expect(formatMicros(-1)).toBe('-0.000001');
    fc.assert(
      fc.property(fc.maxSafeInteger(), (micros) => {
        expect(BigInt(formatMicros(micros).replaceAll(/[,.]/g, ''))).toBe(BigInt(micros));
      }),
    );
  });
});

describe('rendering', () => {
  const items = [
    { id: 'crv_1', brandId: 'brd_1', brandName: 'Fernwhistle', spentMicros: 24_100, note: 'x'.repeat(60) },
    { id: 'crv_22', brandId: 'brd_1', brandName: 'Fernwhistle', spentMicros: 1, note: null },
  ];

  it('shows a list as a table: names for ids, figures to the right, long texts cut', () => {
    const [head, first, second] = renderOutput({ items, nextCursor: null, total: 2 }).split('\n');
    expect(head).toMatch(/^ID {6}Brand name {3} {3}Spent {2}Note$/);
    expect(first).toMatch(/^crv_1 {3}Fernwhistle {2}0\.024100 {2}x+…$/);
    expect(second).toMatch(/^crv_22 {2}Fernwhistle {2}0\.000001 {2}-$/);
  });

  it('leaves nothing out when asked for all of it', () => {
    const text = renderOutput({ items, nextCursor: null, total: 2 }, { wide: true });
    expect(text).toContain('brd_1');
    expect(text).toContain('x'.repeat(60));
  });

  it('says how to get the next page, and that there is nothing', () => {
    expect(renderOutput({ items, nextCursor: 'abc', total: 9 })).toContain('2 of 9; next page: --cursor abc');
    expect(renderOutput({ items: [], nextCursor: null, total: 0 })).toBe('none');
  });

  it('shows an object as lines, with lists of objects as tables', () => {
    const text = renderOutput({
      ok: true,
      costMicros: 5_000_000,
      rows: [{ day: 'Monday', count: 3 }],
      none: [],
    });
    expect(text).toBe('Ok    yes\nCost  5.000000\nRows\n  Day     Count\n  Monday      3');
  });

  it('aligns columns', () => {
    expect(
      table(
        [
          ['A', 'B'],
          ['long', '1'],
          ['x', '22'],
        ],
        [1],
      ),
    ).toBe('A      B\nlong   1\nx     22');
  });
});

describe('the terminal', () => {
  const open = (options: { isTTY: boolean; quiet?: boolean; plain?: boolean; hasColors?: boolean }) => {
    const stdout = capture(options.isTTY, options.hasColors);
    const stderr = capture(options.isTTY, options.hasColors);
    const { quiet = false, plain = false } = options;
    return { stdout, stderr, terminal: createTerminal({ json: false, quiet, plain, stdout, stderr }) };
  };

  it('moves one line on a terminal, cut to its width', () => {
    const { stderr, stdout, terminal } = open({ isTTY: true });
    terminal.progress('a', 'one');
    terminal.progress('a', 'a text longer than the line');
    terminal.data('result');
    expect(stderr.text).toBe('\r\u001b[2Kone\r\u001b[2Ka text longer than \r\u001b[2K');
    expect(stdout.text).toBe('result\n');
  });

  it('writes a line a change anywhere else', () => {
    const { stderr, terminal } = open({ isTTY: false });
    for (const [key, text] of [
      ['a', '1 %'],
      ['a', '2 %'],
      ['b', 'done'],
    ] as const)
      terminal.progress(key, text);
    expect(stderr.text).toBe('1 %\ndone\n');
  });

  it('is silent when asked, but says why it failed', () => {
    const { stderr, terminal } = open({ isTTY: true, quiet: true });
    terminal.note('note');
    terminal.progress('a', 'progress');
    expect(reportFailure(new CommandError('broken'), terminal)).toBe(exitCodes.failure);
    expect(stderr.text).toContain('broken');
    expect(stderr.text).not.toContain('note');
    expect(stderr.text).not.toContain('progress');
  });

  it('colours only what can show it', () => {
    expect(open({ isTTY: false }).terminal.paint('red', 'x')).toBe('x');
    expect(open({ isTTY: true, plain: true }).terminal.paint('red', 'x')).toBe('x');
    // hasColors is Node's own reading of NO_COLOR, TERM and FORCE_COLOR.
    expect(open({ isTTY: true, hasColors: false }).terminal.paint('red', 'x')).toBe('x');
    const colours = process.stdout.hasColors?.() === true;
    if (colours) expect(open({ isTTY: true }).terminal.paint('red', 'x')).toContain('\u001b[');
  });
});

describe('failures', () => {
  const problem = {
    type: 'https://cuepoint.dev/errors/input.invalid',
    title: 'The input does not fit',
    status: 400,
    code: 'input.invalid',
    detail: 'budget: too small; market: unknown',
    remedy: 'Correct the named fields.',
    fields: [
      { field: 'budget', message: 'too small', value: 0, accepted: 'above 0' },
      { field: 'market', message: 'unknown' },
    ],
  };

  it('name every field once, with what was found and what is accepted', () => {
    expect(failureLines(problem, plainPaint)).toEqual([
      'error The input does not fit (input.invalid)',
      '      budget: too small; found 0; accepted: above 0',
      '      market: unknown',
      '      Correct the named fields.',
    ]);
  });

  it('do not repeat what the sentence says', () => {
    const detail = 'market: this account has no market XX; one of DE, US.';
    const told = { ...problem, code: 'market.not_found', detail, fields: [] };
    expect(failureLines(told, plainPaint)).toEqual([
      `error ${detail} (market.not_found)`,
      '      Correct the named fields.',
    ]);
  });

  it.each([
    [400, 'input.invalid', exitCodes.usage],
    [401, 'auth.required', exitCodes.auth],
    [403, 'auth.forbidden', exitCodes.auth],
    [404, 'campaign.not_found', exitCodes.notFound],
    [409, 'name.taken', exitCodes.conflict],
    [412, 'version.conflict', exitCodes.conflict],
    [415, 'media.not_a_video', exitCodes.blocked],
    [422, 'brief.invalid', exitCodes.blocked],
    [429, 'rate.limited', exitCodes.rateLimited],
    [503, 'generation.unavailable', exitCodes.upstream],
    [500, 'internal', exitCodes.failure],
  ])('HTTP %i %s ends with %i', (status, code, exitCode) => {
    expect(describeFailure(new ProblemError({ ...problem, status, code })).exitCode).toBe(exitCode);
  });

  it('of settings end with 3, of an unreachable server with 9', () => {
    expect(describeFailure(new ConfigError(['one', 'two']))).toMatchObject({
      exitCode: exitCodes.config,
      problem: { code: 'cli.config', detail: 'one\ntwo' },
    });
    const unreachable = new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
    expect(describeFailure(unreachable)).toMatchObject({
      exitCode: exitCodes.upstream,
      problem: { detail: 'The server does not answer (ECONNREFUSED).' },
    });
  });
});
