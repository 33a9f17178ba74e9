import type { CapRules } from './cap-rules.ts';
import { ExposureBlocks } from './exposure-blocks.ts';
import { clearSlot, doubled, findSlot, mix, SLOT } from './slots.ts';

/**
 * Exact frequency caps of one node: who (an identity of 64 bits) has been shown what (a scope of 32 bits: a line item,
 * campaign, brand or creative) and when.
 *
 * Open addressing over typed arrays, 16 bytes a slot, in 1,024 shards that grow one at a time, so that no call has more to do
 * than move a thousandth of the table. What no rule needs any more is cleared away a few slots at a time, whenever somebody
 * new arrives, and by whole shards before one grows: rubbish never makes the table larger.
 *
 * A full table (`maxEntries`) remembers nobody new: {@link room} answers 0 and {@link reserve} refuses, both counted. That can
 * only deliver too little. What it must not do is forget a viewer and show them an ad again.
 */
export const SHARDS = 1024;
const SHARD_SHIFT = 22;
const FIRST_SLOTS = 8;
/** Slots looked at for every new entry. At most three quarters are in use, so clearing keeps up with arrivals. */
const SWEEP_SLOTS = 4;
const SWEEP_WHEN_FULL = 32;

export interface ExposureTableOptions {
  /** How long a reservation counts before its impression, ms. */
  readonly reservationMs: number;
  /** Pairs of identity and scope remembered at most: about 60 bytes each at one or two exposures. */
  readonly maxEntries: number;
}

export interface ExposureTableStats {
  readonly entries: number;
  readonly bytes: number;
  /** Times that somebody new was turned away because the table was full. */
  readonly refused: number;
  /** Impressions that came after their reservation had run out: the only way past a cap. */
  readonly late: number;
  /** Late impressions of identities a full table could not take in. */
  readonly unrecorded: number;
}

/** One pair of identity and scope as it is kept; see {@link ExposureTable.visit}. */
export interface ExposureEntry {
  readonly high: number;
  readonly low: number;
  readonly scope: number;
  readonly keep: number;
  readonly seconds: number;
  readonly total: number;
  readonly exposuresMs: readonly number[];
  readonly reservationsMs: readonly number[];
}

export class ExposureTable {
  readonly reservationMs: number;
  readonly maxEntries: number;
  readonly #shards = Array.from({ length: SHARDS }, () => new Uint32Array(FIRST_SLOTS * SLOT));
  readonly #used = new Uint32Array(SHARDS);
  readonly #blocks: ExposureBlocks;
  #entries = 0;
  #refused = 0;
  #late = 0;
  #unrecorded = 0;
  #scopes: ReadonlySet<number> | undefined;
  #sweepShard = 0;
  #sweepSlot = 0;
  /** The slot found last, whose block is open. */
  #slots = this.#shards[0]!;
  #at = 0;

  /** Throws RangeError when an option is not a whole number above 0. */
  constructor({ reservationMs, maxEntries }: ExposureTableOptions) {
    for (const [name, value] of Object.entries({ reservationMs, maxEntries }))
      if (!Number.isSafeInteger(value) || value < 1)
        throw new RangeError(`${name} ${value} must be a whole number above 0`);
    this.reservationMs = reservationMs;
    this.maxEntries = maxEntries;
    this.#blocks = new ExposureBlocks(reservationMs);
  }

  get stats(): ExposureTableStats {
    const slots = this.#shards.reduce((bytes, shard) => bytes + shard.byteLength, 0);
    return {
      entries: this.#entries,
      bytes: slots + this.#blocks.bytes,
      refused: this.#refused,
      late: this.#late,
      unrecorded: this.#unrecorded,
    };
  }

  /** True when nobody new can be remembered: cap those by session instead. */
  get isFull(): boolean {
    return this.#entries >= this.maxEntries;
  }

  /**
   * How many more times the identity may be shown the scope now. Infinity without rules; 0 for somebody new when the
   * table is full.
   *
   * @param high upper 32 bits of the identity's keyed hash
   * @param low lower 32 bits
   */
  room(high: number, low: number, scope: number, rules: CapRules, nowMs: number): number {
    if (rules.caps.length === 0) return Number.POSITIVE_INFINITY;
    if (this.#open(high, low, scope)) return this.#blocks.room(rules, nowMs);
    if (!this.#hasPlace(nowMs)) {
      this.#refused++;
      return 0;
    }
    let room = Number.POSITIVE_INFINITY;
    for (const cap of rules.caps) room = Math.min(room, cap);
    return room;
  }

  /**
   * The first instant from `nowMs` on at which there is room, if nothing is shown until then: `nowMs` when there is
   * room, Infinity when a lifetime is used up or the table is full.
   */
  nextFreeAt(high: number, low: number, scope: number, rules: CapRules, nowMs: number): number {
    if (rules.caps.length === 0) return nowMs;
    if (this.#open(high, low, scope)) return this.#blocks.nextFreeAt(rules, nowMs);
    return this.isFull ? Number.POSITIVE_INFINITY : nowMs;
  }

  /**
   * Holds one exposure against the rules until its impression, its release, or `reservationMs` after `reservedAtMs`.
   * False when there is no room, or no room to remember it.
   *
   * @param reservedAtMs names the reservation when it is committed or released: any instant the caller can repeat,
   *   e.g. the second of the decision
   */
  reserve(
    high: number,
    low: number,
    scope: number,
    rules: CapRules,
    nowMs: number,
    reservedAtMs: number,
  ): boolean {
    if (rules.caps.length === 0) return true;
    if (this.#open(high, low, scope)) {
      if (this.#blocks.room(rules, nowMs) < 1) return false;
    } else if (!this.#create(high, low, scope, nowMs)) {
      this.#refused++;
      return false;
    }
    this.#blocks.apply(rules.keep, rules.longestSeconds);
    const held = this.#blocks.addReservation(reservedAtMs, nowMs);
    this.#slots[this.#at + 3] = this.#blocks.ref;
    return held;
  }

  /**
   * Counts an impression. It takes the place of its reservation; when that has run out or been released it counts all
   * the same, and the answer is false: it may have gone past a cap. The caller passes each impression once.
   */
  commit(
    high: number,
    low: number,
    scope: number,
    rules: CapRules,
    reservedAtMs: number,
    atMs: number,
  ): boolean {
    if (rules.caps.length === 0) return true;
    if (!this.#open(high, low, scope)) {
      this.#late++;
      if (!this.#create(high, low, scope, atMs)) {
        this.#unrecorded++;
        return false;
      }
      this.#blocks.apply(rules.keep, rules.longestSeconds);
      this.#blocks.addExposure(atMs);
      return false;
    }
    const held = this.#blocks.removeReservation(reservedAtMs) && reservedAtMs + this.reservationMs > atMs;
    if (!held) this.#late++;
    this.#blocks.addExposure(atMs);
    this.#slots[this.#at + 3] = this.#blocks.ref;
    return held;
  }

  /** Takes a reservation back; false when it is not there any more. */
  release(high: number, low: number, scope: number, reservedAtMs: number): boolean {
    return this.#open(high, low, scope) && this.#blocks.removeReservation(reservedAtMs);
  }

  /** Pairs of the identity that are remembered, of whatever scope. Looks at the whole table. */
  entriesOf(high: number, low: number): number {
    let found = 0;
    for (const slots of this.#shards)
      for (let at = 0; at < slots.length; at += SLOT) if (isOf(slots, at, high, low)) found++;
    return found;
  }

  /** Forgets all that the identity was shown and was promised; answers how many pairs. Looks at the whole table. */
  forget(high: number, low: number): number {
    let forgotten = 0;
    for (const [shard, slots] of this.#shards.entries())
      for (let at = 0; at < slots.length; ) {
        if (isOf(slots, at, high, low)) {
          // What lay behind it may have moved into the gap.
          this.#remove(shard, at);
          forgotten++;
          at = 0;
        } else at += SLOT;
      }
    return forgotten;
  }

  /**
   * Names the scopes that are worth remembering; others are cleared away in passing. Without this a lifetime cap keeps
   * its identities for ever. Name paused scopes too: what is forgotten is not remembered when they go on.
   */
  keepScopes(scopes: ReadonlySet<number> | undefined): void {
    this.#scopes = scopes;
  }

  /** Shows every entry of a shard (0 to 1023) that still matters. For checkpoints: it makes objects. */
  visit(shard: number, nowMs: number, show: (entry: ExposureEntry) => void): void {
    const slots = this.#shards[shard]!;
    for (let at = 0; at < slots.length; at += SLOT) {
      if (slots[at + 3] === 0 || this.#isSpent(slots, at, nowMs)) continue;
      const { exposures, reservations, keep, seconds, total } = this.#blocks;
      const times = Array.from({ length: exposures + reservations }, (_, n) => this.#blocks.timeAt(n));
      const [high, low, scope] = [slots[at]!, slots[at + 1]!, slots[at + 2]!];
      const exposuresMs = times.slice(0, exposures);
      const reservationsMs = times.slice(exposures);
      show({ high, low, scope, keep, seconds, total, exposuresMs, reservationsMs });
    }
  }

  /** Puts an entry in as it was kept. Throws RangeError when it is there already or the table is full. */
  restore(entry: ExposureEntry, nowMs: number): void {
    const { high, low, scope, keep, seconds, total, exposuresMs, reservationsMs } = entry;
    if (this.#open(high, low, scope))
      throw new RangeError(`identity ${high}.${low} and scope ${scope} come twice`);
    if (!this.#create(high, low, scope, nowMs, exposuresMs.length + reservationsMs.length))
      throw new RangeError(`more entries than maxEntries ${this.maxEntries}`);
    this.#blocks.apply(keep, seconds);
    this.#blocks.setTotal(total);
    for (const at of exposuresMs) this.#blocks.append(at, false);
    for (const at of reservationsMs) this.#blocks.append(at, true);
  }

  /** Points the cursor at the block of a pair. */
  #open(high: number, low: number, scope: number): boolean {
    const hash = mix(high, low, scope);
    this.#slots = this.#shards[hash >>> SHARD_SHIFT]!;
    this.#at = findSlot(this.#slots, hash, high >>> 0, low >>> 0, scope >>> 0);
    const ref = this.#slots[this.#at + 3]!;
    if (ref === 0) return false;
    this.#blocks.open(ref);
    return true;
  }

  /** Whether somebody new can be remembered, after a look for what can go. */
  #hasPlace(nowMs: number): boolean {
    if (this.isFull) this.#sweep(SWEEP_WHEN_FULL, nowMs);
    return !this.isFull;
  }

  #create(high: number, low: number, scope: number, nowMs: number, times = 1): boolean {
    this.#sweep(SWEEP_SLOTS, nowMs);
    if (!this.#hasPlace(nowMs)) return false;
    const hash = mix(high, low, scope);
    const shard = hash >>> SHARD_SHIFT;
    this.#makeRoom(shard, nowMs);
    const slots = this.#shards[shard]!;
    const at = findSlot(slots, hash, high >>> 0, low >>> 0, scope >>> 0);
    this.#blocks.create(times);
    slots[at] = high;
    slots[at + 1] = low;
    slots[at + 2] = scope;
    slots[at + 3] = this.#blocks.ref;
    this.#slots = slots;
    this.#at = at;
    this.#used[shard]!++;
    this.#entries++;
    return true;
  }

  #sweep(count: number, nowMs: number): void {
    for (let n = 0; n < count; n++) {
      const slots = this.#shards[this.#sweepShard]!;
      if (this.#sweepSlot >= slots.length) {
        this.#sweepSlot = 0;
        this.#sweepShard = (this.#sweepShard + 1) % SHARDS;
      } else if (slots[this.#sweepSlot + 3] !== 0 && this.#isSpent(slots, this.#sweepSlot, nowMs)) {
        // What moves into the gap is looked at next.
        this.#remove(this.#sweepShard, this.#sweepSlot);
      } else this.#sweepSlot += SLOT;
    }
  }

  /** Clears a shard that is three quarters full, and doubles it when that did not empty half. */
  #makeRoom(shard: number, nowMs: number): void {
    const slots = this.#shards[shard]!;
    const capacity = slots.length / SLOT;
    if (this.#used[shard]! + 1 <= capacity * 0.75) return;
    for (let at = 0; at < slots.length; ) {
      if (slots[at + 3] !== 0 && this.#isSpent(slots, at, nowMs)) this.#remove(shard, at);
      else at += SLOT;
    }
    if (this.#used[shard]! < capacity / 2) return;
    this.#shards[shard] = doubled(slots);
  }

  /** Opens the block of a slot and says whether it has had its day. */
  #isSpent(slots: Uint32Array, at: number, nowMs: number): boolean {
    this.#blocks.open(slots[at + 3]!);
    return this.#blocks.isSpent(nowMs) || this.#scopes?.has(slots[at + 2]!) === false;
  }

  #remove(shard: number, at: number): void {
    const slots = this.#shards[shard]!;
    this.#blocks.open(slots[at + 3]!);
    this.#blocks.discard();
    clearSlot(slots, at);
    this.#used[shard]!--;
    this.#entries--;
  }
}

function isOf(slots: Uint32Array, at: number, high: number, low: number): boolean {
  return slots[at + 3] !== 0 && slots[at] === high >>> 0 && slots[at + 1] === low >>> 0;
}
