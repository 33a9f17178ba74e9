import { whole } from './compile-pod.ts';
import { MAX_POD_DURATION_MS, MAX_POD_GROUPS, type PodCandidate, type PodPosition } from './model.ts';

/**
 * What does not change from request to request about a candidate lies in one Int32Array, one row after another, so that
 * a candidate costs one or two cache lines: [durationMs, flags, groups, adjacent, ...group ids, ...adjacency ids]. The
 * array can be built on another thread and shared.
 */
export const ROW_DURATION = 0;
export const ROW_FLAGS = 1;
export const ROW_GROUPS = 2;
export const ROW_ADJACENT = 3;
export const ROW_HEAD = 4;

/** Codes of positions, as bits of what is allowed: 1 first, 2 last, 4 between. */
export const AT_FIRST = 1;
export const AT_LAST = 2;
export const AT_MIDDLE = 4;
export const POSITION_BITS = 7;
export const FLAG_BUMPER = 8;

const POSITIONS: Readonly<Record<PodPosition, number>> = {
  any: AT_FIRST | AT_LAST | AT_MIDDLE,
  first: AT_FIRST,
  last: AT_LAST,
  edge: AT_FIRST | AT_LAST,
};

/** The part of a candidate that a row holds. */
export type PodRow = Pick<PodCandidate, 'durationMs' | 'position' | 'groups' | 'adjacent' | 'bumper'>;

/** Numbers that `writePodRow` will take up. */
export function podRowSize(row: PodRow): number {
  return ROW_HEAD + row.groups.length + row.adjacent.length;
}

/**
 * Writes a row at `offset` and returns the offset after it.
 * @throws RangeError naming the field, its value and what would be accepted.
 */
export function writePodRow(rows: Int32Array, offset: number, row: PodRow): number {
  whole('durationMs', row.durationMs, 1, MAX_POD_DURATION_MS);
  const position = Object.hasOwn(POSITIONS, row.position) ? POSITIONS[row.position] : 0;
  if (position === 0) {
    throw new RangeError(`position is ${row.position}; accepted is ${Object.keys(POSITIONS).join(', ')}`);
  }
  checkGroups('groups', row.groups);
  checkGroups('adjacent', row.adjacent);
  if (offset + podRowSize(row) > rows.length) {
    throw new RangeError(`rows has ${rows.length} places; accepted is at least ${offset + podRowSize(row)}`);
  }
  rows[offset + ROW_DURATION] = row.durationMs;
  rows[offset + ROW_FLAGS] = position | (row.bumper ? FLAG_BUMPER : 0);
  rows[offset + ROW_GROUPS] = row.groups.length;
  rows[offset + ROW_ADJACENT] = row.adjacent.length;
  let at = offset + ROW_HEAD;
  for (const group of row.groups) rows[at++] = group;
  for (const group of row.adjacent) rows[at++] = group;
  return at;
}

function checkGroups(field: string, groups: readonly number[]): void {
  whole(`${field}.length`, groups.length, 0, MAX_POD_GROUPS);
  groups.forEach((group, at) => {
    whole(`${field}[${at}]`, group, 0, 0x7fffffff);
    if (groups.indexOf(group) !== at) {
      throw new RangeError(`${field}[${at}] is ${group}; accepted is each group once`);
    }
  });
}

/** What one request hands to the solver: arrays of the caller, read and never written. */
export interface PodEntrants {
  /** 0 to 64. Best first: tier ascending, value descending; the solver sorts what is not. */
  count: number;
  rows: Int32Array;
  /** Per entrant, its offset into `rows`. */
  offsets: Int32Array;
  /** Per entrant, micros. */
  values: Float64Array;
  /** Per entrant. */
  tiers: Int32Array;
  /** Per entrant, the rank that settles ties and orders ads that are worth the same; without it, as handed over. */
  order?: Int32Array | undefined;
  /** By group id, units of it that this pod may take. */
  capacity: Int32Array;
  /** By group id, an index into POD_GROUP_KINDS. */
  groupKind: Uint8Array;
  /** Adjacency group ids are below this. */
  adjacentGroups: number;
  /** What was not handed over is in this tier or a later one (a negative tier: nothing was left out), ... */
  unseenTier: number;
  /** ... is worth at most this ... */
  unseenMaxValue: number;
  /** ... and lasts at least this. */
  unseenMinDurationMs: number;
}
