import { REACH_STANDARD_ERROR, ReachSketch } from '../domain/reach-sketch.ts';

const SIZES = [50, 300, 1000, 4000, 9000, 20_000, 30_000, 45_000, 60_000, 80_000];

/** Of so many sets of ids, how many are estimated within two standard errors, three where the two ways of counting meet. */
export function setsWithinError(sets: number): number {
  let draw = 20_26;
  let within = 0;
  for (let set = 0; set < sets; set++) {
    draw = (Math.imul(draw, 1_664_525) + 1_013_904_223) >>> 0;
    const n = Math.max(1, Math.round(SIZES[set % SIZES.length]! * (0.5 + draw / 2 ** 32)));
    const sketch = new ReachSketch(14);
    for (let id = 0; id < n; id++) sketch.add(`set-${set}-${id}`);
    const error = Math.abs(sketch.estimate() - n) / n;
    // Science: a known bump between 2.5 and 5 times the registers is allowed three.
    const isBump = n >= 2.5 * 16_384 && n <= 5 * 16_384;
    if (error <= (isBump ? 3 : 2) * REACH_STANDARD_ERROR) within++;
  }
  return within;
}
