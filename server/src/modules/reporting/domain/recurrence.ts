import { type ReportSchedule, WEEKDAYS } from '@cuepoint/contract';
import { dayOf, nextDay, offsetMs } from '../../../kernel/zoned-day.ts';
import { daysBefore } from './local-days.ts';

/** When something comes back. */
export type Recurrence = Pick<
  ReportSchedule,
  'frequency' | 'weekday' | 'dayOfMonth' | 'localTime' | 'timeZone'
>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days that are looked through for the next one: the longest wait is of two months, and a zone may skip a day. */
const HORIZON_DAYS = 70;

/**
 * The instant a clock on the wall shows a time on a calendar day. A time that comes twice is its first; a time that is
 * skipped is the first instant after the gap.
 * @param time HH:MM
 */
export function instantOf(day: string, time: string, timeZone: string): Date {
  const wall = Date.parse(`${day}T${time}:00Z`);
  // Zones are less than 15 hours off UTC, and clocks change less often than every two days.
  const before = offsetMs(wall - DAY_MS, timeZone);
  const after = offsetMs(wall + DAY_MS, timeZone);
  const showing = [wall - before, wall - after].filter((at) => at + offsetMs(at, timeZone) === wall);
  if (showing.length > 0) return new Date(Math.min(...showing));
  let [low, high] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetMs(middle, timeZone) === after) high = middle;
    else low = middle;
  }
  return new Date(high);
}

/** The first instant after another at which it comes back. */
export function nextRunAfter(recurrence: Recurrence, after: Date): Date {
  const { localTime, timeZone } = recurrence;
  let day = daysBefore(dayOf(after, timeZone), 1);
  for (let looked = 0; looked < HORIZON_DAYS; looked++) {
    if (isRunDay(recurrence, day)) {
      const at = instantOf(day, localTime, timeZone);
      if (at > after) return at;
    }
    day = nextDay(day);
  }
  throw new Error(`no ${recurrence.frequency} time within ${HORIZON_DAYS} days of ${after.toISOString()}`);
}

/** The last time that was due, and how many before it were missed, from one that is. */
export function dueRun(
  recurrence: Recurrence,
  dueAt: Date,
  now: Date,
): { at: Date; missed: number; next: Date } {
  let at = dueAt;
  let missed = 0;
  for (;;) {
    const next = nextRunAfter(recurrence, at);
    if (next > now) return { at, missed, next };
    at = next;
    missed++;
  }
}

function isRunDay({ frequency, weekday, dayOfMonth }: Recurrence, day: string): boolean {
  if (frequency === 'daily') return true;
  if (frequency === 'weekly') return WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] === weekday;
  const isLast = nextDay(day).slice(8) === '01';
  const date = Number(day.slice(8));
  return date === dayOfMonth || (isLast && date < (dayOfMonth ?? 0));
}

export type RecurrenceResult =
  | { ok: true; value: Recurrence }
  | { ok: false; field: string; problem: string };

/** A recurrence whose fields fit together; the day that its frequency has no use for must not be said. */
export function recurrenceOf(
  merged: Recurrence,
  said: { weekday?: Recurrence['weekday'] | undefined; dayOfMonth?: number | null | undefined },
): RecurrenceResult {
  const { frequency } = merged;
  const refused = (field: string, problem: string) => ({ ok: false as const, field, problem });
  if (frequency !== 'weekly' && said.weekday != null)
    return refused('weekday', `${said.weekday} goes with the frequency weekly, not ${frequency}`);
  if (frequency !== 'monthly' && said.dayOfMonth != null)
    return refused('dayOfMonth', `${said.dayOfMonth} goes with the frequency monthly, not ${frequency}`);
  if (frequency === 'weekly' && merged.weekday === null)
    return refused('weekday', `weekly needs a day; accepted: ${WEEKDAYS.join(', ')}`);
  if (frequency === 'monthly' && merged.dayOfMonth === null)
    return refused('dayOfMonth', 'monthly needs a day; accepted: 1 to 31');
  return {
    ok: true,
    value: {
      ...merged,
      weekday: frequency === 'weekly' ? merged.weekday : null,
      dayOfMonth: frequency === 'monthly' ? merged.dayOfMonth : null,
    },
  };
}
