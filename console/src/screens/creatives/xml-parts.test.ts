import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTimes } from './axis-times.ts';
import { xmlParts } from './xml-parts.ts';

describe('colouring of a document', () => {
  it('tells tags, attributes, values and text apart', () => {
    const parts = xmlParts('<Ad id="a=1">x="y"<!-- <b> --></Ad>');
    expect(parts.map((part) => `${part.kind}:${part.text}`)).toEqual([
      'tag:<Ad',
      'text: ',
      'attribute:id=',
      'value:"a=1"',
      'tag:>',
      'text:x="y"',
      'comment:<!-- <b> -->',
      'tag:</Ad',
      'tag:>',
    ]);
  });
  it('loses and adds nothing, whatever it is given', () => {
    const pieces = fc.array(
      fc.constantFrom('<', '>', '/', '"', '=', 'a', ' ', '<!--', '-->', '<![CDATA[', ']]>', '<?', '?>'),
    );
    fc.assert(
      fc.property(pieces, (texts) => {
        const xml = texts.join('');
        expect(
          xmlParts(xml)
            .map((part) => part.text)
            .join(''),
        ).toBe(xml);
      }),
    );
  });
});

describe('axis of the filmstrip', () => {
  it('has round seconds and the end where there is room', () => {
    expect(axisTimes(30_000, 800)).toEqual([0, 5000, 10_000, 15_000, 20_000, 25_000, 30_000]);
    expect(axisTimes(14_500, 400)).toEqual([0, 5000, 10_000, 14_500]);
    expect(axisTimes(0, 800)).toEqual([0]);
  });
});
