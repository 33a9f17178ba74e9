import { MAX_POD_CANDIDATES as MAX, MAX_POD_SLOTS } from './model.ts';
import type { PodProblem } from './problem.ts';

const MAX_CELLS = 1 << 18;
const MAX_BUCKETS = 96;
export const MAX_EXACT_BUCKETS = 1024;
const MAX_SLOT_STATES = 256;
/** Cells that kinds of slot may make of the table before they are counted together. */
const MAX_SLOT_CELLS = 1 << 20;
/** Rows of length in the coarsest table. */
const LEAST_WIDTH = 9;

/** What is left of a pod for one tier, as `BoundTable.build` needs it. */
export interface Room {
  /** The tier's candidates that can still be placed, ordinary value (or -1: bumper slots only) already reduced. */
  count: number;
  readonly items: Int32Array;
  /** By candidate. */
  readonly reduced: Float64Array;
  /** Of the dynamic part. */
  remainingMs: number;
  ads: number;
  freeSlots: number;
  /** Structured pods: ads in slots count against `ads`. */
  slotsCount: boolean;
  exact: boolean;
  /** Exact pods: the shortest grain and, by grains left, whether later tiers can fill exactly that; none: only 0. */
  grainMs: number;
  reachable: Uint8Array | null;
  /** Exact pods: later tiers fill what is left, and which lengths they can is not known. */
  leftOpen: boolean;
}

/**
 * What the rest of a pod can at most be worth. Candidates are parted into classes whose members shut each other out; a
 * dynamic program over classes, length, count and kinds of slot then gives the exact optimum of the pod in which
 * classes do not shut out each other, for every suffix of the classes and every room left: a bound in one look-up
 * (multiple-choice knapsack; Kellerer, Pferschy, Pisinger, Knapsack Problems, 2004, ch. 11).
 */
export class BoundTable {
  classes = 0;
  readonly classStart = new Int32Array(MAX + 1);
  readonly classItem = new Int32Array(MAX);
  /** Kinds of slot: slots that the same candidates fit. */
  types = 0;
  readonly typeSlots = new Int32Array(MAX_POD_SLOTS);
  readonly typeBumper = new Uint8Array(MAX_POD_SLOTS);
  readonly typeCount = new Int32Array(MAX_POD_SLOTS);
  /** What one slot of a kind takes off a state; kinds may share a digit when there are too many. */
  readonly typeStride = new Int32Array(MAX_POD_SLOTS);
  fullState = 0;
  grainMs = 1;
  maxAds = 0;
  cells = new Float64Array(0);
  layer = 0;
  buckets = 0;
  /** Cells that the last call of `build` wrote. */
  written = 0;

  #states = 1;
  /** How often each row is gone through at most: each item in the dynamic part and in each kind of slot. */
  #passes = 1;
  readonly #stateRoom = new Int32Array(MAX_POD_SLOTS);
  readonly #keys = new Int32Array(MAX);
  readonly #best = new Float64Array(MAX);

  /** @param most cells to write, at about; a table that has to be coarser for it bounds as validly */
  build(problem: PodProblem, room: Room, most: number): void {
    this.#partSlots(problem, room, most);
    this.#partClasses(problem, room);
    this.#chooseGrain(problem, room, most);
    const { cells, layer } = this;
    const base = this.classes * layer;
    this.written = base + layer;
    if (room.exact && !room.leftOpen && this.grainMs === room.grainMs) this.#exactBase(room, base);
    else cells.fill(0, base, base + layer);
    for (let at = this.classes - 1; at >= 0; at--) {
      cells.copyWithin(at * layer, (at + 1) * layer, (at + 2) * layer);
      for (let nth = this.classStart[at]!; nth < this.classStart[at + 1]!; nth++) {
        if (!this.#overshadowed(problem, room, at, nth))
          this.#addItem(problem, room, this.classItem[nth]!, at);
      }
    }
  }

  /** Of classes `from` and later, with so much left. */
  at(from: number, state: number, ads: number, remainingMs: number): number {
    const { maxAds } = this;
    const row = state * (maxAds + 1) + (ads < maxAds ? ads : maxAds);
    const bucket = (remainingMs / this.grainMs) | 0;
    return this.cells[from * this.layer + row * (this.buckets + 1) + bucket]!;
  }

  /** Free slots that a state no longer has. */
  slotsUsed(state: number): number {
    let used = 0;
    for (let type = 0; type < this.types; type++) {
      // Kinds that share a digit count once.
      if (this.typeStride.indexOf(this.typeStride[type]!) < type) continue;
      const room = this.#stateRoom[type]!;
      used += room - (((state / this.typeStride[type]!) | 0) % (room + 1));
    }
    return used;
  }

  #addItem(problem: PodProblem, room: Room, item: number, at: number): void {
    const { cells, layer, maxAds } = this;
    const width = this.buckets + 1;
    const target = at * layer;
    const source = target + layer;
    const value = room.reduced[item]!;
    if (value >= 0 && problem.dynamicFit[item] === 1 && problem.duration[item]! <= room.remainingMs) {
      const length = (problem.duration[item]! / this.grainMs) | 0;
      this.written += layer;
      for (let state = 0; state < this.#states; state++) {
        for (let ads = 1; ads <= maxAds; ads++) {
          const row = (state * (maxAds + 1) + ads) * width;
          relax(cells, target + row + length, source + row - width, width - length, value);
        }
      }
    }
    const step = room.slotsCount ? 1 : 0;
    for (let type = 0; type < this.types; type++) {
      if ((problem.slotFit[item]! & this.typeSlots[type]!) === 0) continue;
      const worth = this.typeBumper[type] === 1 ? problem.mid[item]! : value;
      if (worth < 0 || this.#isDone(problem, item, type)) continue;
      this.written += layer;
      const stride = this.typeStride[type]!;
      const digits = this.#stateRoom[type]! + 1;
      for (let state = stride; state < this.#states; state++) {
        if (((state / stride) | 0) % digits === 0) continue;
        for (let ads = step; ads <= maxAds; ads++) {
          const to = (state * (maxAds + 1) + ads) * width;
          const from = ((state - stride) * (maxAds + 1) + ads - step) * width;
          relax(cells, target + to, source + from, width, worth);
        }
      }
    }
  }

  /** Whether a kind before `type` shares its digit and takes the item at the same worth: nothing is left to do. */
  #isDone(problem: PodProblem, item: number, type: number): boolean {
    for (let before = 0; before < type; before++) {
      if (this.typeStride[before] !== this.typeStride[type]) continue;
      if (this.typeBumper[before] !== this.typeBumper[type]) continue;
      if ((problem.slotFit[item]! & this.typeSlots[before]!) !== 0) return true;
    }
    return false;
  }

  /** Whether the table needs no look at an item because one of its class does all it could at no less value. */
  #overshadowed(problem: PodProblem, room: Room, at: number, nth: number): boolean {
    const item = this.classItem[nth]!;
    const length = (problem.duration[item]! / this.grainMs) | 0;
    for (let other = this.classStart[at]!; other < this.classStart[at + 1]!; other++) {
      if (other === nth) continue;
      const rival = this.classItem[other]!;
      const ahead = room.reduced[rival]! - room.reduced[item]!;
      const rivalLength = (problem.duration[rival]! / this.grainMs) | 0;
      if (ahead < 0 || problem.mid[rival]! < problem.mid[item]! || (ahead === 0 && other > nth)) continue;
      if (room.exact ? rivalLength !== length : rivalLength > length) continue;
      if (problem.dynamicFit[rival]! < problem.dynamicFit[item]!) continue;
      if ((problem.slotFit[item]! & ~problem.slotFit[rival]! & room.freeSlots) === 0) return true;
    }
    return false;
  }

  #exactBase(room: Room, base: number): void {
    const { cells } = this;
    const width = this.buckets + 1;
    cells.fill(Number.NEGATIVE_INFINITY, base, base + this.layer);
    for (let row = 0; row < this.layer / width; row++) {
      const ads = row % (this.maxAds + 1);
      for (let bucket = 0; bucket < width; bucket++) {
        const open = room.reachable === null ? bucket === 0 : room.reachable[ads * width + bucket] === 1;
        if (open) cells[base + row * width + bucket] = 0;
      }
    }
  }

  #partSlots(problem: PodProblem, room: Room, mostCells: number): void {
    this.types = 0;
    for (let slot = 0; slot < problem.pod.slots.length; slot++) {
      const bit = 1 << slot;
      if ((room.freeSlots & bit) === 0) continue;
      const bumper = (problem.pod.bumperSlots & bit) !== 0 ? 1 : 0;
      let type = 0;
      for (; type < this.types; type++) {
        if (this.typeBumper[type] !== bumper) continue;
        let same = true;
        for (let at = 0; same && at < room.count; at++) {
          const fit = problem.slotFit[room.items[at]!]!;
          same = ((fit & bit) !== 0) === ((fit & this.typeSlots[type]!) !== 0);
        }
        if (same) break;
      }
      if (type === this.types) {
        this.typeSlots[type] = 0;
        this.typeBumper[type] = bumper;
        this.typeCount[type] = 0;
        this.types++;
      }
      this.typeSlots[type]! |= bit;
      this.typeCount[type]!++;
    }
    this.#states = 1;
    for (let type = 0; type < this.types; type++) {
      this.typeStride[type] = this.#states;
      this.#stateRoom[type] = this.typeCount[type]!;
      this.#states *= this.typeCount[type]! + 1;
    }
    const width = room.remainingMs === 0 ? 1 : LEAST_WIDTH;
    this.#passes = room.count * (2 + this.types);
    const wouldWrite = this.#states * (room.ads + 1) * width * this.#passes;
    // Too many states: one digit for all ordinary and one for all bumper slots, which only loosens the bound.
    if (
      this.#states > MAX_SLOT_STATES ||
      (this.#states > 16 && room.ads > 16) ||
      (this.types > 1 && wouldWrite > mostCells)
    ) {
      let ordinary = 0;
      let bumpers = 0;
      for (let type = 0; type < this.types; type++) {
        if (this.typeBumper[type] === 1) bumpers += this.typeCount[type]!;
        else ordinary += this.typeCount[type]!;
      }
      for (let type = 0; type < this.types; type++) {
        this.typeStride[type] = this.typeBumper[type] === 1 ? ordinary + 1 : 1;
        this.#stateRoom[type] = this.typeBumper[type] === 1 ? bumpers : ordinary;
      }
      this.#states = (ordinary + 1) * (bumpers + 1);
      this.#passes = room.count * 4;
      const rows = this.#states * (room.ads + 1) * width;
      if (rows * (room.count + 1) > MAX_SLOT_CELLS || rows * this.#passes > mostCells)
        this.#countTogether(ordinary + bumpers);
    }
    this.fullState = this.#states - 1;
  }

  /** One digit for all slots, of whatever kind. */
  #countTogether(slots: number): void {
    for (let type = 0; type < this.types; type++) {
      this.typeStride[type] = 1;
      this.#stateRoom[type] = slots;
    }
    this.#states = slots + 1;
  }

  /** Classes by their best member, best first; members likewise. */
  #partClasses(problem: PodProblem, room: Room): void {
    const best = this.#best;
    const keys = this.#keys;
    const worth = (item: number) => Math.max(room.reduced[item]!, 0);
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      keys[item] = problem.classGroup[item]! < 0 ? -1 - item : problem.classGroup[item]!;
      best[item] = worth(item);
    }
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      for (let other = 0; other < room.count; other++) {
        const rival = room.items[other]!;
        if (keys[rival] === keys[item]) best[item] = Math.max(best[item]!, worth(rival));
      }
    }
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      let place = at;
      while (place > 0) {
        const before = this.classItem[place - 1]!;
        const difference =
          best[before]! - best[item]! || keys[item]! - keys[before]! || worth(before) - worth(item);
        if (difference >= 0) break;
        this.classItem[place] = before;
        place--;
      }
      this.classItem[place] = item;
    }
    this.classes = 0;
    for (let at = 0; at < room.count; at++) {
      if (at === 0 || keys[this.classItem[at]!] !== keys[this.classItem[at - 1]!]) {
        this.classStart[this.classes++] = at;
      }
    }
    this.classStart[this.classes] = room.count;
  }

  /** Buckets of length: the common grain of the durations, or coarser (rounded down, which only loosens the bound). */
  #chooseGrain(problem: PodProblem, room: Room, mostCells: number): void {
    this.maxAds = room.ads;
    if (room.exact) this.grainMs = room.grainMs;
    else {
      let grain = 0;
      let shortest = room.remainingMs + 1;
      for (let at = 0; at < room.count; at++) {
        const item = room.items[at]!;
        const duration = problem.duration[item]!;
        if (problem.dynamicFit[item] === 0 || duration > room.remainingMs) continue;
        grain = greatestCommonDivisor(grain, duration);
        if (duration < shortest) shortest = duration;
      }
      this.grainMs = grain === 0 ? room.remainingMs + 1 : grain;
      if (!room.slotsCount) this.maxAds = Math.min(room.ads, (room.remainingMs / shortest) | 0);
    }
    const rows = this.#states * (this.maxAds + 1);
    const held = Math.max(8, Math.floor(MAX_CELLS / (this.classes + 1) / rows) - 1);
    const affordable = Math.min(held, Math.max(1, Math.floor(mostCells / rows / this.#passes) - 1));
    const most = Math.min(room.exact ? MAX_EXACT_BUCKETS : MAX_BUCKETS, affordable);
    if (room.remainingMs / this.grainMs >= most + 1) this.grainMs = Math.ceil(room.remainingMs / most);
    this.buckets = (room.remainingMs / this.grainMs) | 0;
    this.layer = rows * (this.buckets + 1);
    const size = this.layer * (this.classes + 1);
    if (this.cells.length < size) this.cells = new Float64Array(size);
  }
}

function relax(cells: Float64Array, target: number, source: number, count: number, value: number): void {
  for (let at = 0; at < count; at++) {
    const through = cells[source + at]! + value;
    if (through > cells[target + at]!) cells[target + at] = through;
  }
}

export function greatestCommonDivisor(one: number, other: number): number {
  while (other !== 0) [one, other] = [other, one % other];
  return one;
}
