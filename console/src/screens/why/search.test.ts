import { describe, expect, it } from 'vitest';
import { readWhySearch } from './search.ts';

describe('the address of Why', () => {
  it('keeps a whole question', () => {
    const search = {
      tab: 'preview',
      q: 'dec_1',
      li: 'li_1',
      facts: { country: ['DE'], genre: ['drama', 'news'] },
      placement: 'midroll',
      maxAds: 6,
      seconds: 120,
    } as const;
    expect(readWhySearch({ ...search })).toEqual(search);
  });

  it('takes a single value for a list, numbers for text, and an empty list for "unknown"', () => {
    expect(readWhySearch({ q: 42, facts: { dma: 501, country: 'DE', device: [] } })).toEqual({
      q: '42',
      facts: { country: ['DE'], dma: ['501'], device: [] },
    });
  });

  it.each([
    [{ tab: 'elsewhere' }],
    [{ q: '  ' }],
    [{ q: 'x'.repeat(2001) }],
    [{ facts: ['DE'] }],
    [{ facts: { planet: ['mars'] } }],
    [{ facts: JSON.parse('{"__proto__":{"country":["DE"]}}') }],
    [{ maxAds: 0.5 }],
    [{ maxAds: 33 }],
    [{ seconds: -1 }],
    [{ seconds: '30' }],
    [{ day: '17 Nov' }],
  ])('leaves out what does not fit: %j', (search) => {
    expect(readWhySearch(search)).toEqual({});
  });
});
