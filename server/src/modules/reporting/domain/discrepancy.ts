import type { DiscrepancyCause } from '@cuepoint/contract';

/** Share by which theirs is below ours; null when we counted none. */
export function discrepancyOf(ours: number, theirs: number): number | null {
  return ours === 0 ? null : (ours - theirs) / ours;
}

/** More than 10 % of ours apart (base: the publisher's figures, IAB UK), in whole numbers: exactly 10 % is not. */
export function isFlagged(ours: number, theirs: number): boolean {
  return 10 * Math.abs(ours - theirs) > ours;
}

/** What we counted of one thing on one day. */
export interface OwnDay {
  impressions: number;
  starts: number;
  decidedAds: number;
  invalidImpressions: number;
  clicks: number;
}

export interface ComparedDay {
  day: string;
  ours: OwnDay;
  /** Null when their file has no line for the day. */
  theirs: number | null;
  /** Whether all of the day is counted. */
  isOver: boolean;
}

/** What is known beside the days of one thing. */
export interface Surroundings {
  /** Our impressions of a day that begins this many hours later. */
  shifted(day: string, hours: number): number;
  /** Their clicks are more than their impressions, over the whole file. */
  hasSwappedColumns: boolean;
}

/** Their days may be those of any zone; half hours are counted where they begin. */
const MOST_SHIFT_HOURS = 14;
/** Two counts of the same thing come this near. */
const NEAR = 0.02;

/**
 * Why counts of one thing differ, for each of its days that is flagged. The rules, first that holds:
 * - clicks exceed impressions in their file: the columns are swapped;
 * - we have not yet counted all of the day;
 * - ours, with days that begin some hours earlier or later, are theirs within 2 % over at least two days, and at most a quarter
 *   as far from them as unshifted;
 * - they have no line for the day; we served nothing on it;
 * - theirs are ours with the impressions we hold invalid, within 2 %; or ours without as many again;
 * - theirs are our starts, or our decided ads, within 2 %.
 */
export function causesOf(days: readonly ComparedDay[], around: Surroundings): Map<string, DiscrepancyCause> {
  const causes = new Map<string, DiscrepancyCause>();
  const shift = around.hasSwappedColumns ? null : shiftOf(days, around);
  for (const one of days) {
    if (!isFlagged(one.ours.impressions, one.theirs ?? 0)) continue;
    causes.set(one.day, causeOf(one, around, shift));
  }
  return causes;
}

function causeOf(one: ComparedDay, around: Surroundings, shift: number | null): DiscrepancyCause {
  const { ours, theirs, isOver } = one;
  if (around.hasSwappedColumns)
    return {
      cause: 'columns_swapped',
      detail: 'Their clicks are more than their impressions: the columns are swapped.',
    };
  if (!isOver) return { cause: 'day_not_over', detail: 'Not all of this day is counted yet.' };
  if (shift !== null) {
    const way = shift > 0 ? 'later' : 'earlier';
    return {
      cause: 'time_zone_shift',
      detail: `With days that begin ${Math.abs(shift)} h ${way}, ours are theirs: their days are of another time zone.`,
    };
  }
  if (theirs === null) return { cause: 'missing_in_file', detail: 'Their file has no line for this day.' };
  if (ours.impressions + ours.invalidImpressions === 0)
    return {
      cause: 'not_served_here',
      detail: `They report ${theirs} of a day on which none were shown here.`,
    };
  const gross = ours.impressions + ours.invalidImpressions;
  if (theirs > ours.impressions && isNear(theirs, gross))
    return {
      cause: 'counts_invalid_traffic',
      detail: `They count ${ours.invalidImpressions} impressions that we hold to come from no viewer.`,
    };
  if (
    ours.invalidImpressions > 0 &&
    theirs < ours.impressions &&
    isNear(theirs, ours.impressions - ours.invalidImpressions)
  )
    return {
      cause: 'excludes_more_traffic',
      detail: `They leave out about as many again as the ${ours.invalidImpressions} that we hold invalid.`,
    };
  if (isNear(theirs, ours.starts))
    return {
      cause: 'counted_at_start',
      detail: `We counted ${ours.starts} starts: they count when the ad starts.`,
    };
  if (isNear(theirs, ours.decidedAds))
    return {
      cause: 'counted_at_decision',
      detail: `We decided on ${ours.decidedAds} ads: they count what was sent, shown or not.`,
    };
  return {
    cause: 'unexplained',
    detail:
      theirs < ours.impressions
        ? 'No rule explains it. Fewer on their side is often a tracker that did not load or was blocked.'
        : 'No rule explains it. More on their side is often the same tracker on other ads.',
  };
}

/** Hours by which their days begin later than ours, when that explains them; null when it does not. */
function shiftOf(days: readonly ComparedDay[], { shifted }: Surroundings): number | null {
  const compared = days.filter(({ theirs, isOver }) => theirs !== null && isOver);
  const theirs = compared.reduce((sum, one) => sum + one.theirs!, 0);
  if (compared.length < 2 || theirs === 0) return null;
  const errorAt = (hours: number) =>
    compared.reduce((sum, one) => sum + Math.abs(shifted(one.day, hours) - one.theirs!), 0);
  let best = 0;
  for (let hours = 1; hours <= MOST_SHIFT_HOURS; hours++)
    for (const shift of [hours, -hours]) if (errorAt(shift) < errorAt(best)) best = shift;
  const isExplained = errorAt(best) <= NEAR * theirs && errorAt(best) * 4 <= errorAt(0);
  return best !== 0 && isExplained ? best : null;
}

function isNear(theirs: number, count: number): boolean {
  return count > 0 && Math.abs(theirs - count) <= NEAR * count;
}
