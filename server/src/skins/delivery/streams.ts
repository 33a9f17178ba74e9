import type { ChosenAd } from '@cuepoint/decisioning';

const MAX_STREAMS = 100_000;
const MAX_KEYS = 64;
const FORGET_AFTER_MS = 6 * 60 * 60 * 1000;

interface Stream {
  keys: number[];
  atMs: number;
}

const NOTHING: number[] = [];

/**
 * Labels of competition that a viewing session has seen, for separation over a whole stream: pairs of label and brand.
 * In memory and bounded: the session that was heard of longest ago is forgotten first.
 */
export class Streams {
  readonly #streams = new Map<string, Stream>();

  get size(): number {
    return this.#streams.size;
  }

  /** What the session has shown; read, not kept. */
  keysOf(accountId: string, streamId: string, nowMs: number): number[] {
    const stream = this.#streams.get(`${accountId} ${streamId}`);
    return stream && stream.atMs + FORGET_AFTER_MS > nowMs ? stream.keys : NOTHING;
  }

  /** Adds what it is being shown. */
  add(accountId: string, streamId: string, ads: readonly ChosenAd[], nowMs: number): void {
    const pairs = ads.flatMap(({ lineItem }) =>
      lineItem.labelKeys.flatMap((label) => [label, lineItem.brandKey]),
    );
    if (pairs.length === 0) return;
    const key = `${accountId} ${streamId}`;
    const keys = [...this.keysOf(accountId, streamId, nowMs), ...pairs].slice(-MAX_KEYS);
    this.#streams.delete(key);
    if (this.#streams.size >= MAX_STREAMS) this.#streams.delete(this.#streams.keys().next().value!);
    this.#streams.set(key, { keys, atMs: nowMs });
  }
}
