/** A dated window of money. */
export interface Window {
  startAt: Date;
  endAt: Date;
  budgetMicros: number;
}

/** Spend that an even pace would have reached by an instant, over all windows, micros. */
export function expectedSpendMicros(windows: readonly Window[], at: Date): number {
  return windows.reduce((sum, window) => sum + expectedOf(window, at.getTime()), 0);
}

function expectedOf({ startAt, endAt, budgetMicros }: Window, at: number): number {
  const start = startAt.getTime();
  const length = endAt.getTime() - start;
  const elapsed = Math.min(Math.max(at - start, 0), length);
  // Exact where budget x milliseconds passes 2^53.
  return Number((BigInt(budgetMicros) * BigInt(elapsed)) / BigInt(length));
}
