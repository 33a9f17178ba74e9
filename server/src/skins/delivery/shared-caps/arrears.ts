import type { SharedExposure } from './entries.ts';

/** Exposures that Redis has not been told, by viewer. Bounded: the oldest viewer gives way. */
export class Arrears {
  readonly #byViewer = new Map<string, Map<string, SharedExposure>>();
  readonly #most: number;
  #size = 0;
  /** Given up, since the start. */
  forgotten = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  add(viewer: string, exposures: Iterable<SharedExposure>): void {
    const known = this.#byViewer.get(viewer) ?? new Map<string, SharedExposure>();
    this.#byViewer.set(viewer, known);
    for (const exposure of exposures) {
      const before = known.get(exposure.ad);
      if (before === undefined) this.#size++;
      // What was seen is not a mere promise again.
      if (!before?.isShown) known.set(exposure.ad, exposure);
    }
    while (this.#size > this.#most) {
      const [oldest] = this.#byViewer.keys();
      this.forgotten += this.take(oldest!)!.length;
    }
  }

  /** Viewers, oldest first. */
  viewers(): string[] {
    return [...this.#byViewer.keys()];
  }

  take(viewer: string): SharedExposure[] | undefined {
    const known = this.#byViewer.get(viewer);
    if (!known) return undefined;
    this.#byViewer.delete(viewer);
    this.#size -= known.size;
    return [...known.values()];
  }
}
