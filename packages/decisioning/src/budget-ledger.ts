/**
 * Money in whole micros: what a budget allows, what is spent, what is promised. In memory and without a clock.
 * `spent + reserved <= limit` holds after every call that takes money.
 */
export interface Pot {
  /** Infinity when there is no budget. */
  limitMicros: number;
  /** Spend that the snapshot already contains. */
  ingestedMicros: number;
  /** Spend of this node that the snapshot does not contain yet. */
  ownMicros: number;
  /** Promised to decisions whose impression is still open. */
  reservedMicros: number;
}

export interface PotLimit {
  readonly key: string;
  readonly limitMicros: number | null;
  readonly ingestedMicros: number;
}

export function availableIn(pot: Pot): number {
  return pot.limitMicros - pot.ingestedMicros - pot.ownMicros - pot.reservedMicros;
}

export class BudgetLedger {
  readonly #pots = new Map<string, Pot>();

  /** The pot of a line item or flight; created empty-handed (nothing to spend) when the key is unknown. */
  pot(key: string): Pot {
    let pot = this.#pots.get(key);
    if (!pot) {
      pot = { limitMicros: 0, ingestedMicros: 0, ownMicros: 0, reservedMicros: 0 };
      this.#pots.set(key, pot);
    }
    return pot;
  }

  /**
   * Takes over a new snapshot: new limits and ingested sums, and off the own spend what has been ingested meanwhile.
   * Pots that the snapshot no longer names get nothing more to spend and go once they are settled.
   */
  rebase(limits: Iterable<PotLimit>, newlyIngested: ReadonlyMap<string, number>): void {
    const named = new Set<string>();
    for (const { key, limitMicros, ingestedMicros } of limits) {
      named.add(key);
      const pot = this.pot(key);
      pot.limitMicros = limitMicros ?? Number.POSITIVE_INFINITY;
      pot.ingestedMicros = ingestedMicros;
    }
    for (const [key, micros] of newlyIngested) this.pot(key).ownMicros -= micros;
    for (const [key, pot] of this.#pots) {
      if (named.has(key)) continue;
      pot.limitMicros = 0;
      if (pot.ownMicros === 0 && pot.reservedMicros === 0) this.#pots.delete(key);
    }
  }

  /** Promises `micros` in all pots, or in none when one of them cannot. */
  reserve(pots: readonly Pot[], micros: number): boolean {
    for (const pot of pots) if (availableIn(pot) < micros) return false;
    for (const pot of pots) pot.reservedMicros += micros;
    return true;
  }

  /** Gives a promise back. */
  release(pots: readonly Pot[], micros: number): void {
    for (const pot of pots) pot.reservedMicros -= micros;
  }

  /** Turns a promise into spend. */
  commit(pots: readonly Pot[], micros: number): void {
    for (const pot of pots) {
      pot.reservedMicros -= micros;
      pot.ownMicros += micros;
    }
  }

  /** Spends without a promise, only while every pot has room: a late impression. */
  spend(pots: readonly Pot[], micros: number): boolean {
    for (const pot of pots) if (availableIn(pot) < micros) return false;
    for (const pot of pots) pot.ownMicros += micros;
    return true;
  }

  /** Adds spend that already happened, whatever the limit says: reading back the log. */
  restore(pots: readonly Pot[], micros: number): void {
    for (const pot of pots) pot.ownMicros += micros;
  }
}
