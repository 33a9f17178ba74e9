import { MAX_POD_CANDIDATES as MAX } from './model.ts';

/** Candidates chosen for a pod, and where each may go: a set of slots (bit mask), the dynamic part, or both. */
export class Selection {
  count = 0;
  readonly item = new Int32Array(MAX);
  readonly slots = new Int32Array(MAX);
  readonly dynamic = new Uint8Array(MAX);

  push(item: number, slots: number, dynamic: number): void {
    this.item[this.count] = item;
    this.slots[this.count] = slots;
    this.dynamic[this.count++] = dynamic;
  }

  copy(other: Selection): void {
    this.count = other.count;
    for (let at = 0; at < other.count; at++) {
      this.item[at] = other.item[at]!;
      this.slots[at] = other.slots[at]!;
      this.dynamic[at] = other.dynamic[at]!;
    }
  }
}

/** Ads in play order with their places (slot, or -1 in the dynamic part). */
export class Sequence {
  count = 0;
  readonly item = new Int32Array(MAX);
  readonly slot = new Int32Array(MAX);

  copy(other: Sequence): void {
    this.count = other.count;
    for (let at = 0; at < other.count; at++) {
      this.item[at] = other.item[at]!;
      this.slot[at] = other.slot[at]!;
    }
  }

  /** Below 0 when this one comes first: by ids in play order, then by earlier slots. */
  compare(other: Sequence, order: Int32Array): number {
    const shared = Math.min(this.count, other.count);
    for (let at = 0; at < shared; at++) {
      const difference = order[this.item[at]!]! - order[other.item[at]!]!;
      if (difference !== 0) return difference;
    }
    if (this.count !== other.count) return this.count - other.count;
    for (let at = 0; at < shared; at++) {
      // Unsigned, so that the dynamic part (-1) comes after every slot.
      const difference = (this.slot[at]! >>> 0) - (other.slot[at]! >>> 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/**
 * Counts what was examined; `out` once that was more than allowed. Never a clock. A step costs more the more slots and
 * candidates there are, so what it looks at is counted beside it, as work.
 */
export class StepCounter {
  used = 0;
  limit = 0;
  /** Candidates and slots looked at; whoever looks adds to it. */
  work = 0;
  workLimit = Number.POSITIVE_INFINITY;
  out = false;

  /** Whether another step is allowed; counts it. */
  next(): boolean {
    if (this.used >= this.limit) {
      this.out = true;
      return false;
    }
    if (!this.mayWork()) return false;
    this.used++;
    this.work++;
    return true;
  }

  /** Whether more work is allowed, for steps that are long themselves. */
  mayWork(): boolean {
    if (this.work < this.workLimit) return true;
    this.out = true;
    return false;
  }
}
