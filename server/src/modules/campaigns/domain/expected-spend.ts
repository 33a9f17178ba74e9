import type { Dayparts } from '@cuepoint/contract';
import { expectedTraffic, flightPlan, type PacePlan, type PacingMode } from '@cuepoint/decisioning';

/** A dated window of money with what its pacing plan is made of. */
export interface PacedWindow {
  startAt: Date;
  endAt: Date;
  /** Zone of the flight's days. */
  timeZone: string;
  budgetMicros: number;
  pacing: string;
  dayparts: Dayparts;
}

/**
 * Spend that the pacing plans would have reached by an instant, over all windows, micros: the plans by which nodes pace,
 * over a typical day of viewing within the dayparts. As fast as possible expects everything from the start on.
 */
export function expectedSpendMicros(windows: readonly PacedWindow[], at: Date): number {
  return windows.reduce((sum, window) => sum + expectedOf(window, at.getTime()), 0);
}

/**
 * Least and most that is on plan by an instant, micros. They differ by what is delivered as fast as possible: that is
 * promised to nobody by any hour, and can only run out early.
 */
export function plannedRangeMicros(
  windows: readonly PacedWindow[],
  at: Date,
): { leastMicros: number; mostMicros: number } {
  const promised = windows.filter(({ pacing }) => pacing !== 'asap');
  return { leastMicros: expectedSpendMicros(promised, at), mostMicros: expectedSpendMicros(windows, at) };
}

function expectedOf(window: PacedWindow, at: number): number {
  // Also of what is delivered as fast as possible nothing is expected before it may serve.
  if (at < window.startAt.getTime()) return 0;
  const share = planOf(window).plannedShare(at);
  return share >= 1 ? window.budgetMicros : Math.floor(window.budgetMicros * share);
}

/** A curve asks one window some hundred times. */
const plans = new WeakMap<PacedWindow, PacePlan>();

function planOf(window: PacedWindow): PacePlan {
  let plan = plans.get(window);
  if (plan === undefined) {
    const { pacing, timeZone, startAt, endAt, dayparts } = window;
    plan = flightPlan(
      { mode: pacing as PacingMode, timeZone, startMs: startAt.getTime(), endMs: endAt.getTime() },
      expectedTraffic(dayparts),
    );
    plans.set(window, plan);
  }
  return plan;
}
