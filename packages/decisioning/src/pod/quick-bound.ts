import type { Room } from './bound-table.ts';
import { MAX_POD_CANDIDATES as MAX, MAX_POD_GROUPS } from './model.ts';
import type { PodProblem } from './problem.ts';

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
 * price on each millisecond (Lagrangian relaxation of the length; the price that bounds best is
 * looked for in a few steps). Whole micros, so it
 * is exact. Values are the reduced ones; what edges add is not in it.
 */
export class QuickBound {
  /** The price of a millisecond that bounds best, in micros. */
  price = 0;
  /** The bound at that price. */
  bound = 0;

  readonly #best = new Float64Array(MAX);
  readonly #bestMs = new Float64Array(MAX);
  readonly #classOf = new Int32Array(MAX * MAX_POD_GROUPS);
  readonly #class = new Int32Array(MAX);
  readonly #worth = new Float64Array(MAX);
  readonly #order = new Int32Array(MAX);
  #classes = 0;
  #places = 0;
  /** What a place is worth to whoever takes it from the last relaxation, and the length of what that chose. */
  #threshold = 0;
  #usedMs = 0;
  readonly #top = new Float64Array(MAX + 1);
  readonly #topMs = new Float64Array(MAX + 1);

  /** Looks for the best price; the worth of what was not handed over is `unseenWorth`. */
  find(problem: PodProblem, room: Room, unseen: Unseen | null, unseenWorth: number): void {
    const slots = this.#load(problem, room);
    this.price = 0;
    this.bound = this.#relaxed(problem, room, unseen, unseenWorth, 0);
    // A place in a slot takes no length, so a price would not bound pods with slots.
    if (slots > 0 || this.#places === 0 || this.#usedMs <= room.remainingMs) return;
    // The bound is convex in the price, made of lines whose slope is the length left over: the next price to try is
    // where the lines of the nearest prices on either side meet (Kelley's cutting planes).
    let low = 0;
    let lowBound = this.bound;
    let lowSlope = room.remainingMs - this.#usedMs;
    let high = 1;
    for (let at = 0; at < room.count; at++) {
      high = Math.max(high, Math.ceil(this.#worth[at]! / problem.duration[room.items[at]!]!));
    }
    if (unseen !== null) high = Math.max(high, Math.ceil(unseenWorth / Math.max(1, unseen.minDurationMs)));
    let highBound = high * room.remainingMs;
    let highSlope = room.remainingMs;
    for (let step = 0; step < PRICE_STEPS && high - low > 1; step++) {
      const meet = (highBound - lowBound + lowSlope * low - highSlope * high) / (lowSlope - highSlope);
      const price = Math.min(high - 1, Math.max(low + 1, Math.round(meet)));
      if (lowBound + lowSlope * (price - low) > this.bound * WORTH_TRYING) break;
      const here = this.#relaxed(problem, room, unseen, unseenWorth, price);
      const slope = room.remainingMs - this.#usedMs;
      if (here < this.bound) {
        this.bound = here;
        this.price = price;
      }
      if (slope < 0) [low, lowBound, lowSlope] = [price, here, slope];
      else [high, highBound, highSlope] = [price, here, slope];
    }
  }

  /** The bound of what is left of the room, by values that may have changed, at the price found. */
  refresh(problem: PodProblem, room: Room, unseen: Unseen | null, unseenWorth: number): void {
    this.#load(problem, room);
    this.bound = this.#relaxed(problem, room, unseen, unseenWorth, this.price);
  }

  /** After `refresh`: drops who cannot be in any pod that is worth at least `atLeast`. */
  drop(problem: PodProblem, room: Room, atLeast: number): void {
    let kept = 0;
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      const priced = this.#worth[at]! - this.price * problem.duration[item]!;
      const displaced = Math.max(this.#best[this.#class[at]!]!, this.#threshold);
      if (this.bound - displaced + priced >= atLeast) room.items[kept++] = item;
    }
    room.count = kept;
  }

  /** After `find`: candidates by value less the price of their length, best first. */
  order(problem: PodProblem, room: Room): Int32Array {
    const order = this.#order;
    const priced = this.#top;
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      const value = this.#worth[at]! - this.price * problem.duration[item]!;
      let place = at;
      while (place > 0 && priced[place - 1]! < value) {
        priced[place] = priced[place - 1]!;
        order[place] = order[place - 1]!;
        place--;
      }
      priced[place] = value;
      order[place] = item;
    }
    return order;
  }

  #relaxed(
    problem: PodProblem,
    room: Room,
    unseen: Unseen | null,
    unseenWorth: number,
    price: number,
  ): number {
    const best = this.#best;
    const bestMs = this.#bestMs;
    const worth = this.#worth;
    const classOf = this.#class;
    best.fill(0, 0, this.#classes);
    bestMs.fill(0, 0, this.#classes);
    for (let at = 0; at < room.count; at++) {
      const length = problem.duration[room.items[at]!]!;
      const priced = worth[at]! - price * length;
      const own = classOf[at]!;
      if (priced <= best[own]!) continue;
      best[own] = priced;
      bestMs[own] = length;
    }
    const places = this.#places;
    const top = this.#top;
    const topMs = this.#topMs;
    let kept = 0;
    for (let own = 0; places > 0 && own < this.#classes; own++) {
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
    let bound = price * room.remainingMs;
    this.#usedMs = 0;
    const filler = unseen === null ? 0 : Math.max(0, unseenWorth - price * unseen.minDurationMs);
    this.#threshold = filler;
    for (let at = 0; at < places; at++) {
      if (at < kept && top[at]! >= filler) {
        bound += top[at]!;
        this.#usedMs += topMs[at]!;
        if (at === places - 1) this.#threshold = top[at]!;
      } else if (filler > 0) {
        bound += filler;
        this.#usedMs += unseen!.minDurationMs;
      }
    }
    return bound;
  }

  /** Values, places and classes of the room; returns the number of free slots. */
  #load(problem: PodProblem, room: Room): number {
    let slots = 0;
    for (let bits = room.freeSlots; bits !== 0; bits &= bits - 1) slots++;
    this.#places = Math.min(MAX, room.slotsCount ? Math.min(room.ads, slots) : room.ads + slots);
    const bumpers = problem.pod.bumperSlots & room.freeSlots;
    this.#classes = 0;
    const classOf = this.#classOf;
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      const inBumper = (problem.slotFit[item]! & bumpers) !== 0 ? problem.mid[item]! : 0;
      this.#worth[at] = Math.max(room.reduced[item]!, inBumper);
      const group = problem.classGroup[item]!;
      if (group >= 0) classOf[group] = -1;
    }
    for (let at = 0; at < room.count; at++) {
      const group = problem.classGroup[room.items[at]!]!;
      if (group < 0) this.#class[at] = this.#classes++;
      else {
        if (classOf[group] === -1) classOf[group] = this.#classes++;
        this.#class[at] = classOf[group]!;
      }
    }
    return slots;
  }
}
