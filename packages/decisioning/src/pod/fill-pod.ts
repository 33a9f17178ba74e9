import { type CompiledPod, compilePod, meetsFloor, whole } from './compile-pod.ts';
import {
  MAX_POD_CANDIDATES,
  MAX_POD_DURATION_MS,
  MAX_POD_VALUE,
  POD_GROUP_KINDS,
  POD_REJECTIONS,
  type PodCandidate,
  type PodEffort,
  type PodExact,
  type PodGroupKind,
  type PodMethod,
  type PodRejection,
  type PodRules,
} from './model.ts';
import { NO_ENTRANT } from './placed-pod.ts';
import { type PodEntrants, podRowSize, ROW_FLAGS, writePodRow } from './pod-rows.ts';
import { POD_EFFORT, PodSolver } from './pod-solver.ts';
import { fittingSlots } from './problem.ts';

const MAX_TIER = 1_000;
const MAX_HANDED_OVER = 100_000;

export interface FillPodOptions {
  /** Units that the pod may take of a group; 1 where nothing is said. */
  readonly groupCapacity?: ReadonlyMap<number, number>;
  /** Why a group is there; `competitive_separation` where nothing is said. */
  readonly groupKind?: ReadonlyMap<number, PodGroupKind>;
  /** Candidates that exist but were not handed over: of this tier or later, at most this value, at least this long. */
  readonly unseen?: { readonly tier: number; readonly maxValue: number; readonly minDurationMs: number };
  readonly effort?: PodEffort;
}

export interface PodPlacement {
  readonly candidate: PodCandidate;
  /** Index into the slots of the rules; null in the dynamic part. */
  readonly slot: number | null;
  /** Who may play instead when it fails, best first. */
  readonly backups: readonly PodCandidate[];
}

export interface PodResult {
  /** In play order. */
  readonly placed: readonly PodPlacement[];
  readonly value: number;
  readonly upperBound: number;
  /** Proven share of the bound that may be missed, 0 to 1. */
  readonly gap: number;
  readonly method: PodMethod;
  readonly steps: number;
  /** Candidates, slots and cells of tables looked at; `PodEffort.workBudget` bounds it in a long pod. */
  readonly work: number;
  readonly exhausted: boolean;
  readonly exact: PodExact;
  /** Everyone else, in the order handed over. */
  readonly rejected: readonly { readonly candidate: PodCandidate; readonly reason: PodRejection }[];
}

/**
 * Fills one pod from plain objects: `PodSolver` for those who do not count microseconds. Ties go by total length, then
 * by ids in play order. Of more than 64 candidates that have a chance the best by rank are looked at, and the bound
 * covers the others.
 * @throws RangeError naming the field, its value and what would be accepted.
 */
export function fillPod(
  rules: PodRules,
  candidates: readonly PodCandidate[],
  options: FillPodOptions = {},
): PodResult {
  const pod = compilePod(rules);
  const ranked = rank(candidates);
  const { entrants, chances } = layOut(pod, ranked, options);
  const solver = new PodSolver();
  entrants.count = Math.min(chances, MAX_POD_CANDIDATES);
  solver.solve(pod, entrants, options.effort ?? POD_EFFORT);
  entrants.count = ranked.length;
  const verdicts = new Uint8Array(ranked.length);
  solver.rejections(pod, entrants, verdicts);
  const placed: PodPlacement[] = [];
  for (let at = 0; at < solver.count; at++) {
    const slot = solver.slots[at]!;
    const backups = solver.backups.subarray(at * pod.backups, (at + 1) * pod.backups);
    placed.push({
      candidate: ranked[solver.placed[at]!]!,
      slot: slot < 0 ? null : slot,
      backups: [...backups].filter((entrant) => entrant !== NO_ENTRANT).map((entrant) => ranked[entrant]!),
    });
  }
  const reasons = new Map<PodCandidate, PodRejection>();
  ranked.forEach((candidate, at) => {
    const reason = POD_REJECTIONS[verdicts[at]!];
    if (reason !== undefined) reasons.set(candidate, reason);
  });
  return {
    placed,
    value: solver.value,
    upperBound: solver.upperBound,
    gap: solver.gap,
    method: solver.method,
    steps: solver.steps,
    work: solver.work,
    exhausted: solver.exhausted,
    exact: solver.exact,
    rejected: candidates.flatMap((candidate) => {
      const reason = reasons.get(candidate);
      return reason === undefined ? [] : [{ candidate, reason }];
    }),
  };
}

function rank(candidates: readonly PodCandidate[]): PodCandidate[] {
  whole('candidates.length', candidates.length, 0, MAX_HANDED_OVER);
  const seen = new Set<string>();
  candidates.forEach((candidate, at) => {
    if (seen.has(candidate.id)) {
      throw new RangeError(`candidates[${at}].id is ${candidate.id}; accepted is each id once`);
    }
    seen.add(candidate.id);
    whole(`candidates[${at}].value`, candidate.value, 0, MAX_POD_VALUE);
    whole(`candidates[${at}].tier`, candidate.tier, 0, MAX_TIER);
  });
  return [...candidates].sort(
    (one, other) =>
      one.tier - other.tier ||
      other.value - one.value ||
      other.durationMs - one.durationMs ||
      compareIds(one.id, other.id),
  );
}

/** Rows and columns of all candidates, those that have a chance in front: `ranked` is sorted to match. */
function layOut(pod: CompiledPod, ranked: PodCandidate[], options: FillPodOptions) {
  const rows = new Int32Array(ranked.reduce((sum, candidate) => sum + podRowSize(candidate), 0));
  const groups = new Dense();
  const neighbours = new Dense();
  const offsetOf = new Map<PodCandidate, number>();
  let end = 0;
  for (const candidate of ranked) {
    offsetOf.set(candidate, end);
    end = writePodRow(rows, end, {
      ...candidate,
      groups: candidate.groups.map((group) => groups.of(group)),
      adjacent: candidate.adjacent.map((group) => neighbours.of(group)),
    });
  }
  const hasChance = (candidate: PodCandidate) =>
    meetsFloor(pod, candidate.durationMs, candidate.value) &&
    (candidate.durationMs <= pod.dynamicMs ||
      fittingSlots(pod, candidate.durationMs, rows[offsetOf.get(candidate)! + ROW_FLAGS]!) !== 0);
  const able = ranked.filter(hasChance);
  const unable = ranked.filter((candidate) => !hasChance(candidate));
  ranked.splice(0, ranked.length, ...able, ...unable);
  const byId = [...ranked.keys()].sort((one, other) => compareIds(ranked[one]!.id, ranked[other]!.id));
  const order = new Int32Array(ranked.length);
  byId.forEach((at, nth) => {
    order[at] = nth;
  });
  const entrants: PodEntrants = {
    count: ranked.length,
    rows,
    offsets: Int32Array.from(ranked, (candidate) => offsetOf.get(candidate)!),
    values: Float64Array.from(ranked, (candidate) => candidate.value),
    tiers: Int32Array.from(ranked, (candidate) => candidate.tier),
    order,
    capacity: Int32Array.from(groups.ids, (group) => capacityOf(group, options)),
    groupKind: Uint8Array.from(groups.ids, (group) =>
      POD_GROUP_KINDS.indexOf(options.groupKind?.get(group) ?? 'competitive_separation'),
    ),
    adjacentGroups: neighbours.ids.length,
    ...unseenOf(able.slice(MAX_POD_CANDIDATES), options),
  };
  return { entrants, chances: able.length };
}

function capacityOf(group: number, options: FillPodOptions): number {
  const capacity = options.groupCapacity?.get(group) ?? 1;
  whole(`groupCapacity of ${group}`, capacity, 0, 0x7fffffff);
  return capacity;
}

function unseenOf(beyond: readonly PodCandidate[], options: FillPodOptions) {
  const all = beyond.map((one) => ({
    tier: one.tier,
    maxValue: one.value,
    minDurationMs: one.durationMs,
  }));
  if (options.unseen !== undefined) {
    whole('unseen.tier', options.unseen.tier, 0, MAX_TIER);
    whole('unseen.maxValue', options.unseen.maxValue, 0, MAX_POD_VALUE);
    whole('unseen.minDurationMs', options.unseen.minDurationMs, 0, MAX_POD_DURATION_MS);
    all.push(options.unseen);
  }
  if (all.length === 0) return { unseenTier: -1, unseenMaxValue: 0, unseenMinDurationMs: 0 };
  return {
    unseenTier: all.reduce((least, one) => Math.min(least, one.tier), MAX_TIER),
    unseenMaxValue: all.reduce((most, one) => Math.max(most, one.maxValue), 0),
    unseenMinDurationMs: all.reduce((least, one) => Math.min(least, one.minDurationMs), MAX_POD_DURATION_MS),
  };
}

/** By code units, as everywhere ids are compared. */
function compareIds(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Numbers any ids from 0. */
class Dense {
  readonly ids: number[] = [];
  readonly #at = new Map<number, number>();

  of(id: number): number {
    whole('group', id, 0, Number.MAX_SAFE_INTEGER);
    let at = this.#at.get(id);
    if (at === undefined) {
      at = this.ids.length;
      this.ids.push(id);
      this.#at.set(id, at);
    }
    return at;
  }
}
