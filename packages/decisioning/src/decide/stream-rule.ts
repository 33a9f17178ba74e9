import type { IndexedCreative, IndexedLineItem, IndexedPlacement } from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import { REASONS } from '../reasons.ts';
import type { ChosenAd } from './chosen-ad.ts';
import { FITS } from './creative-fit.ts';
import { GroupTable } from './group-table.ts';

/*
 * Separation over a whole viewing session. What it has shown is a list of numbers in pairs: a thing that an ad had (label,
 * category, advertiser domain, media file, brand) and the brand of that ad. The pairs travel with the request and its
 * record, so that a decision replays; everything here is compared as numbers.
 */

/** Numbers that one stream is remembered by; the oldest are forgotten first. */
export const MAX_STREAM_KEYS = 512;
/** Ads of one advertiser that are told apart; no rule allows more. */
const MAX_COUNTED = 32;
/** Marks what a line item wants nobody else to have for the rest of the stream. */
const GUARDED = 0x3c6ef372;

const rank = (reason: (typeof REASONS)[number]) => REASONS.indexOf(reason);
const COMPETITIVE = rank('competitive_separation');
const ADVERTISER = rank('advertiser_dedupe');
const CREATIVE = rank('creative_dedupe');

/**
 * What a stream has shown, after it shows these ads as well: `before` is not changed. Pure, and bounded by
 * MAX_STREAM_KEYS.
 */
export function rememberShown(before: readonly number[], ads: readonly ChosenAd[]): number[] {
  const keys = before.slice();
  for (const { lineItem, creative } of ads) {
    const { brandKey, separatesStream } = lineItem;
    for (const key of sharedKeys(lineItem, creative)) {
      add(keys, key, brandKey, 1);
      if (separatesStream) add(keys, key ^ GUARDED, brandKey, 1);
    }
    // How many of an advertiser there were matters, so each is kept.
    add(keys, creative.domainKey, brandKey, MAX_COUNTED);
    if (separatesStream) add(keys, creative.domainKey ^ GUARDED, brandKey, 1);
    add(keys, brandKey, brandKey, MAX_COUNTED);
  }
  return keys.length > MAX_STREAM_KEYS ? keys.slice(-MAX_STREAM_KEYS) : keys;
}

function sharedKeys({ labelKeys }: IndexedLineItem, creative: IndexedCreative): number[] {
  return [...labelKeys, ...creative.categoryKeys, creative.fingerprintKey];
}

/** Puts a pair at the end; of more than `most` alike the oldest goes. */
function add(keys: number[], key: number, brand: number, most: number): void {
  let alike = 0;
  let oldest = -1;
  for (let at = keys.length - 2; at >= 0; at -= 2) {
    if (keys[at]! >> 0 !== key >> 0 || keys[at + 1]! >> 0 !== brand >> 0) continue;
    alike++;
    oldest = at;
  }
  if (alike >= most) keys.splice(oldest, 2);
  keys.push(key >> 0, brand >> 0);
}

/**
 * What a stream has shown, as one request asks about it. A placement that separates over the stream takes its break rules
 * over the whole of it: nothing shared with anything that was shown. A line item that does keeps away from what other
 * brands have shown, and they from it; its own ads may come again, for caps count those.
 */
export class ShownInStream {
  /** The rules of the placement hold over the stream. */
  #isWhole = false;
  #mostOfAdvertiser = 1;
  #separatesCategories = true;
  readonly #table = new GroupTable();
  /** By number of the key: the brand that showed it, whether others did as well, and how often. */
  readonly #brands = new Int32Array(MAX_STREAM_KEYS);
  readonly #isMany = new Uint8Array(MAX_STREAM_KEYS);
  readonly #counts = new Int32Array(MAX_STREAM_KEYS);

  load(keys: readonly number[], request: AdRequest, placement: IndexedPlacement): void {
    const rule = request.pod ?? placement.source.pod;
    this.#isWhole = placement.separatesStream;
    this.#mostOfAdvertiser = rule?.maxAdsPerAdvertiser ?? 1;
    this.#separatesCategories = (rule?.categorySeparation ?? 'pod') === 'pod';
    const table = this.#table;
    table.clear();
    for (let pair = Math.max(0, keys.length - MAX_STREAM_KEYS); pair + 1 < keys.length; pair += 2) {
      const known = table.count;
      const id = table.idOf(keys[pair]!);
      const brand = keys[pair + 1]! >> 0;
      if (id === known) {
        this.#brands[id] = brand;
        this.#isMany[id] = 0;
        this.#counts[id] = 0;
      } else if (this.#brands[id] !== brand) this.#isMany[id] = 1;
      this.#counts[id]!++;
    }
  }

  /** Rank of the reason that keeps a line item with this creative out of the stream, or FITS. */
  bars(item: IndexedLineItem, creative: IndexedCreative): number {
    if (this.#isWhole) {
      if (this.#showedAny(item.labelKeys)) return COMPETITIVE;
      if (this.#separatesCategories && this.#showedAny(creative.categoryKeys)) return COMPETITIVE;
      if (this.left(item.brandKey, this.#mostOfAdvertiser) < 1) return ADVERTISER;
      if (this.left(creative.domainKey, this.#mostOfAdvertiser) < 1) return ADVERTISER;
      return this.#countOf(creative.fingerprintKey) > 0 ? CREATIVE : FITS;
    }
    const guarded = this.#meetsRival(item, creative, GUARDED);
    if (!item.separatesStream) return guarded;
    const own = this.#meetsRival(item, creative, 0);
    return own === FITS ? guarded : guarded === FITS ? own : Math.min(own, guarded);
  }

  /** How many more ads of an advertiser the stream may show, when `most` may stand in a break. */
  left(key: number, most: number): number {
    return this.#isWhole ? most - this.#countOf(key) : most;
  }

  #meetsRival(item: IndexedLineItem, creative: IndexedCreative, mark: number): number {
    const brand = item.brandKey >> 0;
    if (this.#othersShowed(item.labelKeys, mark, brand)) return COMPETITIVE;
    if (this.#separatesCategories && this.#othersShowed(creative.categoryKeys, mark, brand))
      return COMPETITIVE;
    // As many of an advertiser as a break may hold.
    const isFull = this.#countOf(creative.domainKey) >= this.#mostOfAdvertiser;
    if (isFull && this.#otherShowed(creative.domainKey ^ mark, brand)) return ADVERTISER;
    return this.#otherShowed(creative.fingerprintKey ^ mark, brand) ? CREATIVE : FITS;
  }

  #countOf(key: number): number {
    const id = this.#table.find(key);
    return id < 0 ? 0 : this.#counts[id]!;
  }

  #showedAny(keys: readonly number[]): boolean {
    for (let at = 0; at < keys.length; at++) if (this.#table.find(keys[at]!) >= 0) return true;
    return false;
  }

  #othersShowed(keys: readonly number[], mark: number, brand: number): boolean {
    for (let at = 0; at < keys.length; at++) if (this.#otherShowed(keys[at]! ^ mark, brand)) return true;
    return false;
  }

  #otherShowed(key: number, brand: number): boolean {
    const id = this.#table.find(key);
    return id >= 0 && (this.#isMany[id] === 1 || this.#brands[id] !== brand);
  }
}

// One request is decided at a time, so the memory for it is held from one to the next.
const shown = new ShownInStream();
let ofRequest: AdRequest | null = null;
let ofPlacement: IndexedPlacement | null = null;

/** What the stream of a request has shown; null when it is none, or has shown nothing. */
export function shownTo(request: AdRequest, placement: IndexedPlacement): ShownInStream | null {
  const { streamKeys } = request;
  if (streamKeys === undefined || streamKeys.length === 0) return null;
  if (ofRequest !== request || ofPlacement !== placement) {
    shown.load(streamKeys, request, placement);
    ofRequest = request;
    ofPlacement = placement;
  }
  return shown;
}
