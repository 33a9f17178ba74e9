/**
 * What crosses the wall between the control plane and the delivery plane, as data with run-time checks.
 * The rules around these shapes (addressing, commit, retention, authentication) are in docs/protocols/delivery.md.
 * The control plane builds a SnapshotBody and consumes LogEntry; the delivery plane does the reverse.
 */
import { createHash } from 'node:crypto';
import {
  CAP_SCOPES,
  CAP_UNITS,
  LINE_ITEM_TYPES,
  PACING_MODES,
  ROTATIONS,
  type TargetingNode,
  targetingProblems,
} from '@cuepoint/decisioning';
import { z } from 'zod';

/**
 * A node accepts this version and the one before it, once there is one: version 1 was never released. Adding an
 * optional field does not raise it.
 */
const SNAPSHOT_SCHEMA_VERSION = 2;

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
  maxAds: z.number().int().min(1).max(32),
  isExact: z.boolean(),
  slots: z.array(PodSlot).max(32),
  maxAdsPerAdvertiser: z.number().int().min(1).max(32),
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
});
export type SnapshotHeader = z.infer<typeof SnapshotHeader>;
export type Snapshot = SnapshotHeader & SnapshotBody & { spend: SpendStatement };

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * Writes a snapshot file: one line of header, one of body, one of spend. The hashes cover one line each, so an unchanged
 * body keeps its hash whatever the clock and the counters say. Throws ZodError when a part breaks the schema.
 */
export function encodeSnapshot(
  body: SnapshotBody,
  spend: SpendStatement,
  builtAt: string,
): { text: string; header: SnapshotHeader } {
  const line = JSON.stringify(SnapshotBody.parse(body));
  const spendLine = JSON.stringify(SpendStatement.parse(spend));
  const header: SnapshotHeader = {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    hash: sha256(line),
    spendHash: sha256(spendLine),
    builtAt,
  };
  return { text: `${JSON.stringify(header)}\n${line}\n${spendLine}\n`, header };
}

/** The two hashes as one entity tag, without quotes. */
export function snapshotTag(header: Pick<SnapshotHeader, 'hash' | 'spendHash'>): string {
  return `${header.hash}.${header.spendHash}`;
}

/** The file for who holds the body already: its line is empty. */
export function withoutBody(text: string): string {
  const first = text.indexOf('\n');
  return `${text.slice(0, first + 1)}${text.slice(text.indexOf('\n', first + 1))}`;
}

export type OpenedSnapshot =
  | {
      ok: true;
      header: SnapshotHeader;
      /** Its checksum right, and not read yet; null when it is the body that is held. */
      bodyText: string | null;
      spend: SpendStatement;
    }
  | { ok: false; problem: string };

/**
 * Opens a snapshot file: version first, then checksums, then the counters. Never throws.
 * @param heldBody hash of the body that is held: it is not read again, and may be left out
 */
export function openSnapshot(text: string, heldBody = ''): OpenedSnapshot {
  const [headerLine, line, spendLine] = text.split('\n', 3);
  if (headerLine === undefined || line === undefined || spendLine === undefined)
    return { ok: false, problem: 'snapshot does not have its three lines' };
  try {
    const header = SnapshotHeader.parse(JSON.parse(headerLine));
    if (header.schemaVersion !== SNAPSHOT_SCHEMA_VERSION)
      return {
        ok: false,
        problem: `snapshot schema version ${header.schemaVersion} is not ${SNAPSHOT_SCHEMA_VERSION}`,
      };
    const isHeld = header.hash === heldBody;
    for (const [part, content, stated] of [
      ...(isHeld ? [] : [['body', line, header.hash] as const]),
      ['spend', spendLine, header.spendHash] as const,
    ]) {
      const hash = sha256(content);
      if (hash !== stated)
        return { ok: false, problem: `snapshot ${part} hashes to ${hash}, its header says ${stated}` };
    }
    const spend = SpendStatement.parse(JSON.parse(spendLine));
    return { ok: true, header, bodyText: isHeld ? null : line, spend };
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  }
}

export type DecodedSnapshot = { ok: true; snapshot: Snapshot } | { ok: false; problem: string };

/** Reads a whole snapshot file and checks it against the schema. Never throws. */
export function decodeSnapshot(text: string): DecodedSnapshot {
  const opened = openSnapshot(text);
  if (!opened.ok) return opened;
  const { header, bodyText, spend } = opened;
  try {
    return {
      ok: true,
      snapshot: { ...header, ...SnapshotBody.parse(JSON.parse(bodyText ?? 'null')), spend },
    };
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  }
}

function unreadable(error: unknown): string {
  return `snapshot is not readable: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`;
}

/** The ad request after normalisation: what the decision saw, without address, cookie or device id. */
export const DecisionRequest = z.object({
  requestId: z.string(),
  accountId: id,
  placementId: id,
  minDurationMs: z.number().int().nonnegative(),
  maxDurationMs: durationMs,
  /** The break's rules when more than one ad was asked for. */
  pod: SnapshotPodRule.nullable(),
  /** Known facts by dimension of @cuepoint/decisioning; what is unknown is left out. */
  facts: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  /** Dimensions whose facts privacy withheld, and why: `what:why`. */
  withheld: z.array(z.string()),
  /** Keyed hash of who caps are counted for, as 16 hex digits, and what it was made from. */
  identity: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
  /** False when privacy forbids a record of the viewer: identity, segments and the finer place are then left out. */
  mayLogViewer: z.boolean().optional(),
  identityKind: z.enum(['ifa', 'supplied', 'household', 'session', 'none']),
  /** Separation keys of what the same stream had shown. */
  streamKeys: z.array(z.number().int()),
  blockedCategories: z.array(z.string()),
  blockedDomains: z.array(z.string()),
  floorCpmMicros: micros,
  mimes: z.array(z.string()),
});
export type DecisionRequest = z.infer<typeof DecisionRequest>;

/** One ad of an answer. */
export const DecidedAd = z.object({
  campaignId: id,
  lineItemId: id,
  flightId: id,
  creativeId: id,
  /** From 1 in play order; back-ups follow behind the last. */
  position: z.number().int().positive(),
  /** What an impression of it costs. */
  priceMicros: micros,
  currency,
});
export type DecidedAd = z.infer<typeof DecidedAd>;

/**
 * Counters of one candidate as the decision read them: line item, impressions its budgets still allow (0: none, -1: none
 * today), pass rate, exposures its frequency caps still allow, its place in a sequential rotation; then, when a cap
 * counts creatives, what each of its creatives is still allowed. What has no limit is written as -2.
 */
export const CandidateReading = z
  .tuple([id, z.number(), z.number(), z.number(), z.number()])
  .rest(z.number());

/** One ad request and its outcome; with the named snapshot it replays to the same outcome. */
export const DecisionRecord = z.object({
  type: z.literal('decision'),
  decisionId: id,
  at: instant,
  snapshotHash: z.string(),
  seed: z.number().int().nonnegative(),
  request: DecisionRequest,
  /** Of the candidates examined, best first. One that is missing was not looked at, for it had no money left. */
  readings: z.array(CandidateReading),
  /** More candidates were examined than `readings` holds, or it was not sampled: this record cannot be replayed. */
  readingsTruncated: z.boolean(),
  /** Empty when nothing serves. */
  ads: z.array(DecidedAd),
  /** Stand-alone ads offered for one that fails. */
  backups: z.array(DecidedAd),
  /** Why there is no ad; null when there is one. */
  reason: z.string().nullable(),
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
  /** See `snapshotTag`: changes with what has been counted, too. */
  snapshotTag: z.string().nullable(),
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

/** Answer of `GET /internal/readings`: counters of every running line item of an account, for one viewer. */
export const AccountReadings = z.object({
  snapshotHash: z.string(),
  readings: z.array(CandidateReading),
});
export type AccountReadings = z.infer<typeof AccountReadings>;

/** Answer of `GET /internal/line-item`; null when the line item is not in the node's snapshot. */
export const LineItemState = z.object({
  spentMicros: z.number().int(),
  reservedMicros: z.number().int(),
  availableMicros: z.number().int().nullable(),
  passRate: z.number(),
});
export type LineItemState = z.infer<typeof LineItemState>;

/** Paths between the planes; `Authorization: Bearer <plane key>` on each. */
export const PLANE_PATHS = {
  /** Served by the control plane. `If-None-Match` with the held hash and `?wait=<seconds>` wait for a change. */
  snapshot: '/internal/delivery/snapshot',
  /** Served by a node on its internal port. Query: segment, offset, limit, wait. */
  log: '/internal/log',
  /** Served by a node on its internal port. */
  status: '/internal/status',
  /** One decision record. Query: account, id (decision id, or request id of the caller). 404 when the log has none. */
  decision: '/internal/decision',
  /** The newest decision records. Query: account, limit, outcome (`all`, `ads`, `empty`). */
  decisions: '/internal/decisions',
  /** Counters of the moment. Query: account, identity (16 hex digits, or none), at (milliseconds since 1970). */
  readings: '/internal/readings',
  /** Money and pass rate of one line item. Query: account, id. */
  lineItem: '/internal/line-item',
} as const;
