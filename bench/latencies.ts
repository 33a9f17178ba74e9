/** Latencies in 64 steps per power of two of microseconds: within 1.6 %, for any number of requests. */
export class Latencies {
  readonly #counts = new Float64Array(64 * 36);
  count = 0;
  max = 0;

  add(milliseconds: number): void {
    const microseconds = Math.max(1, milliseconds * 1000);
    this.#counts[Math.min(this.#counts.length - 1, Math.floor(Math.log2(microseconds) * 64))]! += 1;
    this.count++;
    if (milliseconds > this.max) this.max = milliseconds;
  }

  /** Milliseconds that this share of all stayed under. */
  quantile(share: number): number {
    let left = this.count * share;
    for (let step = 0; step < this.#counts.length; step++) {
      left -= this.#counts[step]!;
      if (left <= 0 && this.count > 0) return 2 ** ((step + 1) / 64) / 1000;
    }
    return 0;
  }
}
