import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, difference, inverse } from './difference.ts';

const name = fc.stringMatching(/^[a-z]{1,6}$/).filter((key) => !/password|secret|token/.test(key));
const leaf = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const { state } = fc.letrec((tie) => ({
  state: fc.dictionary(
    name,
    fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: tie('state') }),
    {
      maxKeys: 5,
      noNullPrototype: true,
    },
  ),
}));
const row = state as fc.Arbitrary<Record<string, unknown>>;

describe('difference', () => {
  it('names what changed by path, with both values', () => {
    expect(
      difference(
        { name: 'a', targeting: { countries: ['US'], devices: [] }, version: 1 },
        { name: 'b', targeting: { countries: ['US', 'CA'], devices: [] }, version: 2 },
      ),
    ).toEqual([
      { field: 'name', before: 'a', after: 'b' },
      { field: 'targeting.countries', before: ['US'], after: ['US', 'CA'] },
    ]);
  });

  it('leads from one state to the other, and its inverse back', () => {
    fc.assert(
      fc.property(row, row, (before, after) => {
        const changes = difference(before, after);
        expect(applyChanges(before, changes)).toEqual(after);
        expect(applyChanges(after, inverse(changes))).toEqual(before);
      }),
    );
  });

  it('still does after it was stored as JSON', () => {
    fc.assert(
      fc.property(row, row, (before, after) => {
        const stored = JSON.parse(JSON.stringify(difference(before, after))) as ReturnType<typeof difference>;
        const back = applyChanges(after, inverse(stored));
        expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(before)));
      }),
    );
  });

  it('is empty for equal states, and never changes what it is given', () => {
    fc.assert(
      fc.property(row, (given) => {
        const copy = structuredClone(given);
        expect(difference(given, structuredClone(given))).toEqual([]);
        applyChanges(given, difference(given, {}));
        expect(given).toEqual(copy);
      }),
    );
  });

  it('names secrets and copies none, however deep they lie', () => {
    const changes = difference(
      { password: 'one', nested: { apiToken: 'two' }, secrets: { a: 'three' } },
      {
        password: 'ein',
        nested: { apiToken: 'zwei' },
        secrets: { a: 'drei' },
        keys: [{ clientSecret: 'vier' }],
      },
    );
    expect(changes.map(({ field }) => field)).toEqual(['password', 'nested.apiToken', 'secrets', 'keys']);
    expect(JSON.stringify(changes)).not.toMatch(/one|two|three|ein|zwei|drei|vier/);
    expect(JSON.stringify(difference(null, { credentials: { password: 'hidden' } }))).not.toContain('hidden');
  });

  it('does not write to the prototype of objects', () => {
    applyChanges({}, [{ field: '__proto__.polluted', before: undefined, after: true }]);
    applyChanges({}, [{ field: 'constructor.prototype.polluted', before: undefined, after: true }]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
