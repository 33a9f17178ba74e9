import { hasOnlyItsCharacters } from './compile.ts';
import { nearest } from './edit-distance.ts';
import { CHARSETS, type CodeDimension, type CodeValue, type Dimension, type NameProblem } from './pattern.ts';
import { toPascalCase } from './slug.ts';

export interface Resolved {
  /** As it stands in a name; null when nothing clear is meant. */
  value: string | null;
  problem: NameProblem | null;
}

/** What a person typed, brought to the form that stands in a name: codes by code, alias or label. */
export function resolveInput(key: string, dimension: Dimension, raw: string): Resolved {
  const text = raw.trim();
  if (text === '') {
    return failed(
      key,
      'missing_value',
      null,
      `${dimension.label} is missing; accepted: ${accepted(dimension)}.`,
    );
  }
  switch (dimension.kind) {
    case 'code': {
      const match = findCode(dimension, text);
      return match ? { value: match.code, problem: null } : unknownCode(key, dimension, text);
    }
    case 'year':
      return resolveYear(key, dimension, text);
    case 'slug': {
      const value = toPascalCase(text);
      if (value !== '') return { value, problem: null };
      return failed(
        key,
        'bad_characters',
        text,
        `${dimension.label} "${text}" has no Latin letter or digit to build a name from.`,
      );
    }
  }
}

/** A part read from a name: only the canonical form is right; what was meant becomes the suggestion. */
export function resolvePart(key: string, dimension: Dimension, part: string): Resolved {
  const { value, problem } = resolveInput(key, dimension, part);
  if (problem) return { value, problem };
  if (value === part && hasOnlyItsCharacters(part, dimension)) return { value, problem: null };
  const message =
    dimension.kind === 'slug'
      ? `${dimension.label} "${part}" is not PascalCase of ${CHARSETS[dimension.charset].words}; write ${value}.`
      : `${dimension.label} "${part}" stands for ${value}; a name carries the code itself.`;
  return {
    value,
    problem: { code: 'not_canonical', dimension: key, found: part, message, suggestion: value },
  };
}

/** A part longer than its dimension allows on that channel. Never cut silently. */
export function lengthProblem(
  key: string,
  dimension: Dimension,
  value: string,
  channel: string | null,
): NameProblem | null {
  const own = channel === null ? undefined : dimension.maxLengthByChannel?.[channel];
  const limit = own ?? dimension.maxLength;
  if (value.length <= limit) return null;
  const where = own === undefined ? '' : ` on ${channel}`;
  return {
    code: 'too_long',
    dimension: key,
    found: value,
    message: `${dimension.label} "${value}" has ${value.length} characters; accepted: at most ${limit}${where}.`,
    suggestion: null,
  };
}

/** A code outside its dates on the given ISO day. */
export function inactiveProblem(
  key: string,
  dimension: Dimension,
  value: string,
  onDate: string,
): NameProblem | null {
  if (dimension.kind !== 'code') return null;
  const match = dimension.values.find(({ code }) => code === value);
  if (!match || isActive(match, onDate)) return null;
  const since = match.activeFrom !== undefined && onDate < match.activeFrom;
  const when = since ? `is in use from ${match.activeFrom}` : `went out of use after ${match.activeUntil}`;
  return {
    code: 'inactive_code',
    dimension: key,
    found: value,
    message: `${dimension.label} ${value} (${match.label}) ${when}; asked for ${onDate}.`,
    suggestion: null,
  };
}

export function accepted(dimension: Dimension): string {
  if (dimension.kind === 'year') return `a year from ${dimension.min} to ${dimension.max}`;
  if (dimension.kind === 'slug') return 'any text with Latin letters or digits';
  const codes = dimension.values.map(({ code }) => code);
  if (codes.length === 0) return 'nothing yet, no code is defined';
  const shown = codes.slice(0, 12).join(', ');
  return codes.length > 12 ? `${shown} and ${codes.length - 12} more` : shown;
}

function findCode(dimension: CodeDimension, text: string): CodeValue | undefined {
  const wanted = text.toLowerCase();
  const spelt = (value: CodeValue) =>
    [value.code, ...(value.aliases ?? [])].map((name) => name.toLowerCase());
  // Codes and aliases are unique, labels need not be: they come second.
  return (
    dimension.values.find((value) => spelt(value).includes(wanted)) ??
    dimension.values.find(({ label }) => label.toLowerCase() === wanted)
  );
}

function unknownCode(key: string, dimension: CodeDimension, text: string): Resolved {
  const spellings = dimension.values.flatMap((value) => [value.code, value.label, ...(value.aliases ?? [])]);
  const codeOf = (spelling: string) => findCode(dimension, spelling)?.code;
  const meant = nearest(text, spellings, codeOf);
  const suggestion = (meant !== null && codeOf(meant)) || null;
  const hint = suggestion === null ? '' : ` Did you mean ${suggestion}?`;
  const message = `${dimension.label} "${text}" is not known; accepted: ${accepted(dimension)}.${hint}`;
  return {
    value: suggestion,
    problem: { code: 'unknown_code', dimension: key, found: text, message, suggestion },
  };
}

function resolveYear(key: string, dimension: Extract<Dimension, { kind: 'year' }>, text: string): Resolved {
  const year = Number(text);
  if (/^\d{4}$/.test(text) && year >= dimension.min && year <= dimension.max)
    return { value: text, problem: null };
  return failed(
    key,
    'bad_year',
    text,
    `${dimension.label} "${text}" is not accepted; accepted: ${accepted(dimension)}.`,
  );
}

function isActive({ activeFrom, activeUntil }: CodeValue, onDate: string): boolean {
  return (
    (activeFrom === undefined || onDate >= activeFrom) && (activeUntil === undefined || onDate <= activeUntil)
  );
}

function failed(
  dimension: string,
  code: NameProblem['code'],
  found: string | null,
  message: string,
): Resolved {
  return { value: null, problem: { code, dimension, found, message, suggestion: null } };
}
