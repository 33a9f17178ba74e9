import type { CompiledPod } from './compile-pod.ts';
import { MAX_POD_CANDIDATES as MAX, NOT_REJECTED, POD_EXACT, POD_METHODS, type PodEffort } from './model.ts';
import { PlacedPod } from './placed-pod.ts';
import { type PodEntrants, ROW_DURATION } from './pod-rows.ts';
import type { Unseen } from './priced-bound.ts';
import { PodProblem } from './problem.ts';
import { findBackups, rejectionOf } from './review.ts';
import { StraightFill } from './straight-fill.ts';
import { TierFill } from './tier-fill.ts';

const [GREEDY, REPAIR, BRANCH_AND_BOUND] = POD_METHODS;
const [NOT_ASKED, MET, IMPOSSIBLE, NOT_FOUND] = POD_EXACT;

/** What a server spends on a pod: proven within 1 %, searched where that is not met at once. */
export const POD_EFFORT: PodEffort = {
  searchAbovePpm: 10_000,
  stepBudget: 10_000,
  workBudget: 400_000,
  settleTies: false,
};

/** Proven to the micro, ties settled; for tests, forecasts and the comparison with other ad servers. */
export const EXACT_POD_EFFORT: PodEffort = {
  searchAbovePpm: 0,
  stepBudget: 2_000_000,
  workBudget: Number.POSITIVE_INFINITY,
  settleTies: true,
};

/**
 * Fills pods. Holds its memory from one call to the next, so that a call allocates nothing; results stand in its fields
 * until the next call. The same input gives the same pod, whatever order it is handed over in when `order` is given.
 */
export class PodSolver {
  /** Ads placed. */
  count = 0;
  /** Entrants in play order, and the slot of each (-1: dynamic part). */
  readonly placed = new Int32Array(MAX);
  readonly slots = new Int32Array(MAX);
  /** Micros; multipliers of first and last included. */
  value = 0;
  /** What no pod under these rules can exceed, each tier given the ads of the tiers before it. */
  upperBound = 0;
  method: (typeof POD_METHODS)[number] = GREEDY;
  exact: (typeof POD_EXACT)[number] = NOT_ASKED;
  /** Steps of search and of arranging; what `stepBudget` bounds is `searchSteps`. */
  steps = 0;
  searchSteps = 0;
  /** What was looked at; what `workBudget` bounds in a long pod. */
  work = 0;
  /** The step or work budget ran out: the best pod met so far stands, with its proven gap. */
  exhausted = false;

  /** `pod.backups` entrants per placed ad, best first, NO_ENTRANT where there is none. */
  readonly backups = new Int32Array(MAX * MAX);

  readonly #ranked = new Int32Array(MAX);
  readonly #straight = new StraightFill();
  #problem: PodProblem | null = null;
  #tiers: TierFill | null = null;
  #view: PlacedPod | null = null;
  readonly #unseen: Unseen = { maxValue: 0, minDurationMs: 0 };

  /** The share of the bound that the pod may miss, proven: 0 is optimal. */
  get gap(): number {
    return this.upperBound > 0 ? (this.upperBound - this.value) / this.upperBound : 0;
  }

  /**
   * Fills `pod` from `entrants`.
   * @throws RangeError when more candidates are handed over than the solver looks at.
   */
  solve(pod: CompiledPod, entrants: PodEntrants, effort: PodEffort): void {
    if (!(entrants.count >= 0 && entrants.count <= MAX)) {
      throw new RangeError(`count is ${entrants.count}; accepted is a whole number from 0 to ${MAX}`);
    }
    this.#rank(entrants, effort.settleTies);
    if (!this.#fillStraight(pod, entrants, effort)) this.#fillByTier(pod, entrants, effort);
    this.#findBackups(pod, entrants);
  }

  /** Takes over a dynamic pod that was filled elsewhere, to find its back-ups and say why others have no place. */
  adopt(pod: CompiledPod, entrants: PodEntrants, placed: Int32Array): void {
    this.#rank(entrants, false);
    this.count = placed.length;
    for (let at = 0; at < placed.length; at++) {
      this.placed[at] = placed[at]!;
      this.slots[at] = -1;
    }
    this.steps = 0;
    this.work = 0;
    this.#findBackups(pod, entrants);
  }

  #findBackups(pod: CompiledPod, entrants: PodEntrants): void {
    if (pod.backups === 0) return;
    const view = this.#open(pod, entrants, pod.backups);
    findBackups(pod, entrants, this.#ranked, view);
    view.close();
  }

  /**
   * Why each entrant of the last call to `solve`, made with the same arguments, has no place: writes an index into
   * POD_REJECTIONS per entrant, NOT_REJECTED for those placed.
   */
  rejections(pod: CompiledPod, entrants: PodEntrants, into: Uint8Array): void {
    const view = this.#open(pod, entrants, 0);
    let takenSlots = 0;
    for (let at = 0; at < this.count; at++) if (this.slots[at]! >= 0) takenSlots |= 1 << this.slots[at]!;
    for (let entrant = 0; entrant < entrants.count; entrant++) {
      into[entrant] = rejectionOf(pod, entrants, view, takenSlots, entrant);
    }
    for (let at = 0; at < this.count; at++) into[this.placed[at]!] = NOT_REJECTED;
    view.close();
  }

  #open(pod: CompiledPod, entrants: PodEntrants, backups: number): PlacedPod {
    this.#view ??= new PlacedPod();
    this.#view.open(pod, entrants, this.count, this.placed, this.slots, this.backups, backups);
    return this.#view;
  }

  #fillStraight(pod: CompiledPod, entrants: PodEntrants, effort: PodEffort): boolean {
    const straight = this.#straight;
    if (!straight.fill(pod, entrants, this.#ranked, effort.settleTies ? 0 : effort.searchAbovePpm))
      return false;
    if (effort.settleTies && straight.skipped) return false;
    this.count = straight.count;
    for (let at = 0; at < straight.count; at++) {
      this.placed[at] = straight.placed[at]!;
      this.slots[at] = -1;
    }
    this.value = straight.value;
    this.upperBound = straight.bound;
    this.method = GREEDY;
    this.exact = pod.exact ? MET : NOT_ASKED;
    this.steps = 0;
    this.searchSteps = 0;
    this.work = 0;
    this.exhausted = false;
    return true;
  }

  #fillByTier(pod: CompiledPod, entrants: PodEntrants, effort: PodEffort): void {
    this.#problem ??= new PodProblem();
    this.#tiers ??= new TierFill(this.#problem);
    const problem = this.#problem;
    const tiers = this.#tiers;
    problem.load(pod, entrants, this.#ranked);
    tiers.begin(effort);
    this.exact = NOT_ASKED;
    let openBound = 0;
    if (pod.exact) {
      this.#runTiers(tiers, problem, entrants, true, effort);
      if (tiers.incumbent.value >= 0) this.exact = MET;
      else {
        this.exact = tiers.exhausted ? NOT_FOUND : IMPOSSIBLE;
        openBound = this.upperBound;
        tiers.incumbent.clear();
        problem.closeDynamic();
        this.#runTiers(tiers, problem, entrants, false, effort);
      }
    } else this.#runTiers(tiers, problem, entrants, false, effort);
    const { sequence } = tiers.incumbent;
    this.count = sequence.count;
    for (let at = 0; at < sequence.count; at++) {
      this.placed[at] = problem.entrant[sequence.item[at]!]!;
      this.slots[at] = sequence.slot[at]!;
    }
    this.value = 0;
    for (let stage = 0; stage < problem.stages; stage++) this.value += tiers.incumbent.earns(stage);
    this.upperBound = Math.max(this.upperBound, openBound, this.value);
    this.method = tiers.searched ? BRANCH_AND_BOUND : tiers.repaired ? REPAIR : GREEDY;
    this.searchSteps = tiers.searchSteps;
    this.steps = tiers.searchSteps + tiers.greedySteps;
    this.work = tiers.work.spent;
    this.exhausted = tiers.exhausted;
  }

  /** One tier after the other; when the first finds no exact fill, those after it are only bounded. */
  #runTiers(
    tiers: TierFill,
    problem: PodProblem,
    entrants: PodEntrants,
    exact: boolean,
    effort: PodEffort,
  ): void {
    this.upperBound = 0;
    const { unseenTier } = entrants;
    this.#unseen.maxValue = entrants.unseenMaxValue;
    this.#unseen.minDurationMs = entrants.unseenMinDurationMs;
    const lastTier = problem.stages > 0 ? problem.stageTier[problem.stages - 1]! : -1;
    const stages = Math.max(1, problem.stages + (unseenTier > lastTier && problem.stages > 0 ? 1 : 0));
    let found = true;
    for (let stage = 0; stage < stages; stage++) {
      const tier = stage < problem.stages ? problem.stageTier[stage]! : unseenTier;
      const unseen = unseenTier >= 0 && tier >= unseenTier ? this.#unseen : null;
      if (found) tiers.run(stage, exact, effort, unseen);
      else tiers.look(stage, unseen);
      this.upperBound += tiers.bound;
      found &&= tiers.incumbent.value >= 0;
      // Proven that there is no exact fill: nothing to bound.
      if (!found && tiers.bound < 0) return;
      if (found) tiers.kept[stage] = tiers.incumbent.value;
    }
  }

  /** Entrants by tier and value; with `fully`, equal ones by length and order too, so that input order is forgotten. */
  #rank(entrants: PodEntrants, fully: boolean): void {
    const { tiers, values, count, order } = entrants;
    const ranked = this.#ranked;
    for (let at = 0; at < count; at++) {
      const value = values[at]!;
      const tier = tiers[at]!;
      let place = at;
      while (place > 0) {
        const before = ranked[place - 1]!;
        const difference = tiers[before]! - tier || value - values[before]!;
        if (difference < 0) break;
        if (difference === 0) {
          const longer = fully ? lengthOf(entrants, at) - lengthOf(entrants, before) : 0;
          if ((longer || (order === undefined ? 0 : order[before]! - order[at]!)) <= 0) break;
        }
        ranked[place] = before;
        place--;
      }
      ranked[place] = at;
    }
  }
}

function lengthOf(entrants: PodEntrants, entrant: number): number {
  return entrants.rows[entrants.offsets[entrant]! + ROW_DURATION]!;
}
