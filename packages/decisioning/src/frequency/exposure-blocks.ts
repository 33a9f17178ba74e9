import { BlockPool, capacityOf, HEAD_WORDS } from './block-pool.ts';
import type { CapRules } from './cap-rules.ts';

/**
 * What is remembered of one identity and scope, in a block of 8-byte words:
 *
 *     word 0   exposures (16 bits), open reservations (16), size class (16), exposures to remember (16)
 *     word 1   exposures ever counted (32), seconds until an exposure no longer matters (32)
 *     word 2.. times of exposures, ascending; then of reservations, ascending
 *
 * A block begins with room for two times and moves to the next size when it is full: most identities see an ad once,
 * whatever the cap.
 *
 * The store is a cursor: `open` points it at a block, and everything else speaks of that block. That keeps the hot
 * path free of objects.
 */
const FOREVER = 0xffff_ffff;
/** More open reservations than this on one identity and scope are no viewer. */
const MAX_OPEN = 1000;

export class ExposureBlocks {
  readonly #pool = new BlockPool();
  readonly #reservationMs: number;

  // The open block.
  #ref = 0;
  #word = 0;
  #time!: Float64Array;
  #head!: Uint16Array;
  #count!: Uint32Array;

  constructor(reservationMs: number) {
    this.#reservationMs = reservationMs;
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /** The block the cursor is at: it changes when a block has to move. */
  get ref(): number {
    return this.#ref;
  }

  open(ref: number): void {
    const { times, halves, words } = this.#pool.chunkOf(ref);
    this.#ref = ref;
    this.#word = this.#pool.wordOf(ref);
    this.#time = times;
    this.#head = halves;
    this.#count = words;
  }

  /** Opens a new, empty block with room for `times` times. */
  create(times: number): void {
    let sizeClass = 0;
    while (capacityOf(sizeClass) < times) sizeClass++;
    this.open(this.#pool.take(sizeClass));
    this.#head.fill(0, this.#word * 4, this.#word * 4 + 8);
    this.#head[this.#word * 4 + 2] = sizeClass;
  }

  /** Gives the open block back. */
  discard(): void {
    this.#pool.giveBack(this.#ref, this.#head[this.#word * 4 + 2]!);
  }

  get exposures(): number {
    return this.#head[this.#word * 4]!;
  }

  get reservations(): number {
    return this.#head[this.#word * 4 + 1]!;
  }

  get keep(): number {
    return this.#head[this.#word * 4 + 3]!;
  }

  /** Exposures ever counted, up to 2^32 - 1. */
  get total(): number {
    return this.#count[this.#word * 2 + 2]!;
  }

  get seconds(): number {
    const seconds = this.#count[this.#word * 2 + 3]!;
    return seconds === FOREVER ? Number.POSITIVE_INFINITY : seconds;
  }

  /** The n-th time kept: exposures first, then reservations. */
  timeAt(index: number): number {
    return this.#time[this.#word + HEAD_WORDS + index]!;
  }

  /** Takes over the rules in force: how much to remember and for how long. */
  apply(keep: number, seconds: number): void {
    this.#head[this.#word * 4 + 3] = keep;
    this.#count[this.#word * 2 + 3] = seconds === Number.POSITIVE_INFINITY ? FOREVER : seconds;
  }

  setTotal(total: number): void {
    this.#count[this.#word * 2 + 2] = total;
  }

  /** How many more exposures every rule allows at `nowMs`, never below 0. Open reservations count as exposures. */
  room(rules: CapRules, nowMs: number): number {
    const open = this.#openAt(nowMs);
    let room = Number.POSITIVE_INFINITY;
    for (let rule = 0; rule < rules.caps.length; rule++)
      room = Math.min(room, rules.caps[rule]! - this.#seen(rules.windowsMs[rule]!, nowMs) - open);
    return Math.max(0, room);
  }

  /** The first instant from `nowMs` on at which there is room, if nothing is shown until then. */
  nextFreeAt(rules: CapRules, nowMs: number): number {
    let latest = nowMs;
    for (let rule = 0; rule < rules.caps.length; rule++) {
      const windowMs = rules.windowsMs[rule]!;
      const over = this.#seen(windowMs, nowMs) + this.#openAt(nowMs) - rules.caps[rule]! + 1;
      if (over > 0) latest = Math.max(latest, this.#leaving(over, windowMs, nowMs));
    }
    return latest;
  }

  /** True when nothing in the block matters any more at `nowMs`. */
  isSpent(nowMs: number): boolean {
    if (this.#openAt(nowMs) > 0) return false;
    if (this.seconds === Number.POSITIVE_INFINITY) return this.total === 0;
    const exposures = this.exposures;
    return exposures === 0 || this.timeAt(exposures - 1) <= nowMs - this.seconds * 1000;
  }

  /** Adds an open reservation; false when there are too many. */
  addReservation(reservedAtMs: number, nowMs: number): boolean {
    this.#dropOld(nowMs);
    if (this.reservations >= MAX_OPEN) return false;
    this.#insert(this.exposures, this.exposures + this.reservations, reservedAtMs);
    this.#head[this.#word * 4 + 1]!++;
    return true;
  }

  /** Takes out one reservation made at that instant; false when there is none. */
  removeReservation(reservedAtMs: number): boolean {
    const from = this.exposures;
    for (let index = from + this.reservations - 1; index >= from; index--) {
      if (this.timeAt(index) !== reservedAtMs) continue;
      this.#remove(index, 1);
      this.#head[this.#word * 4 + 1]!--;
      return true;
    }
    return false;
  }

  /** Counts an exposure. Only as many as the rules can ask for are remembered, the newest. */
  addExposure(atMs: number): void {
    if (this.total < 0xffff_ffff) this.setTotal(this.total + 1);
    this.#dropOld(atMs);
    const keep = this.keep;
    if (keep === 0) return;
    const exposures = this.exposures;
    if (exposures >= keep) {
      if (this.timeAt(0) >= atMs) return;
      this.#remove(0, exposures - keep + 1);
      this.#head[this.#word * 4] = keep - 1;
    }
    this.#insert(0, this.exposures, atMs);
    this.#head[this.#word * 4]!++;
  }

  /** Puts a time at the end without a question: reading a checkpoint. */
  append(atMs: number, isReservation: boolean): void {
    this.#time[this.#word + HEAD_WORDS + this.exposures + this.reservations] = atMs;
    this.#head[this.#word * 4 + (isReservation ? 1 : 0)]!++;
  }

  #seen(windowMs: number, nowMs: number): number {
    if (windowMs === Number.POSITIVE_INFINITY) return this.total;
    return this.#countAfter(0, this.exposures, nowMs - windowMs);
  }

  #openAt(nowMs: number): number {
    const from = this.exposures;
    return this.#countAfter(from, from + this.reservations, nowMs - this.#reservationMs);
  }

  /** How many of the ascending times [from, until) lie after an instant. */
  #countAfter(from: number, until: number, afterMs: number): number {
    let low = from;
    let high = until;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) > afterMs) high = middle;
      else low = middle + 1;
    }
    return until - low;
  }

  /** When the n-th of what counts now has left: exposures and reservations leave in the order they were made. */
  #leaving(nth: number, windowMs: number, nowMs: number): number {
    const exposures = this.exposures;
    const until = exposures + this.reservations;
    let exposure =
      windowMs === Number.POSITIVE_INFINITY ? exposures : exposures - this.#seen(windowMs, nowMs);
    let reservation = until - this.#openAt(nowMs);
    let at = Number.POSITIVE_INFINITY;
    for (let left = 0; left < nth; left++) {
      const byWindow = exposure < exposures ? this.timeAt(exposure) + windowMs : Number.POSITIVE_INFINITY;
      const byTime =
        reservation < until ? this.timeAt(reservation) + this.#reservationMs : Number.POSITIVE_INFINITY;
      at = Math.min(byWindow, byTime);
      if (byWindow <= byTime) exposure++;
      else reservation++;
    }
    return at;
  }

  #dropOld(nowMs: number): void {
    const exposures = this.exposures;
    const lapsed = this.reservations - this.#openAt(nowMs);
    if (lapsed > 0) {
      this.#remove(exposures, lapsed);
      this.#head[this.#word * 4 + 1] = this.reservations - lapsed;
    }
    const seconds = this.seconds;
    if (seconds === Number.POSITIVE_INFINITY) return;
    const old = exposures - this.#seen(seconds * 1000, nowMs);
    if (old === 0) return;
    this.#remove(0, old);
    this.#head[this.#word * 4] = exposures - old;
  }

  #remove(index: number, count: number): void {
    const first = this.#word + HEAD_WORDS;
    const until = first + this.exposures + this.reservations;
    this.#time.copyWithin(first + index, first + index + count, until);
  }

  /** Puts a time into the ascending stretch [from, until), moving what comes behind it. */
  #insert(from: number, until: number, atMs: number): void {
    this.#makeRoom();
    const first = this.#word + HEAD_WORDS;
    let index = until;
    while (index > from && this.timeAt(index - 1) > atMs) index--;
    const end = this.exposures + this.reservations;
    this.#time.copyWithin(first + index + 1, first + index, first + end);
    this.#time[first + index] = atMs;
  }

  #makeRoom(): void {
    const used = this.exposures + this.reservations;
    const sizeClass = this.#head[this.#word * 4 + 2]!;
    if (used < capacityOf(sizeClass)) return;
    const [from, word, ref] = [this.#time, this.#word, this.#ref];
    this.open(this.#pool.take(sizeClass + 1));
    this.#time.set(from.subarray(word, word + HEAD_WORDS + used), this.#word);
    this.#head[this.#word * 4 + 2] = sizeClass + 1;
    this.#pool.giveBack(ref, sizeClass);
  }
}
