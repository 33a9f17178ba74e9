/** The time a flat price is for, UTC ms; the end is exclusive. */
export interface FlatWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The part of a flat price that falls into a period, in whole micros: by the time of its flights that lies in it. Periods
 * that follow on each other add up to the price exactly, for each is the difference of what is due by its two ends.
 *
 * @param windows of its flights, which do not overlap
 */
export function flatShare(priceMicros: number, windows: readonly FlatWindow[], from: Date, to: Date): number {
  return dueBy(priceMicros, windows, to.getTime()) - dueBy(priceMicros, windows, from.getTime());
}

function dueBy(priceMicros: number, windows: readonly FlatWindow[], atMs: number): number {
  let whole = 0;
  let passed = 0;
  for (const { startMs, endMs } of windows) {
    whole += endMs - startMs;
    passed += Math.min(endMs, Math.max(startMs, atMs)) - startMs;
  }
  if (whole === 0) return 0;
  return Number((BigInt(priceMicros) * BigInt(passed)) / BigInt(whole));
}
