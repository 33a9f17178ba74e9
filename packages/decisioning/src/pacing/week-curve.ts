import type { Schedule } from '../calendar/dayparts.ts';

const DAY = 1440;
const WEEK = 7 * DAY;

/** A day of viewing when nothing is known of a placement: low at night, a rise at noon, the peak at half past eight. */
export function typicalDay(): Float64Array {
  return Float64Array.from({ length: DAY }, (_, minute) => {
    const hour = (minute + 0.5) / 60;
    const bell = (at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2));
    return 0.25 + 0.9 * bell(20.5, 2.6) + 0.35 * bell(12.5, 3) + 0.1 * bell(7.5, 1.5);
  });
}

/**
 * A curve learned from counted requests, drawn to the curve used so far by as many requests as that is trusted for: a
 * placement with little traffic keeps the known shape, one with much shows its own.
 *
 * @param counts eligible requests by minute of the day (1440) or of the week (10080, from Monday)
 * @param prior a curve of the same length
 * @param trust how many requests the prior is worth, above 0
 */
export function learnCurve(counts: ArrayLike<number>, prior: ArrayLike<number>, trust: number): Float64Array {
  checkWeights('counts', counts, true);
  checkWeights('prior', prior, false);
  if (counts.length !== prior.length)
    throw new RangeError(
      `counts has ${counts.length} minutes and prior ${prior.length}, they must be as many`,
    );
  if (!(trust > 0)) throw new RangeError(`trust ${trust} must be above 0`);
  const sum = Array.from(prior).reduce((total, weight) => total + weight, 0);
  return Float64Array.from(counts, (count, minute) => count + (trust * prior[minute]!) / sum);
}

/**
 * Traffic of a week by the minute, with sums to read the traffic of any stretch in a step. Weights are scaled so that an
 * average day is 1. Shared by all flights that expect the same traffic: it takes 160 KB.
 */
export class WeekCurve {
  readonly #sums = new Float64Array(WEEK + 1);
  /** Sums of weight times minute, for plans that lean to one side. */
  readonly #moments = new Float64Array(WEEK + 1);

  /** @param weights by minute of the day (1440) or of the week (10080, from Monday); not below 0, not all 0 */
  constructor(weights: ArrayLike<number>) {
    checkWeights('weights', weights, false);
    let total = 0;
    for (let minute = 0; minute < WEEK; minute++) total += weights[minute % weights.length]!;
    const scale = 7 / total;
    for (let minute = 0; minute < WEEK; minute++) {
      const weight = weights[minute % weights.length]! * scale;
      this.#sums[minute + 1] = this.#sums[minute]! + weight;
      this.#moments[minute + 1] = this.#moments[minute]! + weight * (minute + 0.5);
    }
  }

  /** Traffic from Monday 00:00 to a minute of the week, which may be a fraction. */
  sumTo(minute: number): number {
    const whole = Math.min(WEEK - 1, Math.floor(minute));
    return this.#sums[whole]! + this.#weight(whole) * (minute - whole);
  }

  /** The same, each bit of traffic times its minute. */
  momentTo(minute: number): number {
    const whole = Math.min(WEEK - 1, Math.floor(minute));
    return this.#moments[whole]! + (this.#weight(whole) * (minute * minute - whole * whole)) / 2;
  }

  #weight(minute: number): number {
    return this.#sums[minute + 1]! - this.#sums[minute]!;
  }
}

/** The part of a week's traffic that comes while a schedule is open, read over any number of weeks. */
export class OpenTraffic {
  readonly #curve: WeekCurve;
  readonly #starts: readonly number[];
  readonly #ends: readonly number[];
  /** Traffic and moment of the spans before each. */
  readonly #sums: number[] = [0];
  readonly #moments: number[] = [0];

  constructor(curve: WeekCurve, schedule?: Schedule) {
    this.#curve = curve;
    this.#starts = schedule?.starts ?? [0];
    this.#ends = schedule?.ends ?? [WEEK];
    for (let span = 0; span < this.#starts.length; span++) {
      const [start, end] = [this.#starts[span]!, this.#ends[span]!];
      this.#sums.push(this.#sums[span]! + curve.sumTo(end) - curve.sumTo(start));
      this.#moments.push(this.#moments[span]! + curve.momentTo(end) - curve.momentTo(start));
    }
  }

  /** Traffic from minute 0 to a minute, both counted from a Monday 00:00 and over as many weeks as it takes. */
  sumTo(minute: number): number {
    const weeks = Math.floor(minute / WEEK);
    return weeks * this.#sums.at(-1)! + this.#within(minute - weeks * WEEK, false);
  }

  /** The same, each bit of traffic times its minute. */
  momentTo(minute: number): number {
    const weeks = Math.floor(minute / WEEK);
    const rest = minute - weeks * WEEK;
    const total = this.#sums.at(-1)!;
    const whole = weeks * this.#moments.at(-1)! + (WEEK * total * weeks * (weeks - 1)) / 2;
    return whole + weeks * WEEK * this.#within(rest, false) + this.#within(rest, true);
  }

  #within(minute: number, isMoment: boolean): number {
    let span = this.#starts.length - 1;
    while (span >= 0 && this.#starts[span]! > minute) span--;
    if (span < 0) return 0;
    const from = this.#starts[span]!;
    const to = Math.min(minute, this.#ends[span]!);
    return isMoment
      ? this.#moments[span]! + this.#curve.momentTo(to) - this.#curve.momentTo(from)
      : this.#sums[span]! + this.#curve.sumTo(to) - this.#curve.sumTo(from);
  }
}

function checkWeights(field: string, weights: ArrayLike<number>, mayBeZero: boolean): void {
  if (weights.length !== DAY && weights.length !== WEEK)
    throw new RangeError(
      `${field} has ${weights.length} minutes, ${DAY} (a day) or ${WEEK} (a week) are accepted`,
    );
  let sum = 0;
  for (let minute = 0; minute < weights.length; minute++) {
    const weight = weights[minute]!;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`${field}[${minute}] ${weight} must be a number not below 0`);
    sum += weight;
  }
  if (!mayBeZero && !(sum > 0)) throw new RangeError(`${field} must not all be 0`);
}
