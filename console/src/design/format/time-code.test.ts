import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameAt, frameCount, frameStart, timeCode } from './time-code.ts';

describe('time codes', () => {
  it('counts frames on the nominal rate', () => {
    expect(timeCode(0, 25)).toBe('00:00:00:00');
    expect(timeCode(1000, 25)).toBe('00:00:01:00');
    expect(timeCode(1960, 25)).toBe('00:00:01:24');
    expect(timeCode(3_661_040, 25)).toBe('01:01:01:01');
  });
  it('does not drop frames at 24000/1001: frame 508 is 21:04', () => {
    expect(frameAt(frameStart(508, 23.976), 23.976)).toBe(508);
    expect(timeCode(frameStart(508, 23.976), 23.976)).toBe('00:00:21:04');
  });
  it('takes the start of a frame as reported a hair early for that frame', () => {
    expect(frameAt(1000.9999, 23.976)).toBe(24);
  });
  it('counts the frames of a file', () => {
    expect(frameCount(30_000, 23.976)).toBe(719);
    expect(frameCount(30_000, 25)).toBe(750);
    expect(frameCount(1, 25)).toBe(1);
  });
  it('finds every frame again from its start, at every usual rate', () => {
    const rates = fc.constantFrom(23.976, 24, 25, 29.97, 30, 50, 59.94, 60);
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 432_000 }), (fps, frame) => {
        expect(frameAt(frameStart(frame, fps), fps)).toBe(frame);
      }),
    );
  });
});
