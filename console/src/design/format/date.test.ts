import { describe, expect, it } from 'vitest';
import { clock, day, dayTime, isoDay, longTime, span, zoneName } from './date.ts';

describe('dates', () => {
  it('shows an instant in the zone that is asked for', () => {
    const at = '2026-11-22T00:45:00Z';
    expect(dayTime(at, 'America/New_York')).toBe('21 Nov 19:45');
    expect(longTime(at, 'Europe/Berlin')).toBe('Sun 22 Nov 2026, 01:45');
    expect(clock(at, 'UTC', true)).toBe('00:45:00');
  });
  it('gives every month three letters', () => {
    expect(day('2026-09-02T12:00:00Z', 'UTC')).toBe('2 Sep');
    expect(day('2026-06-02T12:00:00Z', 'UTC', true)).toBe('2 Jun 2026');
  });
  it('names zones short', () => {
    expect(zoneName('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
    expect(zoneName('Etc/UTC')).toBe('UTC');
  });
  it('knows which day it is in a zone', () => {
    expect(isoDay('2026-11-22T00:45:00Z', 'America/New_York')).toBe('2026-11-21');
    expect(isoDay('2026-03-29T00:30:00Z', 'Europe/Berlin')).toBe('2026-03-29');
  });
  it('says a span in its largest unit', () => {
    expect([900, 42_000, 41 * 60_000, 5 * 3_600_000, 3 * 86_400_000].map(span)).toEqual([
      '0 s',
      '42 s',
      '41 min',
      '5 h',
      '3 d',
    ]);
  });
});
