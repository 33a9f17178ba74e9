import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VAST_MACROS } from './macro-list.ts';
import { encodeMacroValue, expandMacros, findMacros, macroDefinition } from './macros.ts';

describe('the macro list', () => {
  it('has the 59 macros of the standard, each once, each usable somewhere', () => {
    expect(VAST_MACROS).toHaveLength(59);
    expect(new Set(VAST_MACROS.map(({ name }) => name)).size).toBe(59);
    expect(VAST_MACROS.every(({ contexts, meaning }) => contexts.length > 0 && meaning.endsWith('.'))).toBe(
      true,
    );
  });

  it('knows what is required and what was withdrawn', () => {
    expect(VAST_MACROS.filter(({ required }) => required).map(({ name }) => name)).toEqual([
      'TIMESTAMP',
      'CACHEBUSTING',
      'ERRORCODE',
      'REASON',
      'LIMITADTRACKING',
    ]);
    expect(macroDefinition('CONTENTPLAYHEAD')?.deprecatedFor).toEqual(['ADPLAYHEAD', 'MEDIAPLAYHEAD']);
    expect(macroDefinition('NOPE')).toBeUndefined();
  });
});

describe('expandMacros', () => {
  it('encodes values once and joins lists with plain commas', () => {
    expect(
      expandMacros('https://t.example/?u=[PAGEURL]&s=[PLAYERSIZE]&i=[UNIVERSALADID]&c=[CACHEBUSTING]', {
        PAGEURL: 'https://www.example.com/a?b=c&d=[x]',
        PLAYERSIZE: [1920, 1080],
        UNIVERSALADID: 'ad-id.org CNPA0484000H',
        CACHEBUSTING: 12345678,
      }),
    ).toBe(
      'https://t.example/?u=https%3A%2F%2Fwww.example.com%2Fa%3Fb%3Dc%26d%3D%5Bx%5D&s=1920,1080&i=ad-id.org%20CNPA0484000H&c=12345678',
    );
  });

  it('writes -1 for what is not known, and leaves or fills the rest as told', () => {
    const url = 'https://t.example/?i=[IFA]&e=[ERRORCODE]&x=[NOTOURS]&y=[OURS]';
    const values = { IFA: null, OURS: 'o' };
    expect(expandMacros(url, values)).toBe('https://t.example/?i=-1&e=[ERRORCODE]&x=[NOTOURS]&y=o');
    expect(expandMacros(url, values, { missing: 'unknown' })).toBe(
      'https://t.example/?i=-1&e=-1&x=[NOTOURS]&y=o',
    );
  });

  it('recognises encoded brackets and lower case', () => {
    expect(expandMacros('https://t.example/?a=%5BIFA%5D&b=[ifa]', { IFA: 'x' })).toBe(
      'https://t.example/?a=x&b=x',
    );
  });

  it('does not fill from the prototype', () => {
    expect(expandMacros('[constructor] [__proto__] [toString]', {})).toBe(
      '[constructor] [__proto__] [toString]',
    );
  });

  it('never lets a value break out of its place, and is decoded to what went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const encoded = encodeMacroValue(value);
        expect(encoded).toMatch(/^[A-Za-z0-9_.~%-]*$/);
        expect(decodeURIComponent(encoded)).toBe(
          value.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD'),
        );
        expect(expandMacros('a[IFA]b', { IFA: value })).toBe(`a${encoded}b`);
      }),
    );
  });
});

describe('findMacros', () => {
  it('lists each once, known or not', () => {
    expect(
      findMacros('[IFA] %5BIFA%5D [Nope] [1]').map(({ name, definition }) => [name, definition?.since]),
    ).toEqual([
      ['IFA', '4.1'],
      ['NOPE', undefined],
    ]);
  });
});
