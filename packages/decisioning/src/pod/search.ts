import type { Arranger } from './arrange.ts';
import type { BoundTable, Room } from './bound-table.ts';
import type { Completion } from './completion.ts';
import type { Incumbent } from './incumbent.ts';
import { MAX_POD_SLOTS } from './model.ts';
import type { PodProblem } from './problem.ts';
import { Selection, type StepCounter } from './selection.ts';

/** Where a search of one tier starts. */
export interface SearchStart {
  readonly stage: number;
  /** Ads of the tiers before, with their places. */
  readonly fixed: Selection;
  readonly fixedMs: number;
  /** Units taken of share groups; used while searching and left as found. */
  readonly taken: Int32Array;
  /** What reduced values leave out: the most that being first and being last can add. */
  readonly edgeValue: number;
  readonly settleTies: boolean;
  /** Set when later tiers have to fill what this one leaves (exact pods). */
  readonly completion: Completion | null;
}

/**
 * Branch and bound over sets of ads, class after class, best first; depth first, so that memory is the path alone. Each
 * set is visited once, its best order is found by `Arranger`. When the steps run out, the bounds of what was not
 * visited are kept, so that the answer still has a proven gap.
 */
export class PodSearch {
  /** The most that sets which were not visited can be worth; -1 when none were left out. */
  open = -1;

  readonly #problem: PodProblem;
  readonly #table: BoundTable;
  readonly #arranger: Arranger;
  readonly #incumbent: Incumbent;
  readonly #steps: StepCounter;
  readonly #chosen = new Selection();
  readonly #free = new Int32Array(MAX_POD_SLOTS);
  #room!: Room;
  #start!: SearchStart;

  constructor(
    problem: PodProblem,
    table: BoundTable,
    arranger: Arranger,
    incumbent: Incumbent,
    steps: StepCounter,
  ) {
    this.#problem = problem;
    this.#table = table;
    this.#arranger = arranger;
    this.#incumbent = incumbent;
    this.#steps = steps;
  }

  run(room: Room, start: SearchStart): void {
    this.#room = room;
    this.#start = start;
    this.open = -1;
    this.#chosen.copy(start.fixed);
    this.#free.set(this.#table.typeCount);
    this.#visit(0, this.#table.fullState, room.ads, room.remainingMs, start.edgeValue, 0, 0, start.fixedMs);
  }

  /** `value` is the reduced value of what is chosen, and the edges'. */
  #visit(
    from: number,
    state: number,
    ads: number,
    remainingMs: number,
    value: number,
    low: number,
    high: number,
    chosenMs: number,
  ): void {
    if (!this.#steps.next()) {
      this.open = Math.max(this.open, value + this.#table.at(from, state, ads, remainingMs));
      return;
    }
    const table = this.#table;
    const problem = this.#problem;
    const { taken } = this.#start;
    const { reduced, slotsCount } = this.#room;
    const { duration, slotFit, mid } = problem;
    const chosen = this.#chosen;
    if (this.#promising(value, chosenMs, 0)) this.#evaluate(remainingMs, ads);
    if (this.#steps.out) {
      this.open = Math.max(this.open, value + table.at(from, state, ads, remainingMs));
      return;
    }
    const steps = this.#steps;
    const slotStep = slotsCount ? 1 : 0;
    for (let at = from; at < table.classes; at++) {
      const bound = value + table.at(at, state, ads, remainingMs);
      if (!this.#promising(bound, chosenMs, remainingMs)) return;
      const end = table.classStart[at + 1]!;
      for (let nth = table.classStart[at]!; nth < end; nth++) {
        const item = table.classItem[nth]!;
        steps.work++;
        const blocked = item < 32 ? low >> item : high >> (item - 32);
        if ((blocked & 1) !== 0 || !problem.sharesAllow(item, taken)) continue;
        const length = duration[item]!;
        const nextLow = low | problem.apartLow[item]!;
        const nextHigh = high | problem.apartHigh[item]!;
        const worth = reduced[item]!;
        if (worth >= 0 && ads > 0 && problem.dynamicFit[item] === 1 && length <= remainingMs) {
          const next = value + worth + table.at(at + 1, state, ads - 1, remainingMs - length);
          if (this.#promising(next, chosenMs + length, remainingMs - length)) {
            chosen.push(item, 0, 1);
            problem.takeShares(item, taken, 1);
            this.#visit(
              at + 1,
              state,
              ads - 1,
              remainingMs - length,
              value + worth,
              nextLow,
              nextHigh,
              chosenMs + length,
            );
            problem.takeShares(item, taken, -1);
            chosen.count--;
          }
        }
        if (slotFit[item] === 0 || ads < slotStep) continue;
        steps.work += table.types;
        for (let type = 0; type < table.types; type++) {
          if (this.#free[type] === 0 || (slotFit[item]! & table.typeSlots[type]!) === 0) continue;
          const inSlot = table.typeBumper[type] === 1 ? mid[item]! : worth;
          if (inSlot < 0) continue;
          const nextState = state - table.typeStride[type]!;
          const next = value + inSlot + table.at(at + 1, nextState, ads - slotStep, remainingMs);
          if (!this.#promising(next, chosenMs + length, remainingMs)) continue;
          chosen.push(item, table.typeSlots[type]!, 0);
          problem.takeShares(item, taken, 1);
          this.#free[type]!--;
          this.#visit(
            at + 1,
            nextState,
            ads - slotStep,
            remainingMs,
            value + inSlot,
            nextLow,
            nextHigh,
            chosenMs + length,
          );
          this.#free[type]!++;
          problem.takeShares(item, taken, -1);
          chosen.count--;
        }
      }
      if (steps.out) {
        this.open = Math.max(this.open, bound);
        return;
      }
    }
  }

  /** Whether a pod worth at most `bound` and at most so long could replace the best one. */
  #promising(bound: number, chosenMs: number, moreMs: number): boolean {
    const best = this.#incumbent;
    if (bound > best.value) return true;
    if (!this.#start.settleTies || bound < best.value) return false;
    // Slots may add to the length; without them nothing exceeds what is left of the dynamic part.
    return this.#table.types > 0 || chosenMs + moreMs >= best.durationMs;
  }

  #evaluate(remainingMs: number, ads: number): void {
    const best = this.#incumbent;
    const { settleTies, stage, completion } = this.#start;
    const atLeast = settleTies ? best.value : best.value + 1;
    if (this.#room.exact && completion !== null) {
      completion.offerBest(this.#chosen, stage, atLeast, remainingMs, ads);
      return;
    }
    if (this.#room.exact && remainingMs !== 0) return;
    if (this.#arranger.arrange(this.#chosen, stage, atLeast)) {
      best.offer(this.#arranger.found, this.#arranger.value);
    }
  }
}
