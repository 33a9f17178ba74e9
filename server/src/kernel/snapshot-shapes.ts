/** What goes from the control plane to the delivery plane: all that serves, and what had been counted of it. */
import {
  CAP_SCOPES,
  CAP_UNITS,
  LINE_ITEM_TYPES,
  MAX_POD_SLOTS,
  PACING_MODES,
  ROTATIONS,
  type TargetingNode,
  targetingProblems,
} from '@cuepoint/decisioning';
import { z } from 'zod';
import { currency, durationMs, id, instant, LogPosition, micros } from './protocol-parts.ts';

/** A key that signs tracking addresses. Exactly one is `active`; `verifying` keys only check older addresses. */
export const SigningKey = z.object({
  kid: z.string().regex(/^[A-Za-z0-9]{1,8}$/, 'one to eight letters or digits'),
  /** base64url of at least 32 random bytes. */
  secret: z.string().regex(/^[A-Za-z0-9_-]{43,}$/, 'base64url of at least 32 bytes'),
  state: z.enum(['active', 'verifying']),
});
export type SigningKey = z.infer<typeof SigningKey>;

const SnapshotAccount = z.object({
  id,
  /** Public key a publisher puts in its tags; finds the account's default placement. */
  publisherKey: id,
  timeZone: z.string().min(1),
  /** Vendor id of the account in the Global Vendor List; without one TCF vendor consent is not asked for. */
  tcfVendorId: z.number().int().positive().nullable().default(null),
});

const PodSlot = z.object({
  kind: z.enum(['any', 'bumper']),
  minDurationMs: z.number().int().nonnegative(),
  maxDurationMs: durationMs,
});

/** How a break is filled; the words are those of `PodRuleInput` in @cuepoint/decisioning. */
export const SnapshotPodRule = z.object({
  kind: z.enum(['dynamic', 'structured', 'hybrid']),
  durationMs: z.number().int().nonnegative(),
  maxAds: z.number().int().min(1).max(MAX_POD_SLOTS),
  isExact: z.boolean(),
  slots: z.array(PodSlot).max(MAX_POD_SLOTS),
  maxAdsPerAdvertiser: z.number().int().min(1).max(MAX_POD_SLOTS),
  firstPermille: z.number().int().min(100).max(10_000),
  lastPermille: z.number().int().min(100).max(10_000),
  categorySeparation: z.enum(['pod', 'adjacent', 'none']),
  backups: z.number().int().min(0).max(8),
});
export type SnapshotPodRule = z.infer<typeof SnapshotPodRule>;

export const SnapshotPlacement = z.object({
  id,
  accountId: id,
  publisherId: id,
  /** Short public key used in tags, unique in the installation. */
  key: id,
  name: z.string(),
  /** Lower-case host names without port whose requests mean this placement. */
  hosts: z.array(z.string()),
  isDefault: z.boolean(),
  status: z.enum(['active', 'paused']),
  position: z.enum(['pre', 'mid', 'post', 'standalone']),
  minDurationMs: durationMs,
  maxDurationMs: durationMs,
  exactDurationsMs: z.array(durationMs),
  format: z.enum(['linear_video']),
  pod: SnapshotPodRule.nullable(),
  floorCpmMicros: micros,
  floorCurrency: currency,
  durationFloors: z.array(
    z.object({
      minDurationMs: z.number().int().nonnegative(),
      maxDurationMs: durationMs,
      floorCpmMicros: micros,
    }),
  ),
  minCpmPerSecondMicros: micros,
  allowedCategories: z.array(z.string()),
  blockedCategories: z.array(z.string()),
  blockedDomains: z.array(z.string()),
  /** Brand ids, and SHA-256 of media files, that do not serve here. */
  blockedBrands: z.array(z.string()).optional(),
  blockedMedia: z.array(z.string()).optional(),
  /** How far the separation of its breaks reaches; absent: within a break. */
  separationScope: z.enum(['pod', 'stream']).optional(),
  mimes: z.array(z.string()),
  codecs: z.array(z.string()),
  minBitrateKbps: z.number().int().nonnegative(),
  maxBitrateKbps: z.number().int().positive(),
  clearance: z.string().nullable(),
  /** Facts of the app or channel the placement lies in; what a request says itself comes first. */
  app: z
    .object({
      id,
      name: z.string(),
      bundle: z.string().nullable(),
      domain: z.string().nullable(),
      /** Where stores list it, for macros alone. */
      storeUrl: z.string().nullable().optional(),
      storeId: z.string().nullable().optional(),
      network: z.string().nullable(),
      channel: z.string().nullable(),
    })
    .nullable(),
});
export type SnapshotPlacement = z.infer<typeof SnapshotPlacement>;

/** Targeting as data: predicates under all, any and not, bounded by TARGETING_LIMITS of @cuepoint/decisioning. */
const Targeting = z.custom<TargetingNode>().superRefine((tree, context) => {
  for (const { path, message } of targetingProblems(tree).slice(0, 3))
    context.addIssue({ code: 'custom', message: `${path} ${message}`.trim() });
});

const SnapshotFlight = z.object({
  id,
  /** First instant it may serve. */
  startAt: instant,
  /** First instant it may no longer serve. */
  endAt: instant,
  /** IANA zone in which its days are counted. */
  timeZone: z.string().min(1),
  /** Money of this flight; null leaves only the line item's budget as limit. */
  budgetMicros: micros.nullable(),
  /** Impressions of this flight; null for no such goal. */
  impressionGoal: z.number().int().positive().nullable(),
  /** Money of one local day; null for no such limit. */
  dailyBudgetMicros: micros.nullable(),
});

export const SnapshotLineItem = z.object({
  id,
  accountId: id,
  campaignId: id,
  brandId: id,
  name: z.string().optional(),
  type: z.enum(LINE_ITEM_TYPES),
  /** 1 is served first; 16 last. */
  priority: z.number().int().min(1).max(16),
  /** Price of a thousand impressions; a multiple of 1000 so that one impression is a whole number of micros. */
  cpmMicros: micros.refine((value) => value % 1000 === 0, 'a multiple of 1000 micros'),
  /** `flat`: impressions cost nothing, `cpmMicros` is a rank. */
  priceModel: z.enum(['cpm', 'flat']),
  currency,
  status: z.enum(['draft', 'active', 'paused', 'completed']),
  pacing: z.enum(PACING_MODES),
  /** Share of eligible requests of a sponsorship; null for all. */
  sharePercent: z.number().int().min(1).max(100).nullable(),
  flights: z.array(SnapshotFlight),
  budgetMicros: micros.nullable(),
  targeting: Targeting,
  dayparts: z.array(
    z.object({
      days: z.array(z.number().int().min(1).max(7)).min(1),
      fromMinute: z.number().int().min(0).max(1439),
      toMinute: z.number().int().min(1).max(1440),
    }),
  ),
  frequencyCaps: z.array(
    z.object({
      scope: z.enum(CAP_SCOPES),
      limit: z.number().int().min(1).max(1000),
      unit: z.enum(CAP_UNITS),
      count: z.number().int().min(1).max(366),
    }),
  ),
  separation: z.object({ scope: z.enum(['pod', 'stream']), labels: z.array(z.string()) }),
  /** Where in a break it may stand; `edge` is first or last. Absent: anywhere. */
  podPosition: z.enum(['any', 'first', 'last', 'edge']).optional(),
  rotation: z.enum(ROTATIONS),
  /** Which creatives may serve, by which weight or in which order, and from when to when. */
  creatives: z.array(
    z.object({
      creativeId: id,
      weight: z.number().positive(),
      sequence: z.number().int().min(1),
      startAt: instant.nullable(),
      endAt: instant.nullable(),
    }),
  ),
});
export type SnapshotLineItem = z.infer<typeof SnapshotLineItem>;

export const SnapshotMediaFile = z.object({
  /** SHA-256 of the bytes, hex: the file's public name is `<hash>.<extension of path>`. */
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex'),
  /** Path below the node's media directory, "/" between parts, no "..". */
  path: z
    .string()
    .regex(
      /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\.[a-z0-9]{2,5}$/,
      'a relative path',
    ),
  mime: z.string().regex(/^[a-z]+\/[a-zA-Z0-9.+-]+$/, 'a media type'),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  bitrateKbps: z.number().int().nonnegative(),
  codec: z.string(),
});
export type SnapshotMediaFile = z.infer<typeof SnapshotMediaFile>;

/** An HLS package of a creative; every file of it lies in the media directory as `<first two of the name>/<name>`. */
const SnapshotHls = z.object({
  /** Of the multivariant playlist, below the node's media directory; the SHA-256 in it names the package. */
  path: z.string().regex(/^([0-9a-f]{2})\/\1[0-9a-f]{62}\.m3u8$/, 'ab/<SHA-256 that begins with ab>.m3u8'),
  /** Sum of its segments. */
  durationMs,
});

export const SnapshotCreative = z.object({
  id,
  accountId: id,
  name: z.string(),
  /** Only `approved` is served; others may be listed so that explain can name them. */
  status: z.enum(['approved', 'unapproved']),
  durationMs,
  mediaFiles: z.array(SnapshotMediaFile),
  /** Absent until the creative is packaged: it is served as files alone. */
  hls: SnapshotHls.optional(),
  /** A VastDocument of @cuepoint/vast whose open places carry the names of VAST_SLOTS. */
  vast: z.record(z.string(), z.unknown()),
  /** The booked destination: the only place a click is ever sent to. */
  clickThroughUrl: z.url({ protocol: /^https?$/ }),
  universalAdId: z.object({ idRegistry: z.string(), idValue: z.string() }),
  adDomain: z.string(),
  categories: z.array(z.string()),
  /** Hash of the media: the same spot under another name has the same one. */
  fingerprint: z.string(),
  /** Destinations whose own review it passed. */
  clearedFor: z.array(z.string()),
});
export type SnapshotCreative = z.infer<typeof SnapshotCreative>;

/** What serves: changes when somebody edits something. Decisions name it by its hash, and it is kept for replay. */
export const SnapshotBody = z.object({
  /** Public address of media files when it is not the node's own `/media`; no trailing slash. */
  mediaBaseUrl: z.url().optional(),
  keys: z.array(SigningKey).refine((keys) => keys.filter((key) => key.state === 'active').length === 1, {
    message: 'exactly one active signing key',
  }),
  accounts: z.array(SnapshotAccount),
  placements: z.array(SnapshotPlacement),
  lineItems: z.array(SnapshotLineItem),
  creatives: z.array(SnapshotCreative),
});
export type SnapshotBody = z.infer<typeof SnapshotBody>;

/** What had been counted when the snapshot was read: it changes all the time and travels beside the body. */
export const SpendStatement = z.object({
  /** Per node: everything before this position is contained in the sums. */
  ingestedThrough: z.record(z.string(), LogPosition),
  /** Per node: everything before this position is held by a verified backup. Absent: there is none. */
  verifiedThrough: z.record(z.string(), LogPosition).optional(),
  /** Micros by line item. */
  lineItems: z.record(z.string(), micros),
  /** Micros and impressions by flight. */
  flights: z.record(z.string(), z.tuple([micros, z.number().int().nonnegative()])),
});
export type SpendStatement = z.infer<typeof SpendStatement>;

export const SnapshotHeader = z.object({
  schemaVersion: z.number().int().positive(),
  /** SHA-256 in hex of the second line of the file, byte for byte. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** SHA-256 in hex of the third line; `hash.spendHash` is the ETag. */
  spendHash: z.string().regex(/^[0-9a-f]{64}$/),
  builtAt: instant,
  /** SHA-256 in hex of the second line where that is no body but what takes an earlier one to it. */
  differenceHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type SnapshotHeader = z.infer<typeof SnapshotHeader>;
export type Snapshot = SnapshotHeader & SnapshotBody & { spend: SpendStatement };
