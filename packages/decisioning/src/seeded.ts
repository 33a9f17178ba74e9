/** 32-bit FNV-1a over UTF-16 code units: spreads ids, not for secrets. */
export function hashId(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * A number in [0, 1) from a request's seed and a key. Stateless: the draw of one candidate does not depend on how many
 * others were examined before it, so a replay needs the seed alone.
 */
export function draw(seed: number, key: number): number {
  let mixed = (seed ^ Math.imul(key, 0x9e3779b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296;
}
