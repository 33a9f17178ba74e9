import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './edit-distance.ts';
import { toPascalCase } from './slug.ts';

describe('toPascalCase', () => {
  it.each([
    ['Moana Launch', 'MoanaLaunch'],
    ['  back-to-school   2026 ', 'BackToSchool2026'],
    ["L'été à Zürich", 'LeteAZurich'],
    ['Straße & Łódź', 'StrasseLodz'],
    ['iPhone drop', 'IPhoneDrop'],
    ['Disney’s Æon', 'DisneysAeon'],
    ['ﬁrst ①', 'First1'],
    ['日本', ''],
    ['', ''],
  ])('%j -> %j', (text, expected) => {
    expect(toPascalCase(text)).toBe(expected);
  });

  it('gives only letters and digits, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = toPascalCase(text);
        expect(once).toMatch(/^[A-Za-z0-9]*$/);
        expect(toPascalCase(once)).toBe(once);
      }),
    );
  });
});

describe('editDistance', () => {
  it.each([
    ['META', 'MTEA', 1],
    ['META', 'meta', 0],
    ['TIKTOK', 'TIKTAK', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%s, %s: %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, and zero only for equal texts', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a.toLowerCase() === b.toLowerCase());
      }),
    );
  });
});

describe('nearest', () => {
  it('gives the one that is clearly meant', () => {
    expect(nearest('MTEA', ['META', 'TIKTOK'])).toBe('META');
    expect(nearest('UX', ['US', 'UK'])).toBeNull();
    expect(nearest('ZZ', ['US', 'META'])).toBeNull();
    expect(nearest('META', [])).toBeNull();
  });
});
