import type { Flight, LineItem } from '@cuepoint/contract';
import { isOffPace } from '../../design/charts/small.tsx';

export interface LineItemPace {
  /** Shares of the budget: spent, and what the pacing plan asks for by now. */
  actual: number;
  expected: number;
  /** More than a tenth off. What is delivered as fast as possible has no hour to be late for. */
  isOff: boolean;
}

/** Spend against the pacing plan over all flights that state a budget; null when none does. */
export function lineItemPace({
  pacing,
  flights,
}: {
  pacing: LineItem['pacing'];
  flights: readonly Pick<Flight, 'budgetMicros' | 'spentMicros' | 'expectedMicros'>[];
}): LineItemPace | null {
  let budget = 0;
  let expected = 0;
  let spent = 0;
  for (const flight of flights) {
    if (flight.budgetMicros === null) continue;
    budget += flight.budgetMicros;
    spent += flight.spentMicros;
    expected += flight.expectedMicros ?? 0;
  }
  if (budget === 0) return null;
  const isOff = pacing !== 'asap' && isOffPace(spent, expected);
  return { actual: spent / budget, expected: expected / budget, isOff };
}

/** The flight that runs, else the next one, else the last that ran. */
export function flightInView<F extends { startAt: string; endAt: string }>(
  flights: readonly F[],
  now: number = Date.now(),
): F | null {
  const byStart = [...flights].sort((a, b) => Date.parse(a.startAt) - Date.parse(b.startAt));
  return byStart.find((flight) => Date.parse(flight.endAt) > now) ?? byStart.at(-1) ?? null;
}
