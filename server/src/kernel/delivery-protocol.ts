/**
 * What crosses the wall between the control plane and the delivery plane, as data with run-time checks.
 * The rules around these shapes (addressing, commit, retention, authentication) are in docs/protocols/delivery.md.
 * The control plane builds a SnapshotBody and consumes LogEntry; the delivery plane does the reverse.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A node accepts this version and the one before it. Adding an optional field does not raise it. */
const SNAPSHOT_SCHEMA_VERSION = 1;

/** Token lifetime and the longest time an ad may still report after its decision. */
export const TRACKING_TOKEN_TTL_MS = 4 * 60 * 60 * 1000;

/** How long a decision holds its price before the budget gets it back; a later impression is marked `late`. */
export const RESERVATION_TTL_MS = 10 * 60 * 1000;

/** Player events with a signed address of their own, in the order of the VAST 4.2 linear life cycle. */
export const TRACKING_EVENTS = [
  'impression',
  'start',
  'firstQuartile',
  'midpoint',
  'thirdQuartile',
  'complete',
  'mute',
  'unmute',
  'pause',
  'resume',
  'skip',
  'error',
  'click',
] as const;
export type TrackingEvent = (typeof TRACKING_EVENTS)[number];

/** VAST versions a snapshot's creatives are compiled to and `/vast?v=` accepts. */
export const SERVED_VAST_VERSIONS = ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3'] as const;
export type ServedVastVersion = (typeof SERVED_VAST_VERSIONS)[number];

/**
 * Slot names that the control plane leaves open in a creative's VAST document and a node fills per decision.
 * Every tracking slot takes a whole absolute URL. `adServingId` takes the decision id (VAST 4.2 section 3.4.1).
 */
export const VAST_SLOTS = {
  adId: 'ad_id',
  adServingId: 'ad_serving_id',
  clickThrough: 'click_through',
  tracking: Object.fromEntries(
    TRACKING_EVENTS.filter((event) => event !== 'click').map((event) => [event, `track_${event}`]),
  ) as Record<Exclude<TrackingEvent, 'click'>, string>,
} as const;

const instant = z.iso.datetime({ offset: false });
const micros = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** Ids travel inside URLs and dotted tokens, so they are limited to characters that need no escape. */
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, "_" and "-", at most 64');
const currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code');
const durationMs = z.number().int().positive();

/** Where a record lies: byte `offset` in a numbered segment of one node's log. */
export const LogPosition = z.object({
  segment: z.number().int().positive(),
  offset: z.number().int().nonnegative(),
});
export type LogPosition = z.infer<typeof LogPosition>;

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
});

export const SnapshotPlacement = z.object({
  id,
  accountId: id,
  /** Short public key used in tags, unique in the installation. */
  key: id,
  name: z.string(),
  /** Lower-case host names without port whose requests mean this placement. */
  hosts: z.array(z.string()),
  isDefault: z.boolean(),
  minDurationMs: durationMs,
  maxDurationMs: durationMs,
  format: z.enum(['linear_video']),
});
export type SnapshotPlacement = z.infer<typeof SnapshotPlacement>;

/**
 * One targeting rule; a line item's rules are joined by AND. Data, never code. A dimension that a node does not
 * know matches nothing, so an older node serves too little rather than outside the targeting.
 * Known in version 1: `country` (ISO 3166-1 alpha-2), `device` (DEVICE_TYPES of @cuepoint/decisioning),
 * `placement` (placement ids).
 */
const TargetingRule = z.object({
  dimension: z.string().min(1),
  operator: z.enum(['any_of', 'none_of']),
  values: z.array(z.string()).min(1),
});

const SnapshotFlight = z.object({
  id,
  /** First instant it may serve. */
  startAt: instant,
  /** First instant it may no longer serve. */
  endAt: instant,
  /** Money of this flight; null leaves only the line item's budget as limit. */
  budgetMicros: micros.nullable(),
  /** Spend ingested up to `ingestedThrough`. */
  spentMicros: micros,
});

export const SnapshotLineItem = z.object({
  id,
  accountId: id,
  campaignId: id,
  brandId: id,
  name: z.string().optional(),
  type: z.enum(['sponsorship', 'guaranteed', 'standard', 'price_priority', 'bulk', 'house']),
  /** 1 is served first; 16 last. */
  priority: z.number().int().min(1).max(16),
  /** Price of a thousand impressions; a multiple of 1000 so that one impression is a whole number of micros. */
  cpmMicros: micros.refine((value) => value % 1000 === 0, 'a multiple of 1000 micros'),
  currency,
  status: z.enum(['draft', 'active', 'paused', 'completed']),
  pacing: z.enum(['even', 'asap']),
  flights: z.array(SnapshotFlight),
  budgetMicros: micros.nullable(),
  /** Spend ingested up to `ingestedThrough`. */
  spentMicros: micros,
  targeting: z.array(TargetingRule),
  /** Rotation: chosen in proportion to weight among those that fit the request. */
  creatives: z.array(z.object({ creativeId: id, weight: z.number().positive() })),
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
});
export type SnapshotCreative = z.infer<typeof SnapshotCreative>;

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
  /** Per node: everything before this position is contained in the `spentMicros` of this snapshot. */
  ingestedThrough: z.record(z.string(), LogPosition),
});
export type SnapshotBody = z.infer<typeof SnapshotBody>;

export const SnapshotHeader = z.object({
  schemaVersion: z.number().int().positive(),
  /** SHA-256 in hex of the second line of the file, byte for byte; also the ETag. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  builtAt: instant,
});
export type SnapshotHeader = z.infer<typeof SnapshotHeader>;
export type Snapshot = SnapshotHeader & SnapshotBody;

/**
 * Writes a snapshot file: one line of header, one line of body. The hash covers the body only, so an unchanged
 * body keeps its ETag whatever the clock says. Throws ZodError when the body breaks the schema.
 */
export function encodeSnapshot(
  body: SnapshotBody,
  builtAt: string,
): { text: string; header: SnapshotHeader } {
  const line = JSON.stringify(SnapshotBody.parse(body));
  const header: SnapshotHeader = {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    hash: createHash('sha256').update(line, 'utf8').digest('hex'),
    builtAt,
  };
  return { text: `${JSON.stringify(header)}\n${line}\n`, header };
}

export type DecodedSnapshot = { ok: true; snapshot: Snapshot } | { ok: false; problem: string };

/** Reads a snapshot file: version first, then checksum, then schema. Never throws. */
export function decodeSnapshot(text: string): DecodedSnapshot {
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0) return { ok: false, problem: 'snapshot has no header line' };
  try {
    const header = SnapshotHeader.parse(JSON.parse(text.slice(0, lineEnd)));
    const accepted = [SNAPSHOT_SCHEMA_VERSION, SNAPSHOT_SCHEMA_VERSION - 1].filter((version) => version > 0);
    if (!accepted.includes(header.schemaVersion))
      return {
        ok: false,
        problem: `snapshot schema version ${header.schemaVersion} is not one of ${accepted.join(', ')}`,
      };
    const line = text.slice(lineEnd + 1).replace(/\n$/, '');
    const hash = createHash('sha256').update(line, 'utf8').digest('hex');
    if (hash !== header.hash)
      return { ok: false, problem: `snapshot body hashes to ${hash}, its header says ${header.hash}` };
    return { ok: true, snapshot: { ...header, ...SnapshotBody.parse(JSON.parse(line)) } };
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return { ok: false, problem: `snapshot is not readable: ${detail}` };
  }
}

/** The ad request after normalisation: what the decision saw, without address, cookie or device id. */
export const DecisionRequest = z.object({
  requestId: z.string(),
  accountId: id,
  placementId: id,
  minDurationMs: z.number().int().nonnegative(),
  maxDurationMs: durationMs,
  country: z.string().nullable(),
  device: z.string(),
});
export type DecisionRequest = z.infer<typeof DecisionRequest>;

/** One ad request and its outcome; with the named snapshot it replays to the same outcome. */
export const DecisionRecord = z.object({
  type: z.literal('decision'),
  decisionId: id,
  at: instant,
  snapshotHash: z.string(),
  seed: z.number().int().nonnegative(),
  request: DecisionRequest,
  /** Counters read for the candidates examined, best first: line item, money left, pass rate. */
  readings: z.array(z.tuple([id, z.number(), z.number()])),
  /** More candidates were examined than `readings` holds: this record cannot be replayed. */
  readingsTruncated: z.boolean(),
  outcome: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('ad'),
      campaignId: id,
      lineItemId: id,
      flightId: id,
      creativeId: id,
      position: z.number().int().positive(),
      priceMicros: micros,
      currency,
    }),
    z.object({ kind: z.literal('no_ad'), reason: z.string() }),
  ]),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

/** One player event, verified and acknowledged. Unique by (decisionId, position, event) once duplicates are dropped. */
export const EventRecord = z.object({
  type: z.literal('event'),
  event: z.enum(TRACKING_EVENTS),
  at: instant,
  decisionId: id,
  position: z.number().int().positive(),
  accountId: id,
  campaignId: id.nullable(),
  lineItemId: id,
  flightId: id.nullable(),
  creativeId: id,
  placementId: id.nullable(),
  /** What this event adds to spend: the price of one impression, or 0 for everything else. */
  spendMicros: micros,
  currency: currency.nullable(),
  source: z.enum(['pixel', 'api', 'click']),
  /** This node has acknowledged the same (decisionId, position, event) before; counts nothing. */
  duplicate: z.boolean(),
  /** The reservation had already returned to the budget. */
  late: z.boolean(),
  /** Why an impression that is no duplicate carries no spend. */
  unbilled: z.enum(['budget_exhausted', 'line_item_unknown']).nullable(),
  /** VAST error code of an `error` event, when the player filled it in. */
  errorCode: z.number().int().nullable(),
});
export type EventRecord = z.infer<typeof EventRecord>;

export const LogRecord = z.discriminatedUnion('type', [DecisionRecord, EventRecord]);
export type LogRecord = z.infer<typeof LogRecord>;

/** A record with its address. */
export const LogEntry = z.object({ ...LogPosition.shape, record: LogRecord });
export type LogEntry = z.infer<typeof LogEntry>;

/** Answer of `GET /internal/log`: records from the asked position on, and where to ask next. */
export const LogPage = z.object({
  nodeId: id,
  entries: z.array(LogEntry),
  /** Commit this in the transaction that stores what was derived from `entries`. */
  next: LogPosition,
  /** End of what is durable on the node; equal to `next` when the reader has caught up. */
  durableThrough: LogPosition,
});
export type LogPage = z.infer<typeof LogPage>;

/** Answer of `GET /internal/status`. */
export const NodeStatus = z.object({
  nodeId: id,
  ready: z.boolean(),
  snapshotHash: z.string().nullable(),
  snapshotBuiltAt: instant.nullable(),
  /** Seconds since the control plane last confirmed the snapshot; null when it never did since start. */
  snapshotConfirmedSeconds: z.number().nullable(),
  requestsPerSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  requests: z.number().int(),
  ads: z.number().int(),
  fillRate: z.number(),
  events: z.number().int(),
  durableThrough: LogPosition,
});
export type NodeStatus = z.infer<typeof NodeStatus>;

/** Paths between the planes; `Authorization: Bearer <plane key>` on each. */
export const PLANE_PATHS = {
  /** Served by the control plane. `If-None-Match` with the held hash and `?wait=<seconds>` wait for a change. */
  snapshot: '/internal/delivery/snapshot',
  /** Served by a node on its internal port. Query: segment, offset, limit, wait. */
  log: '/internal/log',
  /** Served by a node on its internal port. */
  status: '/internal/status',
} as const;
