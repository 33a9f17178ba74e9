import { describe, expect, it } from 'vitest';
import { evaluateMeasurement } from '../evaluate-measurement.ts';
import { masterMeasurement, packOf } from '../master.fixture.ts';

describe('duration', () => {
  const pack = packOf({ check: 'duration', oneOf: [30_000], toleranceFrames: 0.5 });
  const status = (durationMs: number, fps: number) =>
    evaluateMeasurement(masterMeasurement({ durationMs, video: { fps } }), pack)[0]?.status;

  it.each([
    [29.97, 30_017, 'passed'],
    [29.97, 30_018, 'block'],
    [25, 30_020, 'passed'],
    [25, 29_979, 'block'],
    [23.976, 29_988, 'passed'],
    [60, 30_009, 'block'],
  ])('at %d fps %i ms: %s', (fps, durationMs, expected) => {
    expect(status(durationMs, fps)).toBe(expected);
  });

  it('without a frame rate only the millisecond is forgiven', () => {
    const file = (durationMs: number) => masterMeasurement({ durationMs, video: null });
    expect(evaluateMeasurement(file(30_000), pack)[0]?.status).toBe('passed');
    expect(evaluateMeasurement(file(30_001), pack)[0]?.status).toBe('block');
  });

  const markets = packOf({
    check: 'duration',
    byMarket: [
      { markets: ['US', 'CA'], oneOf: [15_000, 30_000, 45_000] },
      { markets: ['GB'], oneOf: [15_000, 20_000, 30_000] },
    ],
    toleranceFrames: 0.5,
  });
  const inMarket = (durationMs: number, market?: string) =>
    evaluateMeasurement(
      masterMeasurement({ durationMs }),
      markets,
      market === undefined ? {} : { market },
    )[0];

  it('goes by the market of the creative', () => {
    expect(inMarket(45_000, 'US')).toMatchObject({
      status: 'passed',
      limit: expect.stringMatching(/ in US$/),
    });
    expect(inMarket(45_000, 'GB')).toMatchObject({
      status: 'block',
      remedy: 'Trim 15.000 s to reach 30.000 s.',
    });
  });

  it('without a market is sure only where all markets agree', () => {
    expect(inMarket(30_000)?.status).toBe('passed');
    expect(inMarket(50_000)?.status).toBe('block');
    expect(inMarket(45_000)).toMatchObject({
      status: 'warn',
      remedy: 'Say which market the creative is for: 45.000 s is refused in GB.',
    });
    expect(inMarket(45_000, 'PL')?.remedy).toContain('states no lengths for PL');
  });
});
