import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementTexts, memberTexts } from './entity-texts.ts';

describe('parts of a JSON text', () => {
  it('are what parsing it gives, however it is spaced', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { noNullPrototype: true }),
        fc.constantFrom(undefined, 1, '\t'),
        (value, space) => {
          const text = ` ${JSON.stringify(value, null, space)}\n`;
          const members = [...memberTexts(text)].map(([name, part]) => [name, JSON.parse(part)]);
          expect(Object.fromEntries(members)).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(elementTexts(text).map((part) => JSON.parse(part))).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '',
    '[',
    '{"a":1',
    '{"a":"b',
    '{"a" 1}',
    '{"a":}',
    '{"a":1 "b":2}',
    '[1 2]',
    '[1,',
    'null',
    '["\\"]',
  ])('are refused of %s', (text) => {
    expect(() => [memberTexts(text), elementTexts(text)]).toThrow(SyntaxError);
  });
});
