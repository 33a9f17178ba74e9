import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, difference, inverse } from './difference.ts';

/** Plain names: a dot parts a path, noise is left out, and secrets are not copied. */
const name = fc.stringMatching(/^[a-d]{1,2}$/);
const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer()));
const row = fc.dictionary(name, fc.oneof(leaf, fc.dictionary(name, leaf, { minKeys: 1 })));

describe('the difference of two states', () => {
  it('leads from one to the other, and its inverse back', () => {
    fc.assert(
      fc.property(row, row, (before, after) => {
        const changes = difference(before, after);
        expect(normal(applyChanges(before, changes))).toEqual(normal(after));
        expect(normal(applyChanges(after, inverse(changes)))).toEqual(normal(before));
      }),
    );
  });

  it('is empty for equal states, whatever their versions', () => {
    expect(difference({ name: 'a', version: 1 }, { name: 'a', version: 2 })).toEqual([]);
    const at = '2026-01-01T00:00:00.000Z';
    expect(difference({ at: new Date(at) }, { at })).toEqual([]);
  });

  it('names a secret and does not copy it, however deep it lies', () => {
    const changes = difference(
      { passwordHash: 'old', keys: [] },
      { passwordHash: 'new', keys: [{ secret: 'hush' }] },
    );
    expect(changes.map(({ field }) => field)).toEqual(['passwordHash', 'keys']);
    expect(JSON.stringify(changes)).not.toMatch(/old|new|hush/);
  });
});

/** An object that became empty and one that is gone are told apart by nothing that a row can hold. */
function normal(state: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(state).filter(([, value]) => {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return !isObject || Object.keys(value).length > 0;
    }),
  );
}
