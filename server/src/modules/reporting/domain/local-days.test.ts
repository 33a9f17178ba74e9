import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf } from '../../../kernel/zoned-day.ts';
import { boundariesOf, daysBetween, homeZone, localDays } from './local-days.ts';

const HOUR_MS = 60 * 60 * 1000;
const zones = [
  'UTC',
  'America/New_York',
  'Europe/London',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'America/Santiago',
  'Asia/Beirut',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
];
const hoursOf = (zone: string, day: string) => {
  const { startAt, endAt } = localDays(zone, day, day)[0]!;
  return (endAt.getTime() - startAt.getTime()) / HOUR_MS;
};

describe('days of a zone', () => {
  it.each([
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['America/New_York', '2026-11-02', 24],
    ['Europe/London', '2026-03-29', 23],
    ['Europe/London', '2026-10-25', 25],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Africa/Cairo', '2026-04-24', 23],
    ['America/Santiago', '2026-09-06', 23],
    ['Asia/Kolkata', '2026-03-08', 24],
  ])('%s %s has %d hours', (zone, day, hours) => {
    expect(hoursOf(zone, day)).toBe(hours);
  });

  it('begin at local midnight, which need not be a whole UTC hour', () => {
    expect(localDays('Asia/Kolkata', '2026-11-21', '2026-11-21')[0]!.startAt.toISOString()).toBe(
      '2026-11-20T18:30:00.000Z',
    );
  });

  it('leave no gap and no overlap, and hold exactly their own instants, whatever the zone', () => {
    const day = fc
      .integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) })
      .map((at) => new Date(at).toISOString().slice(0, 10));
    fc.assert(
      fc.property(fc.constantFrom(...zones), day, fc.integer({ min: 0, max: 40 }), (zone, from, more) => {
        const to = new Date(Date.parse(`${from}T00:00:00Z`) + more * 24 * HOUR_MS).toISOString().slice(0, 10);
        const days = localDays(zone, from, to);
        expect(days).toHaveLength(more + 1);
        expect(daysBetween(from, to)).toBe(more + 1);
        expect(boundariesOf(days)).toHaveLength(more + 2);
        for (const { day, startAt, endAt } of days) {
          expect(dayOf(startAt, zone)).toBe(day);
          expect(dayOf(new Date(endAt.getTime() - 1), zone)).toBe(day);
          expect(dayOf(endAt, zone) > day).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are none when the range is upside down', () => {
    expect(localDays('UTC', '2026-11-22', '2026-11-21')).toEqual([]);
    expect(boundariesOf([])).toEqual([]);
  });
});

describe('home zone', () => {
  const campaign = (timeZone: string, status = 'active') => ({ timeZone, status });
  it('is the zone most running campaigns use', () => {
    expect(
      homeZone([
        campaign('Europe/London', 'completed'),
        campaign('Europe/London', 'completed'),
        campaign('America/New_York'),
      ]),
    ).toBe('America/New_York');
    expect(homeZone([campaign('Europe/London'), campaign('America/New_York')])).toBe('America/New_York');
    expect(homeZone([campaign('Europe/London', 'draft')])).toBe('Europe/London');
    expect(homeZone([])).toBe('UTC');
  });
});
