import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../viewer/address.ts';
import { AddressRanges, RangesFile } from './address-ranges.ts';

const ipv4 = (word: number) => formatAddress({ family: 4, words: [word | 0, 0, 0, 0] });
const word = fc.integer({ min: 0, max: 0xffffffff });
const holds = (ranges: AddressRanges, text: string) => ranges.holds(parseAddress(text)!);

describe('ranges of addresses', () => {
  it('hold what one of them holds, however they overlap', () => {
    const range = fc.tuple(word, fc.integer({ min: 0, max: 32 }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), fc.array(word, { maxLength: 30 }), (list, asked) => {
        const ranges = AddressRanges.parse(list.map(([base, bits]) => `${ipv4(base)}/${bits}`).join('\n'));
        const edges = list.flatMap(([base]) => [base, (base + 1) >>> 0, (base - 1) >>> 0]);
        for (const one of [...asked, ...edges]) {
          const isHeld = list.some(([base, bits]) => {
            const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
            return ((one ^ base) & mask) === 0;
          });
          expect(holds(ranges, ipv4(one)), `${ipv4(one)} in ${list}`).toBe(isHeld);
        }
      }),
    );
  });

  it('are read from lists as they are published: columns, notes, both families, first and last', () => {
    const ranges = AddressRanges.parse(
      '# hosting\n"192.0.2.0/25",Example Hosting\n198.51.100.7\n203.0.113.10,203.0.113.20,Example,https://host.example\n\n2001:db8:42::/48 # one site\r\n',
    );
    expect(ranges.size).toBe(4);
    const inside = ['192.0.2.127', '198.51.100.7', '203.0.113.10', '203.0.113.20', '2001:db8:42:ffff::1'];
    for (const one of inside) expect(holds(ranges, one), one).toBe(true);
    const outside = [
      '192.0.2.128',
      '198.51.100.8',
      '203.0.113.9',
      '203.0.113.21',
      '2001:db8:43::1',
      '::ffff:10.0.0.1',
    ];
    for (const one of outside) expect(holds(ranges, one), one).toBe(false);
    expect(holds(ranges, '::ffff:192.0.2.1')).toBe(true);
  });

  it.each([
    ['192.0.2.0/33', 1],
    ['192.0.2.1\nhosting', 2],
    ['203.0.113.20,203.0.113.10', 1],
    ['192.0.2.1,2001:db8::1', 1],
  ])('refuse %j and name the line', (text, line) => {
    expect(() => AddressRanges.parse(text)).toThrow(`line ${line} is`);
  });
});

describe('a file of ranges', () => {
  it('is taken into use when it changes, and stays when the new one cannot be read', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'cuepoint-ranges-'));
    const path = join(dir, 'hosting.txt');
    const said: object[] = [];
    const file = new RangesFile(path, (one) => said.push(one));
    await file.refresh();
    await file.refresh();
    expect(said).toEqual([{ problem: expect.stringContaining(path) }]);
    expect(file.ranges).toBeNull();
    await writeFile(path, '192.0.2.0/24\n');
    await file.refresh();
    await file.refresh();
    expect(said.slice(1)).toEqual([{ loaded: 1 }]);
    await writeFile(path, 'no range at all\n');
    await file.refresh();
    await file.refresh();
    expect(said.slice(2)).toEqual([{ problem: expect.stringContaining('line 1') }]);
    expect(holds(file.ranges!, '192.0.2.9')).toBe(true);
    await rm(dir, { recursive: true });
  });
});
