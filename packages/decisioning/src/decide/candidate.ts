import type { IndexedAssignment, IndexedFlight, IndexedLineItem, IndexedPlacement } from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import { REASONS } from '../reasons.ts';
import { draw } from '../seeded.ts';
import { assignmentVerdict, FITS } from './creative-fit.ts';
import { type Examined, OUT_FOR_TODAY, type Readings } from './readings.ts';
import { type ShownInStream, shownTo } from './stream-rule.ts';

/** Keeps the draws of one candidate apart: pacing, share, rotation. */
export const SHARE_SALT = 0x27d4eb2f;
export const ROTATION_SALT = 0x5bd1e995;

/** Assignments of a line item whose fit is kept in one number. */
const MASK_BITS = 31;
const UNMASKED = -1;

const rank = (reason: (typeof REASONS)[number]) => REASONS.indexOf(reason);
const FREQ_CAP = rank('freq_cap');
const NO_BUDGET = rank('no_budget');
const DAILY_CAP = rank('daily_cap');
const PACING_AHEAD = rank('pacing_ahead');

/** One candidate at a time: the walk's state, without an object for each line item it meets. */
export class CandidateCheck {
  request!: AdRequest;
  placement!: IndexedPlacement;
  readings!: Readings;
  seed = 0;
  readonly examined: Examined[] = [];
  /** Rank of the reason of the line item that came nearest to serving; -1 for none yet. */
  nearest = -1;
  /** Whether a break says of each candidate why it has no place; it costs, and only an explanation asks. */
  wantsRejections = false;
  /** What the stream has shown; null when nothing. */
  readonly shown: ShownInStream | null;
  /** Rank of the reason given last. */
  last = -1;
  /** What sponsorships that were asked before have left of the requests. */
  #shareLeft = 1;
  #sharePriority = 0;

  constructor(request: AdRequest, placement: IndexedPlacement, readings: Readings, seed: number) {
    this.request = request;
    this.placement = placement;
    this.readings = readings;
    this.seed = seed >>> 0;
    this.shown = shownTo(request, placement);
  }

  /** Whether the line item may serve: what it was told goes to `examined`, why not to `nearest`. */
  passes(item: IndexedLineItem, flight: IndexedFlight): boolean {
    const { request, readings } = this;
    if (item.caps.length > 0 && request.identity === null) return this.#fail(FREQ_CAP);
    const { assignments } = item;
    let nearestFit = -1;
    let fits = 0;
    for (let at = 0; at < assignments.length; at++) {
      const verdict = assignmentVerdict(item, assignments[at]!, request, this.placement);
      if (verdict === FITS) fits |= 1 << at;
      else if (verdict > nearestFit) nearestFit = verdict;
    }
    if (fits === 0) return this.#fail(nearestFit);
    if (assignments.length > MASK_BITS) fits = UNMASKED;
    const affordable = readings.affordable(item, flight);
    if (affordable < 1) {
      this.#examine(item, flight, affordable, 1, Number.POSITIVE_INFINITY, null, fits);
      return this.#fail(affordable === OUT_FOR_TODAY ? DAILY_CAP : NO_BUDGET);
    }
    const passRate = readings.passRate(item, flight);
    const isLetIn = passRate >= 1 || draw(this.seed, item.idHash) < passRate;
    let room = Number.POSITIVE_INFINITY;
    let creativeRooms: number[] | null = null;
    if (isLetIn && item.caps.length > 0) {
      room = readings.room(item);
      if (room > 0 && item.capsCreatives) {
        creativeRooms = assignments.map((assignment) => readings.creativeRoom(item, assignment));
        room = Math.min(room, Math.max(...creativeRooms));
        if (fits !== UNMASKED) {
          for (let at = 0; at < creativeRooms.length; at++) if (creativeRooms[at]! <= 0) fits &= ~(1 << at);
          // Those with room do not fit, and those that fit have none.
          if (fits === 0) room = 0;
        }
      }
    }
    let barred = -1;
    if (this.shown !== null && room >= 1) {
      barred = this.#barredByStream(item, this.shown, fits);
      if (barred < 0 && fits !== UNMASKED) fits = this.#leftByStream(item, this.shown, fits);
    }
    this.#examine(item, flight, affordable, passRate, room, creativeRooms, fits);
    if (!isLetIn) return this.#fail(PACING_AHEAD);
    if (room < 1) return this.#fail(FREQ_CAP);
    if (barred >= 0) return this.#fail(barred);
    return item.share === 0 || this.#takesShare(item) || this.#fail(PACING_AHEAD);
  }

  /** Rank of the reason when the stream keeps every creative out that fits, else FITS. */
  #barredByStream(item: IndexedLineItem, shown: ShownInStream, fits: number): number {
    let nearest = FITS;
    for (let at = 0; at < item.assignments.length; at++) {
      const assignment = item.assignments[at]!;
      const isOpen =
        fits === UNMASKED
          ? assignmentVerdict(item, assignment, this.request, this.placement) === FITS
          : (fits & (1 << at)) !== 0;
      if (!isOpen) continue;
      const reason = shown.bars(item, assignment.creative);
      if (reason === FITS) return FITS;
      if (reason > nearest) nearest = reason;
    }
    return nearest;
  }

  #leftByStream(item: IndexedLineItem, shown: ShownInStream, fits: number): number {
    let left = fits;
    for (let at = 0; at < item.assignments.length; at++)
      if ((left & (1 << at)) !== 0 && shown.bars(item, item.assignments[at]!.creative) !== FITS)
        left &= ~(1 << at);
    return left;
  }

  /**
   * Sponsorships of one priority share the requests they are eligible for: each is asked with its share of what those
   * before it left, so that each gets its share exactly, and what nobody takes goes on.
   */
  #takesShare(item: IndexedLineItem): boolean {
    if (item.priority !== this.#sharePriority) {
      this.#sharePriority = item.priority;
      this.#shareLeft = 1;
    }
    const left = this.#shareLeft;
    this.#shareLeft = Math.max(0, left - item.share);
    return left > 0 && draw(this.seed, item.idHash ^ SHARE_SALT) < item.share / left;
  }

  #examine(
    item: IndexedLineItem,
    flight: IndexedFlight,
    affordable: number,
    passRate: number,
    room: number,
    creativeRooms: readonly number[] | null,
    fits: number,
  ): void {
    const sequence = item.isSequential ? this.readings.sequence(item) : 0;
    this.examined.push({ item, flight, affordable, passRate, room, sequence, creativeRooms, fits });
  }

  #fail(reason: number): false {
    this.last = reason;
    if (reason > this.nearest) this.nearest = reason;
    return false;
  }
}

/**
 * The creative that a line item shows: those that fit, by its rotation. `examined` is its reading.
 * @param durationMs when given, only that length
 */
export function rotate(
  check: CandidateCheck,
  examined: Examined,
  durationMs?: number,
): IndexedAssignment | undefined {
  const { item, sequence, fits } = examined;
  const { assignments } = item;
  let fitting = 0;
  let only: IndexedAssignment | undefined;
  let weights = 0;
  for (let at = 0; at < assignments.length; at++) {
    const assignment = assignments[at]!;
    if (durationMs !== undefined && assignment.creative.durationMs !== durationMs) continue;
    if (fits === UNMASKED ? !mayShow(check, examined, at) : (fits & (1 << at)) === 0) continue;
    only = assignment;
    weights += assignment.weight;
    fitting++;
  }
  if (fitting <= 1) return only;
  const { isSequential } = item;
  let left = isSequential ? sequence % fitting : draw(check.seed, item.idHash ^ ROTATION_SALT) * weights;
  for (let at = 0; at < assignments.length; at++) {
    const assignment = assignments[at]!;
    if (durationMs !== undefined && assignment.creative.durationMs !== durationMs) continue;
    if (fits === UNMASKED ? !mayShow(check, examined, at) : (fits & (1 << at)) === 0) continue;
    left -= isSequential ? 1 : assignment.weight;
    if (left < 0) return assignment;
  }
  // Rounding of the sum can leave a remainder of zero: then it is the last.
  return only;
}

function mayShow(check: CandidateCheck, { item, creativeRooms }: Examined, at: number): boolean {
  return (
    (creativeRooms === null || creativeRooms[at]! > 0) &&
    assignmentVerdict(item, item.assignments[at]!, check.request, check.placement) === FITS &&
    (check.shown === null || check.shown.bars(item, item.assignments[at]!.creative) === FITS)
  );
}
