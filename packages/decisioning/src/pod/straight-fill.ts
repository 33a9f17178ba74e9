import { type CompiledPod, meetsFloor, multiplied } from './compile-pod.ts';
import { MAX_POD_CANDIDATES as MAX } from './model.ts';
import {
  POSITION_BITS,
  type PodEntrants,
  ROW_ADJACENT,
  ROW_DURATION,
  ROW_FLAGS,
  ROW_GROUPS,
  ROW_HEAD,
} from './pod-rows.ts';

import { PricedBound } from './priced-bound.ts';
import { beyond } from './problem.ts';

const UNIT_PPM = 1_000_000;
const NOBODY = -1;

/**
 * The fast way through: a dynamic pod filled by rank in one pass, with a bound from the same pass. It touches only the
 * rows that it needs to look at. `fill` gives up (false) where order of play matters to what may be placed, or the bound
 * is not met; then the pod is laid out for search.
 */
export class StraightFill {
  count = 0;
  /** Whether the last pass kept out anyone who is eligible: then another pod may be worth as much. */
  skipped = false;
  /** Entrants in play order. */
  readonly placed = new Int32Array(MAX);
  value = 0;
  bound = 0;

  /** Set when the last pass met nothing that this way does not know: only its bound was too far away. */
  #simple = false;
  #priced: PricedBound | null = null;
  readonly #eligible = new Int32Array(MAX);
  #load = new Int32Array(0);
  #neighbours = new Int32Array(0);
  /** By placed ad, the group under which others were set aside in the bound; none: -1. */
  readonly #class = new Int32Array(MAX);

  fill(pod: CompiledPod, entrants: PodEntrants, ranked: Int32Array, searchAbovePpm: number): boolean {
    const gains = pod.firstPpm !== UNIT_PPM || pod.lastPpm !== UNIT_PPM;
    if (pod.slots.length > 0) return false;
    if (gains && (pod.firstPpm < UNIT_PPM || pod.lastPpm < UNIT_PPM)) return false;
    if (this.#load.length < entrants.capacity.length) this.#load = new Int32Array(entrants.capacity.length);
    if (this.#neighbours.length < entrants.adjacentGroups) {
      this.#neighbours = new Int32Array(entrants.adjacentGroups);
    }
    this.#simple = false;
    const done = this.#pass(pod, entrants, ranked, gains, searchAbovePpm);
    this.#unload(entrants);
    if (done && gains && this.count > 0) {
      const best = entrants.values[this.placed[0]!]!;
      this.value += edgeGain(pod, best, this.count > 1 ? entrants.values[this.placed[1]!]! : 0);
    }
    if (!done || (this.bound - this.value) * UNIT_PPM > searchAbovePpm * this.bound) {
      if (!this.#simple || gains || !this.#fillByPrice(pod, entrants, ranked, searchAbovePpm)) return false;
    }
    this.#order(entrants, gains, pod);
    return true;
  }

  /** One tier, and length is what is short: by value less the price of length, with the bound of that price. */
  #fillByPrice(pod: CompiledPod, entrants: PodEntrants, ranked: Int32Array, searchAbovePpm: number): boolean {
    this.#priced ??= new PricedBound();
    const priced = this.#priced;
    const { rows, offsets, values } = entrants;
    const eligible = this.#eligible;
    let count = 0;
    for (let at = 0; at < entrants.count; at++) {
      const entrant = ranked[at]!;
      const row = offsets[entrant]!;
      const duration = rows[row + ROW_DURATION]!;
      if (duration > pod.dynamicMs || !meetsFloor(pod, duration, values[entrant]!)) continue;
      if ((rows[row + ROW_FLAGS]! & POSITION_BITS) !== POSITION_BITS) return false;
      priced.worth[count] = values[entrant]!;
      priced.length[count] = duration;
      priced.classOf[count] = count;
      eligible[count++] = entrant;
    }
    priced.count = count;
    priced.classes = count;
    priced.places = pod.dynamicAds;
    priced.remainingMs = pod.dynamicMs;
    priced.fillerWorth = count > 0 ? unseenValue(entrants, entrants.tiers[eligible[0]!]!) : 0;
    priced.fillerMs = entrants.unseenMinDurationMs;
    priced.find(false);
    // Without a price the pass by rank has met all there is to meet.
    if (priced.price === 0) return false;
    this.skipped = true;
    const order = priced.order();
    const done = this.#place(pod, entrants, order, count);
    this.#unload(entrants);
    this.bound = priced.bound;
    return done && (this.bound - this.value) * UNIT_PPM <= searchAbovePpm * this.bound;
  }

  /** Places entries of `#eligible` in the order given, each that fits; they come to stand by rank. */
  #place(pod: CompiledPod, entrants: PodEntrants, order: Int32Array, count: number): boolean {
    const { rows, offsets, capacity } = entrants;
    const load = this.#load;
    const neighbours = this.#neighbours;
    const { placed } = this;
    const eligible = this.#eligible;
    let used = 0;
    let ads = 0;
    let apart = true;
    for (let nth = 0; apart && nth < count && ads < pod.dynamicAds; nth++) {
      const entry = order[nth]!;
      const row = offsets[eligible[entry]!]!;
      const duration = rows[row + ROW_DURATION]!;
      if (used + duration > pod.dynamicMs) continue;
      const groupsEnd = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
      const end = groupsEnd + rows[row + ROW_ADJACENT]!;
      let place = row + ROW_HEAD;
      while (place < groupsEnd && load[rows[place]!]! < capacity[rows[place]!]!) place++;
      if (place < groupsEnd) continue;
      for (; apart && place < end; place++) apart = neighbours[rows[place]!] === 0;
      for (place = groupsEnd; place < end; place++) neighbours[rows[place]!] = 1;
      for (place = row + ROW_HEAD; place < groupsEnd; place++) load[rows[place]!]!++;
      used += duration;
      let at = ads++;
      while (at > 0 && placed[at - 1]! > entry) {
        placed[at] = placed[at - 1]!;
        at--;
      }
      placed[at] = entry;
    }
    let value = 0;
    for (let at = 0; at < ads; at++) {
      placed[at] = eligible[placed[at]!]!;
      value += entrants.values[placed[at]!]!;
    }
    this.count = ads;
    this.value = value;
    return apart && (!pod.exact || used === pod.dynamicMs);
  }

  #pass(
    pod: CompiledPod,
    entrants: PodEntrants,
    ranked: Int32Array,
    gains: boolean,
    searchAbovePpm: number,
  ): boolean {
    const { rows, offsets, values, tiers, capacity, count } = entrants;
    const load = this.#load;
    const neighbours = this.#neighbours;
    const placed = this.placed;
    const classes = this.#class;
    const { dynamicAds, dynamicMs } = pod;
    let ads = 0;
    let total = 0;
    let bound = 0;
    let skipped = false;
    const lastTier = count > 0 ? tiers[ranked[count - 1]!]! : 0;
    const simple = count > 0 && tiers[ranked[0]!]! === lastTier && entrants.unseenTier <= lastTier;
    let used = 0;
    let at = 0;
    let tier = 0;
    let counted = 0;
    let room = dynamicAds;
    let filler = 0;
    let top = 0;
    let second = 0;
    for (; at < count; at++) {
      const entrant = ranked[at]!;
      if (at === 0 || tiers[entrant] !== tier) {
        if (at > 0) {
          // With edges that pay, what a tier earns depends on the tiers after it.
          if (gains) return this.#giveUp(ads);
          bound += (room - counted) * filler;
        }
        tier = tiers[entrant]!;
        filler = unseenValue(entrants, tier);
        counted = 0;
        room = dynamicAds - ads;
        if (room === 0) break;
      }
      const value = values[entrant]!;
      const row = offsets[entrant]!;
      const duration = rows[row + ROW_DURATION]!;
      if (duration > dynamicMs || !meetsFloor(pod, duration, value)) continue;
      if ((rows[row + ROW_FLAGS]! & POSITION_BITS) !== POSITION_BITS) return this.#giveUp(ads);
      const groupsEnd = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
      let blockedBy = NOBODY;
      for (let place = row + ROW_HEAD; place < groupsEnd; place++) {
        const group = rows[place]!;
        if (load[group]! < capacity[group]!) continue;
        blockedBy = group;
        break;
      }
      if (blockedBy !== NOBODY) {
        skipped = true;
        // Who meets a placed ad in a group for one shares that ad's count in the bound.
        if (this.#setAside(ads, entrants, row, groupsEnd)) continue;
      }
      if (counted < room) {
        counted++;
        const most = value > filler ? value : filler;
        bound += most;
        if (counted === 1) top = most;
        else if (counted === 2) second = most;
      } else if (ads === dynamicAds) break;
      else if ((bound - total - (dynamicAds - ads) * value) * UNIT_PPM > searchAbovePpm * bound) {
        // Even if all that follow were worth as much and fitted, the bound would not be met.
        if (simple && !gains) {
          this.#simple = true;
          return this.#giveUp(ads);
        }
      }
      if (blockedBy !== NOBODY || ads === dynamicAds || used + duration > dynamicMs) {
        skipped = true;
        continue;
      }
      const end = groupsEnd + rows[row + ROW_ADJACENT]!;
      for (let place = groupsEnd; place < end; place++) {
        const stands = neighbours[rows[place]!];
        if (stands === undefined) {
          this.#giveUp(ads);
          this.#unload(entrants);
          throw beyond(rows[place]!, entrants.adjacentGroups);
        }
        if (stands > 0) return this.#giveUp(ads);
      }
      for (let place = groupsEnd; place < end; place++) neighbours[rows[place]!] = 1;
      for (let place = row + ROW_HEAD; place < groupsEnd; place++) load[rows[place]!]!++;
      classes[ads] = NOBODY;
      placed[ads++] = entrant;
      used += duration;
      total += value;
      if (ads === dynamicAds && counted === room) break;
    }
    if (at === count && counted < room) {
      if (count > 0) bound += (room - counted) * filler;
      if (counted < 1) top = filler;
      if (counted < 2) second = filler;
    }
    // Tiers after the last one handed over get what is left.
    if (count === 0 || (ads < dynamicAds && entrants.unseenTier > tier)) {
      const later = unseenValue(entrants, entrants.unseenTier);
      if (gains && later > 0) return this.#giveUp(ads);
      bound += (dynamicAds - ads) * later;
    }
    if (gains) bound += edgeGain(pod, top, second);
    this.count = ads;
    this.value = total;
    this.bound = bound;
    this.skipped = skipped;
    this.#simple = simple;
    return !pod.exact || used === dynamicMs;
  }

  /** Leaves what was placed to `#unload`. */
  #giveUp(ads: number): boolean {
    this.count = ads;
    return false;
  }

  /** Whether a candidate that is shut out can be counted together with a placed ad: they share a group for one. */
  #setAside(ads: number, entrants: PodEntrants, row: number, groupsEnd: number): boolean {
    const { rows, offsets, capacity } = entrants;
    for (let place = row + ROW_HEAD; place < groupsEnd; place++) {
      const group = rows[place]!;
      if (capacity[group]! <= 0) return true;
      if (capacity[group] !== 1 || this.#load[group] !== 1) continue;
      for (let nth = 0; nth < ads; nth++) {
        if (this.#class[nth] !== NOBODY && this.#class[nth] !== group) continue;
        const holder = offsets[this.placed[nth]!]!;
        const end = holder + ROW_HEAD + rows[holder + ROW_GROUPS]!;
        for (let other = holder + ROW_HEAD; other < end; other++) {
          if (rows[other] !== group) continue;
          this.#class[nth] = group;
          return true;
        }
      }
    }
    return false;
  }

  /** Takes off what this pass has put on the groups. */
  #unload(entrants: PodEntrants): void {
    const { rows, offsets } = entrants;
    for (let nth = 0; nth < this.count; nth++) {
      const row = offsets[this.placed[nth]!]!;
      const groupsEnd = row + ROW_HEAD + rows[row + ROW_GROUPS]!;
      const end = groupsEnd + rows[row + ROW_ADJACENT]!;
      for (let place = row + ROW_HEAD; place < groupsEnd; place++) this.#load[rows[place]!] = 0;
      for (let place = groupsEnd; place < end; place++) this.#neighbours[rows[place]!] = 0;
    }
  }

  /** By rank of order; with edges that pay, the two most valuable at the ends. */
  #order(entrants: PodEntrants, gains: boolean, pod: CompiledPod): void {
    const { placed, count } = this;
    const order = entrants.order;
    if (order !== undefined) {
      for (let at = 1; at < count; at++) {
        const entrant = placed[at]!;
        let place = at;
        while (place > 0 && order[placed[place - 1]!]! > order[entrant]!) {
          placed[place] = placed[place - 1]!;
          place--;
        }
        placed[place] = entrant;
      }
    }
    if (!gains || count < 2) return;
    let opens = 0;
    let closes = 0;
    let best = -1;
    for (let one = 0; one < count; one++) {
      const first = multiplied(entrants.values[placed[one]!]!, pod.firstPpm) - entrants.values[placed[one]!]!;
      for (let other = 0; other < count; other++) {
        if (other === one) continue;
        const value = entrants.values[placed[other]!]!;
        const gain = first + multiplied(value, pod.lastPpm) - value;
        // With the same first ad the order compares lower the later the last one comes in it.
        if (gain < best || (gain === best && one !== opens)) continue;
        best = gain;
        opens = one;
        closes = other;
      }
    }
    const first = placed[opens]!;
    const last = placed[closes]!;
    let end = 1;
    const middle = this.#class;
    for (let at = 0; at < count; at++) if (at !== opens && at !== closes) middle[end++] = placed[at]!;
    for (let at = 1; at < end; at++) placed[at] = middle[at]!;
    placed[0] = first;
    placed[count - 1] = last;
  }
}

/** What a candidate of a tier that was not handed over can be worth. */
function unseenValue(entrants: PodEntrants, tier: number): number {
  return entrants.unseenTier >= 0 && tier >= entrants.unseenTier ? entrants.unseenMaxValue : 0;
}

/** The most that the two ends add when these are the two most valuable ads. */
function edgeGain(pod: CompiledPod, one: number, other: number): number {
  const ahead = multiplied(one, pod.firstPpm) + multiplied(other, pod.lastPpm);
  const behind = multiplied(other, pod.firstPpm) + multiplied(one, pod.lastPpm);
  return Math.max(ahead, behind) - one - other;
}
