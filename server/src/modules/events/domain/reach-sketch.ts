import { createHash } from 'node:crypto';

/** Registers are 2 to this: 16384, at most 12 KiB stored. */
const PRECISION = 14;

/** Standard error of a reach, as a share of it: 1.04 / sqrt(registers) (Flajolet et al. 2007). */
export const REACH_STANDARD_ERROR = 1.04 / Math.sqrt(2 ** PRECISION);

const SPARSE = 1;
const DENSE = 2;
const SPARSE_BYTES = 3;
const RANK_BITS = 6;
/** As a map up to here; an array of all registers is then the smaller one. */
const MOST_IN_MAP = 256;

/**
 * How many different keys there were, by HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007): registers of a few bits that
 * are the same in whatever order and however often keys come, and whose maxima are those of the union. So it can be merged
 * over hours, line items and nodes, and replays change nothing. It does not hold keys, and cannot give one back.
 *
 * A key's hash is the first 8 bytes of its SHA-256, big-endian; the register is its top bits, the rank one more than the
 * zeros that the rest begins with. Few are counted by their empty registers (linear counting).
 */
export class ReachSketch {
  readonly precision: number;
  #few: Map<number, number> | null = new Map();
  #all: Uint8Array | null = null;

  /** @param precision 4 to 18; another one than the usual cannot be merged with it */
  constructor(precision = PRECISION) {
    if (!Number.isInteger(precision) || precision < 4 || precision > 18)
      throw new RangeError(`precision ${precision} is not a whole number from 4 to 18`);
    this.precision = precision;
  }

  add(key: string): void {
    const digest = createHash('sha256').update(key).digest();
    const high = digest.readUInt32BE(0);
    const rest = (high << this.precision) >>> 0;
    // The rest of the hash: 32 - p bits of its first half, then the 32 of its second.
    const zeros = rest === 0 ? 32 - this.precision + Math.clz32(digest.readUInt32BE(4)) : Math.clz32(rest);
    this.#raise(high >>> (32 - this.precision), zeros + 1);
  }

  /**
   * Takes in what another one holds.
   * @returns whether anything was new
   */
  merge(other: ReachSketch): boolean {
    if (other.precision !== this.precision)
      throw new RangeError(
        `a sketch of precision ${other.precision} cannot be merged into ${this.precision}`,
      );
    let isNew = false;
    for (const [register, rank] of other.#entries()) isNew = this.#raise(register, rank) || isNew;
    return isNew;
  }

  /** How many different keys, not rounded. */
  estimate(): number {
    const registers = 2 ** this.precision;
    let used = 0;
    let sum = 0;
    for (const [, rank] of this.#entries()) {
      used++;
      sum += 2 ** -rank;
    }
    const empty = registers - used;
    const alpha = 0.7213 / (1 + 1.079 / registers);
    const raw = (alpha * registers * registers) / (sum + empty);
    return raw <= 2.5 * registers && empty > 0 ? registers * Math.log(registers / empty) : raw;
  }

  get isEmpty(): boolean {
    return this.#few?.size === 0;
  }

  copy(): ReachSketch {
    const copy = new ReachSketch(this.precision);
    copy.#few = this.#few && new Map(this.#few);
    copy.#all = this.#all?.slice() ?? null;
    return copy;
  }

  /**
   * One spelling of one content, so that equal sketches have equal bytes: kind, precision, then the registers that are not
   * empty in order (3 bytes each), or all of them in 6 bits each where that is shorter.
   */
  toBytes(): Uint8Array {
    const entries = [...this.#entries()].sort(([left], [right]) => left - right);
    const registers = 2 ** this.precision;
    const isSparse = entries.length * SPARSE_BYTES < (registers * RANK_BITS) / 8;
    const bytes = new Uint8Array(
      2 + (isSparse ? entries.length * SPARSE_BYTES : (registers * RANK_BITS) / 8),
    );
    bytes[0] = isSparse ? SPARSE : DENSE;
    bytes[1] = this.precision;
    if (isSparse)
      entries.forEach(([register, rank], index) => {
        const word = (register << RANK_BITS) | rank;
        const at = 2 + index * SPARSE_BYTES;
        bytes[at] = word >>> 16;
        bytes[at + 1] = (word >>> 8) & 255;
        bytes[at + 2] = word & 255;
      });
    else
      for (const [register, rank] of entries) {
        const bit = register * RANK_BITS;
        const at = 2 + (bit >> 3);
        const word = rank << (10 - (bit & 7));
        bytes[at] = bytes[at]! | (word >>> 8);
        if ((word & 255) !== 0) bytes[at + 1] = bytes[at + 1]! | (word & 255);
      }
    return bytes;
  }

  /** @throws RangeError for what `toBytes` cannot have written */
  static fromBytes(bytes: Uint8Array): ReachSketch {
    const [kind, precision = 0] = bytes;
    const sketch = new ReachSketch(precision);
    const body = bytes.subarray(2);
    const registers = 2 ** precision;
    if (kind === SPARSE && body.length % SPARSE_BYTES === 0) {
      for (let at = 0; at < body.length; at += SPARSE_BYTES) {
        const word = (body[at]! << 16) | (body[at + 1]! << 8) | body[at + 2]!;
        if (word >>> RANK_BITS >= registers) throw new RangeError(`no register ${word >>> RANK_BITS}`);
        sketch.#raise(word >>> RANK_BITS, word & 63);
      }
    } else if (kind === DENSE && body.length === (registers * RANK_BITS) / 8) {
      const all = new Uint8Array(registers);
      for (let register = 0; register < registers; register++) {
        const bit = register * RANK_BITS;
        const word = (body[bit >> 3]! << 8) | (body[(bit >> 3) + 1] ?? 0);
        all[register] = (word >>> (10 - (bit & 7))) & 63;
      }
      sketch.#few = null;
      sketch.#all = all;
    } else throw new RangeError(`no sketch: ${bytes.length} bytes of kind ${kind}`);
    return sketch;
  }

  *#entries(): Generator<[register: number, rank: number]> {
    if (this.#few !== null) yield* this.#few;
    else
      for (let register = 0; register < this.#all!.length; register++) {
        const rank = this.#all![register]!;
        if (rank > 0) yield [register, rank];
      }
  }

  #raise(register: number, rank: number): boolean {
    if (this.#all !== null) {
      if (this.#all[register]! >= rank) return false;
      this.#all[register] = rank;
      return true;
    }
    const few = this.#few!;
    if ((few.get(register) ?? 0) >= rank) return false;
    few.set(register, rank);
    if (few.size > MOST_IN_MAP) {
      this.#all = new Uint8Array(2 ** this.precision);
      for (const [at, held] of few) this.#all[at] = held;
      this.#few = null;
    }
    return true;
  }
}
