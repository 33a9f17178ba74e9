import { DIMENSION_NAMES, DIMENSIONS, spell } from '@cuepoint/decisioning';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFacts } from './request-facts.ts';

const name = fc.oneof(fc.constantFrom(...DIMENSION_NAMES), fc.stringMatching(/^[a-z"\\]{1,6}$/));
const text = fc.oneof(
  fc.constantFrom('DE', 'Drama', 'a"b', 'tv.example'),
  fc.string({ unit: 'binary', maxLength: 80 }),
);
const stated = fc.dictionary(name, fc.oneof(text, fc.array(text, { maxLength: 4 })), {
  maxKeys: 8,
  noNullPrototype: true,
});

it('writes what was stated as ASCII, and reads it as each dimension is compared', () => {
  const base = DIMENSION_NAMES.map((_, at) => `base ${at}`);
  fc.assert(
    fc.property(stated, (facts) => {
      // Twice, so that what is known by then is held against what was read anew.
      for (let time = 0; time < 2; time++) {
        const { values, json } = readFacts(facts, base);
        expect(json).toMatch(/^[\x20-\x7e]*$/);
        expect(JSON.parse(json)).toEqual(facts);
        for (const [at, dimension] of DIMENSION_NAMES.entries()) {
          const said = Object.hasOwn(facts, dimension) ? facts[dimension] : undefined;
          const all = said === undefined ? [] : [said].flat().map((one) => spell(dimension, one));
          const isScalar = DIMENSIONS[dimension].kind === 'scalar';
          expect(values[at]).toEqual(said === undefined ? base[at] : isScalar ? (all[0] ?? null) : all);
        }
      }
    }),
  );
  expect(base[0]).toBe('base 0');
});
