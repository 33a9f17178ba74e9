import type { Arranger } from './arrange.ts';
import type { Room } from './bound-table.ts';
import type { Incumbent } from './incumbent.ts';
import { MAX_POD_CANDIDATES as MAX } from './model.ts';
import type { PodProblem } from './problem.ts';
import { Selection, type StepCounter } from './selection.ts';

const REPAIR_ROUNDS = 2;
/** Steps to find an order with one candidate more; without turning back it takes one an ad. */
const ARRANGE_STEPS = 120;
/** And the share of the work that is left. */
const ARRANGE_SHARE = 8;
/** Ads that one candidate may push out. */
const MAX_REMOVED = 2;

/** Fills by rank, then repairs: a candidate that was kept out may push out up to two ads that are worth less. */
export class GreedyFill {
  readonly #problem: PodProblem;
  readonly #arranger: Arranger;
  readonly #incumbent: Incumbent;
  readonly #steps: StepCounter;
  readonly #now = new Selection();
  readonly #trial = new Selection();
  #room!: Room;
  #fixed!: Selection;
  #stage = 0;
  /** No slots, neighbours, positions or edges to mind: what fits by length and number can be put in order. */
  #plain = false;
  #low = 0;
  #high = 0;
  #remainingMs = 0;
  #ads = 0;
  readonly #fixedTaken: Int32Array;
  #taken = new Int32Array(MAX);
  /** What the arranger found last is the order of the selection as it stands. */
  #isArranged = false;

  constructor(
    problem: PodProblem,
    arranger: Arranger,
    incumbent: Incumbent,
    steps: StepCounter,
    taken: Int32Array,
  ) {
    this.#problem = problem;
    this.#arranger = arranger;
    this.#incumbent = incumbent;
    this.#steps = steps;
    this.#fixedTaken = taken;
  }

  begin(room: Room, fixed: Selection, stage: number): void {
    const problem = this.#problem;
    this.#room = room;
    this.#fixed = fixed;
    this.#stage = stage;
    this.#plain =
      problem.pod.slots.length === 0 &&
      !problem.anyAdjacent &&
      !problem.positioned &&
      (stage === 0 || !problem.gains);
    this.#now.copy(fixed);
  }

  /** Candidates of the room in the order given, each that fits; offers the pod to the incumbent. */
  fill(order: Int32Array): void {
    const trial = this.#trial;
    this.#reset(trial);
    for (let at = 0; at < this.#room.count; at++) this.#add(trial, order[at]!);
    if (this.#offer(trial)) this.#now.copy(trial);
  }

  /** Whether anything became better. */
  repair(): boolean {
    const { items, count } = this.#room;
    let any = false;
    for (let round = 0; round < REPAIR_ROUNDS; round++) {
      let better = false;
      for (let at = 0; at < count && !this.#steps.out; at++) {
        if (!this.#holds(this.#now, items[at]!) && this.#pushIn(items[at]!)) better = true;
      }
      if (!better) break;
      any = true;
    }
    return any;
  }

  /** Tries the pod with `item` in it, without what stands against it, and refilled. */
  #pushIn(item: number): boolean {
    const problem = this.#problem;
    const { mid, duration } = problem;
    const now = this.#now;
    const trial = this.#trial;
    this.#reset(trial);
    let removed = 0;
    let lost = 0;
    for (let at = this.#fixed.count; at < now.count; at++) {
      const other = now.item[at]!;
      if (this.#apart(item, other)) {
        lost += mid[other]!;
        if (++removed > MAX_REMOVED) return false;
      } else this.#keep(trial, now, at);
    }
    while (!this.#add(trial, item)) {
      // The one worth least goes first; where length is short, the least whose length suffices.
      let worst = -1;
      const short = duration[item]! - this.#remainingMs;
      for (let at = this.#fixed.count; at < trial.count; at++) {
        if (worst < 0) worst = at;
        else {
          const other = trial.item[at]!;
          const before = trial.item[worst]!;
          const enough = this.#plain && duration[other]! >= short;
          const enoughBefore = this.#plain && duration[before]! >= short;
          if (enough !== enoughBefore ? enough : mid[other]! < mid[before]!) worst = at;
        }
      }
      if (worst < 0 || ++removed > MAX_REMOVED) return false;
      lost += mid[trial.item[worst]!]!;
      this.#drop(trial, worst);
    }
    if (this.#plain) {
      const { items, count } = this.#room;
      for (let at = 0; at < count; at++) if (items[at] !== item) this.#add(trial, items[at]!);
    } else if (mid[item]! <= lost) return false;
    if (this.#worth(trial) <= this.#worth(now)) return false;
    if (!this.#offer(trial)) return false;
    now.copy(trial);
    return true;
  }

  #reset(selection: Selection): void {
    selection.copy(this.#fixed);
    this.#isArranged = false;
    this.#low = 0;
    this.#high = 0;
    this.#remainingMs = this.#room.remainingMs;
    this.#ads = this.#room.ads;
    if (this.#taken.length < this.#problem.shares) this.#taken = new Int32Array(this.#problem.shares * 2);
    for (let share = 0; share < this.#problem.shares; share++) this.#taken[share] = this.#fixedTaken[share]!;
  }

  #add(selection: Selection, item: number): boolean {
    const problem = this.#problem;
    this.#steps.work += selection.count;
    const blocked = item < 32 ? this.#low >> item : this.#high >> (item - 32);
    if ((blocked & 1) !== 0 || this.#holds(selection, item)) return false;
    if (problem.shares > 0 && !problem.sharesAllow(item, this.#taken)) return false;
    const length = problem.duration[item]!;
    // Without slots all is in the dynamic part; with them the arranger finds out what is where.
    if (problem.pod.slots.length === 0 && (length > this.#remainingMs || this.#ads === 0)) return false;
    if (this.#plain) selection.push(item, 0, 1);
    else if (!this.#addMindingPlaces(selection, item)) return false;
    this.#account(item, selection.dynamic[selection.count - 1]!);
    return true;
  }

  #addMindingPlaces(selection: Selection, item: number): boolean {
    const problem = this.#problem;
    const { slotsCount, freeSlots } = this.#room;
    if (slotsCount && this.#ads === 0) return false;
    const slots = problem.slotFit[item]! & freeSlots;
    const bumper = slots & problem.pod.bumperSlots;
    if (bumper !== 0) {
      selection.push(item, bumper, 0);
      if (this.#arrange(selection)) return true;
      selection.count--;
    }
    const ordinary = slots & ~bumper;
    const dynamic = problem.dynamicFit[item]!;
    if ((ordinary | dynamic) === 0) return false;
    selection.push(item, ordinary, dynamic);
    if (this.#arrange(selection)) return true;
    selection.count--;
    return false;
  }

  /** An order that is not found leaves the last one that was. */
  #arrange(selection: Selection): boolean {
    const steps = this.#steps;
    const { limit, workLimit } = steps;
    // One candidate that is hard to place must not take the steps of all that follow.
    steps.limit = Math.min(limit, steps.used + ARRANGE_STEPS);
    steps.workLimit = Math.min(workLimit, steps.work + (workLimit - steps.work) / ARRANGE_SHARE);
    const isFound = this.#arranger.arrange(selection, this.#stage, 0);
    steps.limit = limit;
    steps.workLimit = workLimit;
    if (steps.used < limit && steps.work < workLimit) steps.out = false;
    if (isFound) this.#isArranged = true;
    return isFound;
  }

  #account(item: number, dynamic: number): void {
    const problem = this.#problem;
    this.#low |= problem.apartLow[item]!;
    this.#high |= problem.apartHigh[item]!;
    if (problem.shares > 0) problem.takeShares(item, this.#taken, 1);
    if (dynamic === 1) this.#remainingMs -= problem.duration[item]!;
    this.#ads--;
  }

  #keep(trial: Selection, now: Selection, at: number): void {
    trial.push(now.item[at]!, now.slots[at]!, now.dynamic[at]!);
    this.#isArranged = false;
    this.#account(now.item[at]!, now.dynamic[at]!);
  }

  #drop(trial: Selection, worst: number): void {
    const rest = trial.count;
    const item = trial.item;
    const { slots, dynamic } = trial;
    this.#reset(trial);
    for (let at = this.#fixed.count; at < rest; at++) {
      if (at === worst) continue;
      // Entries only move forward, so each is read before it is overwritten.
      const kept = item[at]!;
      const keptDynamic = dynamic[at]!;
      trial.push(kept, slots[at]!, keptDynamic);
      this.#account(kept, keptDynamic);
    }
  }

  #holds(selection: Selection, item: number): boolean {
    for (let at = 0; at < selection.count; at++) if (selection.item[at] === item) return true;
    return false;
  }

  #apart(one: number, other: number): boolean {
    const { apartLow, apartHigh } = this.#problem;
    const mask = other < 32 ? apartLow[one]! >> other : apartHigh[one]! >> (other - 32);
    return (mask & 1) !== 0;
  }

  #worth(selection: Selection): number {
    let value = 0;
    for (let at = this.#fixed.count; at < selection.count; at++)
      value += this.#problem.mid[selection.item[at]!]!;
    return value;
  }

  #offer(selection: Selection): boolean {
    // Not asked again: the steps may have run out since.
    if (!this.#isArranged && !this.#arranger.arrange(selection, this.#stage, 0)) return false;
    return this.#incumbent.offer(this.#arranger.found, this.#arranger.value);
  }
}
