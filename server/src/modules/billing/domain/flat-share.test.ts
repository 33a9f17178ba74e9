import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatShare } from './flat-share.ts';

const at = (day: number) => new Date(Date.UTC(2026, 10, day));
const window = (from: number, to: number) => ({ startMs: at(from).getTime(), endMs: at(to).getTime() });

describe('the part of a flat price in a period', () => {
  it('is by time, and nothing outside the flights', () => {
    const flights = [window(1, 11), window(21, 31)];
    expect(flatShare(20_000_000, flights, at(1), at(11))).toBe(10_000_000);
    expect(flatShare(20_000_000, flights, at(6), at(26))).toBe(10_000_000);
    expect(flatShare(20_000_000, flights, at(11), at(21))).toBe(0);
    expect(flatShare(20_000_000, [], at(1), at(11))).toBe(0);
  });

  it('adds up to the price to the micro, however time is cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_000_000_000_000_000 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 29 }),
        (price, cuts, split) => {
          const flights = [window(0, split), window(split + 3, 40)];
          const ends = [0, ...cuts, 40].sort((left, right) => left - right).map(at);
          const parts = ends.slice(1).map((end, index) => flatShare(price, flights, ends[index]!, end));
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(price);
          expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
