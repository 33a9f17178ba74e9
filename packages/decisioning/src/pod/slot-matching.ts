import { MAX_POD_CANDIDATES as MAX, MAX_POD_SLOTS } from './model.ts';

const NOBODY = -1;

/**
 * Whether ads can all have a slot of their own, each among those that it may take, by augmenting paths (Kuhn). Ads are
 * added one at a time; who has a slot keeps one, though not always the same.
 */
export class SlotMatching {
  readonly #holders = new Int32Array(MAX_POD_SLOTS);
  readonly #masks = new Int32Array(MAX);
  /** Slots tried since `clear`: what the matching cost. */
  tries = 0;
  #count = 0;
  #seen = 0;

  clear(): void {
    this.#holders.fill(NOBODY);
    this.#count = 0;
    this.tries = 0;
  }

  /** Finds a slot for one more ad that may take `mask` (a bit a slot); false when there is none. */
  add(mask: number): boolean {
    this.#seen = 0;
    this.#masks[this.#count] = mask;
    if (!this.#augment(this.#count)) return false;
    this.#count++;
    return true;
  }

  #augment(ad: number): boolean {
    const holders = this.#holders;
    for (;;) {
      const open = this.#masks[ad]! & ~this.#seen;
      if (open === 0) return false;
      const slot = 31 - Math.clz32(open & -open);
      this.#seen |= 1 << slot;
      this.tries++;
      if (holders[slot] !== NOBODY && !this.#augment(holders[slot]!)) continue;
      holders[slot] = ad;
      return true;
    }
  }
}
