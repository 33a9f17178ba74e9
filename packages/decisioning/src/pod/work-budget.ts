import { LONG_POD, type PodEffort } from './model.ts';
import type { PodProblem } from './problem.ts';

/** What the budget is for, in tenths: filling greedily, searching, and each of two tables. */
const GREEDY_TENTHS = 5;
const SEARCH_TENTHS = 3;
const TABLE_TENTHS = 1;
/** Cells of a table that cost as much as one candidate looked at. */
const CELLS_PER_WORK = 8;

/** What one request may look at, and has looked at, by what it is for. Short pods may look at all they want. */
export class WorkBudget {
  greedy = 0;
  search = 0;
  tables = 0;
  #tenth = 0;

  /** A new request. */
  begin({ pod }: PodProblem, effort: PodEffort): void {
    const isLong = pod.slots.length > LONG_POD || pod.dynamicAds > LONG_POD;
    this.#tenth = isLong ? effort.workBudget / 10 : Number.POSITIVE_INFINITY;
    this.greedy = 0;
    this.search = 0;
    this.tables = 0;
  }

  get spent(): number {
    return this.greedy + this.search + this.tables;
  }

  /** Of all tiers up to this one: none takes what those that follow need, and what it leaves is theirs. */
  greedyThrough(stage: number, { n, stage: stageOf }: PodProblem): number {
    let through = 0;
    while (through < n && stageOf[through]! <= stage) through++;
    return this.#tenth * GREEDY_TENTHS * (n === 0 ? 1 : through / n);
  }

  get mostSearch(): number {
    return this.#tenth * SEARCH_TENTHS;
  }

  /** Cells of the table of bounds of a tier that has so many of the candidates. */
  boundCells(candidates: number, { n }: PodProblem, isExact: boolean): number {
    // An exact pod is not filled greedily, and without a table that is exact itself its search finds nothing.
    const tenths = isExact ? TABLE_TENTHS + GREEDY_TENTHS : TABLE_TENTHS;
    return (this.#tenth * tenths * CELLS_PER_WORK * candidates) / Math.max(1, n);
  }

  /** Cells of the table of lengths that the tiers after one can fill. */
  reachCells({ stages }: PodProblem): number {
    return (this.#tenth * TABLE_TENTHS * CELLS_PER_WORK) / Math.max(1, stages);
  }

  /** So many cells were written. */
  write(cells: number): void {
    this.tables += cells / CELLS_PER_WORK;
  }
}
