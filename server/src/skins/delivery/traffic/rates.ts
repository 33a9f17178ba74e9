/** What is counted at once; strangers choose the keys. Beyond it a new key is not counted until the next minute. */
const MOST_KEYS = 100_000;
const MINUTE_MS = 60_000;

/** Counts by key within the running minute, in memory alone. */
export class Rates {
  readonly #counts = new Map<string, number>();
  #minute = -1;

  /** Counts one more, and says how many that makes in this minute. */
  count(key: string, nowMs: number): number {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts.clear();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count > 1 || this.#counts.size < MOST_KEYS) this.#counts.set(key, count);
    return count;
  }
}
