import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';

const wordsOf = (text: string) => {
  // The library takes the long deprecated `::192.0.2.1` for a mapped address; a URL writes it out first.
  const written = text.includes(':') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
  const bytes = ipaddr.process(written).toByteArray();
  const word = (at: number) => bytes.slice(at, at + 4).reduce((sum, byte) => sum * 256 + byte, 0);
  return bytes.length === 4
    ? { family: 4, words: [word(0), 0, 0, 0] }
    : { family: 6, words: [word(0), word(4), word(8), word(12)] };
};

describe('parseAddress', () => {
  it('reads addresses as the reference library does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        expect(parseAddress(text)).toEqual(wordsOf(text));
        expect(parseAddress(formatAddress(parseAddress(text)!))).toEqual(parseAddress(text));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['1::', '1:0:0:0:0:0:0:0'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0:0:0:c000:221'],
  ])('%s is %s', (text, written) => expect(formatAddress(parseAddress(text)!)).toBe(written));

  it.each([
    ...[
      '',
      '1',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '01.2.3.4',
      '1.2.3.4 ',
      '1..2.3',
      '.1.2.3.4',
      '0x1.2.3.4',
    ],
    ...[
      'a:b',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7:8:9',
      '12345::',
      '::1.2.3',
      '1.2.3.4::',
      'g::',
      '1:2:3:4:5:6:7',
    ],
    ...[
      '1:2:3:4:5:6:7:8::',
      '::ffff:1.2.3.4.5',
      'unknown',
      '_hidden',
      'x'.repeat(65),
      '%eth0',
      '::%'.repeat(40),
    ],
  ])('%j is none', (text) => expect(parseAddress(text)).toBeNull());

  it('never throws', () => {
    const unit = fc.constantFrom(...'0123456789abcdef:.%/[] ');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const found = parseAddress(text);
        // Whatever is taken for an address, the reference takes too (it also takes zones and octal, which we do not).
        if (found && !text.includes('%')) expect(ipaddr.isValid(text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
