/** Days of a report: said relative to the day it is looked at, or fixed. */
export const REPORT_PERIODS = [
  'today',
  'yesterday',
  'last_days',
  'week_to_date',
  'last_week',
  'month_to_date',
  'last_month',
  'fixed',
] as const;
export type ReportPeriodKind = (typeof REPORT_PERIODS)[number];

export interface ReportPeriod {
  period: ReportPeriodKind;
  /** Of `last_days`. */
  days?: number | null;
  /** Of `last_days`: the last of them is today and not yesterday. */
  includesToday?: boolean;
  /** Of `fixed`, both included. */
  from?: string | null;
  to?: string | null;
}

const DAY_MS = 86_400_000;

function daysLater(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

/** Weeks begin on Monday (ISO 8601). */
function mondayOf(day: string): string {
  return daysLater(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/**
 * The calendar days of a period, first and last, both included. How long a day is is the business of its time zone.
 * @param today the calendar day it is looked at, in the time zone of the report
 * @throws RangeError when `last_days` has no days or `fixed` no dates
 */
export function resolvePeriod(period: ReportPeriod, today: string): { from: string; to: string } {
  switch (period.period) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: daysLater(today, -1), to: daysLater(today, -1) };
    case 'last_days': {
      if (period.days == null) throw new RangeError('last_days: says no number of days');
      const to = period.includesToday ? today : daysLater(today, -1);
      return { from: daysLater(to, 1 - period.days), to };
    }
    case 'week_to_date':
      return { from: mondayOf(today), to: today };
    case 'last_week': {
      const to = daysLater(mondayOf(today), -1);
      return { from: mondayOf(to), to };
    }
    case 'month_to_date':
      return { from: firstOfMonth(today), to: today };
    case 'last_month': {
      const to = daysLater(firstOfMonth(today), -1);
      return { from: firstOfMonth(to), to };
    }
    case 'fixed':
      if (!period.from || !period.to) throw new RangeError('fixed: names no first or no last day');
      return { from: period.from, to: period.to };
  }
}
