import { MACRO_KINDS } from '@cuepoint/vast';
import { badField } from '../problems.ts';
import { VIEWER_PARAMS } from '../viewer/index.ts';

/*
 * The query is read by hand: every ad request has one, most of its parameters are never looked at, and URLSearchParams
 * decodes them all. Here a value is decoded when somebody asks for it.
 */

/** More than any player sends; a longer query is a mistake or an attack. */
const MAX_PARAMETERS = 200;
const MAX_LIST_ITEMS = 200;

/** Parameters of which several add up; of any other the first counts. */
const REPEATABLE = ['seg', 'deal', 'bcat', 'badv', 'bbrand', 'bmedia', 'mimes', 'genre', 'slots', 'breaks'];
const KEY_VALUE_PREFIX = 'kv.';

/** The rest of what a request may say about the ad it asks for; docs/protocols/delivery.md section 7. */
const OF_THE_AD = [
  ...['pl', 'pub', 'rid', 'v', 'w', 'h', 'dur', 'mindur', 'floor', 'app', 'inline', 'repeat'],
  ...['pod', 'poddur', 'maxads', 'exact', 'rating', 'language', 'network', 'channel', 'series', 'livestream'],
];

/** Every name that anything looks for, with a number that the tables of its readers go by. */
export const PARAM_NAMES: readonly string[] = [
  ...new Set([...VIEWER_PARAMS, ...Object.keys(MACRO_KINDS), ...REPEATABLE, ...OF_THE_AD, '_HLS_primary_id']),
];
const NUMBERS: ReadonlyMap<string, number> = new Map(PARAM_NAMES.map((name, number) => [name, number]));
const IS_REPEATABLE = PARAM_NAMES.map((name) => REPEATABLE.includes(name));
const NOT_GIVEN: readonly (string | undefined)[] = PARAM_NAMES.map(() => undefined);
const NO_OTHERS: ReadonlyMap<string, string> = new Map();
const NOTHING: readonly [string, string][] = [];

/** Everything a request says about itself, by parameter name, wherever it was written. */
export class RequestParams {
  /** As it stands in a query, by number of the name. */
  readonly #known: (string | undefined)[] = NOT_GIVEN.slice();
  /** Numbers in the order they came. */
  readonly #order: number[] = [];
  /** What nobody looks for by a name of his own: key-values, and whatever else a player adds. */
  #others: Map<string, string> | null = null;
  /** Spelling of the field in a body, where it differs from the parameter. */
  #fields: Map<string, string> | null = null;
  /** What came again of a parameter that counts once: a signal that contradicts itself is for its reader to judge. */
  #again: [string, string][] | null = null;
  /** Read from a JSON body, whose fields have longer names. */
  isJson = false;

  /** `text` is what follows the question mark, or a form. Throws when there are too many parameters. */
  static ofQuery(text: string): RequestParams {
    const params = new RequestParams();
    params.addQuery(text);
    return params;
  }

  addQuery(text: string): void {
    const isPlainText = isPlain(text);
    let start = 0;
    while (start < text.length) {
      let end = text.indexOf('&', start);
      if (end < 0) end = text.length;
      if (end > start) {
        const equals = text.indexOf('=', start);
        const hasValue = equals >= 0 && equals < end;
        const name = text.slice(start, hasValue ? equals : end);
        // A name that cannot be decoded names nothing we read.
        const decoded = isPlainText || isPlain(name) ? name : (decode(name) ?? name);
        this.#put(decoded, hasValue ? text.slice(equals + 1, end) : '');
      }
      start = end + 1;
    }
  }

  /** A value that stands as it is, from a body. A later one replaces an earlier one. `field` is its spelling there. */
  set(name: string, field: string, value: string): void {
    const number = NUMBERS.get(name);
    if (number === undefined) this.#others?.delete(name);
    else if (this.#known[number] !== undefined) {
      this.#known[number] = undefined;
      this.#order.splice(this.#order.indexOf(number), 1);
    }
    if (field !== name) this.#spell(name, field);
    this.#put(name, encodeURIComponent(value));
  }

  /** Adds one more value of a list to a parameter. */
  add(name: string, field: string, value: string): void {
    if (field !== name) this.#spell(name, field);
    const earlier = this.#rawOf(name);
    const raw = encodeURIComponent(value);
    if (earlier === undefined || earlier === '') this.set(name, field, value);
    else this.#replace(name, `${earlier},${raw}`);
  }

  #spell(name: string, field: string): void {
    this.#fields ??= new Map();
    this.#fields.set(name, field);
  }

  #rawOf(name: string): string | undefined {
    const number = NUMBERS.get(name);
    return number === undefined ? this.#others?.get(name) : this.#known[number];
  }

  #replace(name: string, raw: string): void {
    const number = NUMBERS.get(name);
    if (number === undefined) this.#others!.set(name, raw);
    else this.#known[number] = raw;
  }

  #put(name: string, raw: string): void {
    const number = NUMBERS.get(name);
    const earlier = number === undefined ? this.#others?.get(name) : this.#known[number];
    if (earlier === undefined) {
      if (this.#order.length + (this.#others?.size ?? 0) >= MAX_PARAMETERS)
        throw badField(
          'query',
          undefined,
          `at most ${MAX_PARAMETERS} parameters`,
          'there are too many parameters',
        );
      if (number === undefined) {
        this.#others ??= new Map();
        this.#others.set(name, raw);
      } else {
        this.#known[number] = raw;
        this.#order.push(number);
      }
    } else if (number === undefined ? name.startsWith(KEY_VALUE_PREFIX) : IS_REPEATABLE[number]) {
      this.#replace(name, earlier === '' ? raw : `${earlier},${raw}`);
    } else if (raw !== earlier) {
      this.#again ??= [];
      if (this.#again.length < MAX_PARAMETERS) this.#again.push([name, raw]);
    }
  }

  /** How the caller spelt a parameter, for messages. */
  fieldOf(name: string): string {
    return this.#fields?.get(name) ?? name;
  }

  /** Numbers of the names that were given, in PARAM_NAMES, in the order they came. */
  get given(): readonly number[] {
    return this.#order;
  }

  /** Names that are not in PARAM_NAMES: key-values, and what nobody looks for. */
  get otherNames(): Iterable<string> {
    return (this.#others ?? NO_OTHERS).keys();
  }

  /** What came again of a parameter that counts once, as text; what cannot be decoded as it came. */
  get again(): readonly (readonly [name: string, value: string])[] {
    return this.#again === null ? NOTHING : this.#again.map(([name, raw]) => [name, loose(raw)] as const);
  }

  /** The text of a parameter that was given; what cannot be decoded as it came. */
  looseText(number: number): string {
    return loose(this.#known[number] ?? '');
  }

  /**
   * The value as text; null when it is absent, empty, a macro the player left unfilled, or one of the codes the standard
   * has for unknown and withheld (VAST 4.2 section 6.1). Throws `input.invalid` when it cannot be decoded.
   */
  get(name: string): string | null {
    const raw = this.#rawOf(name);
    if (raw === undefined || raw === '') return null;
    const text = this.#decoded(name, raw);
    return isUnfilled(text) ? null : text;
  }

  /** The value as text, whatever it is; empty when it is absent. Throws as `get` does. */
  raw(name: string): string {
    const raw = this.#rawOf(name);
    return raw === undefined || raw === '' ? '' : this.#decoded(name, raw);
  }

  #decoded(name: string, raw: string): string {
    const text = isPlain(raw) ? raw : decode(raw);
    if (text === undefined) throw badField(this.fieldOf(name), raw, 'UTF-8, percent-encoded');
    return text;
  }

  /** A list: its items are separated by commas, and a comma within an item is percent-encoded. */
  list(name: string): string[] {
    const raw = this.#rawOf(name);
    if (raw === undefined || raw === '') return [];
    if (isPlain(raw) && raw.indexOf(',') < 0) return isUnfilled(raw) ? [] : [raw];
    const items: string[] = [];
    // A list pasted whole has its commas encoded; then they separate as well, except in key-values.
    const source = raw.includes(',') || name.startsWith(KEY_VALUE_PREFIX) ? raw : raw.replace(/%2c/gi, ',');
    for (const part of source.split(',')) {
      const text = this.#decoded(name, part);
      if (text === '' || isUnfilled(text)) continue;
      if (items.length === MAX_LIST_ITEMS)
        throw badField(
          this.fieldOf(name),
          undefined,
          `at most ${MAX_LIST_ITEMS} values`,
          'there are too many values',
        );
      items.push(text);
    }
    return items;
  }

  /** The query again, without some parameters and with others instead. */
  toQuery(without: ReadonlySet<string>, instead: Readonly<Record<string, string>>): string {
    const parts: string[] = [];
    const given = this.#order.map((number) => [PARAM_NAMES[number]!, this.#known[number]!] as const);
    for (const [name, raw] of [...given, ...(this.#others ?? NO_OTHERS)])
      if (!without.has(name) && !Object.hasOwn(instead, name)) parts.push(`${encode(name)}=${clean(raw)}`);
    for (const [name, value] of Object.entries(instead)) parts.push(`${name}=${encodeURIComponent(value)}`);
    return parts.join('&');
  }
}

function isPlain(text: string): boolean {
  return text.indexOf('%') < 0 && text.indexOf('+') < 0;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);
  } catch {
    return undefined;
  }
}

function loose(raw: string): string {
  return isPlain(raw) ? raw : (decode(raw) ?? raw);
}

function isUnfilled(text: string): boolean {
  if (text === '' || text === '-1' || text === '-2') return true;
  const first = text.charCodeAt(0);
  return (
    (first === 91 && /^\[[A-Za-z][A-Za-z0-9_]*\]$/.test(text)) ||
    (first === 37 && /^%%[A-Za-z0-9_]+%%$/.test(text))
  );
}

function encode(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Half a character cannot be encoded: it becomes the replacement character. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD');
}

/** A raw value goes on as it came, save what may not stand in a URL. */
function clean(raw: string): string {
  return raw.replace(/[^\w.~!$'()*,;:@/?%+=[\]-]/g, (character) => encode(character));
}
