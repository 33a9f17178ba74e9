import { describe, expect, it } from 'vitest';
import { pointChange, relativeChange, sameHoursYesterday, share } from './compare.ts';

const hour = (at: string, impressions: number) => ({
  at,
  impressions,
  requests: impressions * 2,
  completes: 0,
});

describe('comparison with yesterday', () => {
  const byHour = [
    hour('2026-11-16T00:00:00Z', 100),
    hour('2026-11-16T01:00:00Z', 100),
    hour('2026-11-16T02:00:00Z', 900),
    hour('2026-11-17T00:00:00Z', 110),
    hour('2026-11-17T01:00:00Z', 130),
    hour('2026-11-17T02:00:00Z', 5),
  ];
  it('compares whole hours only, the same ones on both days', () => {
    const compared = sameHoursYesterday(byHour, '2026-11-17T02:20:00Z', 'UTC');
    expect(compared?.today.impressions).toBe(240);
    expect(compared?.yesterday.impressions).toBe(200);
  });
  it('takes days of the zone, not of UTC', () => {
    const compared = sameHoursYesterday(byHour, '2026-11-17T02:20:00Z', 'Asia/Tokyo');
    expect(compared?.yesterday.impressions).toBe(200);
  });
  it('says nothing when there was nothing', () => {
    expect(sameHoursYesterday([], '2026-11-17T02:20:00Z', 'UTC')).toBeNull();
    expect(relativeChange(5, 0)).toBeNull();
    expect(share(1, 0)).toBeNull();
    expect(pointChange(null, 0.5)).toBeNull();
  });
  it('writes changes with their sign', () => {
    expect(relativeChange(120, 100)).toBe('+20.0 %');
    expect(pointChange(0.932, 0.938)).toBe('\u22120.6 pt');
    expect(pointChange(0.5, 0.5)).toBe('±0.0 pt');
  });
});
