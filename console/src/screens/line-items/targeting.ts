import type { TargetingNode } from '@cuepoint/contract';
import { dimensionWord } from '../../delivery-words.ts';

type Predicate = Extract<TargetingNode, { dimension: string }>;

/** Targeting as a sentence: "Country is DE or AT; and Device is none of phone". Groups in a group are bracketed. */
export function targetingSentence(node: TargetingNode): string {
  if (isEverybody(node)) return 'Everybody';
  return sentence(node, false);
}

/** No condition at all. */
export function isEverybody(node: TargetingNode): boolean {
  return 'all' in node && node.all.every(isEverybody);
}

function sentence(node: TargetingNode, nested: boolean): string {
  if ('dimension' in node) return predicateSentence(node);
  if ('not' in node) return `not (${sentence(node.not, false)})`;
  const children = 'all' in node ? node.all : node.any;
  if (children.length === 0) return 'all' in node ? 'everybody' : 'nobody';
  if (children.length === 1 && children[0]) return sentence(children[0], nested);
  const joined = children.map((child) => sentence(child, true)).join('all' in node ? ' and ' : ' or ');
  return nested ? `(${joined})` : joined;
}

const mostValues = 8;

function predicateSentence({ dimension, operator, values }: Predicate): string {
  const shown = values.slice(0, mostValues);
  const more = values.length - shown.length;
  const word = operator === 'any_of' ? ' or ' : ' nor ';
  const list =
    more > 0
      ? `${shown.join(', ')}${word}${more} more`
      : shown.length > 1
        ? `${shown.slice(0, -1).join(', ')}${word}${shown.at(-1)}`
        : (shown[0] ?? 'nothing');
  return `${dimensionWord(dimension)} is ${operator === 'any_of' ? '' : shown.length > 1 || more > 0 ? 'neither ' : 'not '}${list}`;
}

/** A predicate as it is edited: values as the text of a field. */
export interface PredicateDraft {
  kind: 'predicate';
  dimension: string;
  operator: 'any_of' | 'none_of';
  values: string;
}
export interface GroupDraft {
  kind: 'group';
  /** `none` is the negation of `any`: none of the conditions holds. */
  join: 'all' | 'any' | 'none';
  nodes: NodeDraft[];
}
export type NodeDraft = PredicateDraft | GroupDraft;

/** A tree as the builder edits it; its root is always a group. */
export function draftOf(node: TargetingNode): GroupDraft {
  const draft = nodeDraft(node);
  return draft.kind === 'group' ? draft : { kind: 'group', join: 'all', nodes: [draft] };
}

function nodeDraft(node: TargetingNode): NodeDraft {
  if ('dimension' in node)
    return {
      kind: 'predicate',
      dimension: node.dimension,
      operator: node.operator,
      values: node.values.join(', '),
    };
  if ('not' in node) {
    const { not } = node;
    const nodes = 'any' in not ? not.any.map(nodeDraft) : [nodeDraft(not)];
    return { kind: 'group', join: 'none', nodes };
  }
  return 'all' in node
    ? { kind: 'group', join: 'all', nodes: node.all.map(nodeDraft) }
    : { kind: 'group', join: 'any', nodes: node.any.map(nodeDraft) };
}

/** The tree that a draft means. Predicates without a value and groups without a condition are left out. */
export function treeOf(draft: GroupDraft): TargetingNode {
  return groupTree(draft) ?? { all: [] };
}

function groupTree({ join, nodes }: GroupDraft): TargetingNode | null {
  const children = nodes.flatMap((node) => {
    const child = node.kind === 'group' ? groupTree(node) : predicateTree(node);
    return child ? [child] : [];
  });
  if (children.length === 0) return null;
  if (join === 'none') return { not: children.length === 1 && children[0] ? children[0] : { any: children } };
  return join === 'all' ? { all: children } : { any: children };
}

function predicateTree({ dimension, operator, values }: PredicateDraft): TargetingNode | null {
  const list = [
    ...new Set(
      values
        .split(/[,\n]/)
        .map((value) => value.trim())
        .filter((value) => value !== ''),
    ),
  ];
  return list.length > 0 ? { dimension, operator, values: list } : null;
}

/** Reads the JSON twin. What the server accepts beyond the shape, it says itself. */
export function readTree(text: string): { tree: TargetingNode } | { problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}` };
  }
  const problem = shapeProblem(parsed, '', 0);
  return problem ? { problem } : { tree: parsed as TargetingNode };
}

const deepest = 16;

function shapeProblem(value: unknown, path: string, depth: number): string | null {
  const at = path === '' ? 'The root' : path;
  if (depth > deepest) return `${at} is nested too deeply; at most ${deepest} levels`;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `${at} is no object; accepted: a predicate, or all, any, not`;
  const inner = (child: unknown, name: string) =>
    shapeProblem(child, path === '' ? name : `${path}.${name}`, depth + 1);
  if ('not' in value) return inner(value.not, 'not');
  for (const name of ['all', 'any'] as const) {
    if (!(name in value)) continue;
    const list = (value as Record<string, unknown>)[name];
    if (!Array.isArray(list)) return `${at} has “${name}” that is no list`;
    for (const [index, child] of list.entries()) {
      const problem = inner(child, `${name}[${index}]`);
      if (problem) return problem;
    }
    return null;
  }
  const { dimension, operator, values } = value as Record<string, unknown>;
  if (typeof dimension !== 'string') return `${at} has no dimension; accepted: a predicate, or all, any, not`;
  if (operator !== 'any_of' && operator !== 'none_of')
    return `${at} has no operator; accepted: any_of, none_of`;
  return Array.isArray(values) && values.length > 0 && values.every((entry) => typeof entry === 'string')
    ? null
    : `${at} has no values; accepted: a list of texts`;
}
