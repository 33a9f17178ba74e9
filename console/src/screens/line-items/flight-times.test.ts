import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, localOf } from './flight-times.ts';

describe('local times of a flight', () => {
  it.each([
    ['2026-11-17T14:32', 'Europe/Berlin', '2026-11-17T13:32:00.000Z'],
    ['2026-07-01T00:00', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
    ['2026-07-01T00:00', 'Asia/Kolkata', '2026-06-30T18:30:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(instantOf(local, zone)).toBe(instant);
  });

  it('come back as they were', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Pacific/Apia',
      'Australia/Lord_Howe',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2032-01-01') }),
        fc.constantFrom(...zones),
        (ms, zone) => {
          const local = localOf(new Date(ms).toISOString(), zone);
          const again = instantOf(local, zone);
          expect(again).not.toBeNull();
          expect(localOf(again ?? '', zone)).toBe(local);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(['', '2026-11-17', '2026-11-17 14:32', 'soon', '2026-13-41T25:61'])('“%s” is none', (text) => {
    expect(instantOf(text, 'UTC')).toBeNull();
  });
});
