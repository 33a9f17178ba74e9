const HOUR_MS = 60 * 60 * 1000;

/** More points than this are neither seen on a screen nor worth their bytes. */
export const MAX_CURVE_POINTS = 400;

/**
 * Instants of a cumulative curve from the first flight's start to the last one's end: whole UTC hours, evenly spaced and
 * as close as the limit allows, with the two ends, and `now` where the curve of the past stops. Ascending.
 */
export function curveInstants(startAt: Date, endAt: Date, now: Date, limit = MAX_CURVE_POINTS): Date[] {
  const start = startAt.getTime();
  const end = Math.max(start, endAt.getTime());
  // Three places are kept for both ends and for now.
  const stepHours = Math.max(1, Math.ceil((end - start) / HOUR_MS / Math.max(1, limit - 3)));
  const instants = new Set([start, end]);
  const firstHour = Math.ceil(start / HOUR_MS) * HOUR_MS;
  for (let at = firstHour; at < end; at += stepHours * HOUR_MS) instants.add(at);
  if (now.getTime() > start && now.getTime() < end) instants.add(now.getTime());
  return [...instants].sort((left, right) => left - right).map((at) => new Date(at));
}

/**
 * Running total at each instant from amounts by hour: an hour counts from its start on, so that the total at `now`
 * holds the hour that is not over yet. Instants after `now` have no total.
 */
export function cumulative(
  instants: readonly Date[],
  hours: ReadonlyArray<{ hour: Date; spentMicros: number }>,
  now: Date,
): Array<number | null> {
  const ascending = [...hours].sort((left, right) => left.hour.getTime() - right.hour.getTime());
  let next = 0;
  let total = 0;
  return instants.map((at) => {
    if (at > now) return null;
    for (; next < ascending.length && ascending[next]!.hour < at; next++)
      total += ascending[next]!.spentMicros;
    return total;
  });
}
