import {
  type CapRules,
  creativeScopeKey,
  ExposureTable,
  hashId,
  type IndexChange,
  type IndexedAssignment,
  type IndexedCap,
  type IndexedLineItem,
} from '@cuepoint/decisioning';

/** Whose caps an ad counts towards, and for whom. */
export interface Exposure {
  readonly identity: readonly [high: number, low: number];
  readonly scopes: readonly ScopeRules[];
}

interface ScopeRules {
  readonly key: number;
  readonly rules: CapRules;
}

interface ItemCaps {
  /** Of line item, campaign and brand. */
  readonly fixed: readonly ScopeRules[];
  /** Of whichever creative is chosen. */
  readonly creative: CapRules | null;
}

/** 16 bytes an entry and its times: some 200 MB when full. Newcomers are then held to be capped, and counted. */
const MAX_ENTRIES = 4_000_000;

/** Frequency caps of this node: what each viewer has been shown, and what has been promised to be. */
export class Exposures {
  readonly table: ExposureTable;
  readonly #items = new WeakMap<IndexedLineItem, ItemCaps>();
  /** Scopes that any line item caps: an ad counts towards them whoever it is of. */
  readonly #capped = new Map<number, CapRules>();
  readonly #itemsByScope = new Map<number, Set<IndexedLineItem>>();

  constructor(reservationMs: number) {
    this.table = new ExposureTable({ reservationMs, maxEntries: MAX_ENTRIES });
  }

  /** Takes over which scopes are capped. */
  change({ left, came }: Pick<IndexChange, 'left' | 'came'>): void {
    const touched = new Set<number>();
    for (const item of left)
      for (const key of scopesOf(item)) {
        const items = this.#itemsByScope.get(key);
        items?.delete(item);
        if (items?.size === 0) this.#itemsByScope.delete(key);
        touched.add(key);
      }
    for (const item of came)
      for (const key of scopesOf(item)) {
        const items = this.#itemsByScope.get(key) ?? new Set();
        this.#itemsByScope.set(key, items.add(item));
        touched.add(key);
      }
    for (const key of touched) {
      const caps = [...(this.#itemsByScope.get(key) ?? [])].flatMap((item) => capsOfScope(item, key));
      if (caps.length > 0) this.#capped.set(key, rulesOf(caps));
      else this.#capped.delete(key);
    }
    if (touched.size > 0) this.table.keepScopes(new Set(this.#capped.keys()));
  }

  /** Exposures that the caps of line item, campaign and brand still allow. */
  room(item: IndexedLineItem, [high, low]: readonly [number, number], nowMs: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { key, rules } of this.#capsOf(item).fixed)
      least = Math.min(least, this.table.room(high, low, key, rules, nowMs));
    return least;
  }

  creativeRoom(
    item: IndexedLineItem,
    { creative }: IndexedAssignment,
    [high, low]: readonly [number, number],
    nowMs: number,
  ): number {
    const rules = this.#capsOf(item).creative;
    return rules === null
      ? Number.POSITIVE_INFINITY
      : this.table.room(high, low, creativeScopeKey(creative.id), rules, nowMs);
  }

  /** What showing this ad counts towards; null when no cap is about it or nobody can be told apart. */
  exposureOf(
    item: IndexedLineItem,
    creativeId: string,
    identity: readonly [number, number] | null,
  ): Exposure | null {
    if (identity === null || this.#capped.size === 0) return null;
    const scopes: ScopeRules[] = [];
    for (const key of [
      hashId(`line_item:${item.id}`),
      hashId(`campaign:${item.campaignId}`),
      hashId(`brand:${item.brandId}`),
      creativeScopeKey(creativeId),
    ]) {
      const rules = this.#capped.get(key);
      if (rules) scopes.push({ key, rules });
    }
    return scopes.length === 0 ? null : { identity, scopes };
  }

  /** Holds the exposure until its impression or the end of its time. @param atMs names the reservation */
  reserve({ identity: [high, low], scopes }: Exposure, atMs: number): void {
    for (const { key, rules } of scopes) this.table.reserve(high, low, key, rules, atMs, atMs);
  }

  /** The impression came. @param reservedAtMs the instant it was reserved at */
  commit({ identity: [high, low], scopes }: Exposure, reservedAtMs: number, nowMs: number): void {
    for (const { key, rules } of scopes) this.table.commit(high, low, key, rules, reservedAtMs, nowMs);
  }

  release({ identity: [high, low], scopes }: Exposure, reservedAtMs: number): void {
    for (const { key } of scopes) this.table.release(high, low, key, reservedAtMs);
  }

  #capsOf(item: IndexedLineItem): ItemCaps {
    let caps = this.#items.get(item);
    if (!caps) {
      const byKey = new Map<number, IndexedCap[]>();
      const creative: IndexedCap[] = [];
      for (const cap of item.caps) {
        if (cap.scope === 'creative') creative.push(cap);
        else byKey.set(cap.scopeKey, [...(byKey.get(cap.scopeKey) ?? []), cap]);
      }
      caps = {
        fixed: [...byKey].map(([key, list]) => ({ key, rules: rulesOf(list) })),
        creative: creative.length === 0 ? null : rulesOf(creative),
      };
      this.#items.set(item, caps);
    }
    return caps;
  }
}

function scopesOf(item: IndexedLineItem): Set<number> {
  const keys = new Set<number>();
  for (const cap of item.caps)
    if (cap.scope !== 'creative') keys.add(cap.scopeKey);
    else for (const { creative } of item.assignments) keys.add(creativeScopeKey(creative.id));
  return keys;
}

function capsOfScope(item: IndexedLineItem, key: number): IndexedCap[] {
  return item.caps.filter((cap) =>
    cap.scope === 'creative'
      ? item.assignments.some(({ creative }) => creativeScopeKey(creative.id) === key)
      : cap.scopeKey === key,
  );
}

/** Rules as the table takes them: windows of any length, where its own compiler knows the five units alone. */
function rulesOf(caps: readonly IndexedCap[]): CapRules {
  return {
    caps: caps.map((cap) => cap.limit),
    windowsMs: caps.map((cap) => cap.windowMs),
    keep: Math.max(
      0,
      ...caps.filter((cap) => cap.windowMs !== Number.POSITIVE_INFINITY).map((cap) => cap.limit),
    ),
    longestSeconds: Math.max(...caps.map((cap) => cap.windowMs / 1000)),
  };
}
