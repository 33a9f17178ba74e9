import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'magenta' | 'dim' | 'bold';

export interface Terminal {
  /** Results, to stdout. */
  data(text: string): void;
  /** Everything else, to stderr; silent with --quiet. */
  note(text: string): void;
  /** Why the command failed, to stderr; said even with --quiet. */
  failure(text: string): void;
  /** Replaces the line before on a terminal; on anything else only changes of `key` are written. */
  progress(key: string, text: string): void;
  /** Forgets the moving line, so that what is written next takes its place. */
  endProgress(): void;
  /** Colours for where the text will go, when that can show them. */
  paint(colour: Colour, text: string, to?: 'note' | 'data'): string;
  readonly json: boolean;
  /** Plain text was asked for: nothing cut, nothing moving. */
  readonly plain: boolean;
}

export type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'> & Partial<WriteStream>;

export interface TerminalOptions {
  json: boolean;
  quiet: boolean;
  /** The user asked for plain text. */
  plain: boolean;
  stdout: Output;
  stderr: Output;
}

/** Colours and moving lines only where they can be seen: Node itself looks at NO_COLOR, TERM and the like. */
function canPaint(stream: Output, plain: boolean): boolean {
  return !plain && stream.isTTY === true && stream.hasColors?.() === true;
}

export function createTerminal({ json, quiet, plain, stdout, stderr }: TerminalOptions): Terminal {
  const colours = { note: canPaint(stderr, plain), data: canPaint(stdout, plain) };
  const moving = stderr.isTTY === true && !plain;
  let lastKey = '';
  let live = false;
  const clearLine = () => {
    if (live) stderr.write('\r\u001b[2K');
    live = false;
    lastKey = '';
  };
  return {
    json,
    plain,
    data(text) {
      clearLine();
      stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    note(text) {
      if (quiet) return;
      clearLine();
      stderr.write(`${text}\n`);
    },
    failure(text) {
      clearLine();
      stderr.write(`${text}\n`);
    },
    progress(key, text) {
      if (quiet) return;
      if (moving) {
        stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
        live = true;
      } else if (key !== lastKey) stderr.write(`${text}\n`);
      lastKey = key;
    },
    endProgress: clearLine,
    paint(colour, text, to = 'note') {
      return colours[to] ? styleText(colour, text) : text;
    },
  };
}
