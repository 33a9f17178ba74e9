import { MAX_POD_CANDIDATES as MAX } from './model.ts';
import { AT_FIRST, AT_LAST, AT_MIDDLE } from './pod-rows.ts';
import type { PodProblem } from './problem.ts';
import { type Selection, Sequence, type StepCounter } from './selection.ts';
import { SlotMatching } from './slot-matching.ts';

const FREE = -1;

/**
 * The best play order of a given set of ads: most value for the tier being filled without taking any from the tiers
 * before it, then the order that compares lowest.
 */
export class Arranger {
  /** The order found by the last call that returned true, and what the tier earns in it. */
  readonly found = new Sequence();
  value = 0;

  readonly #problem: PodProblem;
  readonly #steps: StepCounter;
  /** By stage: what tiers already filled must keep. */
  readonly #kept: Float64Array;
  #selection!: Selection;
  #ordinary = 0;
  readonly #sorted = new Int32Array(MAX);
  readonly #used = new Uint8Array(MAX);
  /** Places in the selection, longest ad first. */
  readonly #byLength = new Int32Array(MAX);
  readonly #matching = new SlotMatching();
  readonly #path = new Sequence();
  readonly #best = new Sequence();
  readonly #pairFirst = new Int32Array(MAX * MAX);
  readonly #pairLast = new Int32Array(MAX * MAX);
  readonly #pairValue = new Float64Array(MAX * MAX);
  readonly #stageMid = new Float64Array(MAX);
  #pairs = 0;
  #first = FREE;
  #last = FREE;

  constructor(problem: PodProblem, steps: StepCounter, kept: Float64Array) {
    this.#problem = problem;
    this.#steps = steps;
    this.#kept = kept;
  }

  /** Whether there is an order in which the tier of `stage` earns at least `atLeast`; leaves it in `found`, `value`. */
  arrange(selection: Selection, stage: number, atLeast: number): boolean {
    const problem = this.#problem;
    const { mid, order, pod } = problem;
    this.#selection = selection;
    const sorted = this.#sorted;
    const count = selection.count;
    this.#steps.work += count;
    let stageMid = 0;
    let ordinary = 0;
    let adjacent = false;
    let restricted = false;
    let low = 0;
    let high = 0;
    for (let at = 0; at < count; at++) {
      const item = selection.item[at]!;
      if (problem.stage[item] === stage) stageMid += mid[item]!;
      if (!this.#inBumper(at)) {
        ordinary++;
        if ((problem.position[item]! & AT_MIDDLE) === 0) restricted = true;
      }
      if (((problem.adjacentLow[item]! & low) | (problem.adjacentHigh[item]! & high)) !== 0) adjacent = true;
      if (item < 32) low |= 1 << item;
      else high |= 1 << (item - 32);
      let place = at;
      while (place > 0 && order[selection.item[sorted[place - 1]!]!]! > order[item]!) {
        sorted[place] = sorted[place - 1]!;
        place--;
      }
      sorted[place] = at;
    }
    this.#ordinary = ordinary;
    const plain = !adjacent && pod.slots.length === 0;
    if (pod.slots.length > 0) {
      this.#rankByLength();
      if (!this.#canFollow(0, 0, 0)) return false;
    }
    if (ordinary > 1 && (problem.gains || (restricted && plain)))
      return this.#arrangeByPairs(stage, stageMid, atLeast, plain);
    let value = stageMid;
    if (ordinary === 1 && problem.gains) {
      const only = this.#onlyOrdinary();
      const { solo, stage: stageOf } = problem;
      if (stageOf[only] === stage) value += solo[only]! - mid[only]!;
      else if (!this.#keeps(stage, only, FREE)) return false;
    }
    if (value < atLeast) return false;
    if (plain) this.#write(FREE, FREE);
    else {
      this.#first = FREE;
      this.#last = FREE;
      this.#path.count = 0;
      if (!this.#place(0, 0, 0, -1, 0)) return false;
      this.found.copy(this.#path);
    }
    this.value = value;
    return true;
  }

  /** Between `first` and `last` (FREE: nobody's place in particular) by order. */
  #write(first: number, last: number): void {
    const { item } = this.#selection;
    const found = this.found;
    const count = this.#selection.count;
    let end = 0;
    if (first !== FREE) found.item[end++] = item[first]!;
    for (let at = 0; at < count; at++) {
      const place = this.#sorted[at]!;
      if (place !== first && place !== last) found.item[end++] = item[place]!;
    }
    if (last !== FREE) found.item[end++] = item[last]!;
    found.slot.fill(-1, 0, end);
    found.count = end;
  }

  #arrangeByPairs(stage: number, stageMid: number, atLeast: number, plain: boolean): boolean {
    const problem = this.#problem;
    const selection = this.#selection;
    const { mid, first, last, position, order, stage: stageOf } = problem;
    this.#pairs = 0;
    this.#sumStages(stage);
    let edges = 0;
    for (let at = 0; at < selection.count; at++) {
      if (!this.#inBumper(at) && (position[selection.item[at]!]! & AT_MIDDLE) === 0) edges++;
    }
    if (edges > 2) return false;
    let bestValue = -1;
    let bestFirst = FREE;
    let bestLast = FREE;
    for (let one = 0; one < selection.count; one++) {
      const opens = selection.item[one]!;
      if (this.#inBumper(one) || (position[opens]! & AT_FIRST) === 0) continue;
      this.#steps.work += selection.count;
      const openValue = stageMid + (stageOf[opens] === stage ? first[opens]! - mid[opens]! : 0);
      const edgesLeft = edges - ((position[opens]! & AT_MIDDLE) === 0 ? 1 : 0);
      for (let other = 0; other < selection.count; other++) {
        if (other === one) continue;
        const closes = selection.item[other]!;
        if (this.#inBumper(other) || (position[closes]! & AT_LAST) === 0) continue;
        if (edgesLeft - ((position[closes]! & AT_MIDDLE) === 0 ? 1 : 0) > 0) continue;
        const value = openValue + (stageOf[closes] === stage ? last[closes]! - mid[closes]! : 0);
        if (value < atLeast || !this.#keeps(stage, opens, closes)) continue;
        if (!plain) {
          this.#pairFirst[this.#pairs] = one;
          this.#pairLast[this.#pairs] = other;
          this.#pairValue[this.#pairs++] = value;
          continue;
        }
        if (value < bestValue) continue;
        if (value === bestValue) {
          const lead = order[opens]! - order[selection.item[bestFirst]!]!;
          // With the same first ad the order compares lower the later in rank the last one is.
          if (lead > 0 || (lead === 0 && order[closes]! < order[selection.item[bestLast]!]!)) continue;
        }
        bestValue = value;
        bestFirst = one;
        bestLast = other;
      }
    }
    if (!plain) return this.#arrangeMindingPlaces();
    if (bestFirst === FREE) return false;
    this.#write(bestFirst, bestLast);
    this.value = bestValue;
    return true;
  }

  /** Tries pairs of first and last from the most valuable down, until the rest fits between one of them. */
  #arrangeMindingPlaces(): boolean {
    let below = Number.POSITIVE_INFINITY;
    for (;;) {
      let value = -1;
      this.#steps.work += this.#pairs;
      for (let pair = 0; pair < this.#pairs; pair++) {
        const candidate = this.#pairValue[pair]!;
        if (candidate < below && candidate > value) value = candidate;
      }
      if (value < 0) return false;
      let any = false;
      for (let pair = 0; pair < this.#pairs; pair++) {
        if (this.#pairValue[pair] !== value) continue;
        this.#first = this.#pairFirst[pair]!;
        this.#last = this.#pairLast[pair]!;
        this.#path.count = 0;
        if (!this.#place(0, 0, 0, -1, 0)) continue;
        if (!any || this.#path.compare(this.#best, this.#problem.order) < 0) this.#best.copy(this.#path);
        any = true;
      }
      if (any) {
        this.found.copy(this.#best);
        this.value = value;
        return true;
      }
      if (this.#steps.out) return false;
      below = value;
    }
  }

  /** Places the next ad in play order, lowest order and earliest slot first; true once all are placed. */
  #place(
    nextSlot: number,
    dynamicUsed: number,
    dynamicAds: number,
    before: number,
    ordinaryPlaced: number,
  ): boolean {
    const path = this.#path;
    const selection = this.#selection;
    if (path.count === selection.count) return true;
    if (!this.#steps.next()) return false;
    const problem = this.#problem;
    const { pod } = problem;
    const depth = path.count;
    this.#steps.work += selection.count;
    for (let nth = 0; nth < selection.count; nth++) {
      const at = this.#sorted[nth]!;
      if (this.#used[at] === 1) continue;
      const item = selection.item[at]!;
      if (before >= 0 && this.#areAdjacent(before, item)) continue;
      const bumper = this.#inBumper(at);
      if (!bumper && !this.#mayStand(at, item, ordinaryPlaced)) continue;
      const ordinaryNow = bumper ? ordinaryPlaced : ordinaryPlaced + 1;
      this.#used[at] = 1;
      path.item[depth] = item;
      path.count = depth + 1;
      let done = false;
      for (let slot = nextSlot; !done && slot < pod.slots.length; slot++) {
        if (((selection.slots[at]! >> slot) & 1) === 0) continue;
        // What cannot follow here can follow a later slot even less.
        if (!this.#canFollow(slot + 1, dynamicUsed, dynamicAds)) break;
        path.slot[depth] = slot;
        path.count = depth + 1;
        done = this.#place(slot + 1, dynamicUsed, dynamicAds, item, ordinaryNow);
      }
      if (!done && selection.dynamic[at] === 1) {
        const used = dynamicUsed + problem.duration[item]!;
        const fits = used <= pod.dynamicMs && dynamicAds < pod.dynamicAds;
        if (fits && this.#canFollow(pod.slots.length, used, dynamicAds + 1)) {
          path.slot[depth] = -1;
          path.count = depth + 1;
          done = this.#place(pod.slots.length, used, dynamicAds + 1, item, ordinaryNow);
        }
      }
      this.#used[at] = 0;
      if (done) return true;
      path.count = depth;
    }
    return false;
  }

  #rankByLength(): void {
    const { duration } = this.#problem;
    const { item, count } = this.#selection;
    const ranked = this.#byLength;
    for (let at = 0; at < count; at++) {
      let place = at;
      while (place > 0 && duration[item[ranked[place - 1]!]!]! < duration[item[at]!]!) {
        ranked[place] = ranked[place - 1]!;
        place--;
      }
      ranked[place] = at;
    }
  }

  /**
   * Whether those that are not placed yet can have places of their own from a slot on, neighbours and ends aside. Who may
   * stand in either part takes a slot where one can be had, the longest first: that leaves the dynamic part least to hold.
   */
  #canFollow(nextSlot: number, dynamicUsed: number, dynamicAds: number): boolean {
    const { pod, duration } = this.#problem;
    if (pod.slots.length === 0) return true;
    if (!this.#steps.mayWork()) return false;
    const { item, slots, dynamic, count } = this.#selection;
    const left = nextSlot < pod.slots.length ? -1 << nextSlot : 0;
    const matching = this.#matching;
    matching.clear();
    let isPlaced = true;
    for (let at = 0; isPlaced && at < count; at++)
      isPlaced = this.#used[at] === 1 || dynamic[at] === 1 || matching.add(slots[at]! & left);
    let ms = dynamicUsed;
    let ads = dynamicAds;
    for (let nth = 0; isPlaced && nth < count; nth++) {
      const at = this.#byLength[nth]!;
      if (this.#used[at] === 1 || dynamic[at] === 0 || matching.add(slots[at]! & left)) continue;
      ms += duration[item[at]!]!;
      ads++;
    }
    this.#steps.work += count + matching.tries;
    return isPlaced && ms <= pod.dynamicMs && ads <= pod.dynamicAds;
  }

  #mayStand(at: number, item: number, ordinaryPlaced: number): boolean {
    const ordinary = this.#ordinary;
    if (ordinary === 1) return true;
    const allowed = this.#problem.position[item]!;
    if (ordinaryPlaced === 0) return this.#first === FREE ? (allowed & AT_FIRST) !== 0 : at === this.#first;
    if (ordinaryPlaced === ordinary - 1) {
      return this.#last === FREE ? (allowed & AT_LAST) !== 0 : at === this.#last;
    }
    return (allowed & AT_MIDDLE) !== 0 && at !== this.#last;
  }

  #areAdjacent(one: number, other: number): boolean {
    const { adjacentLow, adjacentHigh } = this.#problem;
    const mask = other < 32 ? adjacentLow[one]! >> other : adjacentHigh[one]! >> (other - 32);
    return (mask & 1) !== 0;
  }

  #inBumper(at: number): boolean {
    return (
      this.#selection.dynamic[at] === 0 && (this.#selection.slots[at]! & this.#problem.pod.bumperSlots) !== 0
    );
  }

  #onlyOrdinary(): number {
    for (let at = 0; at < this.#selection.count; at++)
      if (!this.#inBumper(at)) return this.#selection.item[at]!;
    return FREE;
  }

  #sumStages(stage: number): void {
    if (stage === 0) return;
    const { stage: stageOf, mid } = this.#problem;
    this.#stageMid.fill(0, 0, stage);
    for (let at = 0; at < this.#selection.count; at++) {
      const item = this.#selection.item[at]!;
      if (stageOf[item]! < stage) this.#stageMid[stageOf[item]!]! += mid[item]!;
    }
  }

  /** Whether the tiers before keep their value with `opens` first and `closes` last (FREE: `opens` is alone). */
  #keeps(stage: number, opens: number, closes: number): boolean {
    if (stage === 0) return true;
    this.#steps.work += stage;
    const { stage: stageOf, mid, first, last, solo } = this.#problem;
    if (closes === FREE) {
      this.#sumStages(stage);
      return this.#stageMid[stageOf[opens]!]! + solo[opens]! - mid[opens]! >= this.#kept[stageOf[opens]!]!;
    }
    for (let tier = 0; tier < stage; tier++) {
      let value = this.#stageMid[tier]!;
      if (stageOf[opens] === tier) value += first[opens]! - mid[opens]!;
      if (stageOf[closes] === tier) value += last[closes]! - mid[closes]!;
      if (value < this.#kept[tier]!) return false;
    }
    return true;
  }
}
