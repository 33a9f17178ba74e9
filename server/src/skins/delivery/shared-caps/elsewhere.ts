import { CLOCK_DIFFERENCE_MS } from '../../../kernel/delivery-protocol.ts';
import type { SharedExposure } from './entries.ts';

/** What a viewer was shown or promised by other nodes. */
export interface SeenElsewhere {
  /** How many of its exposures count in a window that ends now. @param windowMs Infinity for a lifetime */
  count(scope: number, windowMs: number, nowMs: number): number;
}

/** Of a viewer whom nothing more may be shown that is capped: another node is deciding for them right now. */
export const EVERYTHING: SeenElsewhere = { count: () => Number.POSITIVE_INFINITY };

/**
 * Exposures that other nodes wrote. The clocks of two nodes may differ: each exposure is taken to be younger by as much as
 * they may, so that it never leaves a window early, and leaves it late by twice that at most.
 */
export class ExposuresElsewhere implements SeenElsewhere {
  readonly #exposures: readonly SharedExposure[];
  readonly #reservationMs: number;

  constructor(exposures: readonly SharedExposure[], reservationMs: number) {
    this.#exposures = exposures;
    this.#reservationMs = reservationMs;
  }

  count(scope: number, windowMs: number, nowMs: number): number {
    let counted = 0;
    for (const { isShown, atMs, scopes } of this.#exposures) {
      const lastsMs = isShown ? windowMs : this.#reservationMs;
      if (atMs + CLOCK_DIFFERENCE_MS > nowMs - lastsMs && scopes.includes(scope)) counted++;
    }
    return counted;
  }
}
