/** Room for 64 candidates with 16 groups each, half empty. */
const SIZE = 2048;
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
    let place = Math.imul(key ^ (key >>> 15), 0x2c1b3c6d) & MASK;
    while (this.#stamps[place] === this.#stamp) {
      if (this.#keys[place] === (key | 0)) return this.#ids[place]!;
      place = (place + 1) & MASK;
    }
    if (this.count >= SIZE - 1) throw new RangeError(`more than ${SIZE - 1} groups in one break`);
    this.#stamps[place] = this.#stamp;
    this.#keys[place] = key | 0;
    this.#ids[place] = this.count;
    return this.count++;
  }
}
