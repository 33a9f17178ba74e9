import { MAX_POD_CANDIDATES as MAX } from './model.ts';

const PRICE_STEPS = 8;
/** A price that can lower the bound by less than this is not looked at. */
const WORTH_TRYING = 0.999;

/** Candidates that were not handed over: worth at most this each, lasting at least that. */
export interface Unseen {
  maxValue: number;
  minDurationMs: number;
}

/**
 * A bound in linear time: of each class the best member, of those the best that the number of places allows, with a
 * price on each millisecond (Lagrangian relaxation of the length; the price that bounds best is looked for in a few
 * steps). Whole micros, so it is exact. The caller writes the entries and what they compete for.
 */
export class PricedBound {
  count = 0;
  /** By entry: what it is worth, how long it lasts, its class (numbered from 0) of which one at most is placed. */
  readonly worth = new Float64Array(MAX);
  readonly length = new Float64Array(MAX);
  readonly classOf = new Int32Array(MAX);
  classes = 0;
  places = 0;
  remainingMs = 0;
  /** What was not handed over may fill any number of places; worth 0 when there is no such thing. */
  fillerWorth = 0;
  fillerMs = 0;

  /** The price of a millisecond that bounds best, in micros, and the bound at it. */
  price = 0;
  bound = 0;

  readonly #best = new Float64Array(MAX);
  readonly #bestMs = new Float64Array(MAX);
  readonly #top = new Float64Array(MAX + 1);
  readonly #topMs = new Float64Array(MAX + 1);
  readonly #order = new Int32Array(MAX);
  /** What a place is worth to whoever takes it from the last relaxation, and the length of what that chose. */
  #threshold = 0;
  #usedMs = 0;

  /** Looks for the best price; with `free`, places that take no length are among them and only price 0 is valid. */
  find(free: boolean): void {
    this.price = 0;
    this.bound = this.#relaxed(0);
    if (free || this.places === 0 || this.#usedMs <= this.remainingMs) return;
    // The bound is convex in the price, made of lines whose slope is the length left over: the next price to try is
    // where the lines of the nearest prices on either side meet (Kelley's cutting planes).
    let low = 0;
    let lowBound = this.bound;
    let lowSlope = this.remainingMs - this.#usedMs;
    let high = Math.ceil(this.fillerWorth / Math.max(1, this.fillerMs)) + 1;
    for (let at = 0; at < this.count; at++) {
      high = Math.max(high, Math.ceil(this.worth[at]! / this.length[at]!));
    }
    let highBound = high * this.remainingMs;
    let highSlope = this.remainingMs;
    for (let step = 0; step < PRICE_STEPS && high - low > 1; step++) {
      const meet = (highBound - lowBound + lowSlope * low - highSlope * high) / (lowSlope - highSlope);
      const price = Math.min(high - 1, Math.max(low + 1, Math.round(meet)));
      if (lowBound + lowSlope * (price - low) > this.bound * WORTH_TRYING) break;
      const here = this.#relaxed(price);
      const slope = this.remainingMs - this.#usedMs;
      if (here < this.bound) {
        this.bound = here;
        this.price = price;
      }
      if (slope < 0) [low, lowBound, lowSlope] = [price, here, slope];
      else [high, highBound, highSlope] = [price, here, slope];
    }
  }

  /** The bound of entries that have changed, at the price found before. */
  refresh(): void {
    this.bound = this.#relaxed(this.price);
  }

  /** After `refresh`: the most that anything with this entry in it can be worth. */
  with(entry: number): number {
    const priced = this.worth[entry]! - this.price * this.length[entry]!;
    return this.bound - Math.max(this.#best[this.classOf[entry]!]!, this.#threshold) + priced;
  }

  /** Entries by value less the price of their length, best first. */
  order(): Int32Array {
    const order = this.#order;
    const priced = this.#top;
    for (let at = 0; at < this.count; at++) {
      const value = this.worth[at]! - this.price * this.length[at]!;
      let place = at;
      while (place > 0 && priced[place - 1]! < value) {
        priced[place] = priced[place - 1]!;
        order[place] = order[place - 1]!;
        place--;
      }
      priced[place] = value;
      order[place] = at;
    }
    return order;
  }

  #relaxed(price: number): number {
    const best = this.#best;
    const bestMs = this.#bestMs;
    const { worth, length, classOf, places } = this;
    best.fill(0, 0, this.classes);
    bestMs.fill(0, 0, this.classes);
    for (let at = 0; at < this.count; at++) {
      const priced = worth[at]! - price * length[at]!;
      const own = classOf[at]!;
      if (priced <= best[own]!) continue;
      best[own] = priced;
      bestMs[own] = length[at]!;
    }
    const top = this.#top;
    const topMs = this.#topMs;
    let kept = 0;
    for (let own = 0; places > 0 && own < this.classes; own++) {
      const value = best[own]!;
      if (value <= 0 || (kept === places && value <= top[kept - 1]!)) continue;
      let place = kept < places ? kept++ : kept - 1;
      while (place > 0 && top[place - 1]! < value) {
        top[place] = top[place - 1]!;
        topMs[place] = topMs[place - 1]!;
        place--;
      }
      top[place] = value;
      topMs[place] = bestMs[own]!;
    }
    let bound = price * this.remainingMs;
    let usedMs = 0;
    const filler = Math.max(0, this.fillerWorth - price * this.fillerMs);
    this.#threshold = filler;
    for (let at = 0; at < places; at++) {
      if (at < kept && top[at]! >= filler) {
        bound += top[at]!;
        usedMs += topMs[at]!;
        if (at === places - 1) this.#threshold = top[at]!;
      } else if (filler > 0) {
        bound += filler;
        usedMs += this.fillerMs;
      }
    }
    this.#usedMs = usedMs;
    return bound;
  }
}
