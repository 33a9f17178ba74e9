import { CHARSETS, type Dimension, type TaxonomyPattern } from './pattern.ts';

export type TemplateToken =
  | { kind: 'text'; text: string }
  | { kind: 'dimension'; key: string; dimension: Dimension };

/** A pattern that cannot name anything unambiguously; `problems` says all of why. */
export class TaxonomyPatternError extends Error {
  readonly code = 'taxonomy.invalid_pattern';
  readonly problems: readonly string[];

  constructor(patternId: string, problems: readonly string[]) {
    super(`Taxonomy pattern "${patternId}" cannot be used: ${problems.join(' ')}`);
    this.name = 'TaxonomyPatternError';
    this.problems = problems;
  }
}

/** The template as tokens. Throws TaxonomyPatternError when checkPattern finds a problem. */
export function compilePattern(pattern: TaxonomyPattern): TemplateToken[] {
  const problems = checkPattern(pattern);
  if (problems.length > 0) throw new TaxonomyPatternError(pattern.id, problems);
  return tokenise(pattern);
}

/** Every reason why a pattern could not be composed and parsed back; empty when it is sound. */
export function checkPattern(pattern: TaxonomyPattern): string[] {
  const keys = [...pattern.template.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '');
  const problems: string[] = [];
  if (keys.length === 0) problems.push('The template names no dimension; write at least one as [Name].');
  const undefinedKeys = keys.filter((key) => !Object.hasOwn(pattern.dimensions, key));
  for (const key of undefinedKeys) {
    problems.push(
      `The template uses [${key}], which is not defined; defined: ${Object.keys(pattern.dimensions).join(', ')}.`,
    );
  }
  for (const key of new Set(keys.filter((key, index) => keys.indexOf(key) !== index))) {
    problems.push(`The template uses [${key}] twice; a name says each thing once.`);
  }
  if (!isLength(pattern.maxLength))
    problems.push(`maxLength is ${pattern.maxLength}; accepted: a whole number above 0.`);
  if (pattern.channelDimension !== undefined && !keys.includes(pattern.channelDimension)) {
    problems.push(
      `channelDimension is "${pattern.channelDimension}"; accepted: a dimension of the template.`,
    );
  }
  for (const [key, dimension] of Object.entries(pattern.dimensions))
    problems.push(...checkDimension(key, dimension));
  if (undefinedKeys.length === 0) problems.push(...checkSeparators(tokenise(pattern)));
  return problems;
}

function tokenise(pattern: TaxonomyPattern): TemplateToken[] {
  return pattern.template
    .split(/(\[[^\]]*\])/)
    .filter((text) => text !== '')
    .flatMap((text): TemplateToken[] => {
      if (!text.startsWith('[') || !text.endsWith(']')) return [{ kind: 'text', text }];
      const key = text.slice(1, -1);
      const dimension = pattern.dimensions[key];
      return dimension ? [{ kind: 'dimension', key, dimension }] : [];
    });
}

function checkSeparators(tokens: readonly TemplateToken[]): string[] {
  const problems: string[] = [];
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    if (token.kind !== 'dimension' || next === undefined) return;
    if (next.kind === 'dimension') {
      problems.push(`[${token.key}] and [${next.key}] have no separator between them.`);
    } else if (CHARSETS[token.dimension.charset].allowed.test(next.text.charAt(0))) {
      problems.push(
        `"${next.text}" after [${token.key}] could be part of its value (${CHARSETS[token.dimension.charset].words}).`,
      );
    }
  });
  return problems;
}

function checkDimension(key: string, dimension: Dimension): string[] {
  const problems: string[] = [];
  if (!isLength(dimension.maxLength)) {
    problems.push(`${key}.maxLength is ${dimension.maxLength}; accepted: a whole number above 0.`);
  }
  if (
    dimension.kind === 'year' &&
    !(dimension.min >= 1000 && dimension.max <= 9999 && dimension.min <= dimension.max)
  ) {
    problems.push(
      `${key} accepts years ${dimension.min}-${dimension.max}; accepted: four-digit years, first to last.`,
    );
  }
  if (dimension.kind !== 'code') return problems;
  const owners = new Map<string, string>();
  for (const { code, aliases = [], activeFrom, activeUntil } of dimension.values) {
    if (code === '' || !fits(code, dimension)) {
      problems.push(
        `${key} code "${code}" does not fit: up to ${dimension.maxLength} ${CHARSETS[dimension.charset].words}.`,
      );
    }
    for (const spelling of new Set([code, ...aliases].map((text) => text.toLowerCase()))) {
      const owner = owners.get(spelling);
      if (owner !== undefined) problems.push(`${key}: "${spelling}" stands for both ${owner} and ${code}.`);
      owners.set(spelling, code);
    }
    if (activeFrom !== undefined && activeUntil !== undefined && activeFrom > activeUntil) {
      problems.push(`${key} code ${code} ends (${activeUntil}) before it starts (${activeFrom}).`);
    }
  }
  return problems;
}

/** Whether a text is made of the dimension's characters and not too long for any channel. */
export function fits(text: string, dimension: Dimension): boolean {
  return text.length <= dimension.maxLength && hasOnlyItsCharacters(text, dimension);
}

export function hasOnlyItsCharacters(text: string, dimension: Dimension): boolean {
  return [...text].every((character) => CHARSETS[dimension.charset].allowed.test(character));
}

function isLength(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
