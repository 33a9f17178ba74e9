/** Room for 64 candidates with all the groups that one can have; half empty with 32 each. */
const SIZE = 4096;
/** Numbers that one break can give out. */
export const MAX_GROUPS = SIZE;
const MASK = SIZE - 1;

/**
 * Numbers groups from 0 in the order in which they are met, for one break at a time: 32-bit keys in, small numbers out,
 * without an allocation.
 */
export class GroupTable {
  readonly #keys = new Int32Array(SIZE);
  readonly #ids = new Int32Array(SIZE);
  readonly #stamps = new Int32Array(SIZE);
  #stamp = 0;
  count = 0;

  clear(): void {
    this.#stamp++;
    this.count = 0;
  }

  /** The number of a key; a new one when it was not met before. @throws RangeError when there are too many */
  idOf(key: number): number {
    const place = this.#placeOf(key);
    if (this.#stamps[place] === this.#stamp) return this.#ids[place]!;
    if (this.count >= SIZE - 1) throw new RangeError(`more than ${SIZE - 1} groups in one break`);
    this.#stamps[place] = this.#stamp;
    this.#keys[place] = key | 0;
    this.#ids[place] = this.count;
    return this.count++;
  }

  /** The number of a key; -1 when it was not met. */
  find(key: number): number {
    const place = this.#placeOf(key);
    return this.#stamps[place] === this.#stamp ? this.#ids[place]! : -1;
  }

  /** Where a key stands, or would. */
  #placeOf(key: number): number {
    let place = Math.imul(key ^ (key >>> 15), 0x2c1b3c6d) & MASK;
    while (this.#stamps[place] === this.#stamp && this.#keys[place] !== (key | 0)) place = (place + 1) & MASK;
    return place;
  }
}
