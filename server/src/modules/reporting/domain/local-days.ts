import { nextDay, startOfDay } from '../../../kernel/zoned-day.ts';

export interface LocalDay {
  /** Calendar date, YYYY-MM-DD. */
  day: string;
  startAt: Date;
  /** Start of the day after. */
  endAt: Date;
}

/** The calendar days of a zone from one date to another, both included; none when `from` is after `to`. */
export function localDays(timeZone: string, from: string, to: string): LocalDay[] {
  const days: LocalDay[] = [];
  let startAt = startOfDay(from, timeZone);
  for (let day = from; day <= to; day = nextDay(day)) {
    const endAt = startOfDay(nextDay(day), timeZone);
    days.push({ day, startAt, endAt });
    startAt = endAt;
  }
  return days;
}

/** The instants between which the days lie, for counting by bucket. */
export function boundariesOf(days: readonly LocalDay[]): Date[] {
  const last = days.at(-1);
  return last === undefined ? [] : [...days.map((day) => day.startAt), last.endAt];
}

/** The date a number of days earlier. */
export function daysBefore(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - count * 86_400_000).toISOString().slice(0, 10);
}

/** Days from one date to another, both included. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;
}

/**
 * The zone an account's own days are counted in: the one most of its running campaigns use, else most of all; the first
 * by name among equals; UTC before there are any.
 */
export function homeZone(campaigns: ReadonlyArray<{ status: string; timeZone: string }>): string {
  const running = campaigns.filter((campaign) => campaign.status === 'active');
  const counts = new Map<string, number>();
  for (const { timeZone } of running.length > 0 ? running : campaigns)
    counts.set(timeZone, (counts.get(timeZone) ?? 0) + 1);
  const best = [...counts].sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1))[0];
  return best?.[0] ?? 'UTC';
}
