import { SharedValues } from '../shared-values.ts';
import { DIMENSION_NAMES, dimensionOrdinal, spell } from './dimensions.ts';

/** One predicate: the request's value is, or is not, among these. */
export interface TargetingPredicate {
  readonly dimension: string;
  readonly operator: 'any_of' | 'none_of';
  readonly values: readonly string[];
}

/** Targeting as data, never as code: predicates under AND, OR and NOT. `{ all: [] }` is everybody. */
export type TargetingNode =
  | TargetingPredicate
  | { readonly all: readonly TargetingNode[] }
  | { readonly any: readonly TargetingNode[] }
  | { readonly not: TargetingNode };

/** Everybody. */
export const EVERYBODY: TargetingNode = { all: [] };

/** One way to match: every predicate holds. At most one predicate for each dimension and operator. */
export type Conjunction = readonly TargetingPredicate[];

/** Bounds on stored targeting, checked when it is saved and again when it is indexed. */
export const TARGETING_LIMITS = {
  depth: 16,
  nodes: 500,
  values: 20_000,
  /** Ways to match after AND, OR and NOT are multiplied out. */
  conjunctions: 64,
  valueLength: 200,
} as const;

export interface TargetingProblem {
  /** Where in the tree, such as `all[1].not`; empty for the root. */
  readonly path: string;
  readonly message: string;
  readonly accepted: string;
}

/** Thrown by `conjunctionsOf` for a tree that `targetingProblems` would have refused. */
export class TargetingError extends RangeError {
  readonly problems: readonly TargetingProblem[];
  constructor(problems: readonly TargetingProblem[]) {
    super(
      problems.map(({ path, message }) => `targeting${path === '' ? '' : `.${path}`} ${message}`).join('; '),
    );
    this.problems = problems;
  }
}

/** What is wrong with a tree; empty when it can be stored and indexed. Bounded whatever it is given. */
export function targetingProblems(tree: unknown): TargetingProblem[] {
  const problems: TargetingProblem[] = [];
  const count = { nodes: 0, values: 0 };
  checkNode(tree, '', 1, problems, count);
  if (problems.length > 0) return problems;
  const ways = countWays(tree as TargetingNode, false);
  if (ways > TARGETING_LIMITS.conjunctions)
    problems.push({
      path: '',
      message: `can match in ${ways > 1e9 ? 'too many' : ways} ways once AND, OR and NOT are multiplied out`,
      accepted: `at most ${TARGETING_LIMITS.conjunctions} ways; join values of one dimension in one predicate`,
    });
  if (ways === 0)
    problems.push({ path: '', message: 'is matched by nobody', accepted: 'a tree that can be matched' });
  return problems;
}

function checkNode(
  node: unknown,
  path: string,
  depth: number,
  problems: TargetingProblem[],
  count: { nodes: number; values: number },
): undefined {
  if (problems.length >= 20) return;
  const refuse = (message: string, accepted: string): undefined => {
    problems.push({ path, message, accepted });
  };
  if (++count.nodes > TARGETING_LIMITS.nodes)
    return refuse('has too many nodes', `at most ${TARGETING_LIMITS.nodes}`);
  if (depth > TARGETING_LIMITS.depth)
    return refuse('is nested too deeply', `at most ${TARGETING_LIMITS.depth} levels`);
  if (typeof node !== 'object' || node === null || Array.isArray(node))
    return refuse('is not an object', 'a predicate, or all, any or not');
  const keys = Object.keys(node);
  const inner = node as Record<string, unknown>;
  if (keys.length === 1 && (keys[0] === 'all' || keys[0] === 'any')) {
    const name = keys[0];
    const list = inner[name];
    if (!Array.isArray(list)) return refuse(`has "${name}" that is not a list`, 'a list of nodes');
    if (name === 'any' && list.length === 0)
      return refuse('has an empty "any", which nobody matches', 'one node or more');
    list.forEach((child, index) => {
      checkNode(child, join(path, `${name}[${index}]`), depth + 1, problems, count);
    });
    return undefined;
  }
  if (keys.length === 1 && keys[0] === 'not')
    return checkNode(inner.not, join(path, 'not'), depth + 1, problems, count);
  checkPredicate(inner, keys, path, problems, count);
}

function checkPredicate(
  inner: Record<string, unknown>,
  keys: readonly string[],
  path: string,
  problems: TargetingProblem[],
  count: { values: number },
): undefined {
  const at = (field: string, message: string, accepted: string): undefined => {
    problems.push({ path: join(path, field), message, accepted });
  };
  const unknown = keys.find((key) => key !== 'dimension' && key !== 'operator' && key !== 'values');
  if (unknown !== undefined)
    return at(
      unknown.slice(0, 40),
      'is not a field of a node',
      'dimension, operator and values; or all, any, not',
    );
  const { dimension, operator, values } = inner;
  if (typeof dimension !== 'string' || dimensionOrdinal(dimension) === undefined)
    at('dimension', `is ${JSON.stringify(dimension)?.slice(0, 60)}`, DIMENSION_NAMES.join(', '));
  if (operator !== 'any_of' && operator !== 'none_of')
    at('operator', `is ${JSON.stringify(operator)?.slice(0, 60)}`, 'any_of or none_of');
  if (!Array.isArray(values) || values.length === 0)
    return at('values', 'is empty or no list', 'one value or more');
  count.values += values.length;
  if (count.values > TARGETING_LIMITS.values)
    return at('values', 'brings the tree over its size', `at most ${TARGETING_LIMITS.values} values in all`);
  const bad = values.findIndex(
    (value) => typeof value !== 'string' || value === '' || value.length > TARGETING_LIMITS.valueLength,
  );
  if (bad >= 0)
    at(`values[${bad}]`, 'is no text, empty or too long', `1 to ${TARGETING_LIMITS.valueLength} characters`);
  if (dimension === 'key_value') {
    const odd = values.findIndex((value) => typeof value === 'string' && !/^[^=]{1,60}=./s.test(value));
    if (odd >= 0) at(`values[${odd}]`, `is ${JSON.stringify(values[odd]).slice(0, 60)}`, 'key=value');
  }
}

function join(path: string, part: string): string {
  return path === '' ? part : `${path}.${part}`;
}

/** How many conjunctions a tree multiplies out to, without doing it. */
function countWays(node: TargetingNode, isNegated: boolean): number {
  if ('not' in node) return countWays(node.not, !isNegated);
  if ('all' in node || 'any' in node) {
    const children = 'all' in node ? node.all : node.any;
    const isProduct = 'all' in node !== isNegated;
    return children.reduce(
      (sum, child) => (isProduct ? sum * countWays(child, isNegated) : sum + countWays(child, isNegated)),
      isProduct ? 1 : 0,
    );
  }
  return 1;
}

/**
 * The tree as alternatives, each a set of predicates that must all hold: what the index has one row for. NOT moves down
 * to the predicates (any_of and none_of change places), so an unknown value satisfies neither a predicate nor its
 * negation. Values are spelt as they are compared, sorted and without repeats.
 * @throws TargetingError for a tree beyond the limits
 */
export function conjunctionsOf(tree: TargetingNode): Conjunction[] {
  const problems = targetingProblems(tree);
  if (problems.length > 0) throw new TargetingError(problems);
  return expand(tree, false).flatMap((predicates) => {
    const merged = merge(predicates);
    return merged === undefined ? [] : [merged];
  });
}

function expand(node: TargetingNode, isNegated: boolean): TargetingPredicate[][] {
  if ('not' in node) return expand(node.not, !isNegated);
  if ('all' in node || 'any' in node) {
    const children = ('all' in node ? node.all : node.any).map((child) => expand(child, isNegated));
    if ('all' in node === isNegated) return children.flat();
    return children.reduce<TargetingPredicate[][]>(
      (ways, child) => ways.flatMap((way) => child.map((more) => [...way, ...more])),
      [[]],
    );
  }
  const operator = isNegated ? (node.operator === 'any_of' ? 'none_of' : 'any_of') : node.operator;
  return [[{ dimension: node.dimension, operator, values: node.values }]];
}

/** Line items mostly ask for the same. */
const predicates = new SharedValues<TargetingPredicate>(10_000);

/** Joins predicates on the same dimension; undefined when no request can satisfy them all. */
function merge(asked: readonly TargetingPredicate[]): Conjunction | undefined {
  const merged = new Map<string, TargetingPredicate>();
  const sets: TargetingPredicate[] = [];
  for (const { dimension, operator, values } of asked) {
    const spelt = [...new Set(values.map((value) => spell(dimension, value)))].sort();
    const key = `${operator} ${dimension}`;
    const known = merged.get(key);
    if (!known) merged.set(key, { dimension, operator, values: spelt });
    else if (operator === 'none_of')
      merged.set(key, { dimension, operator, values: [...new Set([...known.values, ...spelt])].sort() });
    else if (isSingleValued(dimension)) {
      const both = known.values.filter((value) => spelt.includes(value));
      if (both.length === 0) return undefined;
      merged.set(key, { dimension, operator, values: both });
    }
    // A request can have several genres or segments: two lists that must both be met stay two predicates.
    else sets.push({ dimension, operator, values: spelt });
  }
  return [...merged.values(), ...sets].map((one) =>
    predicates.of(`${one.operator} ${one.dimension} ${one.values.join('\n')}`, one),
  );
}

function isSingleValued(dimension: string): boolean {
  return !['genre', 'key_value', 'deal', 'segment'].includes(dimension);
}
