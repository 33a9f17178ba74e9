/**
 * The words of the pod optimiser. A pod is an ad break that is filled as one: which ads, in which order. Values are
 * integer micros (price of 1,000 impressions), durations whole milliseconds; sums of both are exact.
 */

/** Candidates a solver looks at in one call: what is beyond them is covered by `unseen`. */
export const MAX_POD_CANDIDATES = 64;
/** Fixed slots of one pod: sets of them are 32-bit masks. What a request, a placement and a snapshot may ask for. */
export const MAX_POD_SLOTS = 32;
/** A pod of more slots, or of more ads in its dynamic part, is long: its effort is bounded by work as well as by steps. */
export const LONG_POD = 8;
/** Capacity groups, and adjacency groups, of one candidate. */
export const MAX_POD_GROUPS = 64;
/** 1,000,000 currency units per 1,000 impressions; 64 of them, multiplied, still sum exactly. */
export const MAX_POD_VALUE = 1_000_000_000_000;
export const MAX_POD_DURATION_MS = 6 * 3_600_000;

export type PodPosition = 'any' | 'first' | 'last' | 'edge';

/** One line item with one creative, or a bid from outside: the optimiser does not care which. */
export interface PodCandidate {
  /** Unique within a call. */
  readonly id: string;
  readonly durationMs: number;
  /** What is maximised: micros per 1,000 impressions. */
  readonly value: number;
  /** `edge` is first or last. A single ad is both. */
  readonly position: PodPosition;
  /** Dense ids of the capacity groups it takes one unit of: creative, fingerprint, advertiser, category, line item... */
  readonly groups: readonly number[];
  /** Dense ids, of a numbering of their own, of the groups whose members may not stand next to each other. */
  readonly adjacent: readonly number[];
  /** 0 is filled first, as if it were alone; a later tier gets what is left. */
  readonly tier: number;
  /** Whether it may take a slot for bumpers. */
  readonly bumper: boolean;
}

export interface PodSlot {
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  /** A bumper slot takes candidates marked `bumper` only and does not count as first or last. */
  readonly kind: 'any' | 'bumper';
  /** When given, only these lengths fit (OpenRTB 2.6 `rqddurs`). */
  readonly exactDurationsMs?: readonly number[];
}

export interface DurationFloor {
  readonly minMs: number;
  readonly maxMs: number;
  readonly floor: number;
}

export interface PodRules {
  /** structured: `slots` alone; dynamic: `durationMs` and `maxAds` alone; hybrid: the slots, then the dynamic part. */
  readonly kind: 'dynamic' | 'structured' | 'hybrid';
  /** Of the dynamic part; 0 in a structured pod. */
  readonly durationMs: number;
  /** Ads of the dynamic part; of a structured pod, ads in all. */
  readonly maxAds: number;
  /** The dynamic part lasts exactly `durationMs` or stays empty. */
  readonly exact: boolean;
  /** In play order. */
  readonly slots: readonly PodSlot[];
  /** Floor by length, micros of value per second (OpenRTB 2.6 `mincpmpersec`). */
  readonly minValuePerSecond: number;
  /** Floor where no entry of `durationFloors` covers the length. */
  readonly floorValue: number;
  /** OpenRTB 2.6 `durfloors`; the first that covers the length counts. */
  readonly durationFloors: readonly DurationFloor[];
  /** What the first and the last ad are worth, in parts per million of their value; a single ad gets the larger. */
  readonly firstMultiplierPpm: number;
  readonly lastMultiplierPpm: number;
  /** Runner-ups per placed ad. */
  readonly backups: number;
}

/** Why a capacity group is there: what a candidate that it keeps out is told. */
export const POD_GROUP_KINDS = [
  'competitive_separation',
  'advertiser_dedupe',
  'creative_dedupe',
  'freq_cap',
  'no_budget',
] as const;
export type PodGroupKind = (typeof POD_GROUP_KINDS)[number];

/** Why a candidate has no place in the pod. The first five are the kinds of group, by the same code. */
export const POD_REJECTIONS = [
  ...POD_GROUP_KINDS,
  'below_floor',
  'duration_fit',
  'pod_full',
  'pod_duration',
  'lost_rank',
] as const;
export type PodRejection = (typeof POD_REJECTIONS)[number];

/** Stands where an index into POD_REJECTIONS would for a candidate that is in the pod. */
export const NOT_REJECTED = 255;

export const POD_METHODS = ['greedy', 'repair', 'branch_and_bound'] as const;
export type PodMethod = (typeof POD_METHODS)[number];

/**
 * met: filled exactly; impossible: proven that no fill of the candidates handed over is exact; not_found: none found
 * within the step budget; not_asked: the rules did not ask.
 */
export const POD_EXACT = ['not_asked', 'met', 'impossible', 'not_found'] as const;
export type PodExact = (typeof POD_EXACT)[number];

export interface PodEffort {
  /** Branch and bound runs when the proven gap is above this many parts per million of the bound. */
  readonly searchAbovePpm: number;
  /** Bound on the steps (nodes examined) of all tiers together. */
  readonly stepBudget: number;
  /**
   * Bound on what is looked at (candidates, slots, cells of tables) in a long pod, where one step can cost a hundred times
   * what it does in a short one.
   */
  readonly workBudget: number;
  /**
   * Whether pods of equal value are told apart by search as well (longer in total, then ids in play order, then earlier
   * slots). Without it the first one met stands, which is as deterministic and spares work where prices repeat.
   */
  readonly settleTies: boolean;
}
