/**
 * Pots of money or impressions in columns, addressed by dense slots, so that a decision looks nothing up. Whole micros
 * or whole impressions; no clock. `spent + reserved <= limit` holds after every call that takes something, on each pot.
 */
const FIRST_SLOTS = 64;

/** What a pot counts: the price of an impression in micros, or each impression as 1. */
export const POT_UNITS = ['micros', 'impressions'] as const;
export type PotUnit = (typeof POT_UNITS)[number];

/** One pot as a snapshot states it. Amounts are in the pot's unit. */
export interface PotLimit {
  readonly key: string;
  /** Null: no limit. */
  readonly limitMicros: number | null;
  /** What the snapshot has counted already. */
  readonly ingestedMicros: number;
  /** `micros` when it is not said. */
  readonly unit?: PotUnit;
  /** What may be spent comes from leases: a snapshot changes nothing in such a pot. */
  readonly isLeased?: boolean;
}

export class PotTable {
  readonly #slots = new Map<string, number>();
  /** Pots that the snapshot no longer names and that are not settled yet. */
  readonly #unnamed = new Set<string>();
  /** Slots given up since the last snapshot, and before it: not used again at once, for who still holds their number. */
  #leaving: number[] = [];
  #left: number[] = [];
  readonly #free: number[] = [];
  #next = 0;
  #limit = new Float64Array(FIRST_SLOTS);
  #ingested = new Float64Array(FIRST_SLOTS);
  #own = new Float64Array(FIRST_SLOTS);
  #reserved = new Float64Array(FIRST_SLOTS);
  #unbilled = new Float64Array(FIRST_SLOTS);
  #countsImpressions = new Uint8Array(FIRST_SLOTS);
  #isLeased = new Uint8Array(FIRST_SLOTS);

  /** Slots are below this. */
  get slotCount(): number {
    return this.#next;
  }

  /** The slot of a pot; undefined when there is none. */
  slotOf(key: string): number | undefined {
    return this.#slots.get(key);
  }

  /**
   * The slot of a pot; one that is not known is opened with nothing to spend. Throws RangeError when the pot is known
   * in another unit.
   */
  open(key: string, unit: PotUnit = 'micros'): number {
    const known = this.#slots.get(key);
    const countsImpressions = unit === 'impressions' ? 1 : 0;
    if (known !== undefined) {
      if (this.#countsImpressions[known] !== countsImpressions)
        throw new RangeError(`pot '${key}' is not counted in ${unit}`);
      this.#unnamed.delete(key);
      return known;
    }
    const slot = this.#free.pop() ?? this.#next++;
    if (slot >= this.#limit.length) this.#grow();
    for (const column of [this.#limit, this.#ingested, this.#own, this.#reserved, this.#unbilled])
      column[slot] = 0;
    this.#countsImpressions[slot] = countsImpressions;
    this.#isLeased[slot] = 0;
    this.#slots.set(key, slot);
    return slot;
  }

  /** Leaves limit and counted amount of a pot to the leases from now on. */
  setLeased(slot: number): void {
    this.#isLeased[slot] = 1;
  }

  /** Takes a pot out. Its slot is used again two snapshots later. */
  drop(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#limit[slot] = 0;
    this.#leaving.push(slot);
  }

  /** What a pot allows in all. */
  limit(slot: number): number {
    return this.#limit[slot]!;
  }

  setLimit(slot: number, limit: number): void {
    this.#limit[slot] = limit;
  }

  /** Counted in the snapshot. */
  ingested(slot: number): number {
    return this.#ingested[slot]!;
  }

  setIngested(slot: number, amount: number): void {
    this.#ingested[slot] = amount;
  }

  /** Spent by this node and not counted in the snapshot. */
  own(slot: number): number {
    return this.#own[slot]!;
  }

  setOwn(slot: number, amount: number): void {
    this.#own[slot] = amount;
  }

  /** Promised to decisions whose impression may still come. */
  reserved(slot: number): number {
    return this.#reserved[slot]!;
  }

  setReserved(slot: number, amount: number): void {
    this.#reserved[slot] = amount;
  }

  /** Delivered beyond the pot by late impressions, and not billed. */
  unbilled(slot: number): number {
    return this.#unbilled[slot]!;
  }

  /** What a decision may still promise; below 0 after a limit was lowered. */
  available(slot: number): number {
    return this.#limit[slot]! - this.#ingested[slot]! - this.#own[slot]! - this.#reserved[slot]!;
  }

  /** What one impression at this price takes out of a pot. */
  amountOf(slot: number, priceMicros: number): number {
    return this.#countsImpressions[slot] === 1 ? 1 : priceMicros;
  }

  /** True when each of the pots `pots[from..to)` has room for one impression at this price. */
  hasRoom(pots: Int32Array, from: number, to: number, priceMicros: number): boolean {
    for (let at = from; at < to; at++) {
      const slot = pots[at]!;
      if (this.available(slot) < this.amountOf(slot, priceMicros)) return false;
    }
    return true;
  }

  /** Promises one impression in all of the pots, or in none when one of them cannot. */
  reserve(pots: Int32Array, from: number, to: number, priceMicros: number): boolean {
    if (!this.hasRoom(pots, from, to, priceMicros)) return false;
    for (let at = from; at < to; at++) {
      const slot = pots[at]!;
      this.#reserved[slot]! += this.amountOf(slot, priceMicros);
    }
    return true;
  }

  /** Gives a promise back: its time ran out. */
  release(pots: Int32Array, from: number, to: number, priceMicros: number): void {
    for (let at = from; at < to; at++) {
      const slot = pots[at]!;
      this.#reserved[slot]! -= this.amountOf(slot, priceMicros);
    }
  }

  /** Turns a promise into spend: the impression came. */
  commit(pots: Int32Array, from: number, to: number, priceMicros: number): void {
    for (let at = from; at < to; at++) {
      const slot = pots[at]!;
      const amount = this.amountOf(slot, priceMicros);
      this.#reserved[slot]! -= amount;
      this.#own[slot]! += amount;
    }
  }

  /**
   * A late impression, whose promise had been given back: billed while every pot has room; else counted in
   * {@link unbilled} of every pot, and the answer is false. What is unbilled is at most what was released within the
   * life of a tracking address times the share of impressions that come late.
   */
  spend(pots: Int32Array, from: number, to: number, priceMicros: number): boolean {
    const isBilled = this.hasRoom(pots, from, to, priceMicros);
    const column = isBilled ? this.#own : this.#unbilled;
    for (let at = from; at < to; at++) {
      const slot = pots[at]!;
      column[slot]! += this.amountOf(slot, priceMicros);
    }
    return isBilled;
  }

  /** Adds spend that already happened, whatever the limit says: reading back the log. */
  restore(pots: Int32Array, from: number, to: number, priceMicros: number): void {
    for (let at = from; at < to; at++) {
      const slot = pots[at]!;
      this.#own[slot]! += this.amountOf(slot, priceMicros);
    }
  }

  /**
   * Takes over a new snapshot: new limits and counted sums, and off the own spend what has been counted meanwhile.
   * Slots and counters of pots that stay are kept. Pots that are no longer named get nothing more to spend, and go
   * once they are settled; their slots are used again two snapshots later.
   */
  rebase(limits: Iterable<PotLimit>, newlyIngested: ReadonlyMap<string, number>): void {
    const named = [...limits];
    const keys = new Set(named.map(({ key }) => key));
    const gone = [...this.#slots.keys()].filter((key) => !keys.has(key));
    this.change(named, gone, newlyIngested);
  }

  /** The same for what differs from the snapshot before: limits that are new or other, and keys no longer named. */
  change(
    limits: Iterable<PotLimit>,
    gone: Iterable<string>,
    newlyIngested: ReadonlyMap<string, number>,
  ): void {
    this.#free.push(...this.#left);
    this.#left = this.#leaving;
    this.#leaving = [];
    for (const key of gone) this.#unnamed.add(key);
    for (const { key, limitMicros, ingestedMicros, unit, isLeased } of limits) {
      this.#unnamed.delete(key);
      const slot = this.open(key, unit);
      if (isLeased) this.#isLeased[slot] = 1;
      if (this.#isLeased[slot] === 1) continue;
      this.#limit[slot] = limitMicros ?? Number.POSITIVE_INFINITY;
      this.#ingested[slot] = ingestedMicros;
    }
    for (const [key, amount] of newlyIngested) {
      const slot = this.#slots.get(key);
      if (slot !== undefined && this.#isLeased[slot] === 0) this.#own[slot]! -= amount;
    }
    for (const key of this.#unnamed) {
      const slot = this.#slots.get(key);
      if (slot !== undefined && this.#isLeased[slot] === 1) continue;
      if (slot !== undefined) {
        this.#limit[slot] = 0;
        if (this.#own[slot] !== 0 || this.#reserved[slot] !== 0) continue;
        this.drop(key);
      }
      this.#unnamed.delete(key);
    }
  }

  #grow(): void {
    const larger = (column: Float64Array) => {
      const copy = new Float64Array(column.length * 2);
      copy.set(column);
      return copy;
    };
    this.#limit = larger(this.#limit);
    this.#ingested = larger(this.#ingested);
    this.#own = larger(this.#own);
    this.#reserved = larger(this.#reserved);
    this.#unbilled = larger(this.#unbilled);
    this.#countsImpressions = longer(this.#countsImpressions);
    this.#isLeased = longer(this.#isLeased);
  }
}

function longer(flags: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(flags.length * 2);
  copy.set(flags);
  return copy;
}
