import { expect, it } from 'vitest';
import { setsWithinError } from '../testing/reach-sets.ts';
import { REACH_STANDARD_ERROR, ReachSketch } from './reach-sketch.ts';

it('is within three standard errors of ten million ids, counted in ten parts', () => {
  const union = new ReachSketch();
  for (let part = 0; part < 10; part++) {
    const sketch = new ReachSketch();
    for (let n = part * 1_000_000; n < (part + 1) * 1_000_000; n++) sketch.add(`user-${n}`);
    union.merge(ReachSketch.fromBytes(sketch.toBytes()));
  }
  const estimate = union.estimate();
  const errors = (estimate - 10_000_000) / 10_000_000 / REACH_STANDARD_ERROR;
  console.log(`reach of 10,000,000 ids: ${estimate.toFixed(0)}, ${errors.toFixed(2)} standard errors off`);
  expect(Math.abs(errors)).toBeLessThanOrEqual(3);
});

it('is within two standard errors in 95 of 100 sets', () => {
  expect(setsWithinError(200)).toBeGreaterThanOrEqual(190);
});
