/**
 * A map that never holds more than `2 * limit` entries, for keys that strangers choose. Two generations instead of a
 * list of uses: a full young one becomes the old one, and what is asked for again moves up, so that a flood of new keys
 * costs those in use one look-up more and nothing else. Values may not be undefined.
 */
export class BoundedCache<K, V extends object | string | number | null> {
  readonly #limit: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(typeof key === 'string' ? (ownCopy(key) as K & string) : key, value);
  }
}

/**
 * A text cut out of a longer one keeps the longer one alive (engines share their storage from 13 characters on), so that
 * a small key could hold a whole request in memory.
 */
const ownCopy = (text: string): string => (text.length < 13 ? text : Buffer.from(text).toString());
