import type { Arranger } from './arrange.ts';
import { MAX_EXACT_BUCKETS, type Room } from './bound-table.ts';
import type { Incumbent } from './incumbent.ts';
import { MAX_POD_CANDIDATES as MAX } from './model.ts';
import { AT_FIRST, AT_LAST } from './pod-rows.ts';
import { ELIGIBLE, type PodProblem } from './problem.ts';
import { Selection, type StepCounter } from './selection.ts';

const UNIT_PPM = 1_000_000;

/**
 * Exact pods of several tiers: what a tier leaves has to be filled to the millisecond by the tiers after it, so a set of
 * its ads counts only together with such a fill.
 */
export class Completion {
  /** What the last call of `prepare` wrote. */
  cells = 0;
  readonly #problem: PodProblem;
  readonly #arranger: Arranger;
  readonly #incumbent: Incumbent;
  readonly #steps: StepCounter;
  readonly #items = new Int32Array(MAX);
  #count = 0;
  /** By item from which on, ads and grains left: whether some of the items last exactly that (shutting out ignored). */
  #reach: Uint8Array = new Uint8Array(0);
  #layer = 0;
  #width = 0;
  #grainMs = 0;
  #freeSlots = 0;
  readonly #whole = new Selection();
  #taken!: Int32Array;
  #stage = 0;
  #atLeast = 0;
  #ideal = 0;

  constructor(problem: PodProblem, arranger: Arranger, incumbent: Incumbent, steps: StepCounter) {
    this.#problem = problem;
    this.#arranger = arranger;
    this.#incumbent = incumbent;
    this.#steps = steps;
  }

  /**
   * Looks over the tiers after `stage`; false when there is none. Sets what of `room` depends on them. Which lengths they
   * can fill is found out when that takes no more than `mostCells`.
   */
  prepare(stage: number, room: Room, taken: Int32Array, mostCells: number): boolean {
    const problem = this.#problem;
    this.#taken = taken;
    this.#stage = stage;
    this.#freeSlots = room.freeSlots;
    this.#count = 0;
    for (let item = 0; item < problem.n; item++) {
      if (problem.stage[item]! > stage && problem.verdict[item] === ELIGIBLE)
        this.#items[this.#count++] = item;
    }
    this.#grainMs = room.grainMs;
    room.reachable = null;
    room.leftOpen = false;
    this.#width = 0;
    this.cells = 0;
    if (this.#count === 0) return false;
    const width = room.remainingMs / room.grainMs + 1;
    const cells = (room.ads + 1) * width * (this.#count + 1);
    if (width > MAX_EXACT_BUCKETS + 1 || cells > mostCells) {
      room.leftOpen = true;
      return true;
    }
    this.cells = cells;
    this.#width = width;
    this.#layer = (room.ads + 1) * this.#width;
    if (this.#reach.length < this.#layer * (this.#count + 1)) {
      this.#reach = new Uint8Array(this.#layer * (this.#count + 1));
    }
    const reach = this.#reach;
    const end = this.#count * this.#layer;
    reach.fill(0, end, end + this.#layer);
    for (let ads = 0; ads <= room.ads; ads++) reach[end + ads * this.#width] = 1;
    for (let at = this.#count - 1; at >= 0; at--) {
      const target = at * this.#layer;
      reach.copyWithin(target, target + this.#layer, target + 2 * this.#layer);
      const item = this.#items[at]!;
      if (problem.dynamicFit[item] === 0) continue;
      const length = problem.duration[item]! / room.grainMs;
      const source = target + this.#layer;
      for (let ads = 1; ads <= room.ads; ads++) {
        for (let grains = length; grains < this.#width; grains++) {
          if (reach[source + (ads - 1) * this.#width + grains - length] === 1) {
            reach[target + ads * this.#width + grains] = 1;
          }
        }
      }
    }
    room.reachable = reach.subarray(0, this.#layer);
    return true;
  }

  /** Offers `selection` with the fill in which its tier earns most, if that is at least `atLeast`. */
  offerBest(selection: Selection, stage: number, atLeast: number, remainingMs: number, ads: number): void {
    this.#whole.copy(selection);
    this.#atLeast = atLeast;
    this.#ideal = this.#idealValue(selection, stage, remainingMs);
    let low = 0;
    let high = 0;
    for (let at = 0; at < selection.count; at++) {
      low |= this.#problem.apartLow[selection.item[at]!]!;
      high |= this.#problem.apartHigh[selection.item[at]!]!;
    }
    this.#fill(0, remainingMs, ads, low, high);
  }

  /** True when nothing better is to be expected or the steps have run out. */
  #fill(from: number, remainingMs: number, ads: number, low: number, high: number): boolean {
    if (!this.#steps.next()) return true;
    const problem = this.#problem;
    const whole = this.#whole;
    if (remainingMs === 0 && this.#arranger.arrange(whole, this.#stage, this.#atLeast)) {
      const value = this.#arranger.value;
      this.#incumbent.offer(this.#arranger.found, value);
      this.#atLeast = value + 1;
      if (value >= this.#ideal) return true;
    }
    // Once the length is met, more ads can only stand in slots: between ads that may not be neighbours, or at an end that
    // pays less.
    const { firstPpm, lastPpm } = problem.pod;
    const useful = problem.anyAdjacent || firstPpm < UNIT_PPM || lastPpm < UNIT_PPM;
    const separators = useful && this.#freeSlots !== 0;
    if (remainingMs === 0 && !separators) return false;
    for (let at = from; at < this.#count; at++) {
      if (!this.#canReach(at, remainingMs, ads)) return false;
      this.#steps.work++;
      const item = this.#items[at]!;
      const blocked = item < 32 ? low >> item : high >> (item - 32);
      if ((blocked & 1) !== 0 || !problem.sharesAllow(item, this.#taken)) continue;
      const length = problem.duration[item]!;
      const nextLow = low | problem.apartLow[item]!;
      const nextHigh = high | problem.apartHigh[item]!;
      problem.takeShares(item, this.#taken, 1);
      let done = false;
      if (problem.dynamicFit[item] === 1 && ads > 0 && length <= remainingMs) {
        whole.push(item, 0, 1);
        done = this.#fill(at + 1, remainingMs - length, ads - 1, nextLow, nextHigh);
        whole.count--;
      }
      const slots = separators ? problem.slotFit[item]! & this.#freeSlots : 0;
      const bumper = slots & problem.pod.bumperSlots;
      for (const kind of [bumper, slots & ~bumper]) {
        if (done || kind === 0) continue;
        whole.push(item, kind, 0);
        done = this.#fill(at + 1, remainingMs, ads, nextLow, nextHigh);
        whole.count--;
      }
      problem.takeShares(item, this.#taken, -1);
      if (done) return true;
    }
    return false;
  }

  #canReach(from: number, remainingMs: number, ads: number): boolean {
    if (this.#width === 0) return true;
    return this.#reach[from * this.#layer + ads * this.#width + remainingMs / this.#grainMs] === 1;
  }

  /** The most the tier can earn with this set, whatever fills the rest. */
  #idealValue(selection: Selection, stage: number, remainingMs: number): number {
    const { mid, first, last, solo, position, stage: stageOf, gains, pod } = this.#problem;
    let base = 0;
    let edges = 0;
    let ordinary = 0;
    this.#steps.work += gains ? selection.count * selection.count : selection.count;
    for (let one = 0; one < selection.count; one++) {
      const opens = selection.item[one]!;
      if (selection.dynamic[one] === 1 || (selection.slots[one]! & pod.bumperSlots) === 0) ordinary++;
      if (stageOf[opens] !== stage) continue;
      base += mid[opens]!;
      if (!gains) continue;
      const opening = (position[opens]! & AT_FIRST) !== 0 ? first[opens]! - mid[opens]! : 0;
      edges = Math.max(edges, opening);
      for (let other = 0; other < selection.count; other++) {
        const closes = selection.item[other]!;
        if (stageOf[closes] !== stage || (position[closes]! & AT_LAST) === 0) continue;
        const closing = last[closes]! - mid[closes]!;
        edges = Math.max(edges, other === one ? closing : opening + closing);
      }
      if (remainingMs === 0 && ordinary <= 1) edges = Math.max(edges, solo[opens]! - mid[opens]!);
    }
    return base + edges;
  }
}
