import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LossHour, lastDays, lossDays, totalReasons } from './loss-days.ts';

const HOUR_MS = 3_600_000;
const hour = (
  hour: string,
  requests: number,
  counts: Record<string, number>,
  known = requests,
): LossHour => ({
  hour: `${hour}:00:00.000Z`,
  requests,
  known,
  counts,
});

describe('days of lost requests', () => {
  it('are those of the zone, 25 and 23 hours long where clocks change', () => {
    const autumn = lastDays(new Date('2026-11-02T12:00:00Z'), 3, 'America/New_York');
    expect(autumn).toEqual(['2026-10-31', '2026-11-01', '2026-11-02']);
    const length = ({ startAt, endAt }: { startAt: string; endAt: string }) =>
      (Date.parse(endAt) - Date.parse(startAt)) / HOUR_MS;
    expect(lossDays(autumn, 'America/New_York', []).map(length)).toEqual([24, 25, 24]);
    const spring = lastDays(new Date('2027-03-15T12:00:00Z'), 3, 'America/New_York');
    expect(lossDays(spring, 'America/New_York', []).map(length)).toEqual([24, 23, 24]);
    // The 25th hour of 1 November is still of it: 04:59Z of the 2nd is 23:59 in New York.
    const [, first, second] = lossDays(autumn, 'America/New_York', [
      hour('2026-11-01T04', 5, { geo: 5 }),
      hour('2026-11-02T04', 7, { geo: 7 }),
      hour('2026-11-02T05', 11, { geo: 11 }),
    ]);
    expect([first!.requests, second!.requests]).toEqual([12, 11]);
  });

  it('take a day across the end of the year, and leave out hours of no day that is shown', () => {
    const days = lastDays(new Date('2027-01-01T00:30:00Z'), 2, 'UTC');
    expect(days).toEqual(['2026-12-31', '2027-01-01']);
    expect(
      lossDays(days, 'UTC', [hour('2026-12-30T23', 9, { '': 9 })]).map(({ requests }) => requests),
    ).toEqual([0, 0]);
  });

  it('weigh each hour by its requests, however much of it was explained', () => {
    const [day] = lossDays(['2026-11-21'], 'UTC', [
      hour('2026-11-21T08', 900, { '': 10, pacing_ahead: 90 }, 100),
      hour('2026-11-21T09', 100, { '': 100 }, 100),
      // Not explained: counted, and in no share.
      hour('2026-11-21T10', 5000, {}, 0),
    ]);
    expect(day).toMatchObject({ requests: 6000, known: 200, served: 110 });
    expect(day!.lost).toEqual([{ reason: 'pacing_ahead', count: 90, share: 0.81 }]);
    expect(day!.servedShare).toBeCloseTo(0.19);
  });

  it('hold every count once, whatever the zone, and shares of one', () => {
    const zones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Chatham'];
    const reasons = ['', 'geo', 'no_budget', 'freq_cap'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.array(
          fc.record({
            at: fc.integer({ min: 2, max: 40 * 24 }),
            counts: fc.array(fc.nat(50), { minLength: 4, maxLength: 4 }),
          }),
          { maxLength: 60 },
        ),
        (zone, hours) => {
          const now = new Date('2026-11-21T09:00:00.000Z');
          const start = Date.parse('2026-11-21T09:00:00.000Z');
          const rows = hours.map(({ at, counts }): LossHour => {
            const requests = counts.reduce((sum, one) => sum + one, 0);
            return {
              hour: new Date(start - at * HOUR_MS).toISOString(),
              requests,
              known: requests,
              counts: Object.fromEntries(reasons.map((reason, index) => [reason, counts[index]!])),
            };
          });
          const days = lossDays(lastDays(now, 45, zone), zone, rows);
          const total = rows.reduce((sum, { requests }) => sum + requests, 0);
          expect(days.reduce((sum, one) => sum + one.requests, 0)).toBe(total);
          const served = days.reduce((sum, one) => sum + one.served, 0);
          const lost = totalReasons(days).reduce((sum, { count }) => sum + count, 0);
          expect(served + lost).toBe(total);
          for (const { requests, servedShare, lost: list } of days)
            if (requests > 0)
              expect(servedShare + list.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
