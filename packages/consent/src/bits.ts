/** 6-bit values of the URL-safe and the plain alphabet of RFC 4648; -1 elsewhere. */
const VALUES = new Int8Array(128).fill(-1);
for (const alphabet of [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
]) {
  for (let value = 0; value < 64; value++) VALUES[alphabet.charCodeAt(value)] = value;
}

/**
 * Reads big-endian bit fields straight out of a base64url text, six bits a character, without a copy. It never throws:
 * reading past the end, or a character outside the alphabet, gives zeros and leaves `isBroken` set, so that a decoder
 * reads its fields in a row and asks once.
 */
export class BitReader {
  readonly #text: string;
  readonly #endBit: number;
  #bit: number;
  isBroken = false;

  /** Reads the characters of `text` from index `from` up to, not including, index `to`. */
  constructor(text: string, from = 0, to: number = text.length) {
    this.#text = text;
    this.#bit = from * 6;
    this.#endBit = to * 6;
  }

  /** Bits that were not read yet. */
  get left(): number {
    return this.#endBit - this.#bit;
  }

  skip(bits: number): void {
    this.#bit += bits;
    if (this.#bit > this.#endBit) this.isBroken = true;
  }

  /** The next `bits` (0 to 24) as an unsigned number. */
  take(bits: number): number {
    const end = this.#bit + bits;
    if (end > this.#endBit) {
      this.isBroken = true;
      return 0;
    }
    let index = (this.#bit / 6) | 0;
    let used = this.#bit - index * 6;
    let missing = bits;
    let value = 0;
    while (missing > 0) {
      const code = this.#text.charCodeAt(index);
      const six = code < 128 ? VALUES[code]! : -1;
      if (six < 0) {
        this.isBroken = true;
        return 0;
      }
      const count = Math.min(6 - used, missing);
      value = (value << count) | ((six >> (6 - used - count)) & ((1 << count) - 1));
      missing -= count;
      used = 0;
      index++;
    }
    this.#bit = end;
    return value;
  }

  /** Fibonacci-coded integer of GPP headers ("About Fibonacci Encoding"); 0 and broken when it has no end or is too large. */
  takeFibonacci(): number {
    let value = 0;
    let weight = 1;
    let next = 2;
    let wasOne = false;
    // 2^16 and more is no section id: 24 places are plenty.
    for (let place = 0; place < 24; place++) {
      const isOne = this.take(1) === 1;
      if (this.isBroken) return 0;
      if (isOne && wasOne) return value;
      if (isOne) value += weight;
      wasOne = isOne;
      [weight, next] = [next, weight + next];
    }
    this.isBroken = true;
    return 0;
  }
}

/** True when every character from `from` up to `to` carries six bits. */
export function isBase64Url(text: string, from: number, to: number): boolean {
  for (let index = from; index < to; index++) {
    const code = text.charCodeAt(index);
    if (code >= 128 || VALUES[code]! < 0) return false;
  }
  return true;
}
