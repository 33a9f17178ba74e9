/** Room for 64 ads with 16 groups each, half empty. */
const SIZE = 2048;
const MASK = SIZE - 1;
const NOBODY = -1;

/**
 * What the ads of one break have taken of the groups they belong to, by 32-bit key, without an allocation: how many
 * stand in a group, how many may, and which came first.
 */
export class LoadTable {
  readonly #keys = new Int32Array(SIZE);
  readonly #stamps = new Int32Array(SIZE);
  readonly #loads = new Int32Array(SIZE);
  readonly #capacities = new Float64Array(SIZE);
  readonly #holders = new Int32Array(SIZE);
  #stamp = 0;
  #count = 0;

  clear(): void {
    this.#stamp++;
    this.#count = 0;
  }

  /** Whether one more may join a group that lets `capacity` in; the smallest that any member asked for counts. */
  admits(key: number, capacity: number): boolean {
    const place = this.#find(key);
    if (place < 0) return capacity > 0;
    const least = this.#capacities[place]!;
    return this.#loads[place]! < (least < capacity ? least : capacity);
  }

  /** The member that came first; -1 for none. */
  holderOf(key: number): number {
    const place = this.#find(key);
    return place < 0 ? NOBODY : this.#holders[place]!;
  }

  /** @throws RangeError when there are too many groups */
  add(key: number, capacity: number, holder: number): void {
    let place = hash(key);
    while (this.#stamps[place] === this.#stamp) {
      if (this.#keys[place] === (key | 0)) {
        this.#loads[place]!++;
        if (capacity < this.#capacities[place]!) this.#capacities[place] = capacity;
        return;
      }
      place = (place + 1) & MASK;
    }
    if (this.#count++ >= SIZE / 2) throw new RangeError(`more than ${SIZE / 2} groups in one break`);
    this.#stamps[place] = this.#stamp;
    this.#keys[place] = key | 0;
    this.#loads[place] = 1;
    this.#capacities[place] = capacity;
    this.#holders[place] = holder;
  }

  #find(key: number): number {
    let place = hash(key);
    while (this.#stamps[place] === this.#stamp) {
      if (this.#keys[place] === (key | 0)) return place;
      place = (place + 1) & MASK;
    }
    return NOBODY;
  }
}

function hash(key: number): number {
  return Math.imul(key ^ (key >>> 15), 0x2c1b3c6d) & MASK;
}
