import { type ChosenAd, rememberShown } from '@cuepoint/decisioning';

const MAX_STREAMS = 100_000;
/** Numbers of all streams together: 32 MiB. */
const MAX_KEYS = 8 * 1024 * 1024;
const FORGET_AFTER_MS = 6 * 60 * 60 * 1000;

interface Stream {
  readonly keys: Int32Array;
  readonly atMs: number;
}

const NOTHING: number[] = [];

/**
 * What viewing sessions have seen, for separation over a whole stream: `rememberShown` says by which numbers. In memory and
 * bounded, by session and in all: the session that was heard of longest ago is forgotten first. An ad is added when it is
 * decided on, a back-up when its impression comes.
 */
export class Streams {
  readonly #streams = new Map<string, Stream>();
  readonly #mostStreams: number;
  readonly #mostKeys: number;
  #keys = 0;

  constructor(mostStreams = MAX_STREAMS, mostKeys = MAX_KEYS) {
    this.#mostStreams = mostStreams;
    this.#mostKeys = mostKeys;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** What the session has shown; read, not kept. */
  keysOf(accountId: string, streamId: string, nowMs: number): number[] {
    const stream = this.#streams.get(`${accountId} ${streamId}`);
    return stream && stream.atMs + FORGET_AFTER_MS > nowMs ? Array.from(stream.keys) : NOTHING;
  }

  /** Adds what it is being shown to what it has `shown`, for who has asked that already. */
  add(
    accountId: string,
    streamId: string,
    ads: readonly ChosenAd[],
    nowMs: number,
    shown: readonly number[] = this.keysOf(accountId, streamId, nowMs),
  ): void {
    if (ads.length === 0) return;
    const key = `${accountId} ${streamId}`;
    const keys = Int32Array.from(rememberShown(shown, ads));
    this.#forget(key);
    while (
      this.#streams.size > 0 &&
      (this.#streams.size >= this.#mostStreams || this.#keys + keys.length > this.#mostKeys)
    )
      this.#forget(this.#streams.keys().next().value!);
    this.#streams.set(key, { keys, atMs: nowMs });
    this.#keys += keys.length;
  }

  /** Sessions of an account that are meant. */
  namesOf(accountId: string, isMeant: (streamId: string) => boolean): string[] {
    const prefix = `${accountId} `;
    const own = [...this.#streams.keys()].filter((key) => key.startsWith(prefix));
    return own.map((key) => key.slice(prefix.length)).filter(isMeant);
  }

  forget(accountId: string, streamId: string): void {
    this.#forget(`${accountId} ${streamId}`);
  }

  #forget(key: string): void {
    this.#keys -= this.#streams.get(key)?.keys.length ?? 0;
    this.#streams.delete(key);
  }
}
