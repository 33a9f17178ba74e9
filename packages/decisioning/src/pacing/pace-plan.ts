import { weekMinuteOf } from '../calendar/day.ts';
import type { Zone } from '../calendar/zone.ts';
import type { OpenTraffic } from './week-curve.ts';

/**
 * How a line item spends over its flight: `even` follows the expected traffic; `front_loaded` spends 1.4 times that at
 * the start, falling in a straight line to 0.6 times at the end; `asap` takes what comes.
 */
export const PACING_MODES = ['even', 'front_loaded', 'asap'] as const;
export type PacingMode = (typeof PACING_MODES)[number];

const FRONT_LOAD = 1.4;
const BACK_LOAD = 0.6;
const MINUTE_MS = 60_000;
/** The plan ends a little early, so that the end of the flight can catch up: half an hour of a day. */
const FAST_FINISH_MS = 30 * MINUTE_MS;
const FAST_FINISH_PART = 48;

/**
 * The plan of one flight, or of one day of it: which part of its traffic and which part of its money falls into a stretch
 * of time. Traffic is read by what the wall shows in the flight's zone, so days of 23 and 25 hours and dayparts come
 * out right; a repeated hour is expected to bring its traffic twice.
 */
export class PacePlan {
  readonly mode: PacingMode;
  readonly startMs: number;
  readonly endMs: number;
  /** When the plan has spent everything. */
  readonly finishMs: number;
  readonly #zone: Zone;
  readonly #traffic: OpenTraffic;
  /** Wall time of the Monday on or before the start: minutes count from here. */
  readonly #mondayMs: number;

  /** Throws RangeError when the flight does not end after it starts. */
  constructor(mode: PacingMode, zone: Zone, startMs: number, endMs: number, traffic: OpenTraffic) {
    if (!(endMs > startMs)) throw new RangeError(`flight end ${endMs} must be after its start ${startMs}`);
    this.mode = mode;
    this.startMs = startMs;
    this.endMs = endMs;
    this.finishMs = endMs - Math.min(FAST_FINISH_MS, (endMs - startMs) / FAST_FINISH_PART);
    this.#zone = zone;
    this.#traffic = traffic;
    const wall = zone.wallAt(startMs);
    this.#mondayMs = Math.floor(wall / MINUTE_MS) * MINUTE_MS - weekMinuteOf(wall) * MINUTE_MS;
  }

  /** Traffic expected between two instants, in average days. */
  trafficBetween(fromMs: number, toMs: number): number {
    return this.#between(fromMs, toMs, 1, 0);
  }

  /** The same, each bit weighted as the mode wants it spent. */
  plannedBetween(fromMs: number, toMs: number): number {
    const [level, slope] = this.#line();
    return this.#between(fromMs, toMs, level, slope);
  }

  /** How much more or less than its share of traffic an instant is to spend; 1 for `even`. */
  weightAt(atMs: number): number {
    const [level, slope] = this.#line();
    return level + (slope * (Math.min(atMs, this.endMs) - this.startMs)) / MINUTE_MS;
  }

  /**
   * Part of the money the plan has spent by an instant, 0 to 1: the expected curve beside the actual one. A plan
   * without traffic expects everything at once.
   */
  plannedShare(atMs: number): number {
    if (atMs >= this.finishMs || this.mode === 'asap') return 1;
    if (atMs <= this.startMs) return 0;
    const whole = this.plannedBetween(this.startMs, this.finishMs);
    return whole > 0 ? this.plannedBetween(this.startMs, atMs) / whole : 1;
  }

  /** Level at the start and slope per minute. */
  #line(): readonly [number, number] {
    if (this.mode !== 'front_loaded') return [1, 0];
    return [FRONT_LOAD, ((BACK_LOAD - FRONT_LOAD) * MINUTE_MS) / (this.endMs - this.startMs)];
  }

  /** Sum of traffic times `level + slope * minutes since the start`, stretch by stretch of one offset. */
  #between(fromMs: number, toMs: number, level: number, slope: number): number {
    let sum = 0;
    const until = Math.min(toMs, this.endMs);
    for (let at = Math.max(fromMs, this.startMs); at < until; ) {
      const offset = this.#zone.offsetAt(at);
      const end = Math.min(until, this.#zone.stretchEnd(at));
      const shift = offset - this.#mondayMs;
      const [first, last] = [(at + shift) / MINUTE_MS, (end + shift) / MINUTE_MS];
      const traffic = this.#traffic.sumTo(last) - this.#traffic.sumTo(first);
      if (slope === 0) sum += level * traffic;
      else {
        const start = (this.startMs + shift) / MINUTE_MS;
        const moment = this.#traffic.momentTo(last) - this.#traffic.momentTo(first);
        sum += (level - slope * start) * traffic + slope * moment;
      }
      at = end;
    }
    return sum;
  }
}
