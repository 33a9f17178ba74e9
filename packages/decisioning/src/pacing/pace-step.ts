/**
 * Feed-forward pacing: what is left of the budget over what the remaining eligible traffic would cost. It corrects
 * itself each step from observed traffic, where a controller that multiplies its rate up and down oscillates
 * (compare Agarwal, Ghosh, Wei, You, "Budget pacing for targeted online advertisements at LinkedIn", KDD 2014).
 */
export interface PacingStep {
  /** Eligible requests seen in the step that ended, before throttling. */
  readonly requests: number;
  /** Share of the plan's traffic that the forecast put into that step; above 0. */
  readonly stepShare: number;
  /** Share of the plan's traffic that the forecast puts into the steps still to come. */
  readonly remainingShare: number;
  readonly budgetMicros: number;
  readonly spentMicros: number;
  /** Price of one impression. */
  readonly priceMicros: number;
}

/** Weight of the newest step in the estimate of traffic. */
const SMOOTHING = 0.1;

export interface PacingState {
  /** Estimated eligible requests over the whole plan; undefined before the first step. */
  readonly estimate: number | undefined;
  /** Share of eligible requests to let in, 0 to 1. */
  readonly passRate: number;
}

/** Let in until the first step is measured. */
export const INITIAL_PACING: PacingState = { estimate: undefined, passRate: 0.1 };

/** One step of the controller. Throws RangeError when `stepShare` is not above 0. */
export function paceStep(state: PacingState, step: PacingStep): PacingState {
  if (!(step.stepShare > 0)) throw new RangeError(`stepShare ${step.stepShare} must be above 0`);
  const observed = step.requests / step.stepShare;
  const estimate =
    state.estimate === undefined ? observed : (1 - SMOOTHING) * state.estimate + SMOOTHING * observed;
  const left = step.budgetMicros - step.spentMicros;
  return { estimate, passRate: passRateFor(estimate, step.remainingShare, left, step.priceMicros) };
}

/**
 * The pass rate that spends what is left on the traffic that is expected.
 *
 * @param estimate eligible requests over the whole plan
 * @param remainingShare share of the plan's traffic still to come
 * @param left budget and price in the same unit: micros, or impressions at a price of 1
 */
export function passRateFor(estimate: number, remainingShare: number, left: number, price: number): number {
  const cost = estimate * remainingShare * price;
  // Nothing expected and money left: let in whatever comes.
  return cost > 0 ? Math.min(1, Math.max(0, left) / cost) : left > 0 ? 1 : 0;
}
