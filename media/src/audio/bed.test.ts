import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeBed, composeBedInSteps, MOODS } from './bed.ts';

describe('composeBed', () => {
  it.each(MOODS)('%s: exactly as long as asked, without clipping, quiet at both ends', (mood) => {
    const { left, right, sampleRate } = composeBed({ durationMs: 6000, seed: 4, mood });
    expect(sampleRate).toBe(48_000);
    expect(left.length).toBe(288_000);
    expect(right.length).toBe(288_000);
    let peak = 0;
    for (let i = 0; i < left.length; i++) peak = Math.max(peak, Math.abs(left[i]!), Math.abs(right[i]!));
    expect(peak).toBeGreaterThan(0.1);
    expect(peak).toBeLessThan(1);
    expect(Math.abs(left[0]!)).toBeLessThan(0.001);
    expect(Math.abs(left.at(-1)!)).toBeLessThan(0.001);
  });

  it('never pauses for a tenth of a second', () => {
    const { left, right } = composeBed({ durationMs: 5000, seed: 9, mood: 'calm' });
    for (let at = 4800; at < left.length - 24_000; at += 4800) {
      let energy = 0;
      for (let i = at; i < at + 4800; i++) energy += left[i]! ** 2 + right[i]! ** 2;
      expect(Math.sqrt(energy / 9600)).toBeGreaterThan(0.005);
    }
  });

  it('follows from the seed', async () => {
    const spec = { durationMs: 2000, seed: 7, mood: 'bright' } as const;
    expect(await composeBedInSteps(spec)).toEqual(composeBed(spec));
    expect(composeBed({ ...spec, seed: 8 }).left).not.toEqual(composeBed(spec).left);
  });

  it('takes any length and seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 3000 }), fc.integer(), (durationMs, seed) => {
        const { left } = composeBed({ durationMs, seed, mood: 'driving' });
        return left.length === Math.round(durationMs * 48) && left.every(Number.isFinite);
      }),
      { numRuns: 15 },
    );
  });
});
