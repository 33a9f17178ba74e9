import type { DeliveryReport } from '@cuepoint/contract';
import { expect, it } from 'vitest';
import { ticksOf, timelineOf, valuesOf } from './series.ts';

const range = {
  from: '2026-10-31',
  to: '2026-11-02',
  // A day of 25 hours in New York.
  startAt: '2026-10-31T04:00:00.000Z',
  endAt: '2026-11-03T05:00:00.000Z',
};
const row = (time: string, country: string, impressions: number, before: number | null = null) => ({
  keys: [{ value: time }, { value: country }],
  metrics: { impressions },
  previous: before === null ? null : { impressions: before },
});
const report = (items: unknown[]) => ({ ...range, rows: { items } }) as unknown as DeliveryReport;

it('has every day and every hour, also those without traffic', () => {
  expect(timelineOf(range, 'day').xs.length).toBe(3);
  expect(timelineOf(range, 'hour').xs.length).toBe(73);
});

it('puts rows where their time is, of one key or of all, now or before', () => {
  const days = report([
    row('2026-11-01', 'US', 5, 2),
    row('2026-11-01', 'DE', 3),
    row('2026-11-02', 'US', 1),
  ]);
  const timeline = timelineOf(range, 'day');
  expect(valuesOf(days, timeline, 'impressions', ['US'])).toEqual([0, 5, 1]);
  expect(valuesOf(days, timeline, 'impressions')).toEqual([0, 8, 1]);
  expect(valuesOf(days, timeline, 'impressions', [], ({ previous }) => previous)).toEqual([0, 2, 0]);
  const hours = report([row('2026-10-31T04:00:00.000Z', 'US', 4), row('1999-01-01', 'US', 9)]);
  expect(valuesOf(hours, timelineOf(range, 'hour'), 'impressions').slice(0, 2)).toEqual([4, 0]);
});

it('labels about as many as fit', () => {
  const { xs } = timelineOf(range, 'hour');
  expect(ticksOf(xs, String).length).toBeLessThanOrEqual(7);
  expect(ticksOf([1, 2], String)).toEqual([
    { at: 1, label: '1' },
    { at: 2, label: '2' },
  ]);
});
