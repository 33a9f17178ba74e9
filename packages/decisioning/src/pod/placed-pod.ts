import { type CompiledPod, meetsFloor } from './compile-pod.ts';
import { POD_GROUP_KINDS } from './model.ts';
import {
  AT_FIRST,
  AT_LAST,
  AT_MIDDLE,
  type PodEntrants,
  ROW_ADJACENT,
  ROW_DURATION,
  ROW_FLAGS,
  ROW_GROUPS,
  ROW_HEAD,
} from './pod-rows.ts';
import { fittingSlots } from './problem.ts';

const CREATIVE = POD_GROUP_KINDS.indexOf('creative_dedupe');
export const NO_ENTRANT = -1;

/**
 * A filled pod as what comes after looks at it: who could stand in for whom. At each place there is an ad and possibly
 * some that may play instead of it; loads of groups and lengths are those of the worst mix of them.
 */
export class PlacedPod {
  count = 0;
  #pod!: CompiledPod;
  #entrants!: PodEntrants;
  #placed!: Int32Array;
  #slots!: Int32Array;
  #backups!: Int32Array;
  #stride = 0;
  #load = new Int32Array(0);
  /** Positions (bits) that each place asks for. */
  #asks = new Uint8Array(64);
  /** By entrant: whether it is placed or a back-up. */
  #taken = new Uint8Array(64);
  #longest = new Float64Array(64);
  #slackMs = 0;
  #dynamicAds = 0;

  open(
    pod: CompiledPod,
    entrants: PodEntrants,
    count: number,
    placed: Int32Array,
    slots: Int32Array,
    backups: Int32Array,
    perPlace: number,
  ): void {
    this.#pod = pod;
    this.#entrants = entrants;
    this.count = count;
    this.#placed = placed;
    this.#slots = slots;
    this.#backups = backups;
    this.#stride = perPlace;
    if (this.#load.length < entrants.capacity.length) this.#load = new Int32Array(entrants.capacity.length);
    if (this.#taken.length < entrants.count) this.#taken = new Uint8Array(entrants.count);
    this.#taken.fill(0, 0, entrants.count);
    this.#slackMs = pod.dynamicMs;
    this.#dynamicAds = 0;
    backups.fill(NO_ENTRANT, 0, count * perPlace);
    let ordinary = 0;
    let last = -1;
    for (let at = 0; at < count; at++) {
      this.#taken[placed[at]!] = 1;
      const row = this.#row(placed[at]!);
      const end = row + ROW_HEAD + entrants.rows[row + ROW_GROUPS]!;
      for (let place = row + ROW_HEAD; place < end; place++) this.#load[entrants.rows[place]!]!++;
      this.#longest[at] = entrants.rows[row + ROW_DURATION]!;
      this.#asks[at] = 0;
      if (slots[at]! < 0) {
        this.#slackMs -= this.#longest[at]!;
        this.#dynamicAds++;
      } else if (((pod.bumperSlots >> slots[at]!) & 1) === 1) continue;
      this.#asks[at] = ordinary++ === 0 ? AT_FIRST : AT_MIDDLE;
      last = at;
    }
    if (ordinary === 1) this.#asks[last] = 0;
    else if (ordinary > 1) this.#asks[last] = AT_LAST;
  }

  /** Takes the loads off again. */
  close(): void {
    for (let at = 0; at < this.count; at++) {
      this.#unload(this.#placed[at]!);
      for (let nth = 0; nth < this.#stride; nth++) {
        const backup = this.#backups[at * this.#stride + nth]!;
        if (backup !== NO_ENTRANT) this.#unload(backup);
      }
    }
  }

  /** The kind of the first group that keeps a candidate out, or -1. */
  shutOutBy(entrant: number): number {
    const { rows, capacity, groupKind } = this.#entrants;
    const row = this.#row(entrant);
    const end = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
    for (let place = row + ROW_HEAD; place < end; place++) {
      const group = rows[place]!;
      if (this.#load[group]! >= capacity[group]!) return groupKind[group]!;
    }
    return -1;
  }

  /** Whether a candidate has a neighbour group in common with anyone placed. */
  meetsNeighbours(entrant: number): boolean {
    for (let at = 0; at < this.count; at++)
      if (this.#shareNeighbours(entrant, this.#placed[at]!)) return true;
    return false;
  }

  get dynamicAds(): number {
    return this.#dynamicAds;
  }

  get slackMs(): number {
    return this.#slackMs;
  }

  /** Whether a candidate could play at a place whatever plays at the others, or fails there. */
  admitsBackup(at: number, entrant: number): boolean {
    const pod = this.#pod;
    const { rows, values, capacity, groupKind } = this.#entrants;
    const row = this.#row(entrant);
    const duration = rows[row + ROW_DURATION]!;
    const flags = rows[row + ROW_FLAGS]!;
    if (!meetsFloor(pod, duration, values[entrant]!)) return false;
    const slot = this.#slots[at]!;
    if (slot >= 0) {
      if (((fittingSlots(pod, duration, flags) >> slot) & 1) === 0) return false;
    } else if (pod.exact) {
      if (duration !== this.#longest[at]) return false;
    } else if (duration - this.#longest[at]! > this.#slackMs) return false;
    if (this.#asks[at] !== 0 && (flags & this.#asks[at]!) === 0) return false;
    const end = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
    for (let place = row + ROW_HEAD; place < end; place++) {
      const group = rows[place]!;
      if (this.#holdsGroup(at, group)) {
        if (groupKind[group] === CREATIVE) return false;
      } else if (this.#load[group]! >= capacity[group]!) return false;
    }
    return !this.#besides(at - 1, entrant) && !this.#besides(at + 1, entrant);
  }

  addBackup(at: number, nth: number, entrant: number): void {
    const { rows } = this.#entrants;
    const row = this.#row(entrant);
    const end = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
    for (let place = row + ROW_HEAD; place < end; place++) {
      if (!this.#holdsGroup(at, rows[place]!)) this.#load[rows[place]!]!++;
    }
    const more = rows[row + ROW_DURATION]! - this.#longest[at]!;
    if (more > 0) {
      this.#longest[at]! += more;
      if (this.#slots[at]! < 0) this.#slackMs -= more;
    }
    this.#backups[at * this.#stride + nth] = entrant;
    this.#taken[entrant] = 1;
  }

  isTaken(entrant: number): boolean {
    return this.#taken[entrant] === 1;
  }

  #unload(entrant: number): void {
    const { rows } = this.#entrants;
    const row = this.#row(entrant);
    const end = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
    for (let place = row + ROW_HEAD; place < end; place++) this.#load[rows[place]!] = 0;
  }

  #holdsGroup(at: number, group: number): boolean {
    if (this.#hasGroup(this.#placed[at]!, group)) return true;
    for (let nth = 0; nth < this.#stride; nth++) {
      const backup = this.#backups[at * this.#stride + nth]!;
      if (backup === NO_ENTRANT) return false;
      if (this.#hasGroup(backup, group)) return true;
    }
    return false;
  }

  #hasGroup(entrant: number, group: number): boolean {
    const { rows } = this.#entrants;
    const row = this.#row(entrant);
    const end = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
    for (let place = row + ROW_HEAD; place < end; place++) if (rows[place] === group) return true;
    return false;
  }

  /** Whether anyone who may play at `at` may not stand next to `entrant`. */
  #besides(at: number, entrant: number): boolean {
    if (at < 0 || at >= this.count) return false;
    if (this.#shareNeighbours(entrant, this.#placed[at]!)) return true;
    for (let nth = 0; nth < this.#stride; nth++) {
      const backup = this.#backups[at * this.#stride + nth]!;
      if (backup === NO_ENTRANT) return false;
      if (this.#shareNeighbours(entrant, backup)) return true;
    }
    return false;
  }

  #shareNeighbours(one: number, other: number): boolean {
    const { rows } = this.#entrants;
    const oneRow = this.#row(one);
    const otherRow = this.#row(other);
    const oneStart = oneRow + ROW_HEAD + rows[oneRow + ROW_GROUPS]!;
    const otherStart = otherRow + ROW_HEAD + rows[otherRow + ROW_GROUPS]!;
    const oneEnd = oneStart + rows[oneRow + ROW_ADJACENT]!;
    const otherEnd = otherStart + rows[otherRow + ROW_ADJACENT]!;
    for (let place = oneStart; place < oneEnd; place++) {
      for (let at = otherStart; at < otherEnd; at++) if (rows[place] === rows[at]) return true;
    }
    return false;
  }

  #row(entrant: number): number {
    return this.#entrants.offsets[entrant]!;
  }
}
