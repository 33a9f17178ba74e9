/**
 * A shard of the table: open addressing in one Uint32Array, four words a slot: identity high, identity low, scope, and the
 * block that holds the times. Block 0 marks a free slot. The length is a power of two, and never all slots are in use.
 */
export const SLOT = 4;

/** Spreads identity and scope over 32 bits: the upper bits choose the shard, the lower ones the slot. */
export function mix(high: number, low: number, scope: number): number {
  let mixed = Math.imul(high ^ Math.imul(scope, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ low, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4eb2f);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** First word of the slot where a pair is kept, or of the free one where it would be. */
export function findSlot(slots: Uint32Array, hash: number, high: number, low: number, scope: number): number {
  const mask = slots.length / SLOT - 1;
  let slot = hash & mask;
  for (;;) {
    const at = slot * SLOT;
    if (slots[at + 3] === 0) return at;
    if (slots[at] === high && slots[at + 1] === low && slots[at + 2] === scope) return at;
    slot = (slot + 1) & mask;
  }
}

/** Empties a slot and closes the gap, so that probing never has to step over the dead. */
export function clearSlot(slots: Uint32Array, at: number): void {
  const mask = slots.length / SLOT - 1;
  let gap = at / SLOT;
  for (let next = (gap + 1) & mask; slots[next * SLOT + 3] !== 0; next = (next + 1) & mask) {
    const from = next * SLOT;
    const home = mix(slots[from]!, slots[from + 1]!, slots[from + 2]!) & mask;
    if (((next - home) & mask) < ((next - gap) & mask)) continue;
    slots.copyWithin(gap * SLOT, from, from + SLOT);
    gap = next;
  }
  slots[gap * SLOT + 3] = 0;
}

/** The same entries in twice as many slots. */
export function doubled(slots: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(slots.length * 2);
  for (let at = 0; at < slots.length; at += SLOT) {
    if (slots[at + 3] === 0) continue;
    const high = slots[at]!;
    const low = slots[at + 1]!;
    const scope = slots[at + 2]!;
    const to = findSlot(larger, mix(high, low, scope), high, low, scope);
    larger[to] = high;
    larger[to + 1] = low;
    larger[to + 2] = scope;
    larger[to + 3] = slots[at + 3]!;
  }
  return larger;
}
