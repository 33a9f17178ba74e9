import type { TemplateToken } from './compile.ts';
import { composeName } from './compose.ts';
import type { Dimension, NameProblem, TaxonomyPattern } from './pattern.ts';
import { accepted, type Resolved, resolvePart } from './resolve.ts';
import { toPascalCase } from './slug.ts';

type DimensionToken = Extract<TemplateToken, { kind: 'dimension' }>;
type Step = { kind: 'match' | 'missing' | 'extra'; dimension: number; part: number };

// Leaving a part or a dimension out must cost less than pairing two that do not fit,
// and more than pairing two that nearly do. Whole numbers, so that ties are ties.
const LEFT_OUT = 9;
const MISFIT = 19;
const NEARLY = 5;
const FREE_TEXT = 2;

/** Why a text is not a name under the pattern: its parts laid beside the dimensions where they fit best. */
export function diagnose(
  pattern: TaxonomyPattern,
  tokens: readonly TemplateToken[],
  text: string,
): { problems: NameProblem[]; suggestedName: string | null } {
  const dimensions = tokens.filter((token) => token.kind === 'dimension');
  const parts = splitLoosely(tokens, text);
  const problems: NameProblem[] = [];
  const meant: Record<string, string> = {};
  let previous: DimensionToken | null = null;
  for (const step of align(dimensions, parts)) {
    const part = parts[step.part] ?? '';
    const token = dimensions[step.dimension];
    if (step.kind === 'extra' || !token) {
      problems.push(extraPart(part, pattern.template));
      // A separator typed inside free text: the surplus belongs to it.
      if (previous?.dimension.kind === 'slug') {
        meant[previous.key] = toPascalCase(`${meant[previous.key] ?? ''} ${part}`);
      }
      continue;
    }
    if (step.kind === 'missing') {
      problems.push(missingPart(token));
      continue;
    }
    previous = token;
    const { value, problem } = resolvePart(token.key, token.dimension, part);
    if (problem) problems.push(problem);
    if (value !== null) meant[token.key] = value;
  }
  const complete = dimensions.every(({ key }) => meant[key] !== undefined);
  const composed = complete ? composeName(pattern, meant) : null;
  const suggestedName = composed?.ok ? composed.name : null;
  if (problems.length === 0) problems.push(shapeProblem(pattern, text, suggestedName));
  return { problems, suggestedName };
}

function splitLoosely(tokens: readonly TemplateToken[], text: string): string[] {
  const hyphenIsText = tokens.some(
    (token) => token.kind === 'dimension' && token.dimension.charset === 'alnum_hyphen',
  );
  const separators = hyphenIsText ? /[\s_|.,:;/\\]+/ : /[\s_|.,:;/\\-]+/;
  return text.split(separators).filter((part) => part !== '');
}

/** The cheapest pairing of parts and dimensions, both kept in order. */
function align(dimensions: readonly DimensionToken[], parts: readonly string[]): Step[] {
  const width = parts.length + 1;
  const costs: number[] = [];
  const steps: (Step | null)[] = [];
  for (let d = 0; d <= dimensions.length; d++) {
    for (let p = 0; p <= parts.length; p++) {
      const token = dimensions[d - 1];
      const part = parts[p - 1];
      let cost = d === 0 && p === 0 ? 0 : Number.POSITIVE_INFINITY;
      let step: Step | null = null;
      const offer = (kind: Step['kind'], from: number, price: number) => {
        const total = (costs[from] ?? Number.POSITIVE_INFINITY) + price;
        if (total >= cost) return;
        cost = total;
        step = { kind, dimension: d - 1, part: p - 1 };
      };
      // On a tie the surplus is what comes last: "Moana_Launch" is a Moana with something after it.
      if (part !== undefined) offer('extra', d * width + p - 1, LEFT_OUT);
      if (token && part !== undefined) offer('match', (d - 1) * width + p - 1, fitCost(token, part));
      if (token) offer('missing', (d - 1) * width + p, LEFT_OUT);
      costs.push(cost);
      steps.push(step);
    }
  }
  const path: Step[] = [];
  let d = dimensions.length;
  let p = parts.length;
  for (let step = steps[d * width + p]; step; step = steps[d * width + p]) {
    path.unshift(step);
    if (step.kind !== 'extra') d -= 1;
    if (step.kind !== 'missing') p -= 1;
  }
  return path;
}

function fitCost({ key, dimension }: DimensionToken, part: string): number {
  const { value, problem }: Resolved = resolvePart(key, dimension, part);
  if (dimension.kind === 'slug') return value === null ? MISFIT : FREE_TEXT;
  if (!problem) return 0;
  if (value !== null) return NEARLY;
  // Digits beside a year, letters beside a code: still the likelier pair than a missing and an extra part.
  return /^\d+$/.test(part) === (dimension.kind === 'year') ? 2 * LEFT_OUT - 1 : MISFIT;
}

function missingPart({ key, dimension }: { key: string; dimension: Dimension }): NameProblem {
  const only =
    dimension.kind === 'code' && dimension.values.length === 1 ? (dimension.values[0]?.code ?? null) : null;
  return {
    code: 'missing_part',
    dimension: key,
    found: null,
    message: `${dimension.label} is missing; accepted: ${accepted(dimension)}.`,
    suggestion: only,
  };
}

function extraPart(part: string, template: string): NameProblem {
  return {
    code: 'extra_part',
    dimension: null,
    found: part,
    message: `"${part}" has no place in ${template}.`,
    suggestion: null,
  };
}

function shapeProblem(pattern: TaxonomyPattern, text: string, suggestion: string | null): NameProblem {
  const spaced = text !== text.trim() && text.trim() === suggestion;
  return {
    code: spaced ? 'surrounding_space' : 'wrong_separator',
    dimension: null,
    found: text,
    message: spaced
      ? 'The name has white space before or after it.'
      : `The parts are right, what stands between them is not; accepted: ${pattern.template}.`,
    suggestion,
  };
}
