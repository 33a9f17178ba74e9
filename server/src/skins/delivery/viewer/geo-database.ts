import { readFile, stat } from 'node:fs/promises';
import { Reader, type Response } from 'mmdb-lib';
import { BoundedCache } from '../../../kernel/bounded-cache.ts';
import { type Address, formatAddress } from './address.ts';
import { NOWHERE, type Place, readPart } from './geo.ts';

/** A location database that cannot be used. The message names the file and what would be accepted. */
export class GeoDatabaseError extends Error {
  override readonly name = 'GeoDatabaseError';
}

export interface GeoDatabaseOptions {
  /** Told of a file that cannot be used; the one before stays in use. */
  readonly onProblem?: (problem: string) => void;
  /** Told of each file that is taken into use. */
  readonly onLoaded?: (info: GeoDatabaseInfo) => void;
}

export interface GeoDatabaseInfo {
  readonly path: string;
  /** As the file calls itself, e.g. `GeoLite2-City`. */
  readonly type: string;
  readonly builtAtMs: number;
}

interface Held {
  readonly reader: Reader<Response>;
  readonly info: GeoDatabaseInfo;
  readonly ipVersion: number;
  readonly byPrefix: BoundedCache<number, Place>;
  readonly byAddress: BoundedCache<string, Place>;
}

const ACCEPTED = 'a MaxMind DB file (.mmdb) with the City or Country schema';
const MAX_CACHED = 16_384;
/** What a database without places calls itself. */
const OTHER_KIND = /ASN|ISP|Domain|Connection-Type|Anonymous/i;
const SCHEMAS = ['country', 'city', 'registered_country', 'continent'];

/**
 * A location database on the local disk, supplied by the operator and never fetched. It is replaced as a whole when the
 * file changes: read and checked aside, then swapped, so that no look-up waits. Look-ups are cached by /24 and /48 where
 * the database has nothing finer, else by address.
 */
export class GeoDatabase {
  readonly #path: string;
  readonly #options: GeoDatabaseOptions;
  #held: Held | undefined;
  /** State of the file that was last tried: a bad one is reported once. */
  #tried = '';
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<boolean> | undefined;
  #isReported = false;

  constructor(path: string, options: GeoDatabaseOptions = {}) {
    this.#path = path;
    this.#options = options;
  }

  /** What is in use; undefined before the first file was. */
  get info(): GeoDatabaseInfo | undefined {
    return this.#held?.info;
  }

  /**
   * Takes the file into use if it changed since the last time; true when it was. A file that cannot be used is told to
   * `onProblem`, and the one before stays.
   */
  refresh(): Promise<boolean> {
    this.#running ??= this.#refresh().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Looks for a new file from now on. The timer does not keep the process alive. */
  watch(everyMs: number): void {
    this.#timer ??= setInterval(() => void this.refresh(), everyMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Where an address is; all null when the database does not know, or there is none yet. */
  lookup(address: Address): Place {
    const held = this.#held;
    // A database of IPv4 alone would take the first half of an IPv6 address for one.
    if (held === undefined || (address.family === 6 && held.ipVersion === 4)) return NOWHERE;
    const [a, b] = address.words;
    // Both stay exact: an IPv4 prefix has 24 bits and is moved out of the way of the 48 bits of an IPv6 prefix.
    const prefix = address.family === 4 ? -1 - (a >>> 8) : a * 65_536 + (b >>> 16);
    const known = held.byPrefix.get(prefix);
    if (known !== undefined) return known;
    const text = formatAddress(address);
    return held.byAddress.get(text) ?? this.#read(held, address, text, prefix);
  }

  #read(held: Held, { family }: Address, text: string, prefix: number): Place {
    let place = NOWHERE;
    let length = 0;
    try {
      const [record, prefixLength] = held.reader.getWithPrefixLength(text);
      place = placeOf(record);
      length = prefixLength;
    } catch (cause) {
      // A record that points nowhere: this address is not known, the others are.
      if (!this.#isReported)
        this.#options.onProblem?.(`${this.#path}: a record cannot be read (${messageOf(cause)}).`);
      this.#isReported = true;
    }
    if (length <= (family === 4 ? 24 : 48)) held.byPrefix.set(prefix, place);
    else held.byAddress.set(text, place);
    return place;
  }

  async #refresh(): Promise<boolean> {
    let state = 'missing';
    try {
      state = await stateOf(this.#path);
      if (state === this.#tried) return false;
      const bytes = await readFile(this.#path);
      // Written to while we read: the next round takes it.
      if ((await stateOf(this.#path)) !== state) return false;
      this.#tried = state;
      this.#held = open(this.#path, bytes);
      this.#isReported = false;
      this.#options.onLoaded?.(this.#held.info);
      return true;
    } catch (cause) {
      if (state !== 'missing' || this.#tried !== state) this.#options.onProblem?.(this.#explain(cause));
      this.#tried = state;
      return false;
    }
  }

  #explain(cause: unknown): string {
    const text =
      cause instanceof GeoDatabaseError
        ? cause.message
        : `${this.#path}: ${messageOf(cause)}; accepted: ${ACCEPTED}.`;
    return this.#held === undefined ? text : `${text} The file from before stays in use.`;
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

async function stateOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${mtimeMs} ${size} ${ino}`;
}

/** Opens a database and tries it. @throws GeoDatabaseError */
function open(path: string, bytes: Buffer): Held {
  const refuse = (why: string) => new GeoDatabaseError(`${path} ${why}; accepted: ${ACCEPTED}.`);
  let reader: Reader<Response>;
  try {
    reader = new Reader<Response>(bytes);
  } catch (cause) {
    throw refuse(`is no location database (${messageOf(cause)})`);
  }
  const { binaryFormatMajorVersion, ipVersion, searchTreeSize, nodeCount, databaseType, buildEpoch } =
    reader.metadata;
  if (binaryFormatMajorVersion !== 2 || (ipVersion !== 4 && ipVersion !== 6) || !(nodeCount > 0))
    throw refuse('has metadata that says nothing, or a format that is not version 2');
  if (searchTreeSize + 16 > bytes.length) throw refuse('is cut off');
  const type = String(databaseType);
  if (OTHER_KIND.test(type)) throw refuse(`is a ${type} database, without places`);
  try {
    probe(reader, ipVersion);
  } catch (cause) {
    throw refuse(`is damaged (${messageOf(cause)})`);
  }
  return {
    reader,
    info: { path, type, builtAtMs: buildEpoch.getTime() },
    ipVersion,
    byPrefix: new BoundedCache(MAX_CACHED),
    byAddress: new BoundedCache(MAX_CACHED),
  };
}

/** Looks up addresses all over the space: every one must give nothing, or a record of the schema. */
function probe(reader: Reader<Response>, ipVersion: number): void {
  for (let index = 0; index < 256; index++) {
    check(reader.get(`${index}.${(index * 37) % 256}.${(index * 101) % 256}.1`));
    if (ipVersion === 6)
      check(reader.get(`2${((index * 7) % 4096).toString(16).padStart(3, '0')}:${index}::1`));
  }
}

function check(record: unknown): void {
  if (record === null || record === undefined) return;
  if (typeof record !== 'object' || !Object.keys(record).some((key) => SCHEMAS.includes(key)))
    throw new TypeError('its records have neither country nor city');
}

/** What we use of a record. A record is data of a file: every step is checked. */
function placeOf(record: unknown): Place {
  const country = text(record, 'country', 'iso_code');
  if (country === undefined) return NOWHERE;
  const divisions = field(record, 'subdivisions');
  const metro = field(field(record, 'location'), 'metro_code');
  const read = (part: Parameters<typeof readPart>[0], value: string | undefined) =>
    value === undefined ? null : readPart(part, value);
  return {
    country: read('country', country),
    region: read('region', Array.isArray(divisions) ? text(divisions[0], 'iso_code') : undefined),
    city: read('city', text(record, 'city', 'names', 'en')),
    postal: read('postal', text(record, 'postal', 'code')),
    dma: typeof metro === 'number' ? read('dma', String(metro)) : null,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function text(value: unknown, ...path: string[]): string | undefined {
  const found = path.reduce(field, value);
  return typeof found === 'string' ? found : undefined;
}
