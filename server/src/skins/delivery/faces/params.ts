import { badField } from '../problems.ts';

/*
 * The query is read by hand: every ad request has one, most of its parameters are never looked at, and URLSearchParams
 * decodes them all. Here a value is decoded when somebody asks for it.
 */

/** More than any player sends; a longer query is a mistake or an attack. */
const MAX_PARAMETERS = 200;
const MAX_LIST_ITEMS = 200;

/** Parameters of which several add up; of any other the first counts. */
const REPEATABLE = new Set(['seg', 'deal', 'bcat', 'badv', 'mimes', 'genre', 'slots', 'breaks']);
const KEY_VALUE_PREFIX = 'kv.';

const NOTHING: readonly [string, string][] = [];

/** Everything a request says about itself, by parameter name, wherever it was written. */
export class RequestParams {
  readonly #values = new Map<string, string>();
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
    let start = 0;
    while (start < text.length) {
      let end = text.indexOf('&', start);
      if (end < 0) end = text.length;
      if (end > start) {
        const equals = text.indexOf('=', start);
        const hasValue = equals >= 0 && equals < end;
        const name = text.slice(start, hasValue ? equals : end);
        // A name that cannot be decoded names nothing we read.
        this.#put(isPlain(name) ? name : (decode(name) ?? name), hasValue ? text.slice(equals + 1, end) : '');
      }
      start = end + 1;
    }
  }

  /** A value that stands as it is, from a body. A later one replaces an earlier one. `field` is its spelling there. */
  set(name: string, field: string, value: string): void {
    this.#values.delete(name);
    if (field !== name) this.#spell(name, field);
    this.#put(name, encodeURIComponent(value));
  }

  /** Adds one more value of a list to a parameter. */
  add(name: string, field: string, value: string): void {
    if (field !== name) this.#spell(name, field);
    const earlier = this.#values.get(name);
    const raw = encodeURIComponent(value);
    if (earlier === undefined || earlier === '') this.#put(name, raw);
    else this.#values.set(name, `${earlier},${raw}`);
  }

  #spell(name: string, field: string): void {
    this.#fields ??= new Map();
    this.#fields.set(name, field);
  }

  #put(name: string, raw: string): void {
    const earlier = this.#values.get(name);
    if (earlier === undefined) {
      if (this.#values.size >= MAX_PARAMETERS)
        throw badField(
          'query',
          undefined,
          `at most ${MAX_PARAMETERS} parameters`,
          'there are too many parameters',
        );
      this.#values.set(name, raw);
    } else if (REPEATABLE.has(name) || name.startsWith(KEY_VALUE_PREFIX)) {
      this.#values.set(name, earlier === '' ? raw : `${earlier},${raw}`);
    } else if (raw !== earlier) {
      this.#again ??= [];
      if (this.#again.length < MAX_PARAMETERS) this.#again.push([name, raw]);
    }
  }

  /** How the caller spelt a parameter, for messages. */
  fieldOf(name: string): string {
    return this.#fields?.get(name) ?? name;
  }

  names(): IterableIterator<string> {
    return this.#values.keys();
  }

  /** Every parameter with its text, as `URLSearchParams.forEach` gives them; one that cannot be decoded as it came. */
  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, raw] of this.#values) visit(isPlain(raw) ? raw : (decode(raw) ?? raw), name);
    for (const [name, raw] of this.#again ?? NOTHING) visit(isPlain(raw) ? raw : (decode(raw) ?? raw), name);
  }

  /**
   * The value as text; null when it is absent, empty, a macro the player left unfilled, or one of the codes the standard
   * has for unknown and withheld (VAST 4.2 section 6.1). Throws `input.invalid` when it cannot be decoded.
   */
  get(name: string): string | null {
    const text = this.raw(name);
    return isUnfilled(text) ? null : text;
  }

  /** The value as text, whatever it is; empty when it is absent. Throws as `get` does. */
  raw(name: string): string {
    const raw = this.#values.get(name);
    if (raw === undefined || raw === '') return '';
    const text = isPlain(raw) ? raw : decode(raw);
    if (text === undefined) throw badField(this.fieldOf(name), raw, 'UTF-8, percent-encoded');
    return text;
  }

  /** A list: its items are separated by commas, and a comma within an item is percent-encoded. */
  list(name: string): string[] {
    const raw = this.#values.get(name);
    if (raw === undefined || raw === '') return [];
    if (isPlain(raw) && raw.indexOf(',') < 0) return isUnfilled(raw) ? [] : [raw];
    const items: string[] = [];
    // A list pasted whole has its commas encoded; then they separate as well, except in key-values.
    const source = raw.includes(',') || name.startsWith(KEY_VALUE_PREFIX) ? raw : raw.replace(/%2c/gi, ',');
    for (const part of source.split(',')) {
      const text = isPlain(part) ? part : decode(part);
      if (text === undefined) throw badField(this.fieldOf(name), part, 'UTF-8, percent-encoded');
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
    for (const [name, raw] of this.#values)
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
