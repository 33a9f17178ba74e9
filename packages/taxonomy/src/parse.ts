import { compilePattern, type TemplateToken } from './compile.ts';
import { channelOf, nameLengthProblem } from './compose.ts';
import { diagnose } from './diagnose.ts';
import type { NameProblem, TaxonomyPattern } from './pattern.ts';
import { inactiveProblem, lengthProblem, resolvePart } from './resolve.ts';

export type ParseResult =
  | { ok: true; values: Record<string, string> }
  | { ok: false; problems: NameProblem[]; suggestedName: string | null };

/**
 * The values a name carries, exactly as composeName wrote them: composing them again
 * gives the same name. Codes out of use still parse. On failure: what is wrong, dimension
 * by dimension, and the name that was probably meant.
 * Throws TaxonomyPatternError for an unusable pattern.
 */
export function parseName(pattern: TaxonomyPattern, text: string): ParseResult {
  const tokens = compilePattern(pattern);
  const parts = splitExactly(tokens, text);
  if (parts === null) return { ok: false, ...diagnose(pattern, tokens, text) };
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind === 'text') continue;
    const part = parts[token.key] ?? '';
    const { problem } = resolvePart(token.key, token.dimension, part);
    if (problem) return { ok: false, ...diagnose(pattern, tokens, text) };
    values[token.key] = part;
  }
  const channel = channelOf(pattern, values);
  const problems = tokens.flatMap((token) =>
    token.kind === 'text'
      ? []
      : (lengthProblem(token.key, token.dimension, values[token.key] ?? '', channel) ?? []),
  );
  const tooLong = nameLengthProblem(pattern, text, channel);
  if (tooLong) problems.push(tooLong);
  return problems.length === 0 ? { ok: true, values } : { ok: false, problems, suggestedName: null };
}

export interface NameExplanation {
  valid: boolean;
  values: Record<string, string> | null;
  problems: NameProblem[];
  /** The whole name put right, when every part of it is clear. */
  suggestedName: string | null;
}

/**
 * parseName for people: also says which codes are out of use on `onDate` (ISO day), when given.
 * Throws TaxonomyPatternError for an unusable pattern.
 */
export function explainName(
  pattern: TaxonomyPattern,
  text: string,
  options: { onDate?: string } = {},
): NameExplanation {
  const parsed = parseName(pattern, text);
  if (!parsed.ok)
    return { valid: false, values: null, problems: parsed.problems, suggestedName: parsed.suggestedName };
  const { onDate } = options;
  const problems =
    onDate === undefined
      ? []
      : Object.entries(pattern.dimensions).flatMap(
          ([key, dimension]) => inactiveProblem(key, dimension, parsed.values[key] ?? '', onDate) ?? [],
        );
  return { valid: problems.length === 0, values: parsed.values, problems, suggestedName: null };
}

/** The text between the separators, or null when the separators are not where the template has them. */
function splitExactly(tokens: readonly TemplateToken[], text: string): Record<string, string> | null {
  const parts: Record<string, string> = {};
  let rest = text;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'text') {
      if (!rest.startsWith(token.text)) return null;
      rest = rest.slice(token.text.length);
      continue;
    }
    const next = tokens[index + 1];
    const end = next?.kind === 'text' ? rest.indexOf(next.text) : rest.length;
    if (end < 0) return null;
    parts[token.key] = rest.slice(0, end);
    rest = rest.slice(end);
  }
  return rest === '' ? parts : null;
}
