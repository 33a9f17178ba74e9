/** A 128-bit key as four little-endian words. */
export type SipKey = readonly [k0Low: number, k0High: number, k1Low: number, k1High: number];

/** A 64-bit hash as two unsigned 32-bit halves. */
export interface Hash64 {
  readonly hi: number;
  readonly lo: number;
}

export function sipKey(bytes: Uint8Array): SipKey {
  if (bytes.length < 16) throw new RangeError(`A SipHash key has 16 bytes, not ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return [view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true), view.getInt32(12, true)];
}

let scratch = new Int32Array(512);

/**
 * SipHash-2-4 (Aumasson, Bernstein 2012, "SipHash: a fast short-input PRF") of a text's UTF-16 code units, two
 * little-endian bytes each. A keyed pseudo-random function: without the key, nobody can tell which id a hash stands for.
 */
export function sipHashText(key: SipKey, text: string): Hash64 {
  const units = text.length;
  // Four units a block, and a last block that also holds the length.
  const words = ((units >> 2) + 1) * 2;
  if (words > scratch.length) scratch = new Int32Array(words * 2);
  scratch.fill(0, 0, words);
  for (let unit = 0; unit < units; unit++)
    scratch[unit >> 1] = scratch[unit >> 1]! | (text.charCodeAt(unit) << ((unit & 1) << 4));
  scratch[words - 1] = scratch[words - 1]! | (((units * 2) & 255) << 24);
  return compress(key, scratch, words);
}

/** The same of bytes. */
export function sipHashBytes(key: SipKey, bytes: Uint8Array): Hash64 {
  const words = ((bytes.length >> 3) + 1) * 2;
  const padded = new Int32Array(words);
  for (let index = 0; index < bytes.length; index++)
    padded[index >> 2] = padded[index >> 2]! | (bytes[index]! << ((index & 3) << 3));
  padded[words - 1] = padded[words - 1]! | ((bytes.length & 255) << 24);
  return compress(key, padded, words);
}

/** 64-bit arithmetic on halves in local variables: the engine keeps them in registers. */
function compress(key: SipKey, message: Int32Array, words: number): Hash64 {
  let v0l = key[0] ^ 0x70736575;
  let v0h = key[1] ^ 0x736f6d65;
  let v1l = key[2] ^ 0x6e646f6d;
  let v1h = key[3] ^ 0x646f7261;
  let v2l = key[0] ^ 0x6e657261;
  let v2h = key[1] ^ 0x6c796765;
  let v3l = key[2] ^ 0x79746573;
  let v3h = key[3] ^ 0x74656462;
  // Two rounds a block; the four rounds at the end are two further blocks of zeros.
  for (let at = 0; at < words + 4; at += 2) {
    const ml = at < words ? message[at]! : 0;
    const mh = at < words ? message[at + 1]! : 0;
    if (at === words) v2l ^= 0xff;
    v3l ^= ml;
    v3h ^= mh;
    for (let round = 0; round < 2; round++) {
      let sum = (v0l >>> 0) + (v1l >>> 0);
      v0h = (v0h + v1h + (sum > 0xffffffff ? 1 : 0)) | 0;
      v0l = sum | 0;
      let swap = v1l;
      v1l = ((v1l << 13) | (v1h >>> 19)) ^ v0l;
      v1h = ((v1h << 13) | (swap >>> 19)) ^ v0h;
      swap = v0l;
      v0l = v0h;
      v0h = swap;

      sum = (v2l >>> 0) + (v3l >>> 0);
      v2h = (v2h + v3h + (sum > 0xffffffff ? 1 : 0)) | 0;
      v2l = sum | 0;
      swap = v3l;
      v3l = ((v3l << 16) | (v3h >>> 16)) ^ v2l;
      v3h = ((v3h << 16) | (swap >>> 16)) ^ v2h;

      sum = (v0l >>> 0) + (v3l >>> 0);
      v0h = (v0h + v3h + (sum > 0xffffffff ? 1 : 0)) | 0;
      v0l = sum | 0;
      swap = v3l;
      v3l = ((v3l << 21) | (v3h >>> 11)) ^ v0l;
      v3h = ((v3h << 21) | (swap >>> 11)) ^ v0h;

      sum = (v2l >>> 0) + (v1l >>> 0);
      v2h = (v2h + v1h + (sum > 0xffffffff ? 1 : 0)) | 0;
      v2l = sum | 0;
      swap = v1l;
      v1l = ((v1l << 17) | (v1h >>> 15)) ^ v2l;
      v1h = ((v1h << 17) | (swap >>> 15)) ^ v2h;
      swap = v2l;
      v2l = v2h;
      v2h = swap;
    }
    v0l ^= ml;
    v0h ^= mh;
  }
  return { hi: (v0h ^ v1h ^ v2h ^ v3h) >>> 0, lo: (v0l ^ v1l ^ v2l ^ v3l) >>> 0 };
}
