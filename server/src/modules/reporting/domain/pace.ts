import type { PacedWindow } from '#modules/campaigns';

const HOUR_MS = 60 * 60 * 1000;
/** How far back the begin of a deviation is looked for. */
export const PACE_MEMORY_MS = 7 * 24 * HOUR_MS;

/**
 * Least and most that the pacing plans would have spent by an instant, micros; the campaigns module knows how. They differ
 * by what is delivered as fast as possible.
 */
export type PlannedRange = (
  windows: readonly PacedWindow[],
  at: Date,
) => { leastMicros: number; mostMicros: number };

export type Pace = 'on_pace' | 'under' | 'over';

/**
 * Which side of its plan a spend is on. On pace up to and including 10 %, compared in integers; nothing is judged in the
 * first hour of running, when a handful of impressions is many per cent.
 */
export function paceOf(
  windows: readonly PacedWindow[],
  spentMicros: number,
  at: Date,
  planned: PlannedRange,
): Pace {
  const isRunning = windows.some((window) => window.startAt <= at && at < window.endAt);
  const ranMs = windows.reduce(
    (sum, { startAt, endAt }) =>
      sum + Math.max(0, Math.min(at.getTime(), endAt.getTime()) - startAt.getTime()),
    0,
  );
  if (!isRunning || ranMs < HOUR_MS) return 'on_pace';
  const { leastMicros, mostMicros } = planned(windows, at);
  const [spent, least, most] = [BigInt(spentMicros), BigInt(leastMicros), BigInt(mostMicros)];
  if (10n * (least - spent) > least) return 'under';
  return 10n * (spent - most) > most ? 'over' : 'on_pace';
}

/**
 * Since when a spend is on the side it is on now: the earliest full hour from which it never left, up to seven days back.
 * @param hours spend by UTC hour over at least that time
 */
export function paceSince(
  windows: readonly PacedWindow[],
  spentMicros: number,
  hours: ReadonlyArray<{ hour: Date; spentMicros: number }>,
  now: Date,
  planned: PlannedRange,
): Date {
  const side = paceOf(windows, spentMicros, now, planned);
  const byHour = new Map(hours.map((row) => [row.hour.getTime(), row.spentMicros]));
  let since = now.getTime();
  let spent = spentMicros;
  for (
    let hour = Math.floor((now.getTime() - 1) / HOUR_MS) * HOUR_MS;
    hour >= now.getTime() - PACE_MEMORY_MS;
    hour -= HOUR_MS
  ) {
    spent -= byHour.get(hour) ?? 0;
    if (paceOf(windows, spent, new Date(hour), planned) !== side) break;
    since = hour;
  }
  return new Date(since);
}
