/** Changes that a map carries before it is laid out anew, as a share of its size. */
const MAX_LAYER_SHARE = 1 / 8;
const MIN_LAYER = 256;
/** Entries copied between two yields. */
const COPIED_AT_ONCE = 4096;

/**
 * A map that does not change, from which the map after some changes is made in the time the changes take: both share
 * what stays. Readers hold one of them and see it as it was.
 */
export class LayeredMap<V> implements ReadonlyMap<string, V> {
  readonly #base: ReadonlyMap<string, V>;
  /** What came or changed since the base; undefined for what went. */
  readonly #layer: ReadonlyMap<string, V | undefined>;
  readonly size: number;

  private constructor(base: ReadonlyMap<string, V>, layer: ReadonlyMap<string, V | undefined>, size: number) {
    this.#base = base;
    this.#layer = layer;
    this.size = size;
  }

  static of<V>(entries: ReadonlyMap<string, V>): LayeredMap<V> {
    return new LayeredMap(entries, new Map(), entries.size);
  }

  /** The map after changes, undefined for what goes. It yields after each bounded piece of work. */
  *changed(changes: ReadonlyMap<string, V | undefined>): Generator<void, LayeredMap<V>> {
    if (changes.size === 0) return this;
    const layer = new Map(this.#layer);
    let size = this.size;
    for (const [key, value] of changes) {
      const had = this.has(key);
      if (had !== (value !== undefined)) size += had ? -1 : 1;
      layer.set(key, value);
    }
    if (layer.size <= Math.max(MIN_LAYER, this.#base.size * MAX_LAYER_SHARE))
      return new LayeredMap(this.#base, layer, size);
    const whole = new Map<string, V>();
    let copied = 0;
    for (const [key, value] of this.#base) {
      if (!layer.has(key)) whole.set(key, value);
      if (++copied % COPIED_AT_ONCE === 0) yield;
    }
    for (const [key, value] of layer) if (value !== undefined) whole.set(key, value);
    return new LayeredMap(whole, new Map(), size);
  }

  get(key: string): V | undefined {
    if (this.#layer.size > 0) {
      const value = this.#layer.get(key);
      if (value !== undefined || this.#layer.has(key)) return value;
    }
    return this.#base.get(key);
  }

  has(key: string): boolean {
    return this.#layer.has(key) ? this.#layer.get(key) !== undefined : this.#base.has(key);
  }

  *entries(): MapIterator<[string, V]> {
    for (const entry of this.#base) if (!this.#layer.has(entry[0])) yield entry;
    for (const [key, value] of this.#layer) if (value !== undefined) yield [key, value];
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }
}
