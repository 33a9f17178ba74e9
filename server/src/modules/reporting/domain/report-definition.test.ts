import type { ReportDefinition, ReportPeriodKind } from '@cuepoint/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayOf, nextDay, startOfDay } from '../../../kernel/zoned-day.ts';
import { daysBetween, localDays } from './local-days.ts';
import { daysOf, definitionOf } from './report-definition.ts';

const base: ReportDefinition = {
  dimensions: ['day'],
  figures: null,
  campaignId: [],
  lineItemId: [],
  creativeId: [],
  placementId: [],
  country: [],
  device: [],
  reason: [],
  period: 'yesterday',
  days: null,
  includesToday: false,
  from: null,
  to: null,
  timeZone: 'UTC',
  compare: 'none',
  chart: 'time',
  chartFigure: 'impressions',
};
const defined = (said: Partial<ReportDefinition>): ReportDefinition => {
  const result = definitionOf(base, said);
  if (!result.ok) throw new Error(`${result.field}: ${result.problem}`);
  return result.definition;
};

const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Santiago',
  'Pacific/Apia',
  'UTC',
];

it('means the same days all day long, next to each other, whatever the clocks do', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom<ReportPeriodKind>(
        'today',
        'yesterday',
        'last_days',
        'week_to_date',
        'last_week',
        'month_to_date',
        'last_month',
      ),
      fc.integer({ min: 1, max: 90 }),
      fc.boolean(),
      // Around every change of clocks of three years, to the second.
      fc.integer({
        min: Date.parse('2025-01-01T00:00:00Z') / 1000,
        max: Date.parse('2028-01-01T00:00:00Z') / 1000,
      }),
      (timeZone, period, days, includesToday, second) => {
        const at = new Date(second * 1000);
        const last = period === 'last_days' ? { days, includesToday } : {};
        const definition = defined({ timeZone, period, ...last });
        const { from, to } = daysOf(definition, at);
        const today = dayOf(at, timeZone);
        const start = startOfDay(today, timeZone);
        const end = new Date(startOfDay(nextDay(today), timeZone).getTime() - 1);
        expect(daysOf(definition, start)).toEqual({ from, to });
        expect(daysOf(definition, end)).toEqual({ from, to });
        expect(from <= to && to <= today).toBe(true);
        if (period === 'yesterday') expect([from, nextDay(to)]).toEqual([to, today]);
        if (period === 'last_days') expect(daysBetween(from, to)).toBe(days);
        if (period === 'last_week') expect(daysBetween(from, to)).toBe(7);
        if (period === 'last_month') expect([from.slice(8), nextDay(to).slice(8)]).toEqual(['01', '01']);
        // The stretch is whole: days follow each other without a gap, each of 23 to 25 hours.
        const stretch = localDays(timeZone, from, to);
        for (const [index, { startAt, endAt }] of stretch.entries()) {
          const hours = (endAt.getTime() - startAt.getTime()) / 3_600_000;
          expect(hours).toBeGreaterThanOrEqual(23);
          expect(hours).toBeLessThanOrEqual(25);
          if (index > 0) expect(startAt).toEqual(stretch[index - 1]!.endAt);
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('takes the day of the zone and not of UTC', () => {
  const definition = defined({ period: 'yesterday', timeZone: 'America/New_York' });
  // The day of 25 hours ends at 05:00 UTC.
  expect(daysOf(definition, new Date('2026-11-02T04:59:59Z')).to).toBe('2026-10-31');
  expect(daysOf(definition, new Date('2026-11-02T05:00:00Z')).to).toBe('2026-11-01');
});
