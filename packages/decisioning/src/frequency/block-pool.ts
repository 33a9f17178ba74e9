/**
 * Blocks of 8-byte words out of chunks of 128 KiB, so that growing never copies what is there. Sizes double; blocks that
 * are given back are chained by their first word, one chain per size. A block's number is its word; 0 is never given out.
 */
const CHUNK_BITS = 14;
const CHUNK_WORDS = 1 << CHUNK_BITS;
const WORD_MASK = CHUNK_WORDS - 1;
const CLASSES = 11;
/** Words before the times of a block. */
export const HEAD_WORDS = 2;

/** Times that fit into a block of a size. */
export const capacityOf = (sizeClass: number): number => 2 << sizeClass;

/** One chunk, seen as times, as 16-bit and as 32-bit numbers. */
export interface Chunk {
  readonly times: Float64Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
}

export class BlockPool {
  readonly #chunks: Chunk[] = [];
  readonly #free = new Uint32Array(CLASSES);
  #next = 1;

  get bytes(): number {
    return this.#chunks.length * CHUNK_WORDS * 8;
  }

  chunkOf(ref: number): Chunk {
    return this.#chunks[ref >>> CHUNK_BITS]!;
  }

  /** Where in its chunk a block begins, in 8-byte words. */
  wordOf(ref: number): number {
    return ref & WORD_MASK;
  }

  /** A block of a size; what is in it is left over from before. */
  take(sizeClass: number): number {
    const free = this.#free[sizeClass]!;
    if (free !== 0) {
      this.#free[sizeClass] = this.chunkOf(free).words[this.wordOf(free) * 2]!;
      return free;
    }
    const size = HEAD_WORDS + capacityOf(sizeClass);
    if (this.wordOf(this.#next) + size > CHUNK_WORDS) this.#next = this.#chunks.length * CHUNK_WORDS;
    const ref = this.#next;
    if (ref >>> CHUNK_BITS >= this.#chunks.length) {
      const buffer = new ArrayBuffer(CHUNK_WORDS * 8);
      this.#chunks.push({
        times: new Float64Array(buffer),
        halves: new Uint16Array(buffer),
        words: new Uint32Array(buffer),
      });
    }
    this.#next = ref + size;
    return ref;
  }

  giveBack(ref: number, sizeClass: number): void {
    this.chunkOf(ref).words[this.wordOf(ref) * 2] = this.#free[sizeClass]!;
    this.#free[sizeClass] = ref;
  }
}
