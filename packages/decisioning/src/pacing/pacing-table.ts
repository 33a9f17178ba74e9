import type { PacePlan } from './pace-plan.ts';
import { INITIAL_PACING, paceStep, passRateFor } from './pace-step.ts';

/** Less traffic than this in a step says nothing: the forecast has closed hours there. */
const LEAST_TRAFFIC = 1e-9;
/** A shorter step is waited out: its count would be chance. */
const LEAST_STEP_MS = 20_000;
const FIRST_SLOTS = 64;

/**
 * Pass rates of all paced flights in columns, by dense slots: a decision reads a number and counts a request. Once a minute
 * {@link step} compares traffic with plan. Several plans may hold one line item (its flight, and its day): the smallest
 * rate counts.
 */
export class PacingTable {
  readonly #slots = new Map<string, number>();
  readonly #plans: (PacePlan | undefined)[] = [];
  readonly #free: number[] = [];
  #passRates = new Float64Array(FIRST_SLOTS);
  #requests = new Uint32Array(FIRST_SLOTS);
  /** Eligible requests of an average day; NaN before the first step. */
  #estimates = new Float64Array(FIRST_SLOTS);
  #steppedAtMs = new Float64Array(FIRST_SLOTS);

  /** Share of eligible requests to let in now, 0 to 1. */
  passRate(slot: number): number {
    return this.#passRates[slot]!;
  }

  /** Counts one eligible request, whether or not it was let in. */
  count(slot: number): void {
    this.#requests[slot]!++;
  }

  /** Eligible requests expected of an average day; undefined before the first step. */
  estimate(slot: number): number | undefined {
    const estimate = this.#estimates[slot]!;
    return Number.isNaN(estimate) ? undefined : estimate;
  }

  /**
   * The slot of a plan, by a key that outlives snapshots. A known key keeps what was learned of its traffic, and takes
   * the new plan; a new one starts at a tenth until its first step.
   */
  open(key: string, plan: PacePlan, nowMs: number): number {
    const known = this.#slots.get(key);
    const slot = known ?? this.#free.pop() ?? this.#plans.length;
    if (slot >= this.#passRates.length) this.#grow();
    this.#plans[slot] = plan;
    if (known === undefined) {
      this.#slots.set(key, slot);
      this.#estimates[slot] = Number.NaN;
      this.#requests[slot] = 0;
      this.#steppedAtMs[slot] = nowMs;
      this.#passRates[slot] = INITIAL_PACING.passRate;
    }
    if (plan.mode === 'asap') this.#passRates[slot] = 1;
    return slot;
  }

  /** Forgets a plan. Its slot may be given to another at the next {@link open}. */
  close(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#plans[slot] = undefined;
    this.#free.push(slot);
  }

  /** Part of the money that the plan of a slot has spent by an instant, 0 to 1. */
  plannedShare(slot: number, atMs: number): number {
    return this.#plans[slot]!.plannedShare(atMs);
  }

  /** Forgets all plans but these. Their slots may be given to others at the next {@link open}. */
  keep(keys: ReadonlySet<string>): void {
    for (const [key, slot] of this.#slots) {
      if (keys.has(key)) continue;
      this.#slots.delete(key);
      this.#plans[slot] = undefined;
      this.#free.push(slot);
    }
  }

  /**
   * One step of one plan; call it about once a minute.
   *
   * @param left what may still be spent, after what is promised, in the unit of `price`. One of K nodes passes its share
   *   of it, for it sees its share of the traffic.
   * @param price of one impression in micros; 1 where impressions are counted
   */
  step(slot: number, left: number, price: number, nowMs: number): void {
    const plan = this.#plans[slot];
    if (!plan || plan.mode === 'asap' || nowMs < this.#steppedAtMs[slot]! + LEAST_STEP_MS) return;
    const traffic = plan.trafficBetween(this.#steppedAtMs[slot]!, nowMs);
    const weight = plan.weightAt(nowMs);
    const remaining = plan.plannedBetween(nowMs, plan.finishMs) / weight;
    const estimate = this.estimate(slot);
    this.#steppedAtMs[slot] = nowMs;
    if (traffic < LEAST_TRAFFIC) {
      // Closed until now: keep what is known, and the careful start when nothing is.
      if (estimate !== undefined) this.#passRates[slot] = passRateFor(estimate, remaining, left, price);
      return;
    }
    const next = paceStep(
      { estimate, passRate: this.#passRates[slot]! },
      {
        requests: this.#requests[slot]!,
        stepShare: traffic,
        remainingShare: remaining,
        budgetMicros: left,
        spentMicros: 0,
        priceMicros: price,
      },
    );
    this.#requests[slot] = 0;
    this.#estimates[slot] = next.estimate!;
    this.#passRates[slot] = next.passRate;
  }

  #grow(): void {
    const rates = new Float64Array(this.#passRates.length * 2);
    rates.set(this.#passRates);
    const requests = new Uint32Array(rates.length);
    requests.set(this.#requests);
    const estimates = new Float64Array(rates.length);
    estimates.set(this.#estimates);
    const steppedAtMs = new Float64Array(rates.length);
    steppedAtMs.set(this.#steppedAtMs);
    this.#passRates = rates;
    this.#requests = requests;
    this.#estimates = estimates;
    this.#steppedAtMs = steppedAtMs;
  }
}
