import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { element } from './element.ts';
import { readXml } from './read.ts';
import { escapeXml, writeXml, XmlWriteError } from './write.ts';

const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const legal = fc.string({ unit: 'grapheme' }).filter((text) => !FORBIDDEN.test(text));

describe('writeXml', () => {
  it('escapes URLs, keeps markup readable in CDATA, closes empty elements', () => {
    const tree = element('a', { t: '1 & "2"\n', u: undefined }, [
      element('url', {}, ['https://x.example/?a=1&b=2']),
      element('html', {}, ['<b class="x">&</b>']),
      element('end', {}, ['a]]>b<']),
      element('none'),
    ]);
    expect(writeXml(tree)).toBe(
      '<a t="1 &amp; &quot;2&quot;&#10;"><url>https://x.example/?a=1&amp;b=2</url><html><![CDATA[<b class="x">&</b>]]></html><end>a]]&gt;b&lt;</end><none/></a>',
    );
  });

  it('indents elements but never text', () => {
    const tree = element('a', {}, [element('b', {}, ['x']), element('c', {}, ['y', element('d')])]);
    expect(writeXml(tree, { indent: true })).toBe('<a>\n  <b>x</b>\n  <c>y<d/></c>\n</a>');
  });

  it('names the place of a character XML cannot hold', () => {
    const tree = element('a', {}, [element('b', { c: 'x\u0000' })]);
    expect(() => writeXml(tree)).toThrow(
      new XmlWriteError('a/b@c holds the character U+0000, which XML cannot carry; remove it'),
    );
    expect(() => writeXml(element('a', {}, ['\uD800']))).toThrow('U+D800');
    expect(() => writeXml(element('a', {}, ['\u0001slot\u0001']))).toThrow('U+0001');
  });

  it('is read back as it was', () => {
    fc.assert(
      fc.property(legal, legal, (value, attribute) => {
        const read = readXml(writeXml(element('a', { b: attribute }, value === '' ? [] : [value])));
        expect(read.ok && read.root).toEqual(element('a', { b: attribute }, value === '' ? [] : [value]));
      }),
    );
  });

  it('escapes for text and attributes alike', () => {
    expect(escapeXml(`<&>"'`)).toBe('&lt;&amp;&gt;&quot;&apos;');
    expect(escapeXml('plain')).toBe('plain');
  });
});
