import { isObject } from '../http.ts';

/** One reason why an item of a batch is refused, in the codes of Amazon Ads API v1. */
export interface Finding {
  code: string;
  message: string;
  fieldLocation: string;
}

export type Rule =
  | { kind: 'text'; max?: number }
  | { kind: 'enumeration'; values: readonly string[] }
  | { kind: 'number'; min?: number; max?: number; integer?: boolean }
  | { kind: 'boolean' }
  | { kind: 'instant' }
  | { kind: 'url' }
  | { kind: 'list'; of: Rule; min?: number; max: number }
  | { kind: 'fields'; required: Readonly<Record<string, Rule>>; optional?: Readonly<Record<string, Rule>> }
  /** Exactly one of the keys, as the `oneOf` unions of the API description. */
  | { kind: 'oneKey'; of: Readonly<Record<string, Rule>> };

export const text = (max?: number): Rule => ({ kind: 'text', ...(max === undefined ? {} : { max }) });
export const oneOf = (...values: string[]): Rule => ({ kind: 'enumeration', values });
export const number = (min?: number, max?: number): Rule => ({
  kind: 'number',
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
export const integer = (min: number, max: number): Rule => ({ kind: 'number', min, max, integer: true });
export const list = (of: Rule, max: number, min = 0): Rule => ({ kind: 'list', of, min, max });
export const fields = (
  required: Readonly<Record<string, Rule>>,
  optional: Readonly<Record<string, Rule>> = {},
): Rule => ({
  kind: 'fields',
  required,
  optional,
});
export const boolean: Rule = { kind: 'boolean' };
export const instant: Rule = { kind: 'instant' };
export const url: Rule = { kind: 'url' };

/** RFC 3339 with an offset, as `format: date-time` asks. */
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Everything that is wrong with a value; empty when it fits. */
export function check(rule: Rule, value: unknown, at: string): Finding[] {
  const finding = (code: string, message: string): Finding[] => [{ code, message, fieldLocation: at }];
  const invalid = (expected: string) => finding('FIELD_VALUE_IS_INVALID', `expected ${expected}`);
  switch (rule.kind) {
    case 'text':
      if (typeof value !== 'string') return invalid('a string');
      if (value.trim() === '') return finding('FIELD_VALUE_IS_EMPTY', 'must not be empty');
      if (rule.max !== undefined && value.length > rule.max) {
        return finding('FIELD_SIZE_IS_ABOVE_MAXIMUM_LIMIT', `at most ${rule.max} characters`);
      }
      return [];
    case 'enumeration':
      return typeof value === 'string' && rule.values.includes(value)
        ? []
        : invalid(`one of ${rule.values.slice(0, 12).join(', ')}`);
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return invalid('a number');
      if (rule.integer && !Number.isInteger(value)) return invalid('a whole number');
      if (rule.min !== undefined && value < rule.min)
        return finding('FIELD_VALUE_IS_BELOW_MINIMUM_LIMIT', `at least ${rule.min}`);
      if (rule.max !== undefined && value > rule.max)
        return finding('FIELD_VALUE_IS_ABOVE_MAXIMUM_LIMIT', `at most ${rule.max}`);
      return [];
    case 'boolean':
      return typeof value === 'boolean' ? [] : invalid('a boolean');
    case 'instant':
      return typeof value === 'string' && dateTime.test(value) && !Number.isNaN(Date.parse(value))
        ? []
        : invalid('a date-time such as 2026-11-21T00:00:00Z');
    case 'url':
      return checkUrl(value) ? [] : invalid('an absolute https URL without credentials');
    case 'list':
      return checkList(rule, value, at);
    case 'fields':
      return checkFields(rule, value, at);
    case 'oneKey': {
      if (!isObject(value)) return invalid('an object');
      const keys = Object.keys(value);
      const inner = keys.length === 1 ? rule.of[keys[0]!] : undefined;
      if (!inner) return invalid(`an object with one of ${Object.keys(rule.of).join(', ')}`);
      return check(inner, value[keys[0]!], `${at}.${keys[0]}`);
    }
  }
}

function checkList(rule: Extract<Rule, { kind: 'list' }>, value: unknown, at: string): Finding[] {
  const finding = (code: string, message: string): Finding[] => [{ code, message, fieldLocation: at }];
  if (!Array.isArray(value)) return finding('FIELD_VALUE_IS_INVALID', 'expected a list');
  if (value.length < (rule.min ?? 0))
    return finding('FIELD_SIZE_IS_BELOW_MINIMUM_LIMIT', `at least ${rule.min} entries`);
  if (value.length > rule.max)
    return finding('FIELD_SIZE_IS_ABOVE_MAXIMUM_LIMIT', `at most ${rule.max} entries`);
  return value.flatMap((entry, index) => check(rule.of, entry, `${at}[${index}]`));
}

function checkFields(rule: Extract<Rule, { kind: 'fields' }>, value: unknown, at: string): Finding[] {
  if (!isObject(value))
    return [{ code: 'FIELD_VALUE_IS_INVALID', message: 'expected an object', fieldLocation: at }];
  const place = (name: string) => (at === '' ? name : `${at}.${name}`);
  const findings: Finding[] = [];
  for (const [name, inner] of Object.entries(rule.required)) {
    if (value[name] === undefined || value[name] === null) {
      findings.push({
        code: 'FIELD_VALUE_IS_NULL',
        message: `${name} is required`,
        fieldLocation: place(name),
      });
    } else findings.push(...check(inner, value[name], place(name)));
  }
  for (const [name, inner] of Object.entries(rule.optional ?? {})) {
    if (value[name] !== undefined) findings.push(...check(inner, value[name], place(name)));
  }
  for (const name of Object.keys(value)) {
    if (rule.required[name] === undefined && rule.optional?.[name] === undefined) {
      findings.push({
        code: 'FIELD_VALUE_IS_INVALID',
        message: `unknown field ${name}`,
        fieldLocation: place(name),
      });
    }
  }
  return findings;
}

/** Loopback addresses may be plain http: there the stand-in reads the tag of a local install. */
function checkUrl(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 2_000 || !URL.canParse(value)) return false;
  const parsed = new URL(value);
  if (parsed.username !== '' || parsed.password !== '') return false;
  const local =
    parsed.hostname === 'localhost' || parsed.hostname === '[::1]' || parsed.hostname.startsWith('127.');
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && local);
}
