import { GroupTable, MAX_GROUPS } from './group-table.ts';

const NOBODY = -1;

/**
 * What the ads of one break have taken of the groups they belong to, without an allocation: how many stand in a group, how
 * many may, and which came first.
 */
export class LoadTable {
  readonly #groups = new GroupTable();
  readonly #loads = new Int32Array(MAX_GROUPS);
  readonly #capacities = new Float64Array(MAX_GROUPS);
  readonly #holders = new Int32Array(MAX_GROUPS);

  clear(): void {
    this.#groups.clear();
  }

  /** Whether one more may join a group that lets `capacity` in; the smallest that any member asked for counts. */
  admits(key: number, capacity: number): boolean {
    const group = this.#groups.find(key);
    if (group < 0) return capacity > 0;
    const least = this.#capacities[group]!;
    return this.#loads[group]! < (least < capacity ? least : capacity);
  }

  /** The member that came first; -1 for none. */
  holderOf(key: number): number {
    const group = this.#groups.find(key);
    return group < 0 ? NOBODY : this.#holders[group]!;
  }

  /** @throws RangeError when there are too many groups */
  add(key: number, capacity: number, holder: number): void {
    const met = this.#groups.count;
    const group = this.#groups.idOf(key);
    if (group === met) {
      this.#loads[group] = 1;
      this.#capacities[group] = capacity;
      this.#holders[group] = holder;
      return;
    }
    this.#loads[group]!++;
    if (capacity < this.#capacities[group]!) this.#capacities[group] = capacity;
  }
}
