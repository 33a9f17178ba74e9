/**
 * Keeps one object for all that are equal, where many are: predicates, assignments, caps. It forgets everything when it has
 * grown too large; what it handed out stays.
 */
export class SharedValues<T> {
  readonly #values = new Map<string, T>();
  readonly #most: number;

  constructor(most = 100_000) {
    this.#most = most;
  }

  /** @param key the same for equal values and for no others */
  of(key: string, value: T): T {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= this.#most) this.#values.clear();
    this.#values.set(key, value);
    return value;
  }

  /** Forgets what it knows: the keys weigh as much as what they stand for. */
  clear(): void {
    this.#values.clear();
  }
}
