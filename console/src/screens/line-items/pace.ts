import type { LineItem } from '@cuepoint/contract';

export interface LineItemPace {
  /** Shares of the budget: spent, and what even pacing would have spent by now. */
  actual: number;
  expected: number;
}

/** Spend against even pacing over all flights that state a budget; null when none does. */
export function lineItemPace(
  lineItem: Pick<LineItem, 'flights' | 'spentMicros'>,
  now: number = Date.now(),
): LineItemPace | null {
  let budget = 0;
  let expected = 0;
  let spent = 0;
  for (const flight of lineItem.flights) {
    if (flight.budgetMicros === null) continue;
    budget += flight.budgetMicros;
    spent += flight.spentMicros;
    expected += flight.budgetMicros * elapsed(flight, now);
  }
  return budget > 0 ? { actual: spent / budget, expected: expected / budget } : null;
}

function elapsed({ startAt, endAt }: { startAt: string; endAt: string }, now: number): number {
  const from = Date.parse(startAt);
  const until = Date.parse(endAt);
  if (now <= from) return 0;
  return now >= until ? 1 : (now - from) / (until - from);
}

/** The flight that runs, else the next one, else the last that ran. */
export function flightInView<F extends { startAt: string; endAt: string }>(
  flights: readonly F[],
  now: number = Date.now(),
): F | null {
  const byStart = [...flights].sort((a, b) => Date.parse(a.startAt) - Date.parse(b.startAt));
  return byStart.find((flight) => Date.parse(flight.endAt) > now) ?? byStart.at(-1) ?? null;
}
