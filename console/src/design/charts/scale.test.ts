import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linear, linePath, nearest, ticks } from './scale.ts';

describe('scales', () => {
  it('maps a domain to a range, and an empty domain to its start', () => {
    expect(linear(0, 10, 100, 200)(5)).toBe(150);
    expect(linear(3, 3, 100, 200)(3)).toBe(100);
  });
  it('wastes little height on round steps', () => {
    expect(ticks(240_000)).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
    expect(ticks(0)).toEqual([0]);
    expect(ticks(Number.NaN)).toEqual([0]);
  });
  it('starts at zero, covers the highest value and stays within the number of intervals', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e15, noNaN: true }),
        fc.integer({ min: 2, max: 6 }),
        (max, most) => {
          const values = ticks(max, most);
          expect(values[0]).toBe(0);
          expect(values.at(-1)! * (1 + 1e-9)).toBeGreaterThanOrEqual(max);
          expect(values.length - 1).toBeLessThanOrEqual(most);
          expect(values.at(-1)!).toBeLessThanOrEqual(max * 2.01);
        },
      ),
    );
  });
  it('breaks a line where a value is missing', () => {
    expect(
      linePath([
        { x: 0, y: 1 },
        { x: 1, y: 2 },
        { x: 2, y: null },
        { x: 3, y: 4 },
      ]),
    ).toBe('M0 1L1 2M3 4');
  });
  it('finds the nearest point', () => {
    expect(nearest([0, 10, 20], 14)).toBe(1);
    expect(nearest([], 14)).toBe(-1);
  });
});
