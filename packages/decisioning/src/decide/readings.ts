import type { IndexedAssignment, IndexedFlight, IndexedLineItem } from '../index/model.ts';

/** No money left in the flight or line item. */
export const OUT_OF_BUDGET = 0;
/** No money left today. */
export const OUT_FOR_TODAY = -1;

/** Counters of the moment, read by the engine and never written. */
export interface Readings {
  /**
   * Impressions that may still be promised: the least of what its budgets and goals leave, in whole impressions. Infinity
   * without a limit; OUT_OF_BUDGET or OUT_FOR_TODAY when there is none.
   */
  affordable(item: IndexedLineItem, flight: IndexedFlight): number;
  /** Share of eligible requests to let in, 0 to 1. */
  passRate(item: IndexedLineItem, flight: IndexedFlight): number;
  /** Exposures that the caps of line item, campaign and brand still allow this viewer. Asked only when there are caps. */
  room(item: IndexedLineItem): number;
  /** The same for the caps of one creative. Asked only when there are such. */
  creativeRoom(item: IndexedLineItem, assignment: IndexedAssignment): number;
  /** How many times the line item has been chosen: its place in a sequential rotation. Asked only when it has one. */
  sequence(item: IndexedLineItem): number;
}

/** A candidate whose counters were read, with what was read: what a replay needs. */
export interface Examined {
  readonly item: IndexedLineItem;
  readonly flight: IndexedFlight;
  readonly affordable: number;
  /** 1 when it was not asked for. */
  readonly passRate: number;
  /** Infinity when there are no caps. */
  readonly room: number;
  readonly sequence: number;
  /** By assignment; null when no cap counts a creative. */
  readonly creativeRooms: readonly number[] | null;
  /** Bits of the assignments that fit the request and have room; -1 when there are more than a number has bits for. */
  readonly fits: number;
}
