import { Arranger } from './arrange.ts';
import { BoundTable, greatestCommonDivisor, type Room } from './bound-table.ts';
import { Completion } from './completion.ts';
import { dropDominated } from './dominance.ts';
import { Edges } from './edges.ts';
import { GreedyFill } from './greedy.ts';
import { Incumbent } from './incumbent.ts';
import { MAX_POD_CANDIDATES as MAX, MAX_POD_GROUPS, MAX_POD_SLOTS, type PodEffort } from './model.ts';
import { PricedBound, type Unseen } from './priced-bound.ts';
import { ELIGIBLE, type PodProblem } from './problem.ts';
import { PodSearch } from './search.ts';
import { Selection, StepCounter } from './selection.ts';
import { WorkBudget } from './work-budget.ts';

/** Steps of arranging that greedy and repair may take per tier, besides the budget of the search. */
const GREEDY_STEPS = 2_000;
/** Fills the room that the tiers before have left with the candidates of one tier. */
export class TierFill {
  readonly incumbent: Incumbent;
  /** By stage, what the tiers filled so far earn. */
  readonly kept = new Float64Array(MAX);
  /** Steps and work of all tiers of this request. */
  greedySteps = 0;
  searchSteps = 0;
  readonly work = new WorkBudget();
  repaired = false;
  searched = false;
  exhausted = false;
  /** The most the tier could earn given the tiers before. */
  bound = 0;

  readonly #problem: PodProblem;
  readonly #steps = new StepCounter();
  readonly #arranger: Arranger;
  readonly #edges: Edges;
  readonly #priced = new PricedBound();
  readonly #classOf = new Int32Array(MAX * MAX_POD_GROUPS);
  readonly #order = new Int32Array(MAX);
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
    leftOpen: false,
  };
  #fixedMs = 0;
  #unseen: Unseen | null = null;

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
  begin(effort: PodEffort): void {
    this.work.begin(this.#problem, effort);
    this.incumbent.clear();
    this.greedySteps = 0;
    this.searchSteps = 0;
    this.repaired = false;
    this.searched = false;
    this.exhausted = false;
  }

  /**
   * One tier. In an exact pod the incumbent's value stays -1 when no exact fill was found, and the bound is -1 when it is
   * proven that there is none.
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
      const cells = this.work.reachCells(this.#problem);
      completion = this.#completion.prepare(stage, room, this.#taken, cells) ? this.#completion : null;
      this.work.write(this.#completion.cells);
    }
    this.#unseen = unseen;
    this.#reprice();
    this.#loadPriced();
    this.#priced.find(room.freeSlots !== 0);
    this.bound = this.#edges.edgeValue + this.#priced.bound;
    if (!exact && this.#fillGreedily(stage, effort)) return;
    this.#searchPhase(stage, completion, effort);
  }

  /** Only bounds a tier, as if the pod were its own: used when it is open whether the pod can be filled exactly. */
  look(stage: number, unseen: Unseen | null): void {
    this.#unseen = unseen;
    this.#makeRoom(stage, false);
    this.#edges.look(stage, this.#fixed);
    this.#reprice();
    this.#loadPriced();
    this.#priced.find(this.#room.freeSlots !== 0);
    this.bound = this.#edges.edgeValue + this.#priced.bound;
  }

  /** Greedy by rank, then by value less the price of length, then repair; true as soon as the bound is met. */
  #fillGreedily(stage: number, effort: PodEffort): boolean {
    const room = this.#room;
    this.#allow(GREEDY_STEPS, 0, this.work.greedyThrough(stage, this.#problem), this.work.greedy);
    this.#greedy.begin(room, this.#fixed, stage);
    this.#greedy.fill(room.items);
    if (!this.#proven(effort) && this.#priced.price > 0) this.#greedy.fill(this.#pricedOrder());
    if (!this.#proven(effort)) {
      this.#tighten(effort);
      if (!this.#proven(effort) && this.#greedy.repair()) {
        this.repaired = true;
        this.#tighten(effort);
      }
    }
    this.greedySteps += this.#steps.used;
    this.work.greedy = this.#steps.work;
    return this.#proven(effort);
  }

  /** A better pod is known: prices the edges by it and drops who cannot be in one that is better still. */
  #tighten(effort: PodEffort): void {
    const { value } = this.incumbent;
    const priced = this.#priced;
    const room = this.#room;
    this.#reprice();
    this.#loadPriced();
    priced.refresh();
    const { edgeValue } = this.#edges;
    this.bound = Math.min(this.bound, Math.max(value, edgeValue + priced.bound));
    const atLeast = (effort.settleTies ? value : value + 1) - edgeValue;
    let kept = 0;
    for (let at = 0; at < room.count; at++)
      if (priced.with(at) >= atLeast) room.items[kept++] = room.items[at]!;
    room.count = kept;
  }

  #pricedOrder(): Int32Array {
    const order = this.#priced.order();
    for (let at = 0; at < this.#room.count; at++) this.#order[at] = this.#room.items[order[at]!]!;
    return this.#order;
  }

  /** The room as `PricedBound` sees it. */
  #loadPriced(): void {
    const problem = this.#problem;
    const room = this.#room;
    const priced = this.#priced;
    let slots = 0;
    for (let bits = room.freeSlots; bits !== 0; bits &= bits - 1) slots++;
    priced.count = room.count;
    priced.places = Math.min(MAX, room.slotsCount ? Math.min(room.ads, slots) : room.ads + slots);
    priced.remainingMs = room.remainingMs;
    priced.fillerWorth = this.#unseen === null ? 0 : this.#edges.reducedUnseen(this.#unseen.maxValue);
    priced.fillerMs = this.#unseen === null ? 0 : this.#unseen.minDurationMs;
    priced.classes = 0;
    const bumpers = problem.pod.bumperSlots & room.freeSlots;
    const classOf = this.#classOf;
    for (let at = 0; at < room.count; at++) {
      const item = room.items[at]!;
      const inBumper = (problem.slotFit[item]! & bumpers) !== 0 ? problem.mid[item]! : 0;
      priced.worth[at] = Math.max(room.reduced[item]!, inBumper);
      priced.length[at] = problem.duration[item]!;
      if (problem.classGroup[item]! >= 0) classOf[problem.classGroup[item]!] = -1;
    }
    for (let at = 0; at < room.count; at++) {
      const group = problem.classGroup[room.items[at]!]!;
      if (group < 0) priced.classOf[at] = priced.classes++;
      else {
        if (classOf[group] === -1) classOf[group] = priced.classes++;
        priced.classOf[at] = classOf[group]!;
      }
    }
  }

  #reprice(): void {
    this.#edges.reduce(this.#room, this.incumbent);
  }

  #allow(limit: number, used: number, workLimit: number, work: number): void {
    this.#steps.used = used;
    this.#steps.limit = limit;
    this.#steps.work = work;
    this.#steps.workLimit = workLimit;
    this.#steps.out = false;
  }

  #proven(effort: PodEffort): boolean {
    const { value } = this.incumbent;
    if (effort.settleTies || value < 0) return false;
    return (this.bound - value) * 1_000_000 <= effort.searchAbovePpm * this.bound;
  }

  #searchPhase(stage: number, completion: Completion | null, effort: PodEffort): void {
    const problem = this.#problem;
    const room = this.#room;
    const { incumbent } = this;
    const unseen = this.#unseen;
    dropDominated(problem, room);
    this.#table.build(problem, room, this.work.boundCells(room.count, problem, room.exact));
    this.work.write(this.#table.written);
    const { edgeValue } = this.#edges;
    const seen = edgeValue + this.#table.at(0, this.#table.fullState, room.ads, room.remainingMs);
    const mixed = unseen === null ? -1 : this.#withUnseen(unseen);
    this.bound = Math.min(this.bound, Math.max(incumbent.value, seen, mixed));
    if (this.#proven(effort)) return;
    const steps = this.#steps;
    this.#allow(effort.stepBudget, this.searchSteps, this.work.mostSearch, this.work.search);
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
    this.work.search = steps.work;
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
    room.freeSlots = pod.slots.length === 0 ? 0 : -1 >>> (MAX_POD_SLOTS - pod.slots.length);
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
