import type { IndexedAssignment, IndexedFlight, IndexedLineItem, IndexedPlacement } from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import { REASONS } from '../reasons.ts';
import { draw } from '../seeded.ts';
import { assignmentVerdict, FITS } from './creative-fit.ts';
import { type Examined, OUT_FOR_TODAY, type Readings } from './readings.ts';

/** Keeps the draws of one candidate apart: pacing, share, rotation. */
export const SHARE_SALT = 0x27d4eb2f;
export const ROTATION_SALT = 0x5bd1e995;

const rank = (reason: (typeof REASONS)[number]) => REASONS.indexOf(reason);
const FREQ_CAP = rank('freq_cap');
const NO_BUDGET = rank('no_budget');
const DAILY_CAP = rank('daily_cap');
const PACING_AHEAD = rank('pacing_ahead');
const COMPETITIVE = rank('competitive_separation');

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
  }

  /** Whether the line item may serve: what it was told goes to `examined`, why not to `nearest`. */
  passes(item: IndexedLineItem, flight: IndexedFlight): boolean {
    const { request, readings } = this;
    if (item.caps.length > 0 && request.identity === null) return this.#fail(FREQ_CAP);
    let fit = -1;
    let isFitting = false;
    for (const assignment of item.assignments) {
      const verdict = assignmentVerdict(item, assignment, request, this.placement);
      if (verdict === FITS) {
        isFitting = true;
        break;
      }
      if (verdict > fit) fit = verdict;
    }
    if (!isFitting) return this.#fail(fit);
    const affordable = readings.affordable(item, flight);
    if (affordable < 1) {
      this.#examine(item, flight, affordable, 1, Number.POSITIVE_INFINITY, null);
      return this.#fail(affordable === OUT_FOR_TODAY ? DAILY_CAP : NO_BUDGET);
    }
    const passRate = readings.passRate(item, flight);
    const isLetIn = passRate >= 1 || draw(this.seed, item.idHash) < passRate;
    let room = Number.POSITIVE_INFINITY;
    let creativeRooms: number[] | null = null;
    if (isLetIn && item.caps.length > 0) {
      room = readings.room(item);
      if (room > 0 && item.caps.some((cap) => cap.scope === 'creative')) {
        creativeRooms = item.assignments.map((assignment) => readings.creativeRoom(item, assignment));
        room = Math.min(room, Math.max(...creativeRooms));
      }
    }
    this.#examine(item, flight, affordable, passRate, room, creativeRooms);
    if (!isLetIn) return this.#fail(PACING_AHEAD);
    if (room < 1) return this.#fail(FREQ_CAP);
    if (item.separatesStream && meetsCompetitor(item, request)) return this.#fail(COMPETITIVE);
    return item.share === 0 || this.#takesShare(item) || this.#fail(PACING_AHEAD);
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
  ): void {
    const sequence = item.source.rotation === 'sequential' ? this.readings.sequence(item) : 0;
    this.examined.push({ item, flight, affordable, passRate, room, sequence, creativeRooms });
  }

  #fail(reason: number): false {
    this.last = reason;
    if (reason > this.nearest) this.nearest = reason;
    return false;
  }
}

/** True when the stream has shown a competitor: the same label under another brand. */
export function meetsCompetitor(item: IndexedLineItem, { streamKeys }: AdRequest): boolean {
  if (streamKeys === undefined) return false;
  for (let pair = 0; pair + 1 < streamKeys.length; pair += 2)
    if (streamKeys[pair + 1] !== item.brandKey && item.labelKeys.includes(streamKeys[pair]!)) return true;
  return false;
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
  const { item, sequence } = examined;
  const { assignments } = item;
  let fitting = 0;
  let only: IndexedAssignment | undefined;
  let weights = 0;
  for (let position = 0; position < assignments.length; position++) {
    if (!mayShow(check, examined, position, durationMs)) continue;
    only = assignments[position]!;
    weights += only.weight;
    fitting++;
  }
  if (fitting <= 1) return only;
  const isSequential = item.source.rotation === 'sequential';
  let left = isSequential ? sequence % fitting : draw(check.seed, item.idHash ^ ROTATION_SALT) * weights;
  for (let position = 0; position < assignments.length; position++) {
    if (!mayShow(check, examined, position, durationMs)) continue;
    left -= isSequential ? 1 : assignments[position]!.weight;
    if (left < 0) return assignments[position];
  }
  // Rounding of the sum can leave a remainder of zero: then it is the last.
  return only;
}

function mayShow(
  check: CandidateCheck,
  { item, creativeRooms }: Examined,
  position: number,
  durationMs: number | undefined,
): boolean {
  const assignment = item.assignments[position]!;
  return (
    (durationMs === undefined || assignment.creative.durationMs === durationMs) &&
    (creativeRooms === null || creativeRooms[position]! > 0) &&
    assignmentVerdict(item, assignment, check.request, check.placement) === FITS
  );
}
