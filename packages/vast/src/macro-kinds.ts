import type { UniversalAdId } from './model.ts';

/*
 * What the value of each macro is once it is read, and the bounds it must keep. Sources: VAST 4.3, section 6.1, and the
 * macro list of the IAB Tech Lab, which is kept apart from the standard since 4.3.
 */

/** A way to read one value. */
export interface MacroKind<T> {
  /** What is accepted, for messages. */
  readonly wanted: string;
  /** Longest text that is read, in UTF-16 code units; anything longer is refused, for a cut value would be a lie. */
  readonly maxLength: number;
  readonly read: (text: string) => T | undefined;
}

const SHORT = 128;
const MEDIUM = 1_024;
const LONG = 4_096;
const CONSENT = 16_384;
const MOST_ITEMS = 256;

function kind<T>(wanted: string, maxLength: number, read: (text: string) => T | undefined): MacroKind<T> {
  return { wanted, maxLength, read };
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);

function readItems<T>(text: string, separator: RegExp, read: (item: string) => T | undefined) {
  const items = text.split(separator, MOST_ITEMS + 1).map((item) => item.trim());
  const values = items.flatMap((item) => {
    const value = item === '' ? undefined : read(item);
    return value === undefined ? [] : [value];
  });
  const all = values.length === items.length && items.length <= MOST_ITEMS;
  return all ? (values as readonly T[]) : undefined;
}

function readInteger(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function readNumber(text: string): number | undefined {
  return /^-?\d{1,9}(\.\d{1,18})?$/.test(text) ? Number(text) : undefined;
}

function readPair(text: string, read: (item: string) => number | undefined) {
  const pair = readItems(text, /,/, read);
  return pair?.length === 2 ? ([pair[0] as number, pair[1] as number] as const) : undefined;
}

/** Hours may go beyond a day: content may. */
function readPlayhead(text: string): number | undefined {
  const match = /^(\d{2,4}):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?$/.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return seconds * 1000 + Number((match[4] ?? '').padEnd(3, '0'));
}

/** ISO 8601 as the standard uses it: hours of one digit and zones of hours alone occur; no zone is UTC. */
function readInstant(text: string): number | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return undefined;
  const ms = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - zoneMs(match[8] ?? 'Z');
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0);
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

function readIp(text: string): string | undefined {
  const v4 = text.split('.');
  const isV4 = v4.length === 4 && v4.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  const isV6 = /^[0-9a-f:]{2,39}(%[\w.]{1,16})?$/i.test(text) && text.split(':').length > 2;
  return isV4 || isV6 || /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text) ? text : undefined;
}

function readIdentifier(text: string): UniversalAdId {
  const space = text.indexOf(' ');
  return space < 1
    ? { idRegistry: null, value: text }
    : { idRegistry: text.slice(0, space), value: text.slice(space + 1).trim() };
}

const text = (maxLength: number) => kind('text', maxLength, (value: string) => value);
const integer = kind('a whole number from 0', 16, readInteger);
const texts = kind('a list separated by commas', LONG, (value) => readItems(value, /,/, (item) => item));
// Other protocols part these lists by an underscore, and their values are handed on.
const integers = kind('whole numbers separated by commas', MEDIUM, (value) =>
  readItems(value, /[,_]/, readInteger),
);
const playhead = kind('a time HH:MM:SS.mmm', 16, readPlayhead);
const uri = kind('a URI', LONG, matching(/^[a-z][a-z0-9+.-]*:\S+$/i));
const oneOf = <T extends string>(...words: T[]) =>
  kind(`one of ${words.join(', ')}`, 16, (value) => words.find((word) => word === value.toLowerCase()));

/** How each macro is read, by the name it has as a query parameter. */
export const MACRO_KINDS = {
  timestamp: kind('a time of ISO 8601', 40, readInstant),
  cachebusting: kind('digits', 32, matching(/^\d+$/)),
  contentplayhead: playhead,
  mediaplayhead: playhead,
  breakposition: integer,
  blockedadcategories: texts,
  adcategories: texts,
  adcount: integer,
  transactionid: kind('a UUID', 36, matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)),
  placementtype: integer,
  adtype: oneOf('video', 'audio', 'hybrid'),
  universaladid: kind('registry and value, separated by a space', MEDIUM, (value) =>
    readItems(value, /,/, readIdentifier),
  ),
  breakmaxduration: integer,
  breakmaxads: integer,
  breakminadlength: integer,
  breakmaxadlength: integer,
  ifa: text(SHORT),
  ifatype: kind('a word such as rida', 32, matching(/^[\w.-]+$/)),
  clientua: text(MEDIUM),
  serverua: text(MEDIUM),
  deviceua: text(MEDIUM),
  serverside: kind('0, 1 or 2', 16, (value) =>
    /^[012]$/.test(value) ? (Number(value) as 0 | 1 | 2) : undefined,
  ),
  deviceip: kind('an IP address', 64, readIp),
  latlong: kind('latitude and longitude, separated by a comma', 48, (value) => {
    const pair = readPair(value, readNumber);
    return pair && Math.abs(pair[0]) <= 90 && Math.abs(pair[1]) <= 180
      ? { latitude: pair[0], longitude: pair[1] }
      : undefined;
  }),
  domain: kind('a domain', 253, matching(/^[^\s/:?#@]+$/)),
  pageurl: uri,
  appbundle: text(256),
  storeid: text(256),
  storeurl: text(LONG),
  contentcat: texts,
  vastversions: integers,
  apiframeworks: integers,
  extensions: texts,
  verificationvendors: texts,
  omidpartner: text(256),
  mediamime: texts,
  playercapabilities: texts,
  clicktype: integer,
  playbackmethods: integer,
  playerstate: texts,
  inventorystate: texts,
  playersize: kind('width and height, separated by a comma', 24, (value) => {
    const pair = readPair(value, readInteger);
    return pair && { width: pair[0], height: pair[1] };
  }),
  adplayhead: playhead,
  asseturi: uri,
  contentid: kind('registry and value, separated by a space', MEDIUM, readIdentifier),
  contenturi: uri,
  podsequence: integer,
  adservingid: text(256),
  clickpos: kind('x and y, separated by a comma', 48, (value) => {
    const pair = readPair(value, readNumber);
    return pair && { x: pair[0], y: pair[1] };
  }),
  errorcode: integer,
  reason: integer,
  limitadtracking: kind('0 or 1', 16, (value) => (/^[01]$/.test(value) ? value === '1' : undefined)),
  regulations: texts,
  gdprconsent: kind('a TCF consent string', CONSENT, matching(/^[\w.=-]+$/)),
  gppstring: kind('a GPP string', CONSENT, matching(/^[\w.~=-]+$/)),
  gppsectionid: integers,
  dsarequired: integer,
  dsaparams: integers,
  dsapubrender: integer,
} as const;

/** Name of a macro as a query parameter: the name in small letters. */
export type MacroParamName = keyof typeof MACRO_KINDS;

/** What a macro means, read and checked; times in milliseconds, `timestamp` since 1970 in UTC. */
export type MacroParamValues = {
  readonly [Name in MacroParamName]?: Exclude<ReturnType<(typeof MACRO_KINDS)[Name]['read']>, undefined>;
};
