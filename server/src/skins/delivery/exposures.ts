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
import type { SeenElsewhere } from './shared-caps/elsewhere.ts';

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
  readonly #counted = new WeakMap<IndexedLineItem, Map<string, readonly number[]>>();
  /** Scopes that any line item caps: an ad counts towards them whoever it is of. */
  readonly #capped = new Map<number, CapRules>();
  readonly #itemsByScope = new Map<number, Set<IndexedLineItem>>();
  /** Line items with caps, by account. */
  readonly #itemsByAccount = new Map<string, number>();
  readonly #parted = new WeakMap<CapRules, readonly CapRules[]>();

  constructor(reservationMs: number) {
    this.table = new ExposureTable({ reservationMs, maxEntries: MAX_ENTRIES });
  }

  /** Takes over which scopes are capped. */
  change({ left, came }: Pick<IndexChange, 'left' | 'came'>): void {
    const touched = new Set<number>();
    for (const item of left) if (item.caps.length > 0) this.#countInAccount(item, -1);
    for (const item of came) if (item.caps.length > 0) this.#countInAccount(item, 1);
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

  /** Whether anything of an account is capped. */
  capsIn(accountId: string): boolean {
    return this.#itemsByAccount.has(accountId);
  }

  #countInAccount({ accountId }: IndexedLineItem, by: number): void {
    const items = (this.#itemsByAccount.get(accountId) ?? 0) + by;
    if (items > 0) this.#itemsByAccount.set(accountId, items);
    else this.#itemsByAccount.delete(accountId);
  }

  /**
   * Exposures that the caps of line item, campaign and brand still allow.
   * @param elsewhere what other nodes have shown the viewer; null where this one counts alone
   */
  room(
    item: IndexedLineItem,
    identity: readonly [number, number],
    nowMs: number,
    elsewhere: SeenElsewhere | null = null,
  ): number {
    let least = Number.POSITIVE_INFINITY;
    for (const scope of this.#capsOf(item).fixed)
      least = Math.min(least, this.#roomIn(scope, identity, nowMs, elsewhere));
    return least;
  }

  #roomIn(
    { key, rules }: ScopeRules,
    [high, low]: readonly [number, number],
    nowMs: number,
    elsewhere: SeenElsewhere | null,
  ): number {
    if (elsewhere === null) return this.table.room(high, low, key, rules, nowMs);
    // Each rule has a window of its own, in which both are counted.
    let least = Number.POSITIVE_INFINITY;
    for (const rule of this.#part(rules)) {
      const own = this.table.room(high, low, key, rule, nowMs);
      least = Math.min(least, own - elsewhere.count(key, rule.windowsMs[0]!, nowMs));
    }
    return Math.max(0, least);
  }

  #part(rules: CapRules): readonly CapRules[] {
    let parts = this.#parted.get(rules);
    if (!parts) {
      parts = rules.caps.map((cap, at) => ({ ...rules, caps: [cap], windowsMs: [rules.windowsMs[at]!] }));
      this.#parted.set(rules, parts);
    }
    return parts;
  }

  creativeRoom(
    item: IndexedLineItem,
    { creative }: IndexedAssignment,
    identity: readonly [number, number],
    nowMs: number,
    elsewhere: SeenElsewhere | null = null,
  ): number {
    const rules = this.#capsOf(item).creative;
    return rules === null
      ? Number.POSITIVE_INFINITY
      : this.#roomIn({ key: creativeScopeKey(creative.id), rules }, identity, nowMs, elsewhere);
  }

  /** What showing this ad counts towards; null when no cap is about it or nobody can be told apart. */
  exposureOf(
    item: IndexedLineItem,
    creativeId: string,
    identity: readonly [number, number] | null,
  ): Exposure | null {
    if (identity === null || this.#capped.size === 0) return null;
    let scopes: ScopeRules[] | null = null;
    for (const key of this.#countedBy(item, creativeId)) {
      const rules = this.#capped.get(key);
      if (!rules) continue;
      scopes ??= [];
      scopes.push({ key, rules });
    }
    return scopes === null ? null : { identity, scopes };
  }

  /** Holds the exposure until its impression or the end of its time. @param atMs names the reservation */
  reserve({ identity: [high, low], scopes }: Exposure, atMs: number): void {
    for (const { key, rules } of scopes) this.table.reserve(high, low, key, rules, atMs, atMs);
  }

  /** The impression came. @param reservedAtMs the instant it was reserved at */
  commit({ identity: [high, low], scopes }: Exposure, reservedAtMs: number, nowMs: number): void {
    for (const { key, rules } of scopes) this.table.commit(high, low, key, rules, reservedAtMs, nowMs);
  }

  /** The impression of an ad came that another node had reserved: no reservation of this one has to do with it. */
  commitOfOthers(exposure: Exposure, nowMs: number): void {
    this.commit(exposure, Number.NaN, nowMs);
  }

  release({ identity: [high, low], scopes }: Exposure, reservedAtMs: number): void {
    for (const { key } of scopes) this.table.release(high, low, key, reservedAtMs);
  }

  /** Keys that an ad of this line item and creative counts towards when they are capped. */
  #countedBy(item: IndexedLineItem, creativeId: string): readonly number[] {
    let ofItem = this.#counted.get(item);
    if (!ofItem) {
      ofItem = new Map();
      this.#counted.set(item, ofItem);
    }
    let keys = ofItem.get(creativeId);
    if (!keys) {
      keys = [
        hashId(`line_item:${item.id}`),
        hashId(`campaign:${item.campaignId}`),
        hashId(`brand:${item.brandId}`),
        creativeScopeKey(creativeId),
      ];
      ofItem.set(creativeId, keys);
    }
    return keys;
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
