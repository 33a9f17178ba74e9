import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf, textOf } from './element.ts';
import { readXml } from './read.ts';

function problem(xml: string, limits = {}): string {
  const read = readXml(xml, limits);
  if (read.ok) throw new Error('expected a refusal');
  return `${read.problem.line}:${read.problem.column} ${read.problem.message}`;
}

describe('readXml', () => {
  it('joins text and CDATA, expands the five entities and character references, skips comments and instructions', () => {
    const read = readXml(
      '\uFEFF<?xml version="1.0"?><?pi x?><a b=\'1 &amp; &quot;2&quot;\'>x&lt;<![CDATA[<y> & ]]>&#65;&#x1F600;<!-- no --> z</a>\n',
    );
    expect(read.ok && textOf(read.root)).toBe('x<<y> & A😀 z');
    expect(read.ok && read.root.attributes.b).toBe('1 & "2"');
  });

  it('normalises line ends and attribute white space as XML does', () => {
    const read = readXml('<a b="1\r\n2\t3&#10;4">x\r\ny\rz&#13;</a>');
    expect(read.ok && read.root.attributes.b).toBe('1 2 3\n4');
    expect(read.ok && read.root.children).toEqual(['x\ny\nz\r']);
  });

  it.each([
    ['', 'the document has no element'],
    ['<a>', '<a> is never closed'],
    ['<a></b>', '</b> closes <a>'],
    ['<a/><b/>', 'a second root element'],
    ['</a>', '</a> closes nothing'],
    ['x<a/>', 'text is not allowed outside'],
    ['<a b=1/>', 'is not quoted'],
    ['<a b/>', 'has no value'],
    ['<a b="1" b="2"/>', 'is given twice'],
    ['<a b="1"c="2"/>', 'white space is missing'],
    ['<a b="<"/>', '"<" is not allowed'],
    ['<a b="1', 'is never closed'],
    ['<a b="1"', 'is never closed'],
    ['<a>&nbsp;</a>', '"&nbsp;" is not an entity'],
    ['<a>x & y</a>', 'is not an entity'],
    ['<a>&#0;</a>', 'is not an entity'],
    ['<a>&#xD800;</a>', 'is not an entity'],
    ['<a>\u0001</a>', 'U+0001 is not allowed'],
    ['<a>]]></a>', '"]]>" is not allowed'],
    ['<a><![CDATA[x</a>', 'a CDATA section is never closed'],
    ['<a><!-- x</a>', 'a comment is never closed'],
    ['<a><!-- -- --></a>', '"--" is not allowed'],
    ['<!DOCTYPE a><a/>', 'a DOCTYPE or other declaration is not accepted'],
    ['<a><!ENTITY x "y"></a>', 'a DOCTYPE or other declaration is not accepted'],
    ['< a/>', 'has no valid name'],
    ['<1/>', 'has no valid name'],
    ['{ "vast": null }', 'text is not allowed outside'],
  ])('refuses %j', (xml, expected) => {
    expect(problem(xml)).toContain(expected);
  });

  it('gives the place of a problem', () => {
    expect(problem('<a>\n  <b>\n  </c></a>')).toBe('3:3 </c> closes <b>');
  });

  it('refuses what exceeds a limit', () => {
    expect(problem('<a>xxxxx</a>', { maxLength: 5 })).toContain('at most 5 are read');
    expect(problem('<a>'.repeat(200))).toContain('nested deeper than 64');
    expect(problem('<a><b/><b/></a>', { maxElements: 2 })).toContain('more than 2 elements');
    const many = Array.from({ length: 70 }, (_, index) => `a${index}=""`).join(' ');
    expect(problem(`<a ${many}/>`)).toContain('more than 64 attributes');
  });

  it('takes a large document in linear time', () => {
    const read = readXml(`<a>${'<b c="1">x</b>'.repeat(40_000)}</a>`);
    expect(read.ok && elementsOf(read.root)).toHaveLength(40_000);
  });

  it('never throws, whatever the text', () => {
    const token = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      'a',
      ' b="',
      '"',
      "'",
      '&',
      ';',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '=',
      '\n',
      '&amp;',
      '<!D',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(token).map((list) => list.join('')),
        ),
        (text) => {
          const read = readXml(text);
          expect(read.ok || read.problem.message.length > 0).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
