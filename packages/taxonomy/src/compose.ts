import { compilePattern } from './compile.ts';
import { nearest } from './edit-distance.ts';
import type { NameProblem, TaxonomyPattern } from './pattern.ts';
import { inactiveProblem, lengthProblem, resolveInput } from './resolve.ts';

export type ComposeResult =
  | { ok: true; name: string; values: Record<string, string> }
  | { ok: false; problems: NameProblem[] };

/**
 * The name that the values give under the pattern. Codes may be given by code, alias or
 * label; free text becomes PascalCase. Nothing is cut to fit: too long is a problem.
 * With `onDate` (ISO day) codes outside their dates are refused; without it dates are not
 * looked at. Throws TaxonomyPatternError for an unusable pattern.
 */
export function composeName(
  pattern: TaxonomyPattern,
  values: Readonly<Record<string, string | number | undefined>>,
  options: { onDate?: string } = {},
): ComposeResult {
  const tokens = compilePattern(pattern);
  const problems = unknownDimensions(pattern, values);
  const resolved: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind === 'text') continue;
    const { value, problem } = resolveInput(token.key, token.dimension, String(values[token.key] ?? ''));
    if (problem) problems.push(problem);
    else if (value !== null) resolved[token.key] = value;
  }
  const channel = channelOf(pattern, resolved);
  let name = '';
  for (const token of tokens) {
    if (token.kind === 'text') {
      name += token.text;
      continue;
    }
    const value = resolved[token.key];
    if (value === undefined) continue;
    name += value;
    const found = [
      lengthProblem(token.key, token.dimension, value, channel),
      options.onDate === undefined
        ? null
        : inactiveProblem(token.key, token.dimension, value, options.onDate),
    ];
    problems.push(...found.filter((problem) => problem !== null));
  }
  const tooLong = problems.length === 0 ? nameLengthProblem(pattern, name, channel) : null;
  if (tooLong) problems.push(tooLong);
  return problems.length === 0 ? { ok: true, name, values: resolved } : { ok: false, problems };
}

export function channelOf(pattern: TaxonomyPattern, values: Readonly<Record<string, string>>): string | null {
  return (pattern.channelDimension !== undefined && values[pattern.channelDimension]) || null;
}

export function nameLengthProblem(
  pattern: TaxonomyPattern,
  name: string,
  channel: string | null,
): NameProblem | null {
  const own = channel === null ? undefined : pattern.maxLengthByChannel?.[channel];
  const limit = own ?? pattern.maxLength;
  if (name.length <= limit) return null;
  const where = own === undefined ? '' : ` on ${channel}`;
  return {
    code: 'name_too_long',
    dimension: null,
    found: name,
    message: `The name "${name}" has ${name.length} characters; accepted: at most ${limit}${where}. Shorten it by ${name.length - limit}.`,
    suggestion: null,
  };
}

function unknownDimensions(
  pattern: TaxonomyPattern,
  values: Readonly<Record<string, unknown>>,
): NameProblem[] {
  const keys = Object.keys(pattern.dimensions);
  return Object.keys(values)
    .filter((key) => !keys.includes(key))
    .map((key) => ({
      code: 'unknown_dimension',
      dimension: key,
      found: key,
      message: `"${key}" is not a dimension of this pattern; accepted: ${keys.join(', ')}.`,
      suggestion: nearest(key, keys),
    }));
}
