import type { LossDay } from '@cuepoint/contract';
import { dayOf, nextDay, startOfDay } from '../../../kernel/zoned-day.ts';

/** What is known of one hour: how many of its requests served, and how many were first lost to which reason. */
export interface LossHour {
  /** Start of the UTC hour, ISO. */
  hour: string;
  /** Requests that were counted. */
  requests: number;
  /** Those that are known by reason. */
  known: number;
  /** By reason; an empty one served. */
  counts: Readonly<Record<string, number>>;
}

/** The last days up to that of `now`, in a zone, oldest first. */
export function lastDays(now: Date, days: number, timeZone: string): string[] {
  const today = dayOf(now, timeZone);
  let day = new Date(Date.parse(`${today}T00:00:00Z`) - (days - 1) * 86_400_000).toISOString().slice(0, 10);
  const list: string[] = [];
  for (let n = 0; n < days; n++) {
    list.push(day);
    day = nextDay(day);
  }
  return list;
}

/**
 * Sums hours into the days of a zone. An hour belongs to the day in which it begins. Shares are of the requests of the day:
 * each hour weighs as many requests as it had, however many of them are known.
 */
export function lossDays(days: readonly string[], timeZone: string, hours: Iterable<LossHour>): LossDay[] {
  const sums = new Map(days.map((day) => [day, newSum()]));
  for (const { hour, requests, known, counts } of hours) {
    const sum = sums.get(dayOf(new Date(hour), timeZone));
    if (!sum) continue;
    sum.requests += requests;
    sum.known += known;
    if (known === 0) continue;
    sum.weighed += requests;
    for (const [reason, count] of Object.entries(counts)) {
      const one = sum.reasons.get(reason) ?? { count: 0, weight: 0 };
      one.count += count;
      one.weight += (count / known) * requests;
      sum.reasons.set(reason, one);
    }
  }
  return days.map((day) => {
    const { requests, known, weighed, reasons } = sums.get(day)!;
    const share = (weight: number) => (weighed === 0 ? 0 : weight / weighed);
    const served = reasons.get('');
    return {
      day,
      startAt: startOfDay(day, timeZone).toISOString(),
      endAt: startOfDay(nextDay(day), timeZone).toISOString(),
      requests,
      known,
      served: served?.count ?? 0,
      servedShare: share(served?.weight ?? 0),
      lost: [...reasons]
        .filter(([reason]) => reason !== '')
        .map(([reason, { count, weight }]) => ({ reason, count, share: share(weight) }))
        .sort(mostFirst),
    };
  });
}

const newSum = () => ({
  requests: 0,
  known: 0,
  /** Requests of the hours of which anything is known. */
  weighed: 0,
  reasons: new Map<string, { count: number; weight: number }>(),
});

/** Reasons over all days. */
export function totalReasons(days: readonly LossDay[]): { reason: string; count: number }[] {
  const totals = new Map<string, number>();
  for (const { lost } of days)
    for (const { reason, count } of lost) totals.set(reason, (totals.get(reason) ?? 0) + count);
  return [...totals].map(([reason, count]) => ({ reason, count })).sort(mostFirst);
}

function mostFirst(
  left: { reason: string; count: number },
  right: { reason: string; count: number },
): number {
  return right.count - left.count || (left.reason < right.reason ? -1 : 1);
}
