import type { z } from 'zod';
import type { FieldProblem } from './app-error.ts';

type Issue = z.core.$ZodIssue;

/** One entry a wrong field: its path, its value as sent, and what would be accepted. */
export function describeIssues(error: z.ZodError, raw: unknown): FieldProblem[] {
  return error.issues.flatMap((issue) => describe(issue, raw)).slice(0, 20);
}

/** Text that every database and JSON reader takes: no NUL character, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}

const deepest = 32;

/** Texts of an input, however deep, that could not be stored as they are. */
export function unstorableTexts(value: unknown, path: string[] = []): FieldProblem[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [notStorable(path)];
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  if (path.length >= deepest) {
    return [{ field: path[0]!, message: 'nested too deeply', accepted: `at most ${deepest} levels` }];
  }
  return Object.entries(value)
    .flatMap(([key, entry]) =>
      isStorable(key) ? unstorableTexts(entry, [...path, key]) : [notStorable(path)],
    )
    .slice(0, 20);
}

const notStorable = (path: string[]): FieldProblem => ({
  field: path.join('.') || '(input)',
  message: 'holds a character that is no text',
  accepted: 'Unicode text without NUL characters',
});

function describe(issue: Issue, raw: unknown): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...issue.path, key].join('.'),
      message: 'unknown field',
      accepted: 'leave it out, or check its spelling',
    }));
  }
  const field = issue.path.join('.') || '(input)';
  const value = at(raw, issue.path);
  const accepted = acceptedOf(issue);
  return [
    {
      field,
      message: messageOf(issue, value),
      ...(value === undefined || isSecret(field) ? {} : { value: short(value) }),
      ...(accepted ? { accepted } : {}),
    },
  ];
}

/** zod lists the choices in its message too; ours are in `accepted`. */
function messageOf(issue: Issue, value: unknown): string {
  const isChoice = issue.code === 'invalid_value';
  if (value === undefined && (isChoice || issue.code === 'invalid_type')) return 'missing';
  return isChoice ? 'not one of the accepted values' : issue.message;
}

function acceptedOf(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_value':
      return `one of ${issue.values.map((value) => String(value)).join(', ')}`;
    case 'invalid_type':
      return `a value of type ${issue.expected}`;
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    default:
      return undefined;
  }
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}

function isSecret(field: string): boolean {
  return /(password|secret|token)/i.test(field);
}

function at(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function short(value: unknown): unknown {
  if (typeof value === 'string') return value.length > 80 ? `${value.slice(0, 79)}…` : value;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '(a list)' : '(an object)';
  return value;
}
