import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrozenDetector, GRAY_HEIGHT, GRAY_WIDTH } from './frozen-detector.ts';

const SIZE = GRAY_WIDTH * GRAY_HEIGHT;
const flat = (value: number): Uint8Array => new Uint8Array(SIZE).fill(value);

function detect(values: readonly number[], minFrames = 3) {
  const detector = new FrozenDetector({ minFrames });
  for (const value of values) detector.push(flat(value));
  return detector.finish();
}

describe('FrozenDetector', () => {
  it('finds runs with their frames', () => {
    expect(detect([1, 2, 9, 9, 9, 9, 3, 4, 7, 7, 7])).toEqual([
      { firstFrame: 2, endFrame: 6 },
      { firstFrame: 8, endFrame: 11 },
    ]);
  });

  it('takes slow drift for motion and grain for rest', () => {
    expect(detect([10, 11, 12, 13, 14, 15])).toEqual([]);
    const detector = new FrozenDetector({ minFrames: 3 });
    for (let n = 0; n < 5; n++) detector.push(flat(100).map((v, i) => v + ((i + n) % 9 === 0 ? 1 : 0)));
    expect(detector.finish()).toEqual([{ firstFrame: 0, endFrame: 5 }]);
  });

  it('does not depend on how the bytes are cut', () => {
    const stream = Uint8Array.from([5, 5, 5, 6, 7, 7, 7].flatMap((v) => [...flat(v)]));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 12 }), (cuts) => {
        const detector = new FrozenDetector({ minFrames: 3 });
        let at = 0;
        for (let i = 0; at < stream.length; i++) {
          const step = cuts[i % cuts.length] as number;
          detector.push(stream.subarray(at, at + step));
          at += step;
        }
        expect(detector.finish()).toEqual([
          { firstFrame: 0, endFrame: 3 },
          { firstFrame: 4, endFrame: 7 },
        ]);
        expect(detector.frames).toBe(7);
      }),
      { numRuns: 20 },
    );
  });
});
