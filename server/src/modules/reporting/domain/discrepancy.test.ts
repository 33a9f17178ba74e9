import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ComparedDay, causesOf, discrepancyOf, isFlagged, type OwnDay } from './discrepancy.ts';

const own = (more: Partial<OwnDay>): OwnDay => ({
  impressions: 0,
  starts: 0,
  decidedAds: 0,
  invalidImpressions: 0,
  clicks: 0,
  ...more,
});
const day = (ours: Partial<OwnDay>, theirs: number | null, more: Partial<ComparedDay> = {}): ComparedDay => ({
  day: '2026-11-20',
  ours: own(ours),
  theirs,
  isOver: true,
  ...more,
});
const nowhere = { shifted: () => 0, hasSwappedColumns: false };
const causeOf = (one: ComparedDay, around = nowhere) => causesOf([one], around).get(one.day)?.cause;

describe('a discrepancy', () => {
  it.each([
    { ours: 100_000, theirs: 91_500, discrepancy: 0.085, over: false },
    { ours: 100_000, theirs: 90_000, discrepancy: 0.1, over: false },
    { ours: 100_000, theirs: 89_999, discrepancy: 0.10001, over: true },
    { ours: 50_000, theirs: 56_001, discrepancy: -0.12002, over: true },
  ])('of $ours and $theirs is $discrepancy', ({ ours, theirs, discrepancy, over }) => {
    expect(discrepancyOf(ours, theirs)).toBeCloseTo(discrepancy, 9);
    expect(isFlagged(ours, theirs)).toBe(over);
  });

  it('of nothing is none, and of something against nothing is one', () => {
    expect([discrepancyOf(0, 5), isFlagged(0, 0), isFlagged(0, 1)]).toEqual([null, false, true]);
  });

  it('is flagged as fractions say, without their rounding', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e12 }), fc.nat({ max: 1e12 }), (ours, theirs) => {
        const apart = BigInt(ours) > BigInt(theirs) ? BigInt(ours - theirs) : BigInt(theirs - ours);
        expect(isFlagged(ours, theirs)).toBe(10n * apart > BigInt(ours));
      }),
    );
  });
});

describe('a suggested cause', () => {
  it('is none where nothing is flagged', () => {
    expect(causesOf([day({ impressions: 100 }, 95)], nowhere).size).toBe(0);
  });

  it.each([
    ['columns_swapped', day({ impressions: 1000 }, 3), { ...nowhere, hasSwappedColumns: true }],
    ['day_not_over', day({ impressions: 1000 }, 2000, { isOver: false }), nowhere],
    ['missing_in_file', day({ impressions: 1000 }, null), nowhere],
    ['not_served_here', day({}, 1000), nowhere],
    ['counts_invalid_traffic', day({ impressions: 1000, invalidImpressions: 300 }, 1310), nowhere],
    ['excludes_more_traffic', day({ impressions: 1000, invalidImpressions: 300 }, 702), nowhere],
    ['counted_at_start', day({ impressions: 1000, starts: 800 }, 795), nowhere],
    ['counted_at_decision', day({ impressions: 1000, starts: 990, decidedAds: 1400 }, 1390), nowhere],
    ['unexplained', day({ impressions: 1000, starts: 990, decidedAds: 1400 }, 600), nowhere],
    ['unexplained', day({ impressions: 1000, starts: 990, decidedAds: 1100 }, 1600), nowhere],
  ])('is %s', (cause, one, around) => {
    expect(causeOf(one, around)).toBe(cause);
  });

  it('finds the hours by which their days lie elsewhere, whatever they are, and none where there are none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 24 * 8, maxLength: 24 * 8 }),
        fc.integer({ min: -14, max: 14 }),
        (noise, shift) => {
          // A steep evening, so that hours are told apart.
          const hours = noise.map((one, at) => one + (at % 24 === 20 ? 9000 + 700 * Math.floor(at / 24) : 0));
          const sumAt = (index: number, by: number) =>
            hours.slice(24 * index + by, 24 * index + by + 24).reduce((sum, one) => sum + one, 0);
          const days = [1, 2, 3, 4, 5].map((index) =>
            day({ impressions: sumAt(index, 0) }, sumAt(index, shift), { day: `2026-11-0${index}` }),
          );
          const found = causesOf(days, {
            shifted: (name, by) => sumAt(Number(name.slice(-1)), by),
            hasSwappedColumns: false,
          });
          for (const one of days) {
            const cause = found.get(one.day);
            if (cause === undefined) continue;
            expect(cause.cause).toBe('time_zone_shift');
          }
          if (shift === 0) expect(found.size).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
