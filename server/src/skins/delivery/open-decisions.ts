import type { BudgetLedger, ChosenAd } from '@cuepoint/decisioning';
import { TRACKING_EVENTS, type TrackingEvent } from '../../kernel/delivery-protocol.ts';
import type { Exposure, Exposures } from './exposures.ts';
import type { Claim } from './pots.ts';

/** Names one ad of a decision: mostly it has one. */
export function adKey(decisionId: string, position: number): string {
  return position === 1 ? decisionId : `${decisionId}.${position}`;
}

/**
 * The bit that marks an event of an ad. Invalid ones have bits of their own: a prefetched impression must not keep the
 * viewer's from counting.
 */
export function markOf(event: TrackingEvent, isInvalid: boolean): number {
  return TRACKING_EVENTS.indexOf(event) + (isInvalid ? TRACKING_EVENTS.length : 0);
}

/** What was sold, as the line item said at the time: one object for all decisions of a flight. */
export interface Sold {
  readonly currency: string;
  readonly campaignId: string;
  readonly flightId: string;
}

/** A decision whose impression may still come, and what it holds. */
export interface OpenDecision {
  readonly claim: Claim;
  readonly priceMicros: number;
  readonly sold: Sold;
  readonly placementId: string;
  /** Whose frequency caps it counts towards; null when none. */
  readonly exposure: Exposure | null;
}

/** A back-up and the viewing session it was offered to: shown there once its impression comes. */
export interface OfferedBackup {
  readonly accountId: string;
  readonly streamId: string;
  readonly ad: ChosenAd;
}

interface Bucket {
  /** Reservations not yet turned into spend nor given back. */
  readonly open: Map<string, OpenDecision>;
  /** Exposures of decisions whose money has been given back: a late impression still counts towards caps. */
  readonly late: Map<string, Exposure>;
  /** Back-ups that sessions may still be shown; null when there are none. */
  backups: Map<string, OfferedBackup> | null;
  /** Bit per event already acknowledged or about to be, by decision and position. */
  readonly seen: Map<string, number>;
  isReleased: boolean;
}

/** Takes what an impression costs out of its pots, as a promise. False, and nothing taken, when one has too little. */
export function reserve(ledger: BudgetLedger, claim: Claim, priceMicros: number): boolean {
  if (!ledger.reserve(claim.money, priceMicros)) return false;
  if (claim.count === null || ledger.reserve([claim.count], 1)) return true;
  ledger.release(claim.money, priceMicros);
  return false;
}

export function release(ledger: BudgetLedger, claim: Claim, priceMicros: number): void {
  ledger.release(claim.money, priceMicros);
  if (claim.count !== null) ledger.release([claim.count], 1);
}

/**
 * Reservations and seen events of this node, in buckets by the second of the decision. That second is known from a
 * token's expiry, so a lookup needs one bucket, and time passes by dropping whole buckets.
 */
export class OpenDecisions {
  readonly #buckets = new Map<number, Bucket>();
  readonly #ledger: BudgetLedger;
  readonly #exposures: Exposures;
  readonly #reservationSeconds: number;
  readonly #tokenSeconds: number;
  #openCount = 0;

  constructor(ledger: BudgetLedger, exposures: Exposures, reservationSeconds: number, tokenSeconds: number) {
    this.#ledger = ledger;
    this.#exposures = exposures;
    this.#reservationSeconds = reservationSeconds;
    this.#tokenSeconds = tokenSeconds;
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** Remembers a reservation that the ledger has granted. */
  add(second: number, key: string, decision: OpenDecision): void {
    const bucket = this.#bucket(second);
    bucket.open.set(key, decision);
    // A clock that was set back comes to a second again whose promises have been given back: these are new.
    bucket.isReleased = false;
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

  /** Whether a reservation is there, and will be at an instant. */
  isHeld(second: number, key: string, atMs: number): boolean {
    return (second + this.#reservationSeconds) * 1000 > atMs && this.peek(second, key) !== undefined;
  }

  /** Whose caps a decision counted towards whose money has been given back. */
  takeLate(second: number, key: string): Exposure | undefined {
    const bucket = this.#buckets.get(second);
    const exposure = bucket?.late.get(key);
    if (exposure) bucket?.late.delete(key);
    return exposure;
  }

  /** Remembers whose caps an older decision counts towards, should its impression be found. */
  addLate(second: number, key: string, exposure: Exposure): void {
    this.#bucket(second).late.set(key, exposure);
  }

  /** Remembers a back-up for as long as a reservation lasts, with one or without. */
  offerBackup(second: number, key: string, backup: OfferedBackup): void {
    const bucket = this.#bucket(second);
    bucket.backups ??= new Map();
    bucket.backups.set(key, backup);
  }

  /** Takes out a back-up whose impression has come; once, whatever becomes of the impression. */
  takeBackup(second: number, key: string): OfferedBackup | undefined {
    const backups = this.#buckets.get(second)?.backups;
    const backup = backups?.get(key);
    if (backup) backups!.delete(key);
    return backup;
  }

  /** Marks an event; true when it had been marked before. */
  markSeen(second: number, key: string, mark: number): boolean {
    const { seen } = this.#bucket(second);
    const before = seen.get(key) ?? 0;
    if (before & (1 << mark)) return true;
    seen.set(key, before | (1 << mark));
    return false;
  }

  hasSeen(second: number, key: string, mark: number): boolean {
    return ((this.#buckets.get(second)?.seen.get(key) ?? 0) & (1 << mark)) !== 0;
  }

  /** Takes a mark back: the event was not kept. */
  unmark(second: number, key: string, mark: number): void {
    const seen = this.#buckets.get(second)?.seen;
    if (seen) seen.set(key, (seen.get(key) ?? 0) & ~(1 << mark));
  }

  /** Gives back reservations older than their time and forgets decisions whose tokens have expired. */
  sweep(nowSeconds: number): number {
    let released = 0;
    for (const [second, bucket] of this.#buckets) {
      if (!bucket.isReleased && second + this.#reservationSeconds <= nowSeconds) {
        bucket.isReleased = true;
        for (const [key, decision] of bucket.open) {
          release(this.#ledger, decision.claim, decision.priceMicros);
          if (decision.exposure !== null) {
            this.#exposures.release(decision.exposure, second * 1000);
            bucket.late.set(key, decision.exposure);
          }
          released++;
        }
        this.#openCount -= bucket.open.size;
        bucket.open.clear();
        bucket.backups = null;
      }
      if (second + this.#tokenSeconds < nowSeconds) this.#buckets.delete(second);
    }
    return released;
  }

  #bucket(second: number): Bucket {
    let bucket = this.#buckets.get(second);
    if (!bucket) {
      bucket = { open: new Map(), late: new Map(), backups: null, seen: new Map(), isReleased: false };
      this.#buckets.set(second, bucket);
    }
    return bucket;
  }
}
