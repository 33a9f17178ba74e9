import { type CompiledPod, meetsFloor, multiplied } from './compile-pod.ts';
import { MAX_POD_CANDIDATES as MAX, MAX_POD_GROUPS, POD_REJECTIONS } from './model.ts';
import {
  AT_FIRST,
  AT_LAST,
  AT_MIDDLE,
  FLAG_BUMPER,
  POSITION_BITS,
  type PodEntrants,
  ROW_ADJACENT,
  ROW_DURATION,
  ROW_FLAGS,
  ROW_GROUPS,
  ROW_HEAD,
} from './pod-rows.ts';

export const ELIGIBLE = 255;
const BELOW_FLOOR = POD_REJECTIONS.indexOf('below_floor');
const DURATION_FIT = POD_REJECTIONS.indexOf('duration_fit');

const POD_DURATION = POD_REJECTIONS.indexOf('pod_duration');

/** Slots (a bit each) that an ad of this length and kind may take. */
export function fittingSlots(pod: CompiledPod, durationMs: number, flags: number): number {
  let fits = 0;
  for (let at = 0; at < pod.slots.length; at++) {
    const slot = pod.slots[at]!;
    if (durationMs < slot.minDurationMs || durationMs > slot.maxDurationMs) continue;
    if (slot.exactDurationsMs !== undefined && !slot.exactDurationsMs.includes(durationMs)) continue;
    const bit = 1 << at;
    if ((pod.bumperSlots & bit) !== 0) {
      if ((flags & FLAG_BUMPER) === 0) continue;
      const opens = (flags & AT_FIRST) !== 0 && (pod.openerSlots & bit) !== 0;
      const closes = (flags & AT_LAST) !== 0 && (pod.closerSlots & bit) !== 0;
      if ((flags & AT_MIDDLE) === 0 && !opens && !closes) continue;
    }
    fits |= bit;
  }
  return fits;
}

/**
 * One request laid out for search: who may go where at what value, and who shuts out whom, as bit masks. Candidates are
 * numbered by rank. Used again and again; `load` overwrites.
 */
export class PodProblem {
  pod!: CompiledPod;
  n = 0;
  /** Number of tiers among the candidates, and which tier each is. */
  stages = 0;
  readonly stageTier = new Int32Array(MAX);
  readonly stage = new Uint8Array(MAX);
  readonly entrant = new Int32Array(MAX);
  readonly duration = new Int32Array(MAX);
  readonly order = new Int32Array(MAX);
  /** Value between others, as first, as last, as the only one. */
  readonly mid = new Float64Array(MAX);
  readonly first = new Float64Array(MAX);
  readonly last = new Float64Array(MAX);
  readonly solo = new Float64Array(MAX);
  readonly position = new Uint8Array(MAX);
  readonly slotFit = new Int32Array(MAX);
  readonly dynamicFit = new Uint8Array(MAX);
  /** ELIGIBLE, or the code of the rejection. */
  readonly verdict = new Uint8Array(MAX);
  /** Pairs that a group of capacity 1 keeps apart; the halves of a 64-bit mask. */
  readonly apartLow = new Int32Array(MAX);
  readonly apartHigh = new Int32Array(MAX);
  /** Pairs that may not be neighbours. */
  readonly adjacentLow = new Int32Array(MAX);
  readonly adjacentHigh = new Int32Array(MAX);
  /** The group of capacity 1 in which a candidate meets most others, or -1: classes of which one at most is placed. */
  readonly classGroup = new Int32Array(MAX);
  /** Groups of larger capacity that have more members than that. */
  shares = 0;
  shareCapacity = new Int32Array(MAX);
  readonly shareStart = new Int32Array(MAX + 1);
  share = new Int32Array(MAX * 8);
  anyAdjacent = false;
  /** Whether any position is restricted, and whether first or last pays differently. */
  positioned = false;
  gains = false;

  readonly #groups = new LocalIds();
  readonly #neighbours = new LocalIds();
  #low = new Int32Array(MAX * MAX_POD_GROUPS);
  #high = new Int32Array(MAX * MAX_POD_GROUPS);
  #members = new Int32Array(MAX * MAX_POD_GROUPS);
  #shareOf = new Int32Array(MAX * MAX_POD_GROUPS);

  load(pod: CompiledPod, entrants: PodEntrants, ranked: Int32Array): void {
    const { rows } = entrants;
    this.pod = pod;
    this.n = entrants.count;
    this.stages = 0;
    this.positioned = false;
    let adjacents = 0;
    this.gains = pod.firstPpm !== 1_000_000 || pod.lastPpm !== 1_000_000;
    for (let at = 0; at < this.n; at++) {
      const entrant = ranked[at]!;
      const row = entrants.offsets[entrant]!;
      const value = entrants.values[entrant]!;
      const duration = rows[row + ROW_DURATION]!;
      const flags = rows[row + ROW_FLAGS]!;
      const tier = entrants.tiers[entrant]!;
      if (this.stages === 0 || this.stageTier[this.stages - 1] !== tier) this.stageTier[this.stages++] = tier;
      this.stage[at] = this.stages - 1;
      this.entrant[at] = entrant;
      this.duration[at] = duration;
      this.order[at] = entrants.order === undefined ? at : entrants.order[entrant]!;
      const first = multiplied(value, pod.firstPpm);
      const last = multiplied(value, pod.lastPpm);
      this.mid[at] = value;
      this.first[at] = first;
      this.last[at] = last;
      this.solo[at] = first > last ? first : last;
      this.position[at] = flags & POSITION_BITS;
      this.slotFit[at] = pod.slots.length === 0 ? 0 : fittingSlots(pod, duration, flags);
      this.dynamicFit[at] = duration <= pod.dynamicMs ? 1 : 0;
      let verdict = ELIGIBLE;
      if (!meetsFloor(pod, duration, value)) verdict = BELOW_FLOOR;
      else if (this.slotFit[at] === 0 && this.dynamicFit[at] === 0) verdict = DURATION_FIT;
      else {
        const end = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
        for (let place = row + ROW_HEAD; place < end; place++) {
          const group = rows[place]!;
          if (entrants.capacity[group]! > 0) continue;
          verdict = entrants.groupKind[group]!;
          break;
        }
      }
      adjacents |= rows[row + ROW_ADJACENT]!;
      this.verdict[at] = verdict;
      if (verdict === ELIGIBLE && (flags & POSITION_BITS) !== POSITION_BITS) this.positioned = true;
    }
    this.#loadGroups(entrants);
    this.#loadAdjacent(entrants, adjacents);
  }

  /** Whether the share groups of `candidate` have room, given what is taken of each. */
  sharesAllow(candidate: number, taken: Int32Array): boolean {
    const end = this.shareStart[candidate + 1]!;
    for (let at = this.shareStart[candidate]!; at < end; at++) {
      const share = this.share[at]!;
      if (taken[share]! >= this.shareCapacity[share]!) return false;
    }
    return true;
  }

  takeShares(candidate: number, taken: Int32Array, units: number): void {
    const end = this.shareStart[candidate + 1]!;
    for (let at = this.shareStart[candidate]!; at < end; at++) taken[this.share[at]!]! += units;
  }

  /** Leaves the dynamic part empty. */
  closeDynamic(): void {
    for (let at = 0; at < this.n; at++) {
      this.dynamicFit[at] = 0;
      if (this.verdict[at] === ELIGIBLE && this.slotFit[at] === 0) this.verdict[at] = POD_DURATION;
    }
  }

  #loadGroups(entrants: PodEntrants): void {
    const { rows, capacity } = entrants;
    const before = this.#groups.open(capacity.length);
    const localOf = this.#groups.of;
    const [low, high, members, shareOf] = [this.#low, this.#high, this.#members, this.#shareOf];
    let locals = 0;
    for (let at = 0; at < this.n; at++) {
      if (this.verdict[at] !== ELIGIBLE) continue;
      const row = entrants.offsets[this.entrant[at]!]!;
      const end = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
      for (let place = row + ROW_HEAD; place < end; place++) {
        const group = rows[place]!;
        let local = localOf[group]! - before;
        if (local < 0) {
          local = locals++;
          localOf[group] = before + local;
          low[local] = 0;
          high[local] = 0;
          members[local] = 0;
          shareOf[local] = -1;
        }
        if (at < 32) low[local]! |= 1 << at;
        else high[local]! |= 1 << (at - 32);
        members[local]!++;
      }
    }
    this.shares = 0;
    let shareEnd = 0;
    for (let at = 0; at < this.n; at++) {
      this.shareStart[at] = shareEnd;
      this.classGroup[at] = -1;
      let apartLow = 0;
      let apartHigh = 0;
      if (this.verdict[at] === ELIGIBLE) {
        let most = 1;
        const row = entrants.offsets[this.entrant[at]!]!;
        const end = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
        for (let place = row + ROW_HEAD; place < end; place++) {
          const group = rows[place]!;
          const local = localOf[group]! - before;
          const room = capacity[group]!;
          if (members[local]! <= room) continue;
          if (room === 1) {
            apartLow |= low[local]!;
            apartHigh |= high[local]!;
            if (members[local]! > most) {
              most = members[local]!;
              this.classGroup[at] = local;
            }
            continue;
          }
          if (shareOf[local] === -1) {
            shareOf[local] = this.shares;
            if (this.shares === this.shareCapacity.length) this.shareCapacity = doubled(this.shareCapacity);
            this.shareCapacity[this.shares++] = room;
          }
          if (shareEnd === this.share.length) this.share = doubled(this.share);
          this.share[shareEnd++] = shareOf[local]!;
        }
        if (at < 32) apartLow &= ~(1 << at);
        else apartHigh &= ~(1 << (at - 32));
      }
      this.apartLow[at] = apartLow;
      this.apartHigh[at] = apartHigh;
    }
    this.shareStart[this.n] = shareEnd;
    this.#groups.close(locals);
  }

  #loadAdjacent(entrants: PodEntrants, adjacents: number): void {
    const { rows } = entrants;
    this.anyAdjacent = false;
    if (adjacents === 0) {
      this.adjacentLow.fill(0, 0, this.n);
      this.adjacentHigh.fill(0, 0, this.n);
      return;
    }
    const before = this.#neighbours.open(entrants.adjacentGroups);
    const localOf = this.#neighbours.of;
    const [low, high] = [this.#low, this.#high];
    let locals = 0;
    for (let at = 0; at < this.n; at++) {
      if (this.verdict[at] !== ELIGIBLE) continue;
      const row = entrants.offsets[this.entrant[at]!]!;
      const start = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
      const end = start + rows[row + ROW_ADJACENT]!;
      for (let place = start; place < end; place++) {
        const group = rows[place]!;
        if (group >= entrants.adjacentGroups) {
          this.#neighbours.close(locals);
          throw beyond(group, entrants.adjacentGroups);
        }
        let local = localOf[group]! - before;
        if (local < 0) {
          local = locals++;
          localOf[group] = before + local;
          low[local] = 0;
          high[local] = 0;
        }
        if (at < 32) low[local]! |= 1 << at;
        else high[local]! |= 1 << (at - 32);
      }
    }
    for (let at = 0; at < this.n; at++) {
      let adjacentLow = 0;
      let adjacentHigh = 0;
      if (locals > 0 && this.verdict[at] === ELIGIBLE) {
        const row = entrants.offsets[this.entrant[at]!]!;
        const start = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
        const end = start + rows[row + ROW_ADJACENT]!;
        for (let place = start; place < end; place++) {
          const local = localOf[rows[place]!]! - before;
          adjacentLow |= low[local]!;
          adjacentHigh |= high[local]!;
        }
        if (at < 32) adjacentLow &= ~(1 << at);
        else adjacentHigh &= ~(1 << (at - 32));
        // Who can never be in one pod need not be kept from standing next to each other.
        adjacentLow &= ~this.apartLow[at]!;
        adjacentHigh &= ~this.apartHigh[at]!;
      }
      this.adjacentLow[at] = adjacentLow;
      this.adjacentHigh[at] = adjacentHigh;
      if ((adjacentLow | adjacentHigh) !== 0) this.anyAdjacent = true;
    }
    this.#neighbours.close(locals);
  }
}

/** What is said when a row names an adjacency group that the request does not know. */
export function beyond(group: number, groups: number): RangeError {
  return new RangeError(`adjacentGroups is ${groups}; accepted is more than ${group}, the id of one of them`);
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

const MOST_IDS = 0x3fffffff;

/** Numbers the groups of one request from 0, without wiping the table in between: older numbers lie below `open`'s. */
class LocalIds {
  of = new Int32Array(0);
  #before = 1;

  /** Makes room for ids below `ids`; local ids are what stands in `of` less the answer. */
  open(ids: number): number {
    if (this.of.length < ids) {
      this.of = new Int32Array(ids);
      this.#before = 1;
    } else if (this.#before > MOST_IDS) {
      this.of.fill(0);
      this.#before = 1;
    }
    return this.#before;
  }

  close(locals: number): void {
    this.#before += locals;
  }
}
