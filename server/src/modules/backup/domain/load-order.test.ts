import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadOrder } from './load-order.ts';

/** Tables t0, t1, …, each referring to some with a lower number, in any order. */
const tables = fc
  .array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 15 })
  .map((links) =>
    links.map((to, index) => ({
      name: `t${index}`,
      refersTo: [...new Set(to.filter((other) => other < index).map((other) => `t${other}`))],
    })),
  )
  .chain((made) => fc.shuffledSubarray(made, { minLength: made.length, maxLength: made.length }));

describe('the order in which tables are loaded', () => {
  it('has every table once, each after those it refers to, whatever order they came in', () => {
    fc.assert(
      fc.property(tables, (given) => {
        const ordered = loadOrder(given);
        expect(ordered.map(({ name }) => name).sort()).toEqual(given.map(({ name }) => name).sort());
        const seen = new Set<string>();
        for (const { name, refersTo } of ordered) {
          for (const other of refersTo) expect(seen).toContain(other);
          seen.add(name);
        }
        expect(loadOrder([...given].reverse())).toEqual(ordered);
      }),
    );
  });

  it('names tables that refer to each other or to themselves', () => {
    expect(() =>
      loadOrder([
        { name: 'plain', refersTo: [] },
        { name: 'hen', refersTo: ['egg'] },
        { name: 'egg', refersTo: ['hen'] },
      ]),
    ).toThrow('egg, hen');
    expect(() => loadOrder([{ name: 'tree', refersTo: ['tree'] }])).toThrow('tree');
  });
});
