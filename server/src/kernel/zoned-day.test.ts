import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, nextDay, startOfDay } from './zoned-day.ts';

const hours = (day: string, zone: string): number =>
  (startOfDay(nextDay(day), zone).getTime() - startOfDay(day, zone).getTime()) / 3_600_000;

describe('days in a zone', () => {
  it('knows days of 23 and 25 hours', () => {
    expect(hours('2026-03-08', 'America/New_York')).toBe(23);
    expect(hours('2026-11-01', 'America/New_York')).toBe(25);
    expect(hours('2026-10-25', 'Europe/London')).toBe(25);
    expect(hours('2026-11-21', 'Europe/Berlin')).toBe(24);
  });

  it('starts a day after the gap where midnight does not exist', () => {
    expect(startOfDay('2024-09-08', 'America/Santiago').toISOString()).toBe('2024-09-08T04:00:00.000Z');
  });

  it('finds the day of its own start and of the instant before', () => {
    const day = fc
      .integer({ min: 0, max: 20_000 })
      .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
    const zone = fc.constantFrom(
      'America/New_York',
      'Europe/London',
      'Europe/Berlin',
      'Asia/Kolkata',
      'Pacific/Auckland',
      'UTC',
    );
    fc.assert(
      fc.property(day, zone, (d, z) => {
        expect(dayOf(startOfDay(d, z), z)).toBe(d);
        expect(nextDay(dayOf(new Date(startOfDay(d, z).getTime() - 1), z))).toBe(d);
      }),
    );
  });
});
