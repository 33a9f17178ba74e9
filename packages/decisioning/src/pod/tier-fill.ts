import { Arranger } from './arrange.ts';
import { BoundTable, greatestCommonDivisor, type Room } from './bound-table.ts';
import { Completion } from './completion.ts';
import { dropDominated } from './dominance.ts';
import { Edges } from './edges.ts';
import { GreedyFill } from './greedy.ts';
import { Incumbent } from './incumbent.ts';
import { MAX_POD_CANDIDATES as MAX, type PodEffort } from './model.ts';
import { ELIGIBLE, type PodProblem } from './problem.ts';
import { QuickBound, type Unseen } from './quick-bound.ts';
import { PodSearch } from './search.ts';
import { Selection, StepCounter } from './selection.ts';

/** Steps of arranging that greedy and repair may take per tier, besides the budget of the search. */
const GREEDY_STEPS = 2_000;

/** Fills the room that the tiers before have left with the candidates of one tier. */
export class TierFill {
  readonly incumbent: Incumbent;
  /** By stage, what the tiers filled so far earn. */
  readonly kept = new Float64Array(MAX);
  /** Steps of all tiers of this request. */
  greedySteps = 0;
  searchSteps = 0;
  repaired = false;
  searched = false;
  exhausted = false;
  /** The most the tier could earn given the tiers before. */
  bound = 0;

  readonly #problem: PodProblem;
  readonly #steps = new StepCounter();
  readonly #arranger: Arranger;
  readonly #edges: Edges;
  readonly #quick = new QuickBound();
  readonly #table = new BoundTable();
  readonly #greedy: GreedyFill;
  readonly #search: PodSearch;
  readonly #completion: Completion;
  readonly #fixed = new Selection();
  readonly #taken = new Int32Array(MAX * MAX);
  readonly #room: Room = {
    count: 0,
    items: new Int32Array(MAX),
    reduced: new Float64Array(MAX),
    remainingMs: 0,
    ads: 0,
    freeSlots: 0,
    slotsCount: false,
    exact: false,
    grainMs: 1,
    reachable: null,
  };
  #fixedMs = 0;

  constructor(problem: PodProblem) {
    this.#problem = problem;
    this.incumbent = new Incumbent(problem);
    this.#arranger = new Arranger(problem, this.#steps, this.kept);
    this.#edges = new Edges(problem, this.kept);
    this.#greedy = new GreedyFill(problem, this.#arranger, this.incumbent, this.#steps, this.#taken);
    this.#search = new PodSearch(problem, this.#table, this.#arranger, this.incumbent, this.#steps);
    this.#completion = new Completion(problem, this.#arranger, this.incumbent, this.#steps);
  }

  /** Forgets the pod before. */
  begin(): void {
    this.incumbent.clear();
    this.greedySteps = 0;
    this.searchSteps = 0;
    this.repaired = false;
    this.searched = false;
    this.exhausted = false;
  }

  /**
   * One tier. In an exact pod the incumbent's value stays -1 when no exact fill was found; `open` of the answer then
   * says whether one may exist.
   */
  run(stage: number, exact: boolean, effort: PodEffort, unseen: Unseen | null): void {
    const room = this.#room;
    const { incumbent } = this;
    this.#makeRoom(stage, exact);
    if (!(exact && stage === 0)) incumbent.value = incumbent.earns(stage);
    this.#edges.look(stage, this.#fixed);
    let completion: Completion | null = null;
    if (exact) {
      this.#grain(stage);
      completion = this.#completion.prepare(stage, room, this.#taken) ? this.#completion : null;
    }
    this.bound = this.#quick.of(this.#problem, room, unseen) + this.#edges.most(room, unseen);
    if (!exact) {
      this.#allow(GREEDY_STEPS, 0);
      this.#greedy.fill(room, this.#fixed, stage);
      if (!this.#proven(effort) && this.#greedy.repair()) this.repaired = true;
      this.greedySteps += this.#steps.used;
      if (this.#proven(effort)) return;
    }
    this.#searchPhase(stage, completion, effort, unseen);
  }

  #allow(limit: number, used: number): void {
    this.#steps.used = used;
    this.#steps.limit = limit;
    this.#steps.out = false;
  }

  #proven(effort: PodEffort): boolean {
    const { value } = this.incumbent;
    if (effort.settleTies || value < 0) return false;
    return (this.bound - value) * 1_000_000 <= effort.searchAbovePpm * this.bound;
  }

  #searchPhase(stage: number, completion: Completion | null, effort: PodEffort, unseen: Unseen | null): void {
    const problem = this.#problem;
    const room = this.#room;
    const { incumbent } = this;
    this.#edges.reduce(room, incumbent);
    dropDominated(problem, room);
    this.#table.build(problem, room);
    const { edgeValue } = this.#edges;
    const seen = edgeValue + this.#table.at(0, this.#table.fullState, room.ads, room.remainingMs);
    const mixed = unseen === null ? -1 : this.#withUnseen(unseen);
    this.bound = Math.min(this.bound, Math.max(seen, mixed));
    if (this.#proven(effort)) return;
    const steps = this.#steps;
    this.#allow(effort.stepBudget, this.searchSteps);
    this.#search.run(room, {
      stage,
      fixed: this.#fixed,
      fixedMs: this.#fixedMs,
      taken: this.#taken,
      edgeValue,
      settleTies: effort.settleTies,
      completion,
    });
    this.searchSteps = steps.used;
    this.searched = true;
    if (steps.out) this.exhausted = true;
    this.bound = Math.min(this.bound, Math.max(incumbent.value, this.#search.open, mixed));
  }

  #makeRoom(stage: number, exact: boolean): void {
    const problem = this.#problem;
    const { pod } = problem;
    const room = this.#room;
    const { item, slot, count } = this.incumbent.sequence;
    this.#fixed.count = 0;
    this.#fixedMs = 0;
    room.exact = exact;
    room.slotsCount = pod.dynamicAds === 0;
    room.remainingMs = pod.dynamicMs;
    room.ads = room.slotsCount ? pod.maxAds : pod.dynamicAds;
    room.freeSlots = (1 << pod.slots.length) - 1;
    this.#taken.fill(0, 0, problem.shares);
    let low = 0;
    let high = 0;
    for (let at = 0; at < count; at++) {
      const one = item[at]!;
      if (problem.stage[one]! >= stage) continue;
      const inSlot = slot[at]! >= 0;
      this.#fixed.push(one, inSlot ? 1 << slot[at]! : 0, inSlot ? 0 : 1);
      this.#fixedMs += problem.duration[one]!;
      low |= problem.apartLow[one]!;
      high |= problem.apartHigh[one]!;
      problem.takeShares(one, this.#taken, 1);
      if (inSlot) room.freeSlots &= ~(1 << slot[at]!);
      else room.remainingMs -= problem.duration[one]!;
      if (!inSlot || room.slotsCount) room.ads--;
    }
    room.count = 0;
    for (let one = 0; one < problem.n; one++) {
      if (problem.stage[one] !== stage || problem.verdict[one] !== ELIGIBLE) continue;
      const blocked = one < 32 ? low >> one : high >> (one - 32);
      if ((blocked & 1) !== 0 || !problem.sharesAllow(one, this.#taken)) continue;
      const inDynamic =
        problem.dynamicFit[one] === 1 && room.ads > 0 && problem.duration[one]! <= room.remainingMs;
      const inSlot = (problem.slotFit[one]! & room.freeSlots) !== 0 && (!room.slotsCount || room.ads > 0);
      if (inDynamic || inSlot) room.items[room.count++] = one;
    }
  }

  /** The grain of what is left of an exact pod, over this tier and those after it. */
  #grain(stage: number): void {
    const problem = this.#problem;
    let grain = this.#room.remainingMs;
    for (let one = 0; one < problem.n; one++) {
      if (problem.stage[one]! < stage || problem.verdict[one] !== ELIGIBLE) continue;
      if (problem.dynamicFit[one] === 1) grain = greatestCommonDivisor(grain, problem.duration[one]!);
    }
    this.#room.grainMs = Math.max(1, grain);
  }

  /** The most that pods with at least one candidate that was not handed over can be worth. */
  #withUnseen(unseen: Unseen): number {
    const table = this.#table;
    const room = this.#room;
    const reduced = this.#edges.reducedUnseen(unseen.maxValue);
    let best = -1;
    for (let state = 0; state <= table.fullState; state++) {
      const inSlots = table.slotsUsed(state);
      const most = room.slotsCount ? 0 : room.ads;
      for (let inDynamic = inSlots === 0 ? 1 : 0; inDynamic <= most; inDynamic++) {
        const ms = room.remainingMs - inDynamic * unseen.minDurationMs;
        const ads = room.ads - (room.slotsCount ? inSlots : inDynamic);
        if (ms < 0 || ads < 0) break;
        let rest = table.at(0, state, ads, ms);
        if (room.exact) {
          // An exact table speaks of one length only; with ads of unknown length any shorter one may be left.
          for (let left = ms; left >= 0; left -= table.grainMs) {
            rest = Math.max(rest, 0, table.at(0, state, ads, left));
          }
        }
        best = Math.max(best, this.#edges.edgeValue + (inSlots + inDynamic) * reduced + rest);
      }
    }
    return best;
  }
}
