import type { Dashboard } from '@cuepoint/contract';
import { clock, isoDay } from '../../design/format/date.ts';

type Hour = Dashboard['byHour'][number];

export interface DayFigures {
  impressions: number;
  requests: number;
  completes: number;
}

function sum(hours: readonly Hour[]): DayFigures {
  return hours.reduce<DayFigures>(
    (total, hour) => ({
      impressions: total.impressions + hour.impressions,
      requests: total.requests + hour.requests,
      completes: total.completes + hour.completes,
    }),
    { impressions: 0, requests: 0, completes: 0 },
  );
}

/**
 * Today and yesterday up to the last whole hour, both in the zone of the
 * dashboard, so that half a day is never compared with a whole one.
 * @returns null when nothing of yesterday is known
 */
export function sameHoursYesterday(
  byHour: readonly Hour[],
  now: string,
  zone: string,
): { today: DayFigures; yesterday: DayFigures } | null {
  const end = clock(now, zone).slice(0, 2);
  const today = isoDay(now, zone);
  const yesterday = isoDay(Date.parse(`${today}T12:00:00Z`) - 86_400_000, 'UTC');
  const upTo = (day: string) =>
    byHour.filter((hour) => isoDay(hour.at, zone) === day && clock(hour.at, zone).slice(0, 2) < end);
  const before = upTo(yesterday);
  if (before.length === 0) return null;
  return { today: sum(upTo(today)), yesterday: sum(before) };
}

/** "+4.2 %", relative to what was; null when there was nothing to compare with. */
export function relativeChange(now: number, before: number): string | null {
  if (before <= 0) return null;
  return signed((now / before - 1) * 100, ' %');
}

/** "−0.6 pt", the difference of two shares. */
export function pointChange(now: number | null, before: number | null): string | null {
  if (now === null || before === null) return null;
  return signed((now - before) * 100, ' pt');
}

export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function signed(value: number, unit: string): string {
  const rounded = value.toFixed(1);
  if (Number(rounded) === 0) return `±0.0${unit}`;
  return `${value > 0 ? '+' : '\u2212'}${Math.abs(value).toFixed(1)}${unit}`;
}
