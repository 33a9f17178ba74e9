/**
 * What the engine needs of a snapshot. Structural on purpose: the snapshot of the delivery protocol fits as it is,
 * and so does a literal in a test.
 */
export interface TargetingRuleInput {
  readonly dimension: string;
  readonly operator: 'any_of' | 'none_of';
  readonly values: readonly string[];
}

export interface FlightInput {
  readonly id: string;
  /** First instant it may serve, UTC ISO. */
  readonly startAt: string;
  /** First instant it may no longer serve, UTC ISO. */
  readonly endAt: string;
  readonly budgetMicros: number | null;
}

export interface LineItemInput {
  readonly id: string;
  readonly accountId: string;
  readonly campaignId: string;
  readonly brandId: string;
  /** 1 first, 16 last. */
  readonly priority: number;
  /** Price of a thousand impressions, a multiple of 1000. */
  readonly cpmMicros: number;
  readonly currency: string;
  readonly status: 'draft' | 'active' | 'paused' | 'completed';
  readonly pacing: 'even' | 'asap';
  readonly flights: readonly FlightInput[];
  readonly budgetMicros: number | null;
  readonly targeting: readonly TargetingRuleInput[];
  readonly creatives: readonly { readonly creativeId: string; readonly weight: number }[];
}

export interface CreativeInput {
  readonly id: string;
  readonly accountId: string;
  readonly status: 'approved' | 'unapproved';
  readonly durationMs: number;
}

export interface SnapshotInput {
  readonly lineItems: readonly LineItemInput[];
  readonly creatives: readonly CreativeInput[];
}

/** One slot to fill. Pods, floors and candidates from outside join here as further optional fields. */
export interface AdRequest {
  readonly accountId: string;
  readonly placementId: string;
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  /** ISO 3166-1 alpha-2 in upper case; null when unknown. */
  readonly country: string | null;
  /** One of DEVICE_TYPES. */
  readonly device: string;
  /** Instant of the request, milliseconds since 1970. */
  readonly atMs: number;
}

export interface IndexedFlight {
  readonly id: string;
  /** Dense number within the index, for counters kept in arrays. */
  readonly slot: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly budgetMicros: number | null;
}

export interface IndexedCreative {
  readonly id: string;
  readonly durationMs: number;
  readonly weight: number;
}

export interface IndexedLineItem {
  readonly id: string;
  readonly slot: number;
  readonly accountId: string;
  readonly campaignId: string;
  readonly brandId: string;
  readonly priority: number;
  /** Price of one impression in micros of `currency`. */
  readonly priceMicros: number;
  readonly currency: string;
  readonly status: LineItemInput['status'];
  readonly pacing: LineItemInput['pacing'];
  readonly budgetMicros: number | null;
  readonly targeting: readonly TargetingRuleInput[];
  /** By start. */
  readonly flights: readonly IndexedFlight[];
  /** Approved only, by id. */
  readonly creatives: readonly IndexedCreative[];
  /** Mixes with a request's seed, so that each candidate draws independently. */
  readonly idHash: number;
}

/** Which line items accept each value of one request dimension: a bit per line item in rank order. */
export interface DimensionMasks {
  readonly dimension: string;
  readonly byValue: ReadonlyMap<string, Uint32Array>;
  /** For a value that no rule names. */
  readonly otherwise: Uint32Array;
  /** For a request that does not know its value: only line items without a rule here. */
  readonly unknown: Uint32Array;
}

export interface AccountIndex {
  /** Best first: priority, price, id. */
  readonly items: readonly IndexedLineItem[];
  /** Bit per item: active, with a flight and an approved creative. */
  readonly live: Uint32Array;
  readonly dimensions: readonly DimensionMasks[];
}

export interface DecisionIndex {
  readonly accounts: ReadonlyMap<string, AccountIndex>;
  readonly lineItems: ReadonlyMap<string, IndexedLineItem>;
  readonly lineItemSlots: number;
  readonly flightSlots: number;
}

/** Counters of the moment, read by the engine and never written. */
export interface Readings {
  /** Money left for this line item in this flight: budget less committed less reserved; Infinity without a budget. */
  availableMicros(item: IndexedLineItem, flight: IndexedFlight): number;
  /** Share of eligible requests to let in, 0 to 1. */
  passRate(item: IndexedLineItem, flight: IndexedFlight): number;
}
