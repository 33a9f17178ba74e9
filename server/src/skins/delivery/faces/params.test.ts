import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestParams, wellFormed } from './params.ts';

describe('RequestParams', () => {
  it('reads what URLSearchParams reads, wherever that is well-formed', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { maxLength: 20 }), (pairs) => {
        const theirs = new URLSearchParams(pairs.map(([key, value]) => [key, wellFormed(value)]));
        const ours = RequestParams.ofQuery(theirs.toString());
        for (const [key] of pairs) {
          const expected = theirs.get(key);
          if (['seg', 'deal', 'bcat', 'badv', 'mimes', 'genre', 'slots', 'breaks'].includes(key)) continue;
          const isUnfilled = expected === '' || /^(-1|-2|\[[A-Za-z]\w*\]|%%\w+%%)$/.test(expected ?? '');
          expect(ours.get(key)).toBe(isUnfilled ? null : expected);
        }
      }),
    );
  });

  it('keeps lists apart whose items hold commas', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z, &=+%]{1,9}$/), { minLength: 1, maxLength: 9 }),
        (items) => {
          const ours = RequestParams.ofQuery(`kv.a=${items.map(encodeURIComponent).join(',')}`);
          expect(ours.list('kv.a')).toEqual(items);
          const split = RequestParams.ofQuery(
            items.map((one) => `kv.a=${encodeURIComponent(one)}`).join('&'),
          );
          expect(split.list('kv.a')).toEqual(items);
          const again = RequestParams.ofQuery(ours.toQuery(new Set(), { pl: 'x&y' }));
          expect(again.list('kv.a')).toEqual(items);
          expect(again.get('pl')).toBe('x&y');
        },
      ),
    );
  });

  it('never throws but for a value that is asked for, and writes nothing that a URL cannot hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const params = RequestParams.ofQuery(text);
        const query = params.toQuery(new Set(['a']), {});
        expect(query).toMatch(/^[\x21-\x7e]*$/);
        expect(query).not.toMatch(/["<>\\^`{|}]/);
      }),
    );
  });
});
