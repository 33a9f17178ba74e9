import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TableChecksum } from './table-checksum.ts';

function checksumOf(rows: readonly string[]): string {
  const checksum = new TableChecksum();
  for (const row of rows) checksum.add(row);
  return `${checksum.rows} ${checksum.value}`;
}

const rows = fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 });

describe('the checksum of a table', () => {
  it('is 64 hex digits, and that of a known row its SHA-256', () => {
    expect(checksumOf([])).toBe(`0 ${'0'.repeat(64)}`);
    expect(checksumOf(['abc'])).toBe('1 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(
        rows.chain((given) =>
          fc.tuple(
            fc.constant(given),
            fc.shuffledSubarray(given, { minLength: given.length, maxLength: given.length }),
          ),
        ),
        ([given, shuffled]) => {
          expect(checksumOf(shuffled)).toBe(checksumOf(given));
        },
      ),
    );
  });

  it('tells a row that is lost, doubled or another', () => {
    fc.assert(
      fc.property(rows, fc.string(), fc.string(), (given, one, other) => {
        const whole = checksumOf([...given, one]);
        expect(checksumOf(given)).not.toBe(whole);
        expect(checksumOf([...given, one, one])).not.toBe(whole);
        if (one !== other) expect(checksumOf([...given, other])).not.toBe(whole);
      }),
    );
  });
});
