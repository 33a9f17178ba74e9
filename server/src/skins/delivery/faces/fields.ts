import { badField } from '../problems.ts';
import type { RequestParams } from './params.ts';

/*
 * Readers of single parameters. Each gives undefined when nothing was said and throws `input.invalid`, naming the field
 * as the caller spelt it, when what was said does not fit.
 */

const MAX_SECONDS = 3600;
const PRINTABLE = /^[\x21-\x7e]{1,128}$/;
// \p{Cc} of Unicode, without the cost of reading by code points.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const DECIMAL = /^(\d{1,9})(?:\.(\d{1,6}))?$/;

/** Seconds with up to three decimals, as milliseconds. */
export function seconds(params: RequestParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const ms = milliseconds(text);
  if (ms === undefined) throw badField(params.fieldOf(name), text, SECONDS_ACCEPTED);
  return ms;
}

export const SECONDS_ACCEPTED = `seconds, above 0 and at most ${MAX_SECONDS}`;

/** Milliseconds of a text in seconds; undefined when it is none, or not within an hour. */
export function milliseconds(text: string): number | undefined {
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text)) return undefined;
  const ms = Math.round(Number(text) * 1000);
  return ms > 0 && ms <= MAX_SECONDS * 1000 ? ms : undefined;
}

export function wholeNumber(
  params: RequestParams,
  name: string,
  lowest: number,
  highest: number,
  what: string,
): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= lowest && number <= highest))
    throw badField(params.fieldOf(name), text, `${what}, ${lowest} to ${highest}`);
  return number;
}

/** `1`, `true`, `yes` or `0`, `false`, `no`. */
export function flag(params: RequestParams, name: string): boolean | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const lower = text.toLowerCase();
  if (lower === '1' || lower === 'true' || lower === 'yes') return true;
  if (lower === '0' || lower === 'false' || lower === 'no') return false;
  throw badField(params.fieldOf(name), text, '1 or 0');
}

/** An id the caller chose. */
export function chosenId(params: RequestParams, name: string): string | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  if (!PRINTABLE.test(text))
    throw badField(params.fieldOf(name), text, '1 to 128 printable characters without spaces');
  return text;
}

/** Free text of one line. */
export function line(params: RequestParams, name: string, longest = 128): string | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  return checkedLine(params.fieldOf(name), text, longest);
}

export function checkedLine(field: string, text: string, longest: number): string {
  if (text.length > longest || CONTROL.test(text))
    throw badField(field, text, `1 to ${longest} characters without control characters`);
  return text;
}

/** A list of which every item fits a pattern. */
export function listOf(
  params: RequestParams,
  name: string,
  pattern: RegExp,
  most: number,
  accepted: string,
): string[] {
  const items = params.list(name);
  if (items.length === 0) return items;
  const field = params.fieldOf(name);
  if (items.length > most)
    throw badField(field, undefined, `at most ${most} values`, `${field} has ${items.length} values`);
  for (const item of items) if (!pattern.test(item)) throw badField(field, item, accepted);
  return items;
}

/** An amount of money with up to six decimals, in micros. */
export function micros(params: RequestParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const found = DECIMAL.exec(text);
  if (!found)
    throw badField(
      params.fieldOf(name),
      text,
      'a price for a thousand impressions, such as 2.50, up to 999999999.999999',
    );
  return Number(found[1]) * 1_000_000 + Number((found[2] ?? '').padEnd(6, '0'));
}
