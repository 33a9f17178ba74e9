import { expect, it } from 'vitest';
import { type ReportPeriod, resolvePeriod } from './report-period.ts';

const days = (period: ReportPeriod, today: string) => {
  const { from, to } = resolvePeriod(period, today);
  return `${from} ${to}`;
};

it('says the days of each period, whole weeks from Monday and months of any length', () => {
  expect(days({ period: 'today' }, '2026-03-01')).toBe('2026-03-01 2026-03-01');
  expect(days({ period: 'yesterday' }, '2026-03-01')).toBe('2026-02-28 2026-02-28');
  expect(days({ period: 'last_days', days: 7 }, '2026-03-03')).toBe('2026-02-24 2026-03-02');
  expect(days({ period: 'last_days', days: 7, includesToday: true }, '2026-03-03')).toBe(
    '2026-02-25 2026-03-03',
  );
  expect(days({ period: 'last_days', days: 1 }, '2026-01-01')).toBe('2025-12-31 2025-12-31');
  // 2026-11-22 is a Sunday, 2026-11-23 a Monday.
  expect(days({ period: 'week_to_date' }, '2026-11-22')).toBe('2026-11-16 2026-11-22');
  expect(days({ period: 'week_to_date' }, '2026-11-23')).toBe('2026-11-23 2026-11-23');
  expect(days({ period: 'last_week' }, '2026-11-22')).toBe('2026-11-09 2026-11-15');
  expect(days({ period: 'last_week' }, '2026-11-23')).toBe('2026-11-16 2026-11-22');
  expect(days({ period: 'month_to_date' }, '2024-02-29')).toBe('2024-02-01 2024-02-29');
  expect(days({ period: 'last_month' }, '2024-03-31')).toBe('2024-02-01 2024-02-29');
  expect(days({ period: 'last_month' }, '2026-01-15')).toBe('2025-12-01 2025-12-31');
  expect(days({ period: 'fixed', from: '2026-01-02', to: '2026-01-09' }, '2026-11-21')).toBe(
    '2026-01-02 2026-01-09',
  );
});

it('refuses a period that says too little', () => {
  expect(() => resolvePeriod({ period: 'last_days' }, '2026-11-21')).toThrow(/number of days/);
  expect(() => resolvePeriod({ period: 'fixed', from: '2026-11-21' }, '2026-11-21')).toThrow(/last day/);
});
