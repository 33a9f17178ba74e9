import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setsWithinError } from '../testing/reach-sets.ts';
import { REACH_STANDARD_ERROR, ReachSketch } from './reach-sketch.ts';

function users(from: number, until: number, precision?: number, prefix = 'user-'): ReachSketch {
  const sketch = new ReachSketch(precision);
  for (let n = from; n < until; n++) sketch.add(`${prefix}${n}`);
  return sketch;
}

describe('a reach sketch', () => {
  it.each([
    { p: 14, n: 100, estimate: 100.3064233 },
    { p: 14, n: 1000, estimate: 992.461324 },
    { p: 14, n: 10_000, estimate: 10_005.76633 },
    { p: 12, n: 50_000, estimate: 49_185.27973 },
    { p: 14, n: 200_000, estimate: 200_696.9688 },
  ])('of $n keys at precision $p estimates $estimate', ({ p, n, estimate }) => {
    expect(users(0, n, p).estimate()).toBeCloseTo(estimate, 4);
  });

  it('estimates a union by the union of its registers', () => {
    const union = users(0, 30_000);
    union.merge(users(20_000, 60_000));
    expect(union.estimate()).toBeCloseTo(60_338.5913, 3);
    expect(union.toBytes()).toEqual(users(0, 60_000).toBytes());
  });

  it('states its standard error', () => {
    expect(REACH_STANDARD_ERROR).toBeCloseTo(0.008125, 6);
  });

  it('is within two standard errors in 95 of 100 sets, three where the two ways of counting meet', () => {
    expect(setsWithinError(40)).toBeGreaterThanOrEqual(38);
  }, 60_000);

  it('does not care for order, repetition or how it was divided', () => {
    const keys = fc.array(fc.nat({ max: 5000 }), { maxLength: 1500 });
    fc.assert(
      fc.property(keys, fc.nat({ max: 1500 }), (list, cut) => {
        const whole = new ReachSketch();
        for (const key of list) whole.add(`k${key}`);
        const [left, right] = [new ReachSketch(), new ReachSketch()];
        for (const key of list.slice(0, cut).reverse()) left.add(`k${key}`);
        for (const key of list.slice(cut)) right.add(`k${key}`);
        const [one, other] = [left.copy(), right.copy()];
        one.merge(right);
        other.merge(left);
        expect(one.toBytes()).toEqual(whole.toBytes());
        expect(other.toBytes()).toEqual(whole.toBytes());
        expect(one.merge(whole)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it.each([0, 1, 255, 256, 257, 4000, 5000, 90_000])('of %i keys comes back from its bytes', (n) => {
    const sketch = users(0, n);
    const bytes = sketch.toBytes();
    expect(bytes.length).toBeLessThanOrEqual(12_290);
    if (n <= 257) expect(bytes.length).toBeLessThanOrEqual(2 + 3 * n);
    const back = ReachSketch.fromBytes(bytes);
    expect(back.toBytes()).toEqual(bytes);
    expect(back.estimate()).toBe(sketch.estimate());
    expect(back.merge(sketch)).toBe(false);
    expect(back.isEmpty).toBe(n === 0);
  });

  it('refuses what is none', () => {
    for (const bytes of [[], [3, 14], [1, 14, 0], [2, 14, 0, 0], [1, 40], [1, 4, 255, 255, 255]])
      expect(() => ReachSketch.fromBytes(Uint8Array.from(bytes)), String(bytes)).toThrow(RangeError);
    expect(() => new ReachSketch(14).merge(new ReachSketch(12))).toThrow('precision 12');
  });
});
