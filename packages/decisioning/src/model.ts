import type { TargetingNode } from './targeting/tree.ts';

/**
 * What the engine needs of a snapshot. Structural on purpose: the snapshot of the delivery protocol fits as it is,
 * and so does a literal in a test. Money is integer micros, instants are UTC ISO text, durations milliseconds.
 */
export const LINE_ITEM_TYPES = [
  'sponsorship',
  'guaranteed',
  'standard',
  'price_priority',
  'bulk',
  'house',
] as const;
export type LineItemType = (typeof LINE_ITEM_TYPES)[number];

/** Where a type stands when nobody says otherwise; 1 is served first, 16 last. */
export const DEFAULT_PRIORITY: Readonly<Record<LineItemType, number>> = {
  sponsorship: 2,
  guaranteed: 4,
  standard: 8,
  price_priority: 10,
  bulk: 12,
  house: 16,
};

export const PACING_MODES = ['even', 'front_loaded', 'asap'] as const;
export type PacingMode = (typeof PACING_MODES)[number];

/** `optimised` is `weighted` with weights that are set from outside, by what has been learnt. */
export const ROTATIONS = ['even', 'weighted', 'sequential', 'optimised'] as const;
export type Rotation = (typeof ROTATIONS)[number];

export const CAP_SCOPES = ['line_item', 'campaign', 'brand', 'creative'] as const;
export const CAP_UNITS = ['minute', 'hour', 'day', 'week', 'lifetime'] as const;

/** At most `limit` exposures of one viewer in any `count` units that follow one another. `lifetime` takes count 1. */
export interface FrequencyCapInput {
  readonly scope: (typeof CAP_SCOPES)[number];
  readonly limit: number;
  readonly unit: (typeof CAP_UNITS)[number];
  readonly count: number;
}

/** Open hours in the flight's time zone; `days` are ISO weekdays, 1 Monday to 7 Sunday; may run past midnight. */
export interface DaypartInput {
  readonly days: readonly number[];
  /** Minutes since midnight, 0 to 1439. */
  readonly fromMinute: number;
  /** 1 to 1440; at or below `fromMinute` the window runs into the next day. */
  readonly toMinute: number;
}

export interface FlightInput {
  readonly id: string;
  /** First instant it may serve. */
  readonly startAt: string;
  /** First instant it may no longer serve. */
  readonly endAt: string;
  /** IANA zone in which days and dayparts are counted. */
  readonly timeZone: string;
  readonly budgetMicros: number | null;
  readonly impressionGoal: number | null;
  /** Spend of one local day. */
  readonly dailyBudgetMicros: number | null;
}

export interface CreativeAssignmentInput {
  readonly creativeId: string;
  /** Above 0; share among those that fit. */
  readonly weight: number;
  /** Place in a sequential rotation, 1 first. */
  readonly sequence: number;
  /** It may serve from here on; null: as long as its flight. */
  readonly startAt: string | null;
  readonly endAt: string | null;
}

/**
 * Who may not stand beside this line item. In scope `stream` no other brand that shares a label, a category that the
 * placement separates, an advertiser domain or a media file with it shows in the same viewing session.
 */
export interface SeparationInput {
  readonly scope: 'pod' | 'stream';
  /** Labels of competition: two ads that share one are competitors. */
  readonly labels: readonly string[];
}

export interface LineItemInput {
  readonly id: string;
  readonly accountId: string;
  readonly campaignId: string;
  readonly brandId: string;
  readonly type: LineItemType;
  /** 1 first, 16 last. */
  readonly priority: number;
  /** Price of a thousand impressions, a multiple of 1000; of a flat price its rank only. */
  readonly cpmMicros: number;
  /** `flat`: impressions cost nothing, the fee is owed for the flight. */
  readonly priceModel: 'cpm' | 'flat';
  readonly currency: string;
  readonly status: 'draft' | 'active' | 'paused' | 'completed';
  readonly pacing: PacingMode;
  /** Share of eligible requests a sponsorship takes, 1 to 100; null for all it can get. */
  readonly sharePercent: number | null;
  readonly flights: readonly FlightInput[];
  readonly budgetMicros: number | null;
  readonly targeting: TargetingNode;
  /** Empty: always open. */
  readonly dayparts: readonly DaypartInput[];
  readonly frequencyCaps: readonly FrequencyCapInput[];
  readonly separation: SeparationInput;
  /** Where in a break it may stand; absent: anywhere. */
  readonly podPosition?: 'any' | 'first' | 'last' | 'edge' | undefined;
  readonly rotation: Rotation;
  readonly creatives: readonly CreativeAssignmentInput[];
}

export interface MediaFileInput {
  readonly mime: string;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly bitrateKbps: number;
}

export interface CreativeInput {
  readonly id: string;
  readonly accountId: string;
  readonly status: 'approved' | 'unapproved';
  readonly durationMs: number;
  /** Domain of the advertiser, OpenRTB `adomain`. */
  readonly adDomain: string;
  /** IAB content category ids. */
  readonly categories: readonly string[];
  /** The same picture under another name has the same one. */
  readonly fingerprint: string;
  readonly mediaFiles: readonly MediaFileInput[];
  /** Destinations whose own review it passed. */
  readonly clearedFor: readonly string[];
}

/** How a break of a placement is filled. */
export interface PodRuleInput {
  readonly kind: 'dynamic' | 'structured' | 'hybrid';
  /** Length of the dynamic part. */
  readonly durationMs: number;
  readonly maxAds: number;
  /** The break must be filled to the millisecond or not at all. */
  readonly isExact: boolean;
  /** Fixed slots in play order. */
  readonly slots: readonly PodSlotInput[];
  /** Ads of one advertiser domain in a break. */
  readonly maxAdsPerAdvertiser: number;
  /** What the first and the last place are worth, in thousandths: 1150 is 15 % more. */
  readonly firstPermille: number;
  readonly lastPermille: number;
  /** Two ads of one category: never in a break, never side by side, or no matter. */
  readonly categorySeparation: 'pod' | 'adjacent' | 'none';
  /** Stand-alone ads offered beside the break, for one that fails. */
  readonly backups: number;
}

export interface PodSlotInput {
  readonly kind: 'any' | 'bumper';
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
}

export interface DurationFloorInput {
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  readonly floorCpmMicros: number;
}

/** What the engine asks of a placement: who may appear in it, for how much, in which form. */
export interface PlacementInput {
  readonly id: string;
  readonly accountId: string;
  readonly publisherId: string;
  readonly position: 'pre' | 'mid' | 'post' | 'standalone';
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  /** Empty: any length between the two. */
  readonly exactDurationsMs: readonly number[];
  /** Null: one ad at a time. */
  readonly pod: PodRuleInput | null;
  /** Price below which nothing that is sold by price serves; guaranteed, sponsored and house ads are not asked. */
  readonly floorCpmMicros: number;
  readonly floorCurrency: string;
  readonly durationFloors: readonly DurationFloorInput[];
  /** Price of a thousand seconds; 0 for none. */
  readonly minCpmPerSecondMicros: number;
  /** Empty: all that are not blocked. */
  readonly allowedCategories: readonly string[];
  readonly blockedCategories: readonly string[];
  readonly blockedDomains: readonly string[];
  /** Brand ids; absent: none. */
  readonly blockedBrands?: readonly string[] | undefined;
  /** Fingerprints of media files; absent: none. */
  readonly blockedMedia?: readonly string[] | undefined;
  /** How far the separation of its breaks reaches: `stream` takes all that the viewing session has shown in. */
  readonly separationScope?: 'pod' | 'stream' | undefined;
  /** Empty: any. */
  readonly mimes: readonly string[];
  /** Start of the codec string, such as avc1; empty: any. */
  readonly codecs: readonly string[];
  readonly minBitrateKbps: number;
  readonly maxBitrateKbps: number;
  /** A creative must have been cleared by this destination; null: none asks. */
  readonly clearance: string | null;
}

export interface SnapshotInput {
  readonly lineItems: readonly LineItemInput[];
  readonly creatives: readonly CreativeInput[];
  readonly placements: readonly PlacementInput[];
}

/** A request's value on each dimension, in the order of DIMENSIONS: text, a list, or null when unknown. */
export type RequestFacts = readonly (string | readonly string[] | null)[];

/** One question: a slot, or a break when `pod` is given. */
export interface AdRequest {
  readonly accountId: string;
  readonly placementId: string;
  /** Instant of the request, milliseconds since 1970. */
  readonly atMs: number;
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  /** Fill a break by these rules; absent or null: one ad. */
  readonly pod?: PodRuleInput | null;
  readonly facts: RequestFacts;
  /** Dimensions whose facts privacy withheld: a line item that needs one fails for `consent`. */
  readonly withheld?: readonly string[];
  /** Keyed 64-bit hash of who frequency caps are counted for; null: nobody can be told apart, so capped items stay out. */
  readonly identity: readonly [high: number, low: number] | null;
  /** What the same stream has shown already (`rememberShown`), for separation of scope stream. */
  readonly streamKeys?: readonly number[];
  readonly blockedCategories?: readonly string[];
  readonly blockedDomains?: readonly string[];
  /** Brand ids. */
  readonly blockedBrands?: readonly string[] | undefined;
  /** Fingerprints of media files. */
  readonly blockedMedia?: readonly string[] | undefined;
  /** Floor of the request itself, in the placement's currency. */
  readonly floorCpmMicros?: number;
  /** Only these media types, when the player said what it plays. */
  readonly mimes?: readonly string[];
}
