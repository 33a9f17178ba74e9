import { currentFlight, maskFor, runningAt } from '../index/block.ts';
import type { AccountIndex, IndexedFlight, IndexedLineItem } from '../index/model.ts';
import type { AdRequest } from '../model.ts';

/** Masks of one block's dimensions for one request; reused, for a walk is over before the next begins. */
const masks: Uint32Array[] = [];

/**
 * Visits the line items of an account that run and whose targeting lets the request in, best first, until `visit`
 * answers true. Its steps are bounded by the account's rows.
 */
export function walk(
  account: AccountIndex,
  request: AdRequest,
  visit: (item: IndexedLineItem, flight: IndexedFlight) => boolean,
): void {
  const { facts, atMs } = request;
  for (const block of account.blocks) {
    const running = runningAt(block, atMs);
    if (block.runningCount === 0) continue;
    const { words, dimensions, rowItems, items } = block;
    const count = dimensions.length;
    for (let depth = 0; depth < count; depth++) {
      const dimension = dimensions[depth]!;
      masks[depth] = maskFor(dimension, facts[dimension.ordinal] ?? null, words, depth);
    }
    let last = -1;
    for (let word = 0; word < words; word++) {
      let bits = running[word]!;
      for (let depth = 0; depth < count && bits !== 0; depth++) bits &= masks[depth]![word]!;
      while (bits !== 0) {
        const lowest = bits & -bits;
        bits ^= lowest;
        const position = rowItems[word * 32 + 31 - Math.clz32(lowest)]!;
        // Another way in which the same line item matches.
        if (position === last) continue;
        last = position;
        const item = items[position]!;
        if (visit(item, currentFlight(item, atMs)!)) return;
      }
    }
  }
}
