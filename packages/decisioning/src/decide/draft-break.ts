import type { IndexedAssignment, IndexedFlight, IndexedLineItem } from '../index/model.ts';
import type { PodRuleInput } from '../model.ts';
import { type CandidateCheck, rotate } from './candidate.ts';
import { LoadTable } from './load-table.ts';
import type { Examined } from './readings.ts';
import type { ShownInStream } from './stream-rule.ts';

/** A candidate of a break. */
export interface Met {
  item: IndexedLineItem;
  flight: IndexedFlight;
  examined: Examined;
  /** What it stands with in the draft; when it does not, what its rotation gives. */
  assignment: IndexedAssignment;
  isPlaced: boolean;
}

/** What to do after a candidate was met. */
export const GO_ON = 0;
/** Every place is filled, or no time is left, and the bound is complete. */
export const COMPLETE = 1;
/** Only a search can tell. */
export const NEEDS_SEARCH = 2;

/** Line items met before a draft is given up. */
const MAX_MET = 64;
const UNIT = 1000;
const NO_CAP = Number.POSITIVE_INFINITY;

/**
 * Fills a dynamic break while line items are met, best first: each takes the next place with the creative that its
 * rotation gives, or with one of another length where that one does not fit.
 *
 * Beside it runs a bound on what any fill could earn. Given the ads of the tiers before it, a tier (line items of one
 * priority) earns at most its best line items, as many as places are left; of those that share a group for one ad with
 * an ad that stands, whatever creative they show, only that ad counts, being the best of them. Lengths are ignored but
 * for whether there is time at all, so where time is short the bound is out of reach and a search must tell.
 */
export class DraftBreak {
  /** Candidates in order of rank; `metCount` of them belong to this break. */
  readonly met: Met[] = [];
  metCount = 0;
  placed = 0;
  usedMs = 0;
  /** Micros of price per thousand: of what stands, and what no fill can exceed. */
  value = 0;
  bound = 0;

  readonly order: Met[] = [];

  #rule!: PodRuleInput;
  /** What both ends pay on top, in thousandths. */
  #ends = 0;
  #toleratedShare = 0;
  #tier = 0;
  /** Places and time that the tier began with, and ads of the tiers before it. */
  #room = 0;
  #roomMs = 0;
  #before = 0;
  /** Ads that the bound of the tier counts. */
  #counted = 0;
  #shown: ShownInStream | null = null;
  readonly #loads = new LoadTable();
  /** By ad that stands, the group whose members it counts for in the bound; 0 for none yet. */
  readonly #countsFor = new Int32Array(MAX_MET);

  /** Whether breaks of this rule can be filled this way at all. */
  static suits(rule: PodRuleInput): boolean {
    return (
      rule.kind === 'dynamic' &&
      !rule.isExact &&
      rule.categorySeparation !== 'adjacent' &&
      rule.maxAds <= MAX_MET &&
      rule.firstPermille >= UNIT &&
      rule.lastPermille >= UNIT
    );
  }

  /**
   * @param toleratedShare of the bound that is not worth a search
   * @param shown what the stream has shown of advertisers already counts
   */
  begin(rule: PodRuleInput, toleratedShare: number, shown: ShownInStream | null): void {
    this.#shown = shown;
    this.#rule = rule;
    this.#ends = rule.firstPermille + rule.lastPermille - 2 * UNIT;
    this.#toleratedShare = toleratedShare;
    this.metCount = 0;
    this.placed = 0;
    this.usedMs = 0;
    this.value = 0;
    this.bound = 0;
    this.#loads.clear();
  }

  /** The proven share of the bound that the draft may miss. */
  get gap(): number {
    return this.bound > this.value ? (this.bound - this.value) / this.bound : 0;
  }

  /** Takes the line item in that `check` has just let pass. */
  meet(item: IndexedLineItem, flight: IndexedFlight, check: CandidateCheck): number {
    const examined = check.examined[check.examined.length - 1]!;
    const rotated = rotate(check, examined);
    if (!rotated) return GO_ON;
    if (this.metCount === 0 || item.priority !== this.#tier) {
      // With ends that pay more, what a tier earns depends on the tiers after it.
      if (this.metCount > 0 && this.#ends > 0)
        return this.#keep(item, flight, examined, rotated, false, NEEDS_SEARCH);
      this.#openTier(item);
    }
    if (item.source.podPosition !== undefined)
      return this.#keep(item, flight, examined, rotated, false, NEEDS_SEARCH);
    if (this.#counted < this.#room && this.#hasTime(item) && !this.#isCountedFor(item)) {
      this.#counted++;
      this.bound += item.rankMicros;
    }
    const assignment = this.placed < this.#rule.maxAds ? this.#fitting(check, examined, rotated) : undefined;
    if (assignment) this.#place(item, examined, assignment);
    return this.#keep(
      item,
      flight,
      examined,
      assignment ?? rotated,
      assignment !== undefined,
      this.#verdict(item, check.request.minDurationMs),
    );
  }

  /** Takes a line item in that could stand in for another. */
  spare(item: IndexedLineItem, flight: IndexedFlight, check: CandidateCheck): void {
    const examined = check.examined[check.examined.length - 1]!;
    const rotated = rotate(check, examined);
    if (rotated) this.#keep(item, flight, examined, rotated, false, COMPLETE);
  }

  /**
   * Sets the ads in play order: by rank, the two most valuable at the ends where those pay more.
   * @returns whether what it may miss is not worth a search
   */
  finish(): boolean {
    const { order } = this;
    order.length = 0;
    for (let at = 0; at < this.metCount; at++) if (this.met[at]!.isPlaced) order.push(this.met[at]!);
    if (this.#ends > 0 && order.length > 0) this.#payEnds();
    return this.bound - this.value <= this.bound * this.#toleratedShare;
  }

  #payEnds(): void {
    const { order } = this;
    const { firstPermille, lastPermille } = this.#rule;
    const more = Math.max(firstPermille, lastPermille) - UNIT;
    this.value += Math.floor((order[0]!.item.rankMicros * more) / UNIT);
    if (order.length === 1) return;
    const less = Math.min(firstPermille, lastPermille) - UNIT;
    this.value += Math.floor((order[1]!.item.rankMicros * less) / UNIT);
    const [best, second, ...others] = order as [Met, Met, ...Met[]];
    const isBestFirst = firstPermille >= lastPermille;
    order.splice(0, order.length, isBestFirst ? best : second, ...others, isBestFirst ? second : best);
  }

  #openTier(item: IndexedLineItem): void {
    this.#tier = item.priority;
    this.#before = this.placed;
    this.#room = this.#rule.maxAds - this.placed;
    this.#roomMs = this.#rule.durationMs - this.usedMs;
    this.#counted = 0;
    // The ends earn most where the best of all stands.
    this.bound += Math.ceil((item.rankMicros * this.#ends) / UNIT);
  }

  #verdict(item: IndexedLineItem, minDurationMs: number): number {
    const isTimeLeft = this.#rule.durationMs - this.usedMs >= minDurationMs;
    const places = isTimeLeft ? this.#rule.maxAds - this.placed : 0;
    const isBounded = this.#counted >= this.#room;
    if (isBounded || places === 0) {
      // Were all that follow worth as much and did they fit, the bound would still be missed.
      const reachable = this.value + places * item.rankMicros;
      if (this.bound - reachable > this.bound * this.#toleratedShare && this.#ends === 0) return NEEDS_SEARCH;
      if (isBounded && places === 0) return COMPLETE;
    }
    return this.metCount + 1 < MAX_MET ? GO_ON : NEEDS_SEARCH;
  }

  #hasTime({ lengthsMs }: IndexedLineItem): boolean {
    for (let at = 0; at < lengthsMs.length; at++) if (lengthsMs[at]! <= this.#roomMs) return true;
    return false;
  }

  /** Whether an ad that stands counts for this line item in the bound, whatever creative it would show. */
  #isCountedFor({ brandKey, labelKeys, commonCategoryKeys, commonDomainKey }: IndexedLineItem): boolean {
    if (this.placed === 0) return false;
    const { maxAdsPerAdvertiser, categorySeparation } = this.#rule;
    // Categories first: brands of one category are more than line items of one brand.
    if (categorySeparation === 'pod')
      for (let at = 0; at < commonCategoryKeys.length; at++)
        if (this.#counts(commonCategoryKeys[at]!)) return true;
    if (maxAdsPerAdvertiser === 1 && (this.#counts(brandKey) || this.#counts(commonDomainKey))) return true;
    for (let at = 0; at < labelKeys.length; at++) if (this.#counts(labelKeys[at]!)) return true;
    return false;
  }

  #counts(key: number): boolean {
    const holder = this.#loads.holderOf(key);
    if (holder < 0) return false;
    if (holder < this.#before) return true;
    if (this.#countsFor[holder] === 0) this.#countsFor[holder] = key | 0;
    return this.#countsFor[holder] === (key | 0);
  }

  /** The creative it can stand with: as rotated, else of another length; undefined for none. */
  #fitting(
    check: CandidateCheck,
    examined: Examined,
    rotated: IndexedAssignment,
  ): IndexedAssignment | undefined {
    const { item } = examined;
    if (!this.#admitsItem(item, examined.room)) return undefined;
    if (this.#admitsCreative(rotated, examined)) return rotated;
    for (const durationMs of item.lengthsMs) {
      if (durationMs === rotated.creative.durationMs) continue;
      const other = rotate(check, examined, durationMs);
      if (other && this.#admitsCreative(other, examined)) return other;
    }
    return undefined;
  }

  /** Ads of one advertiser that the break may hold. */
  #most(key: number): number {
    const { maxAdsPerAdvertiser } = this.#rule;
    return this.#shown?.left(key, maxAdsPerAdvertiser) ?? maxAdsPerAdvertiser;
  }

  #admitsItem(item: IndexedLineItem, room: number): boolean {
    const { brandKey, labelKeys, caps } = item;
    const loads = this.#loads;
    // It counts towards the caps of its campaign and brand even when it has none itself.
    if (!loads.admits(item.campaignScopeKey, NO_CAP) || !loads.admits(item.brandScopeKey, NO_CAP))
      return false;
    if (!loads.admits(brandKey, this.#most(brandKey))) return false;
    for (let at = 0; at < labelKeys.length; at++) if (!loads.admits(labelKeys[at]!, 1)) return false;
    for (let at = 0; at < caps.length; at++)
      if (caps[at]!.scopeKey !== 0 && !loads.admits(caps[at]!.scopeKey, room)) return false;
    return true;
  }

  #admitsCreative({ creative }: IndexedAssignment, { item, room }: Examined): boolean {
    const { durationMs, creativeKey, fingerprintKey, domainKey, categoryKeys } = creative;
    if (this.usedMs + durationMs > this.#rule.durationMs) return false;
    const loads = this.#loads;
    if (!loads.admits(creativeKey, 1) || !loads.admits(fingerprintKey, 1)) return false;
    if (!loads.admits(domainKey, this.#most(domainKey))) return false;
    if (this.#rule.categorySeparation === 'pod')
      for (let at = 0; at < categoryKeys.length; at++) if (!loads.admits(categoryKeys[at]!, 1)) return false;
    return room > 0 || item.caps.length === 0;
  }

  #place(item: IndexedLineItem, { room }: Examined, { creative }: IndexedAssignment): void {
    const loads = this.#loads;
    const holder = this.placed++;
    this.#countsFor[holder] = 0;
    this.usedMs += creative.durationMs;
    this.value += item.rankMicros;
    const { categorySeparation } = this.#rule;
    loads.add(item.brandKey, this.#most(item.brandKey), holder);
    loads.add(creative.domainKey, this.#most(creative.domainKey), holder);
    loads.add(creative.creativeKey, 1, holder);
    loads.add(creative.fingerprintKey, 1, holder);
    for (const label of item.labelKeys) loads.add(label, 1, holder);
    if (categorySeparation === 'pod')
      for (const category of creative.categoryKeys) loads.add(category, 1, holder);
    loads.add(item.campaignScopeKey, capOf(item, item.campaignScopeKey, room), holder);
    loads.add(item.brandScopeKey, capOf(item, item.brandScopeKey, room), holder);
  }

  #keep(
    item: IndexedLineItem,
    flight: IndexedFlight,
    examined: Examined,
    assignment: IndexedAssignment,
    isPlaced: boolean,
    verdict: number,
  ): number {
    const kept = this.met[this.metCount];
    if (kept) {
      kept.item = item;
      kept.flight = flight;
      kept.examined = examined;
      kept.assignment = assignment;
      kept.isPlaced = isPlaced;
    } else this.met[this.metCount] = { item, flight, examined, assignment, isPlaced };
    this.metCount++;
    return verdict;
  }
}

/** What a line item lets a scope hold: the room of its caps when one of them counts by it. */
function capOf({ caps }: IndexedLineItem, scopeKey: number, room: number): number {
  for (let at = 0; at < caps.length; at++) if (caps[at]!.scopeKey === scopeKey) return room;
  return NO_CAP;
}
