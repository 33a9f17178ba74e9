import { describe, expect, it } from 'vitest';
import { frameCount, frameRate } from './frame-rate.ts';
import { frameTimes } from './frame-times.ts';
import { failureOf } from './testing.ts';

const track = (pts: number[]) => ({ pts, durations: [], bytes: 0 });

describe('frameTimes', () => {
  it('sorts packets from coding order and sees an even grid', () => {
    const result = frameTimes(track([0, 3, 1, 2, 6, 4, 5]), 1 / 24);
    expect(result.constant).toBe(true);
    expect(result.seconds[3]).toBeCloseTo(0.125);
  });

  it('forgives time bases of whole milliseconds', () => {
    const pts = Array.from({ length: 300 }, (_, i) => Math.round((i * 1001) / 24));
    expect(frameTimes(track(pts), 0.001).constant).toBe(true);
  });

  it('sees one dropped frame', () => {
    const pts = Array.from({ length: 100 }, (_, i) => i + (i > 50 ? 1 : 0));
    expect(frameTimes(track(pts), 1 / 24).constant).toBe(false);
  });

  it('does not judge two frames', () => {
    expect(frameTimes(track([0, 1]), 1 / 24).constant).toBeNull();
  });
});

describe('frameRate', () => {
  it('knows the short forms', () => {
    expect(frameRate(23.976).text).toBe('24000/1001');
    expect(frameRate(29.97).text).toBe('30000/1001');
    expect(frameRate(24).text).toBe('24/1');
    expect(frameRate(12).value).toBe(12);
  });

  it('counts to the nearest frame', () => {
    expect(frameCount(15_000, frameRate(24))).toBe(360);
    expect(frameCount(30_000, frameRate(29.97))).toBe(899);
    expect(frameCount(15_000, frameRate(23.976))).toBe(360);
  });

  it('refuses others', async () => {
    const failure = await failureOf(Promise.resolve().then(() => frameRate(17.3)));
    expect(failure.code).toBe('media.invalid_spec');
    expect(failure.message).toContain('17.3');
  });
});
