import type { BudgetLedger, Pot } from '@cuepoint/decisioning';

/** A decision whose impression may still come, and what it holds. */
export interface OpenDecision {
  readonly pots: readonly Pot[];
  readonly priceMicros: number;
  readonly currency: string;
  readonly campaignId: string;
  readonly flightId: string;
  readonly placementId: string;
}

interface Bucket {
  /** Reservations not yet turned into spend nor given back. */
  readonly open: Map<string, OpenDecision>;
  /** Bit per event already acknowledged or about to be, by decision and position. */
  readonly seen: Map<string, number>;
  isReleased: boolean;
}

/**
 * Reservations and seen events of this node, in buckets by the second of the decision. That second is known from a
 * token's expiry, so a lookup needs one bucket, and time passes by dropping whole buckets.
 */
export class OpenDecisions {
  readonly #buckets = new Map<number, Bucket>();
  readonly #ledger: BudgetLedger;
  readonly #reservationSeconds: number;
  readonly #tokenSeconds: number;
  #openCount = 0;

  constructor(ledger: BudgetLedger, reservationSeconds: number, tokenSeconds: number) {
    this.#ledger = ledger;
    this.#reservationSeconds = reservationSeconds;
    this.#tokenSeconds = tokenSeconds;
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** Remembers a reservation that the ledger has granted. */
  add(second: number, key: string, decision: OpenDecision): void {
    this.#bucket(second).open.set(key, decision);
    this.#openCount++;
  }

  /** Takes a reservation out to be spent; undefined when it has returned to the budget or is unknown. */
  take(second: number, key: string): OpenDecision | undefined {
    const bucket = this.#buckets.get(second);
    const decision = bucket?.open.get(key);
    if (!bucket || !decision) return undefined;
    bucket.open.delete(key);
    this.#openCount--;
    return decision;
  }

  /** Puts a taken reservation back; false when its time has run out meanwhile. */
  reopen(second: number, key: string, decision: OpenDecision): boolean {
    if (this.#buckets.get(second)?.isReleased !== false) return false;
    this.add(second, key, decision);
    return true;
  }

  peek(second: number, key: string): OpenDecision | undefined {
    return this.#buckets.get(second)?.open.get(key);
  }

  /** Marks an event; true when it had been marked before. */
  markSeen(second: number, key: string, event: number): boolean {
    const { seen } = this.#bucket(second);
    const before = seen.get(key) ?? 0;
    if (before & (1 << event)) return true;
    seen.set(key, before | (1 << event));
    return false;
  }

  /** Takes a mark back: the event was not kept. */
  unmark(second: number, key: string, event: number): void {
    const seen = this.#buckets.get(second)?.seen;
    if (seen) seen.set(key, (seen.get(key) ?? 0) & ~(1 << event));
  }

  /** Gives back reservations older than their time and forgets decisions whose tokens have expired. */
  sweep(nowSeconds: number): number {
    let released = 0;
    for (const [second, bucket] of this.#buckets) {
      if (!bucket.isReleased && second + this.#reservationSeconds <= nowSeconds) {
        bucket.isReleased = true;
        for (const decision of bucket.open.values()) {
          this.#ledger.release(decision.pots, decision.priceMicros);
          released++;
        }
        this.#openCount -= bucket.open.size;
        bucket.open.clear();
      }
      if (second + this.#tokenSeconds < nowSeconds) this.#buckets.delete(second);
    }
    return released;
  }

  #bucket(second: number): Bucket {
    let bucket = this.#buckets.get(second);
    if (!bucket) {
      bucket = { open: new Map(), seen: new Map(), isReleased: false };
      this.#buckets.set(second, bucket);
    }
    return bucket;
  }
}
