import type { Room } from './bound-table.ts';
import { multiplied } from './compile-pod.ts';
import type { Incumbent } from './incumbent.ts';
import { MAX_POD_CANDIDATES as MAX } from './model.ts';
import { AT_FIRST, AT_LAST, AT_MIDDLE } from './pod-rows.ts';
import type { PodProblem } from './problem.ts';
import type { Selection } from './selection.ts';

/**
 * What being first or last can add, as a bound. That one ad only is first is priced: each value is reduced to what the
 * ad brings above the price in its best place, and the prices are added once (Lagrangian relaxation). Any prices of 0
 * or more are valid; those of the best pod known bound tightly.
 */
export class Edges {
  /** Sum of the prices: what is added to a sum of reduced values. */
  edgeValue = 0;

  readonly #problem: PodProblem;
  readonly #kept: Float64Array;
  readonly #stageMid = new Float64Array(MAX);
  #first = true;
  #last = true;
  /** No ordinary ad yet: one of this tier may be the only one, and then stand anywhere at the better price. */
  #mayBeAlone = true;
  #stage = 0;
  #firstPrice = 0;
  #lastPrice = 0;

  constructor(problem: PodProblem, kept: Float64Array) {
    this.#problem = problem;
    this.#kept = kept;
  }

  /** Finds out which ends the tiers before leave open. */
  look(stage: number, fixed: Selection): void {
    const problem = this.#problem;
    const { position, pod } = problem;
    this.#stage = stage;
    let opens = 0;
    let closes = 0;
    let either = 0;
    let ordinary = 0;
    this.#stageMid.fill(0, 0, stage);
    for (let at = 0; at < fixed.count; at++) {
      const item = fixed.item[at]!;
      this.#stageMid[problem.stage[item]!]! += problem.mid[item]!;
      if (fixed.dynamic[at] === 0 && (fixed.slots[at]! & pod.bumperSlots) !== 0) continue;
      ordinary++;
      if (position[item] === AT_FIRST) opens++;
      else if (position[item] === AT_LAST) closes++;
      else if ((position[item]! & AT_MIDDLE) === 0) either++;
    }
    this.#mayBeAlone = ordinary === 0;
    this.#first = opens === 0 && opens + closes + either < 2;
    this.#last = closes === 0 && opens + closes + either < 2;
    // Alone, a restricted ad counts as both ends; together with others it holds its own end only.
    if (ordinary === 0 || !problem.gains) return;
    this.#first &&= this.#leaves(fixed, true);
    this.#last &&= this.#leaves(fixed, false);
  }

  /** Sets the prices by the best pod known and reduces the values of the room; drops who can have no place. */
  reduce(room: Room, incumbent: Incumbent): void {
    const { mid, first, last, position, slotFit, pod } = this.#problem;
    this.#setPrices(room, incumbent);
    let kept = 0;
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      const allowed = this.#mayBeAlone ? position[item]! | AT_FIRST | AT_LAST : position[item]!;
      let value = (allowed & AT_MIDDLE) !== 0 ? mid[item]! : -1;
      if (this.#first && (allowed & AT_FIRST) !== 0) {
        value = Math.max(value, first[item]! - this.#firstPrice, 0);
      }
      if (this.#last && (allowed & AT_LAST) !== 0) value = Math.max(value, last[item]! - this.#lastPrice, 0);
      room.reduced[item] = value;
      if (value >= 0 || (slotFit[item]! & pod.bumperSlots & room.freeSlots) !== 0) room.items[kept++] = item;
    }
    room.count = kept;
  }

  /** The reduced value of a candidate that was not handed over. */
  reducedUnseen(value: number): number {
    let most = value;
    if (this.#first) most = Math.max(most, this.#unseenFirst(value) - this.#firstPrice);
    if (this.#last) most = Math.max(most, this.#unseenLast(value) - this.#lastPrice);
    return most;
  }

  #unseenFirst(value: number): number {
    return multiplied(value, this.#problem.pod.firstPpm);
  }

  #unseenLast(value: number): number {
    return multiplied(value, this.#problem.pod.lastPpm);
  }

  #setPrices(room: Room, incumbent: Incumbent): void {
    const { mid, first, last, gains, stage } = this.#problem;
    this.#firstPrice = 0;
    this.#lastPrice = 0;
    this.edgeValue = 0;
    if (!gains) return;
    const { item, count } = incumbent.sequence;
    let firstPrice = 0;
    let lastPrice = 0;
    let any = false;
    for (let at = 0; at < count; at++) {
      const one = item[at]!;
      if (stage[one] !== this.#stage) continue;
      any = true;
      firstPrice = Math.max(firstPrice, first[one]! - mid[one]!);
      lastPrice = Math.max(lastPrice, last[one]! - mid[one]!);
    }
    if (any) {
      // The dearest takes the end that pays more, so the other end goes at the price of the one after it.
      const lower = this.#secondGain(incumbent, this.#problem.pod.firstPpm >= this.#problem.pod.lastPpm);
      if (this.#problem.pod.firstPpm >= this.#problem.pod.lastPpm) lastPrice = lower;
      else firstPrice = lower;
    } else {
      for (let at = 0; at < room.count; at++) {
        firstPrice = Math.max(firstPrice, first[room.items[at]!]! - mid[room.items[at]!]!);
        lastPrice = Math.max(lastPrice, last[room.items[at]!]! - mid[room.items[at]!]!);
      }
    }
    this.#firstPrice = this.#first ? firstPrice : 0;
    this.#lastPrice = this.#last ? lastPrice : 0;
    this.edgeValue = this.#firstPrice + this.#lastPrice;
  }

  #secondGain(incumbent: Incumbent, ofLast: boolean): number {
    const { mid, first, last, stage } = this.#problem;
    const { item, count } = incumbent.sequence;
    let best = 0;
    let second = 0;
    for (let at = 0; at < count; at++) {
      const one = item[at]!;
      if (stage[one] !== this.#stage) continue;
      const gain = (ofLast ? last[one]! : first[one]!) - mid[one]!;
      if (gain > best) [best, second] = [gain, best];
      else second = Math.max(second, gain);
    }
    return second;
  }

  /** Whether, with one of this tier at that end and anyone at the other, the tiers before keep what they earn. */
  #leaves(fixed: Selection, atFirst: boolean): boolean {
    const { mid, first, last, stage, position, pod } = this.#problem;
    if (this.#keeps(-1, 0)) return true;
    for (let at = 0; at < fixed.count; at++) {
      const item = fixed.item[at]!;
      if (fixed.dynamic[at] === 0 && (fixed.slots[at]! & pod.bumperSlots) !== 0) continue;
      if ((position[item]! & (atFirst ? AT_LAST : AT_FIRST)) === 0) continue;
      if (this.#keeps(stage[item]!, (atFirst ? last[item]! : first[item]!) - mid[item]!)) return true;
    }
    return false;
  }

  #keeps(gainStage: number, gain: number): boolean {
    for (let tier = 0; tier < this.#stage; tier++) {
      if (this.#stageMid[tier]! + (tier === gainStage ? gain : 0) < this.#kept[tier]!) return false;
    }
    return true;
  }
}
