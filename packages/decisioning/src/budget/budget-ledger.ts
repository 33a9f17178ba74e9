import { type PotLimit, PotTable } from './pot-table.ts';

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

export function availableIn(pot: Pot): number {
  return pot.limitMicros - pot.ingestedMicros - pot.ownMicros - pot.reservedMicros;
}

/** A pot of a {@link PotTable} as an object, for who works by key. */
class TablePot implements Pot {
  readonly #table: PotTable;
  readonly slot: number;

  constructor(table: PotTable, slot: number) {
    this.#table = table;
    this.slot = slot;
  }

  get limitMicros(): number {
    return this.#table.limit(this.slot);
  }

  set limitMicros(micros: number) {
    this.#table.setLimit(this.slot, micros);
  }

  get ingestedMicros(): number {
    return this.#table.ingested(this.slot);
  }

  set ingestedMicros(micros: number) {
    this.#table.setIngested(this.slot, micros);
  }

  get ownMicros(): number {
    return this.#table.own(this.slot);
  }

  set ownMicros(micros: number) {
    this.#table.setOwn(this.slot, micros);
  }

  get reservedMicros(): number {
    return this.#table.reserved(this.slot);
  }

  set reservedMicros(micros: number) {
    this.#table.setReserved(this.slot, micros);
  }
}

/** Pots by key, kept in a {@link PotTable}: both ways of reaching a pot see the same counters. */
export class BudgetLedger {
  readonly table = new PotTable();
  readonly #pots = new Map<string, TablePot>();
  /** Keys that a snapshot no longer names and that still have something to settle. */
  readonly #going = new Set<string>();

  /** The pot of a line item or flight; created empty-handed (nothing to spend) when the key is unknown. */
  pot(key: string): Pot {
    const slot = this.table.open(key);
    let pot = this.#pots.get(key);
    if (pot?.slot !== slot) {
      pot = new TablePot(this.table, slot);
      this.#pots.set(key, pot);
    }
    return pot;
  }

  /** Takes over a new snapshot; see {@link PotTable.rebase}. */
  rebase(limits: Iterable<PotLimit>, newlyIngested: ReadonlyMap<string, number>): void {
    this.table.rebase(limits, newlyIngested);
    for (const key of this.#pots.keys()) if (this.table.slotOf(key) === undefined) this.#pots.delete(key);
  }

  /** The same for what differs; see {@link PotTable.change}. */
  change(
    limits: Iterable<PotLimit>,
    gone: readonly string[],
    newlyIngested: ReadonlyMap<string, number>,
  ): void {
    for (const key of gone) this.#going.add(key);
    this.table.change(limits, gone, newlyIngested);
    for (const key of this.#going) {
      if (this.table.slotOf(key) === undefined) this.#pots.delete(key);
      else if (this.table.limit(this.table.slotOf(key)!) === 0) continue;
      this.#going.delete(key);
    }
  }

  /** Sets what a snapshot has counted of a pot; nothing when there is no such pot. */
  ingest(key: string, amount: number): void {
    const slot = this.table.slotOf(key);
    if (slot !== undefined) this.table.setIngested(slot, amount);
  }

  /** What a snapshot has counted of a pot; 0 when there is no such pot. */
  ingestedOf(key: string): number {
    const slot = this.table.slotOf(key);
    return slot === undefined ? 0 : this.table.ingested(slot);
  }

  /** Promises `micros` in all pots, or in none when one of them cannot. */
  reserve(pots: readonly Pot[], micros: number): boolean {
    for (const pot of pots) if (availableIn(pot) < micros) return false;
    for (const pot of pots) pot.reservedMicros += micros;
    return true;
  }

  /** Promises what was promised before, whatever the limit says: reading back the log. */
  hold(pots: readonly Pot[], micros: number): void {
    for (const pot of pots) pot.reservedMicros += micros;
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
