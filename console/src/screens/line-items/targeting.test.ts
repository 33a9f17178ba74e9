import type { TargetingNode } from '@cuepoint/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf, isEverybody, readTree, targetingSentence, treeOf } from './targeting.ts';

const is = (dimension: string, ...values: string[]): TargetingNode => ({
  dimension,
  operator: 'any_of',
  values,
});
const isNot = (dimension: string, ...values: string[]): TargetingNode => ({
  dimension,
  operator: 'none_of',
  values,
});

describe('targeting as a sentence', () => {
  it.each<[TargetingNode, string]>([
    [{ all: [] }, 'Everybody'],
    [{ all: [{ all: [] }] }, 'Everybody'],
    [is('country', 'DE'), 'Country is DE'],
    [{ all: [is('country', 'DE', 'AT', 'CH')] }, 'Country is DE, AT or CH'],
    [isNot('genre', 'news'), 'Genre is not news'],
    [isNot('genre', 'news', 'sport'), 'Genre is neither news nor sport'],
    [
      { all: [is('country', 'DE'), { any: [is('device', 'ctv'), isNot('genre', 'news')] }] },
      'Country is DE and (Device is ctv or Genre is not news)',
    ],
    [{ not: { any: [is('deal', 'a'), is('deal', 'b')] } }, 'not (Deals is a or Deals is b)'],
    [
      is('postal', ...Array.from({ length: 20 }, (_, at) => `US:${at}`)),
      'Postal code is US:0, US:1, US:2, US:3, US:4, US:5, US:6, US:7 or 12 more',
    ],
    [is('weather', 'rain'), 'weather is rain'],
  ])('%j', (tree, text) => {
    expect(targetingSentence(tree)).toBe(text);
  });
});

const value = fc.stringMatching(/^[a-z0-9=:-]{1,8}$/);
const tree: fc.Arbitrary<TargetingNode> = fc.letrec<{ node: TargetingNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      dimension: fc.constantFrom('country', 'device', 'genre', 'segment'),
      operator: fc.constantFrom('any_of' as const, 'none_of' as const),
      values: fc.uniqueArray(value, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node;

/** What a tree says of a viewer that is known by a predicate on the text of each predicate. */
function holds(node: TargetingNode, met: (predicate: string) => boolean): boolean {
  if ('all' in node) return node.all.every((child) => holds(child, met));
  if ('any' in node) return node.any.some((child) => holds(child, met));
  if ('not' in node) return !holds(node.not, met);
  return met(JSON.stringify(node));
}

describe('the builder', () => {
  it('means what the tree means, for every tree and viewer', () => {
    fc.assert(
      fc.property(tree, fc.func(fc.boolean()), (node, met) => {
        const again = treeOf(draftOf(node));
        expect(holds(again, met)).toBe(holds(node, met));
      }),
    );
  });

  it('leaves out what is not filled in', () => {
    expect(
      treeOf({
        kind: 'group',
        join: 'all',
        nodes: [
          { kind: 'predicate', dimension: 'country', operator: 'any_of', values: ' , ' },
          { kind: 'group', join: 'any', nodes: [] },
          { kind: 'predicate', dimension: 'device', operator: 'none_of', values: 'phone, phone,\ntablet' },
        ],
      }),
    ).toEqual({ all: [isNot('device', 'phone', 'tablet')] });
  });

  it('without a condition is everybody', () => {
    expect(isEverybody(treeOf({ kind: 'group', join: 'none', nodes: [] }))).toBe(true);
  });
});

describe('the JSON twin', () => {
  it('takes what it gives', () => {
    fc.assert(
      fc.property(tree, (node) => {
        expect(readTree(JSON.stringify(node))).toEqual({ tree: node });
      }),
    );
  });

  it.each([
    ['{', 'no JSON'],
    ['[]', 'The root is no object'],
    ['{"all":{}}', '“all” that is no list'],
    ['{"all":[{"not":3}]}', 'all[0].not is no object'],
    ['{"dimension":"country","operator":"is","values":["DE"]}', 'any_of, none_of'],
    ['{"dimension":"country","operator":"any_of","values":[]}', 'no values'],
    ['{"dimension":"country","operator":"any_of","values":[1]}', 'no values'],
    [`${'{"not":'.repeat(20)}{}${'}'.repeat(20)}`, 'too deeply'],
  ])('%s is refused', (text, message) => {
    const read = readTree(text);
    expect('problem' in read ? read.problem : '').toContain(message);
  });
});
