import type { IndexedCreative, IndexedFlight, IndexedLineItem } from '../index/model.ts';

/** Line items whose counters one decision reads at most: what bounds its steps, and what its record holds. */
export const MAX_EXAMINED = 512;

/** One ad of an answer. */
export interface ChosenAd {
  readonly lineItem: IndexedLineItem;
  readonly flight: IndexedFlight;
  readonly creative: IndexedCreative;
  /** What an impression of it costs, micros of the line item's currency. */
  readonly priceMicros: number;
  /** From 1 in play order; back-ups count on behind the last. */
  readonly position: number;
}
