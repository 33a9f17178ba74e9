import type { CreativeInput, FlightInput, LineItemInput, PlacementInput } from '../model.ts';
import type { LayeredMap } from './layered-map.ts';

export interface IndexedFlight {
  readonly id: string;
  /** Dense number that a flight keeps for as long as it is in the index, for counters kept in arrays. */
  readonly slot: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly source: FlightInput;
}

export interface IndexedCreative {
  readonly id: string;
  readonly slot: number;
  readonly durationMs: number;
  readonly adDomain: string;
  readonly categories: readonly string[];
  /** Numbers by which ads of a break and of a stream are kept apart; see `separationKey`. */
  readonly creativeKey: number;
  readonly fingerprintKey: number;
  readonly domainKey: number;
  readonly categoryKeys: readonly number[];
  readonly source: CreativeInput;
}

export interface IndexedAssignment {
  readonly creative: IndexedCreative;
  readonly weight: number;
  readonly sequence: number;
  /** -Infinity and Infinity when it is bound to no time of its own. */
  readonly startMs: number;
  readonly endMs: number;
}

/** A frequency cap with its window in ms; Infinity for a lifetime. */
export interface IndexedCap {
  readonly scope: 'line_item' | 'campaign' | 'brand' | 'creative';
  /** Whose exposures are counted; 0 for `creative`, which is known only when one has been chosen. */
  readonly scopeKey: number;
  readonly limit: number;
  readonly windowMs: number;
}

export interface IndexedLineItem {
  readonly id: string;
  readonly slot: number;
  readonly accountId: string;
  readonly campaignId: string;
  readonly brandId: string;
  readonly priority: number;
  readonly isPriced: boolean;
  /** What one impression costs, micros; 0 for a flat price. */
  readonly priceMicros: number;
  /** What it ranks by: price of a thousand impressions in micros. */
  readonly rankMicros: number;
  readonly currency: string;
  /** 0 to 1 of eligible requests; 0 when it takes no share but all it can get. */
  readonly share: number;
  /** By start. */
  readonly flights: readonly IndexedFlight[];
  /** Approved only; by sequence, then id. */
  readonly assignments: readonly IndexedAssignment[];
  readonly caps: readonly IndexedCap[];
  /** What caps of its campaign and of its brand count by, whether or not it has such a cap itself. */
  readonly campaignScopeKey: number;
  readonly brandScopeKey: number;
  /** Whether one of them counts creatives one by one. */
  readonly capsCreatives: boolean;
  readonly isSequential: boolean;
  readonly labelKeys: readonly number[];
  readonly brandKey: number;
  /** Group of a break that it alone belongs to. */
  readonly itemKey: number;
  /** What each of its creatives has, whichever it shows: categories, and the domain (0 when they differ). */
  readonly commonCategoryKeys: readonly number[];
  readonly commonDomainKey: number;
  /** Lengths of its creatives, each once. */
  readonly lengthsMs: readonly number[];
  readonly separatesStream: boolean;
  /** Mixes with a request's seed, so that each candidate draws independently. */
  readonly idHash: number;
  readonly source: LineItemInput;
}

export interface IndexedPlacement {
  readonly id: string;
  readonly accountId: string;
  readonly blockedCategories: ReadonlySet<string>;
  readonly allowedCategories: ReadonlySet<string>;
  readonly blockedDomains: ReadonlySet<string>;
  /** Keys of brands and of media files that never serve here; null for none. */
  readonly blockedBrands: ReadonlySet<number> | null;
  readonly blockedMedia: ReadonlySet<number> | null;
  /** Its rules of separation hold over a whole stream. */
  readonly separatesStream: boolean;
  readonly exactDurationsMs: ReadonlySet<number>;
  /** What a creative's own properties say here, by its slot: 0 not asked yet, 1 fits, else 1 + rank of the reason. */
  readonly verdicts: Uint8Array;
  readonly source: PlacementInput;
}

/** Which rows of a block accept a value of one dimension: a bit a row. */
export interface DimensionMasks {
  readonly ordinal: number;
  /** Rows that name the value among those they want. */
  readonly wanted: ReadonlyMap<string, Uint32Array>;
  /** Rows that name the value among those they refuse. */
  readonly refused: ReadonlyMap<string, Uint32Array>;
  /** Rows that want no particular value: any one will do that they do not refuse. */
  readonly free: Uint32Array;
  /** Rows without a predicate here: all that an unknown value can satisfy. */
  readonly unruled: Uint32Array;
  /** Single values, answered before: wanted or free, and not refused. */
  readonly answers: Map<string, Uint32Array>;
}

/** Line items that rank next to each other. Rebuilt as a whole when one of them changes, else shared between indexes. */
export interface IndexBlock {
  /** Best first. */
  readonly items: readonly IndexedLineItem[];
  /** The highest rank of each priority in it. */
  readonly bestRanks: ReadonlyMap<number, number>;
  /** Item of each row; a line item has one row for each way its targeting can match. */
  readonly rowItems: Uint16Array;
  readonly words: number;
  readonly dimensions: readonly DimensionMasks[];
  /** Rows whose line item runs at the moment below. */
  readonly running: Uint32Array;
  /** The moments from and until which `running` holds. */
  runningFromMs: number;
  runningUntilMs: number;
  runningCount: number;
}

export interface AccountIndex {
  readonly blocks: readonly IndexBlock[];
  readonly count: number;
  /** By priority, the highest rank of any line item of a later priority; 0 for none. */
  readonly bestRankBehind: readonly number[];
}

export interface DecisionIndex {
  readonly accounts: ReadonlyMap<string, AccountIndex>;
  readonly lineItems: LayeredMap<IndexedLineItem>;
  readonly creatives: LayeredMap<IndexedCreative>;
  readonly placements: ReadonlyMap<string, IndexedPlacement>;
  readonly slots: Slots;
}

/** Dense numbers in use: one keeps its own for as long as it is in the index, so that counters in arrays stay put. */
export interface Slots {
  readonly lineItems: SlotRange;
  readonly flights: SlotRange;
  readonly creatives: SlotRange;
}

export interface SlotRange {
  /** One above the highest number in use. */
  readonly count: number;
  /** Below `count`, and nobody's. */
  readonly free: readonly number[];
}

/** An index and what is different from the one before it. */
export interface IndexChange {
  readonly index: DecisionIndex;
  /** Line items as they were and as they are: one that changed is in both. */
  readonly left: readonly IndexedLineItem[];
  readonly came: readonly IndexedLineItem[];
}
