import {
  type DecisionIndex,
  type Examined,
  INITIAL_PACING,
  type IndexedFlight,
  type IndexedLineItem,
  type PacingState,
  type Pot,
  paceStep,
  plannedMicros,
} from '@cuepoint/decisioning';

interface PacedFlight {
  state: PacingState;
  /** Eligible requests since the last step. */
  requests: number;
}

const STEP_MS = 60_000;
/** The plan ends a little early, so that the end of the flight can catch up. */
const FAST_FINISH_MS = 30 * 60_000;

/**
 * Pass rates of the flights this node serves. The forecast is flat over the flight: what remains of the flight is what
 * remains of the traffic. A curve per account can replace `share` without touching the controller.
 */
export class Pacer {
  readonly #flights = new Map<string, PacedFlight>();

  /** Share of eligible requests to let in now; 1 while the flight is not ahead of its plan. */
  passRate(item: IndexedLineItem, flight: IndexedFlight, pot: Pot, nowMs: number): number {
    if (item.source.pacing === 'asap') return 1;
    const goal = goalOf(item, flight);
    if (goal === null) return 1;
    const used = pot.ingestedMicros + pot.ownMicros + pot.reservedMicros;
    const planned = plannedMicros(goal.amount, flight.startMs, flight.endMs, nowMs);
    if (
      used + goal.price <=
      (item.source.pacing === 'front_loaded' ? frontLoaded(planned, goal.amount) : planned)
    )
      return 1;
    return this.#flights.get(flight.id)?.state.passRate ?? INITIAL_PACING.passRate;
  }

  /** Counts the paced candidates of one decision as eligible traffic, whether or not they were let in. */
  count(examined: readonly Examined[]): void {
    for (const { item, flight } of examined) {
      if (item.source.pacing === 'asap') continue;
      const paced = this.#flights.get(flight.id);
      if (paced) paced.requests++;
      else this.#flights.set(flight.id, { state: INITIAL_PACING, requests: 1 });
    }
  }

  /** One step of every running flight; call once a minute. */
  step(
    index: DecisionIndex,
    potOf: (item: IndexedLineItem, flight: IndexedFlight) => Pot,
    nowMs: number,
  ): void {
    const running = new Set<string>();
    for (const item of index.lineItems.values()) {
      if (item.source.pacing === 'asap') continue;
      const flight = item.flights.find((one) => one.startMs <= nowMs && nowMs < one.endMs);
      const goal = flight ? goalOf(item, flight) : null;
      if (!flight || goal === null) continue;
      running.add(flight.id);
      const paced = this.#flights.get(flight.id);
      if (!paced) continue;
      const length = flight.endMs - flight.startMs;
      const finish = Math.min(FAST_FINISH_MS, length / 48);
      const pot = potOf(item, flight);
      paced.state = paceStep(paced.state, {
        requests: paced.requests,
        stepShare: Math.min(1, STEP_MS / length),
        remainingShare: Math.max(0, flight.endMs - finish - nowMs) / length,
        budgetMicros: goal.amount,
        spentMicros: pot.ingestedMicros + pot.ownMicros,
        priceMicros: goal.price,
      });
      paced.requests = 0;
    }
    for (const id of this.#flights.keys()) if (!running.has(id)) this.#flights.delete(id);
  }
}

/** What a flight is paced towards: money at its price, or impressions one by one; null without a goal. */
function goalOf(item: IndexedLineItem, flight: IndexedFlight): { amount: number; price: number } | null {
  const { budgetMicros, impressionGoal } = flight.source;
  if (budgetMicros === null && impressionGoal !== null) return { amount: impressionGoal, price: 1 };
  const amount = budgetMicros ?? item.source.budgetMicros;
  return amount === null || item.priceMicros === 0 ? null : { amount, price: item.priceMicros };
}

/**
 * A plan that runs ahead: its speed falls in a straight line from 1.4 times the even one to 0.6 times, so that at half
 * of the flight 60 % are due.
 */
function frontLoaded(planned: number, amount: number): number {
  const share = amount > 0 ? planned / amount : 1;
  return amount * (1.4 * share - 0.4 * share * share);
}
