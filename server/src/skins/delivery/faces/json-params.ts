import { badField } from '../problems.ts';
import { type RequestParams, wellFormed } from './params.ts';

/** Spellings of a JSON body for what the query says shorter. */
const ALIASES: Readonly<Record<string, string>> = {
  request_id: 'rid',
  placement: 'pl',
  publisher: 'pub',
  duration: 'dur',
  min_duration: 'mindur',
  vast_version: 'v',
  stream_id: 'sid',
  max_ads: 'maxads',
  break_duration: 'poddur',
  segments: 'seg',
  deals: 'deal',
  blocked_categories: 'bcat',
  blocked_domains: 'badv',
  blocked_brands: 'bbrand',
  blocked_media: 'bmedia',
};
const BREAK_FIELDS: Readonly<Record<string, string>> = {
  duration: 'poddur',
  max_ads: 'maxads',
  exact: 'exact',
  slots: 'slots',
};
/** Names and ids: a number there is a slip of the caller's that would compare as something else. */
const TEXT_ONLY = new Set(['rid', 'pl', 'pub', 'v', 'sid']);
const ACCEPTED: Readonly<Record<string, string>> = {
  rid: '1 to 128 printable characters without spaces',
  pl: 'a placement key, placement id or publisher key',
  pub: 'a publisher key',
  v: 'a VAST version as text, such as "4.2"',
  sid: '1 to 128 printable characters without spaces',
};

/**
 * Takes a body's fields over as parameters: the short names of the query or the long ones above, `break` with `duration`,
 * `max_ads`, `exact` and `slots`, and `kv` with a value or a list for each key. A body wins over the query.
 */
export function addJsonBody(params: RequestParams, body: Readonly<Record<string, unknown>>): RequestParams {
  params.isJson = true;
  for (const [field, value] of Object.entries(body)) {
    if (value === null || value === undefined) continue;
    if (field === 'break') addBreak(params, value);
    else if (field === 'kv') addKeyValues(params, value);
    else take(params, Object.hasOwn(ALIASES, field) ? ALIASES[field]! : field, field, value);
  }
  return params;
}

function addBreak(params: RequestParams, value: unknown): void {
  const accepted = 'an object with duration, max_ads, exact and slots, each optional';
  if (value === false) return;
  params.set('pod', 'break', '1');
  if (value === true) return;
  if (!isObject(value)) throw badField('break', value, accepted);
  for (const [name, part] of Object.entries(value)) {
    if (part === null || part === undefined) continue;
    if (Object.hasOwn(BREAK_FIELDS, name)) take(params, BREAK_FIELDS[name]!, `break.${name}`, part);
  }
}

function addKeyValues(params: RequestParams, value: unknown): void {
  if (!isObject(value))
    throw badField('kv', value, 'an object of keys with a value or a list of values each');
  for (const [key, part] of Object.entries(value)) take(params, `kv.${key}`, `kv.${key}`, part);
}

function take(params: RequestParams, name: string, field: string, value: unknown): void {
  if (Array.isArray(value)) {
    if (TEXT_ONLY.has(name)) throw badField(field, value, ACCEPTED[name]!);
    let isFirst = true;
    for (const item of value.slice(0, 201)) {
      const text = scalar(field, item);
      if (isFirst) params.set(name, field, text);
      else params.add(name, field, text);
      isFirst = false;
    }
    return;
  }
  if (TEXT_ONLY.has(name) && typeof value !== 'string') throw badField(field, value, ACCEPTED[name]!);
  params.set(name, field, scalar(field, value));
}

function scalar(field: string, value: unknown): string {
  if (typeof value === 'string') {
    const safe = wellFormed(value);
    if (safe !== value) throw badField(field, safe, 'well-formed Unicode text');
    return value;
  }
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  throw badField(field, value, 'text, a number, true or false, or a list of them');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
