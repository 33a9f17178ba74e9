import type { TargetingNode } from '@cuepoint/contract';

interface Shorthands {
  countries?: readonly string[] | undefined;
  deviceTypes?: readonly string[] | undefined;
}

const asked: Record<string, readonly string[]> = {
  // What the word covers on the device side: a game console plays on the television set.
  ctv: ['ctv', 'console'],
  mobile: ['phone'],
};

/**
 * The tree with its top-level predicates on country and device replaced by what the shorthands say; an empty list takes
 * them away. Exclusions, and predicates deeper in the tree, stay.
 */
export function withShorthands(tree: TargetingNode, { countries, deviceTypes }: Shorthands): TargetingNode {
  let result = tree;
  if (countries !== undefined) result = replaced(result, 'country', [...new Set(countries)]);
  if (deviceTypes !== undefined) {
    const values = deviceTypes.flatMap((device) => asked[device] ?? [device]);
    result = replaced(result, 'device', [...new Set(values)]);
  }
  return result;
}

/** Countries and devices that the top level of a tree asks for. */
export function shorthandsOf(tree: TargetingNode): { countries: string[]; deviceTypes: string[] } {
  const valuesOf = (dimension: string) => topLevel(tree).flatMap((node) => askedOf(node, dimension) ?? []);
  return { countries: valuesOf('country'), deviceTypes: valuesOf('device') };
}

function replaced(tree: TargetingNode, dimension: string, values: readonly string[]): TargetingNode {
  const kept = topLevel(tree).filter((node) => askedOf(node, dimension) === null);
  if (kept.length === topLevel(tree).length && values.length === 0) return tree;
  return { all: values.length === 0 ? kept : [...kept, { dimension, operator: 'any_of', values }] };
}

const topLevel = (tree: TargetingNode): readonly TargetingNode[] => ('all' in tree ? tree.all : [tree]);

function askedOf(node: TargetingNode, dimension: string): readonly string[] | null {
  return 'dimension' in node && node.dimension === dimension && node.operator === 'any_of'
    ? node.values
    : null;
}
