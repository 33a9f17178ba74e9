import type { PotTable } from './pot-table.ts';

/** Where an account stands: running totals in the unit of the pot. */
export interface Totals {
  readonly granted: number;
  readonly returned: number;
  readonly spent: number;
}

/** Ends of leases are rounded down to this, so that many of them are seen to at once. */
const DUE_STEP_MS = 250;

/**
 * What a node has of one pot. It sets the limit of the pot in the table: what was granted and not given back while the
 * lease lasts, and nothing once it is over, so that what returns from open promises is not promised again.
 */
export class Lease {
  readonly key: string;
  readonly slot: number;
  /** What one impression takes. */
  price: number;
  /** The pot is no longer served. */
  isEnding = false;
  granted = 0;
  returned = 0;
  /** Of `returned`, what the bank has confirmed. */
  confirmed = 0;
  askedAtMs = Number.NEGATIVE_INFINITY;
  returnedAtMs = Number.NEGATIVE_INFINITY;
  expiresAtMs = 0;
  isWanted = true;
  readonly #table: PotTable;
  #isOver = true;
  #size = Number.POSITIVE_INFINITY;
  #renewAtMs = Number.POSITIVE_INFINITY;
  #askBelow = Number.NEGATIVE_INFINITY;
  /** What was used when the lease was granted: when it is no more now, nobody needs another. */
  #usedAtGrant = 0;

  constructor(table: PotTable, slot: number, key: string, price: number) {
    this.#table = table;
    this.slot = slot;
    this.key = key;
    this.price = price;
  }

  get spent(): number {
    return this.#table.ingested(this.slot) + this.#table.own(this.slot);
  }

  get reserved(): number {
    return this.#table.reserved(this.slot);
  }

  /** Neither spent nor promised. */
  get idle(): number {
    return this.granted - this.returned - this.spent - this.reserved;
  }

  /** Puts the account where the bank says it stands, with no time to promise in, and wants more. */
  standAt({ granted, returned }: Pick<Totals, 'granted' | 'returned'>): void {
    this.granted = granted;
    this.returned = returned;
    this.confirmed = returned;
    this.askedAtMs = Number.NEGATIVE_INFINITY;
    this.expiresAtMs = 0;
    this.isWanted = true;
    this.#size = Number.POSITIVE_INFINITY;
    this.stop();
  }

  /** Takes in an answer of the bank. */
  take(granted: number, size: number, expiresAtMs: number, skewMs: number, nowMs: number): void {
    this.isWanted = false;
    if (granted > this.granted) {
      this.granted = granted;
      this.askedAtMs = Number.NEGATIVE_INFINITY;
    }
    if (expiresAtMs > this.expiresAtMs) {
      this.expiresAtMs = expiresAtMs;
      this.#isOver = this.dueAtMs(skewMs) <= nowMs;
      this.#size = size;
      this.#renewAtMs = nowMs + 0.75 * (expiresAtMs - nowMs);
      this.#askBelow = Math.max(this.price, this.idle / 4);
      this.#usedAtGrant = this.spent + this.reserved;
    }
    this.#setLimit();
  }

  /** When it has to stop by this node's clock, which may be `skewMs` behind the bank's. */
  dueAtMs(skewMs: number): number {
    return Math.floor((this.expiresAtMs - skewMs) / DUE_STEP_MS) * DUE_STEP_MS;
  }

  /** Nothing more is promised. */
  stop(): void {
    this.#isOver = true;
    this.#setLimit();
  }

  /** Sets aside what goes back to the bank: all that is idle when it is over, else what is beyond its size. */
  giveBack(): void {
    const excess = this.idle - (this.#isOver || this.isEnding ? 0 : this.#size);
    if (!(excess > 0)) return;
    this.returned += excess;
    this.returnedAtMs = Number.NEGATIVE_INFINITY;
    this.#setLimit();
  }

  /** True when the bank should be asked for more, or for more time. */
  needs(nowMs: number): boolean {
    if (this.isEnding) return false;
    if (this.isWanted) return true;
    if (this.spent + this.reserved === this.#usedAtGrant) return false;
    return nowMs >= this.#renewAtMs || this.idle < this.#askBelow;
  }

  #setLimit(): void {
    this.#table.setLimit(this.slot, this.#isOver ? 0 : this.granted - this.returned);
  }
}
