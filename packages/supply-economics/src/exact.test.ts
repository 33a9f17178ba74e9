import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideHalfEven, ratio } from './exact.ts';

describe('divideHalfEven', () => {
  it.each([
    [1n, 2n, 0n],
    [3n, 2n, 2n],
    [5n, 2n, 2n],
    [-1n, 2n, 0n],
    [-3n, 2n, -2n],
    [5n, -2n, -2n],
    [7n, 3n, 2n],
    [8n, 3n, 3n],
    [0n, 9n, 0n],
  ])('%s / %s = %s', (numerator, denominator, expected) => {
    expect(divideHalfEven(numerator, denominator)).toBe(expected);
  });

  it('is never further than a half away, and even when exactly a half', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        (n, d) => {
          const quotient = divideHalfEven(n, d);
          const twiceOff = 2n * (n - quotient * d);
          const distance = twiceOff < 0n ? -twiceOff : twiceOff;
          expect(distance <= d).toBe(true);
          if (distance === d) expect(quotient % 2n).toBe(0n);
        },
      ),
    );
  });

  it('refuses a zero denominator', () => {
    expect(() => divideHalfEven(1n, 0n)).toThrow('denominator is 0');
  });
});

describe('ratio', () => {
  it('keeps twelve decimals of large amounts', () => {
    expect(ratio(2_980_000n, 10_000_000n)).toBe(0.298);
    expect(ratio(9_007_199_254_740_991n, 9_007_199_254_740_991n)).toBe(1);
  });
});
