const HOUR_MS = 60 * 60 * 1000;
/** How far back the begin of a deviation is looked for. */
export const PACE_MEMORY_MS = 7 * 24 * HOUR_MS;

export interface Window {
  startAt: Date;
  endAt: Date;
  budgetMicros: number;
}

/** What an even pace would have spent by an instant, micros; the campaigns module knows how. */
export type EvenPace = (windows: readonly Window[], at: Date) => number;

export type Pace = 'on_pace' | 'under' | 'over';

/**
 * Which side of the even pace a spend is on. On pace up to and including 10 %, compared in integers; nothing is judged
 * in the first hour of running, when a handful of impressions is many per cent.
 */
export function paceOf(windows: readonly Window[], spentMicros: number, at: Date, evenPace: EvenPace): Pace {
  const isRunning = windows.some((window) => window.startAt <= at && at < window.endAt);
  const ranMs = windows.reduce(
    (sum, { startAt, endAt }) =>
      sum + Math.max(0, Math.min(at.getTime(), endAt.getTime()) - startAt.getTime()),
    0,
  );
  if (!isRunning || ranMs < HOUR_MS) return 'on_pace';
  const expected = BigInt(evenPace(windows, at));
  const deviation = BigInt(spentMicros) - expected;
  if (10n * (deviation < 0n ? -deviation : deviation) <= expected) return 'on_pace';
  return deviation < 0n ? 'under' : 'over';
}

/**
 * Since when a spend is on the side it is on now: the earliest full hour from which it never left, up to seven days back.
 * @param hours spend by UTC hour over at least that time
 */
export function paceSince(
  windows: readonly Window[],
  spentMicros: number,
  hours: ReadonlyArray<{ hour: Date; spentMicros: number }>,
  now: Date,
  evenPace: EvenPace,
): Date {
  const side = paceOf(windows, spentMicros, now, evenPace);
  const byHour = new Map(hours.map((row) => [row.hour.getTime(), row.spentMicros]));
  let since = now.getTime();
  let spent = spentMicros;
  for (
    let hour = Math.floor((now.getTime() - 1) / HOUR_MS) * HOUR_MS;
    hour >= now.getTime() - PACE_MEMORY_MS;
    hour -= HOUR_MS
  ) {
    spent -= byHour.get(hour) ?? 0;
    if (paceOf(windows, spent, new Date(hour), evenPace) !== side) break;
    since = hour;
  }
  return new Date(since);
}
