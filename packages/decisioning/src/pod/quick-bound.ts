import type { Room } from './bound-table.ts';
import { MAX_POD_CANDIDATES as MAX, MAX_POD_GROUPS } from './model.ts';
import type { PodProblem } from './problem.ts';

const LAMBDA_STEPS = 10;

/** Candidates that were not handed over: worth at most this each, lasting at least that. */
export interface Unseen {
  maxValue: number;
  minDurationMs: number;
}

/**
 * A bound in linear time: of each class the best member, of those the best that the number of places allows, with the
 * length priced by a multiplier (Lagrangian relaxation of the length; the multiplier is found by halving). Whole
 * micros, so it is exact.
 */
export class QuickBound {
  readonly #best = new Float64Array(MAX);
  readonly #slotOf = new Int32Array(MAX * MAX_POD_GROUPS);
  readonly #class = new Int32Array(MAX);
  #classes = 0;

  /** The most the room can hold, ordinary values not reduced; edges not counted. */
  of(problem: PodProblem, room: Room, unseen: Unseen | null): number {
    this.#partClasses(problem, room);
    let slots = 0;
    for (let bits = room.freeSlots; bits !== 0; bits &= bits - 1) slots++;
    const places = room.slotsCount ? Math.min(room.ads, slots) : room.ads + slots;
    let bound = this.#relaxed(problem, room, unseen, places, 0);
    // A place in a slot takes no length, so its price would not bound pods with slots.
    if (slots > 0 || places === 0) return bound;
    let low = 0;
    let high = 1;
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      high = Math.max(high, Math.ceil(problem.mid[item]! / problem.duration[item]!));
    }
    for (let step = 0; step < LAMBDA_STEPS && high - low > 1; step++) {
      const lambda = Math.floor((low + high) / 2);
      const here = this.#relaxed(problem, room, unseen, places, lambda);
      bound = Math.min(bound, here);
      if (this.#usedMs > room.remainingMs) low = lambda;
      else high = lambda;
    }
    return bound;
  }

  /** Length of what the last relaxation chose. */
  #usedMs = 0;
  readonly #top = new Float64Array(MAX + 1);
  readonly #topMs = new Float64Array(MAX + 1);
  readonly #bestMs = new Float64Array(MAX);

  #relaxed(problem: PodProblem, room: Room, unseen: Unseen | null, places: number, lambda: number): number {
    const best = this.#best;
    const bestMs = this.#bestMs;
    best.fill(0, 0, this.#classes);
    bestMs.fill(0, 0, this.#classes);
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      const priced = problem.mid[item]! - lambda * problem.duration[item]!;
      const own = this.#class[at]!;
      if (priced <= best[own]!) continue;
      best[own] = priced;
      bestMs[own] = problem.duration[item]!;
    }
    const top = this.#top;
    const topMs = this.#topMs;
    let kept = 0;
    for (let own = 0; own < this.#classes; own++) {
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
    let bound = lambda * room.remainingMs;
    this.#usedMs = 0;
    const filler = unseen === null ? 0 : Math.max(0, unseen.maxValue - lambda * unseen.minDurationMs);
    for (let at = 0; at < places; at++) {
      if (at < kept && top[at]! >= filler) {
        bound += top[at]!;
        this.#usedMs += topMs[at]!;
      } else if (filler > 0) {
        bound += filler;
        this.#usedMs += unseen!.minDurationMs;
      }
    }
    return bound;
  }

  #partClasses(problem: PodProblem, room: Room): void {
    this.#classes = 0;
    const slotOf = this.#slotOf;
    for (let at = 0; at < room.count; at++) {
      const group = problem.classGroup[room.items[at]!]!;
      if (group >= 0) slotOf[group] = -1;
    }
    for (let at = 0; at < room.count; at++) {
      const group = problem.classGroup[room.items[at]!]!;
      if (group < 0) this.#class[at] = this.#classes++;
      else {
        if (slotOf[group] === -1) slotOf[group] = this.#classes++;
        this.#class[at] = slotOf[group]!;
      }
    }
  }
}
