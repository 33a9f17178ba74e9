import type { z } from 'zod';
import type { FieldProblem } from './app-error.ts';

type Issue = z.core.$ZodIssue;

/** One entry a wrong field: its path, its value as sent, and what would be accepted. */
export function describeIssues(error: z.ZodError, raw: unknown): FieldProblem[] {
  return error.issues.flatMap((issue) => describe(issue, raw)).slice(0, 20);
}

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
      message: value === undefined && issue.code === 'invalid_type' ? 'missing' : issue.message,
      ...(value === undefined || isSecret(field) ? {} : { value: short(value) }),
      ...(accepted ? { accepted } : {}),
    },
  ];
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
