import type { Room } from './bound-table.ts';
import type { PodProblem } from './problem.ts';

/**
 * Drops candidates in whose place another that shuts them out could stand in every pod at no less value: one that
 * takes no other groups, may stand wherever they may, and lasts no longer. Ties are kept apart by length and order, so
 * that what is dropped would lose the tie as well.
 */
export function dropDominated(problem: PodProblem, room: Room): void {
  let kept = 0;
  for (let at = 0; at < room.count; at++) {
    const item = room.items[at]!;
    let dominated = false;
    for (let other = 0; other < room.count && !dominated; other++) {
      // What was dropped before has been overwritten or is dominated by one that is kept: dominance is transitive.
      const rival = room.items[other]!;
      dominated = rival !== item && dominates(problem, room, rival, item);
    }
    if (!dominated) room.items[kept++] = item;
  }
  room.count = kept;
}

function dominates(problem: PodProblem, room: Room, one: number, other: number): boolean {
  const { mid, duration, position, slotFit, dynamicFit, apartLow, apartHigh } = problem;
  if (mid[one]! < mid[other]!) return false;
  const mask = other < 32 ? apartLow[one]! >> other : apartHigh[one]! >> (other - 32);
  if ((mask & 1) === 0) return false;
  if (duration[one]! > duration[other]! || (room.exact && duration[one] !== duration[other])) return false;
  if ((position[other]! & ~position[one]!) !== 0) return false;
  if ((slotFit[other]! & ~slotFit[one]! & room.freeSlots) !== 0) return false;
  if (dynamicFit[one]! < dynamicFit[other]!) return false;
  if (!within(apartLow[one]!, apartHigh[one]!, apartLow[other]!, apartHigh[other]!, one, other)) return false;
  const { adjacentLow, adjacentHigh } = problem;
  if (!within(adjacentLow[one]!, adjacentHigh[one]!, adjacentLow[other]!, adjacentHigh[other]!, one, other)) {
    return false;
  }
  return sharesWithin(problem, one, other) && outranks(problem, one, other);
}

/** Strictly worth more everywhere, or nowhere less and, of the same length, first in order. */
function outranks(problem: PodProblem, one: number, other: number): boolean {
  const { mid, first, last, duration, order } = problem;
  const middle = mid[one]! - mid[other]!;
  const opening = first[one]! - first[other]!;
  const closing = last[one]! - last[other]!;
  if (middle > 0 && opening > 0 && closing > 0) return true;
  if (middle < 0 || opening < 0 || closing < 0 || duration[one] !== duration[other]) return false;
  return order[one]! < order[other]!;
}

/** Whether the first mask holds nothing that the second does not, the two themselves aside. */
function within(
  low: number,
  high: number,
  ofLow: number,
  ofHigh: number,
  one: number,
  other: number,
): boolean {
  let restLow = low & ~ofLow;
  let restHigh = high & ~ofHigh;
  if (one < 32) restLow &= ~(1 << one);
  else restHigh &= ~(1 << (one - 32));
  if (other < 32) restLow &= ~(1 << other);
  else restHigh &= ~(1 << (other - 32));
  return (restLow | restHigh) === 0;
}

function sharesWithin(problem: PodProblem, one: number, other: number): boolean {
  const { share, shareStart } = problem;
  for (let at = shareStart[one]!; at < shareStart[one + 1]!; at++) {
    let found = false;
    for (let nth = shareStart[other]!; nth < shareStart[other + 1]!; nth++) {
      if (share[nth] === share[at]) found = true;
    }
    if (!found) return false;
  }
  return true;
}
