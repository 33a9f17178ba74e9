import type { IndexedAssignment, IndexedFlight, IndexedLineItem } from '../index/model.ts';
import type { PodRuleInput } from '../model.ts';
import { MAX_POD_CANDIDATES, POD_GROUP_KINDS, type PodGroupKind } from '../pod/model.ts';
import {
  AT_FIRST,
  AT_LAST,
  AT_MIDDLE,
  FLAG_BUMPER,
  type PodEntrants,
  ROW_ADJACENT,
  ROW_DURATION,
  ROW_FLAGS,
  ROW_GROUPS,
  ROW_HEAD,
} from '../pod/pod-rows.ts';
import { GroupTable, MAX_GROUPS } from './group-table.ts';
import type { ShownInStream } from './stream-rule.ts';

/*
 * The candidates of one break as the solver takes them. One break is filled at a time, so the memory for it is held from one
 * to the next.
 */

/** Shorter than any spot: an opener or closer. */
export const BUMPER_MS = 7_000;
const ROW_SIZE = 64;
/** Caps of one line item that a break counts by. */
const MAX_CAPS = 8;
const KIND = Object.fromEntries(POD_GROUP_KINDS.map((kind, code) => [kind, code])) as Record<
  PodGroupKind,
  number
>;
const PLACES = {
  any: AT_FIRST | AT_LAST | AT_MIDDLE,
  first: AT_FIRST,
  last: AT_LAST,
  edge: AT_FIRST | AT_LAST,
} as const;

const groups = new GroupTable();
const neighbours = new GroupTable();
let shown: ShownInStream | null = null;
/** Who each entrant is. */
export const offered: { item: IndexedLineItem; flight: IndexedFlight; assignment: IndexedAssignment }[] = [];
export const entrants: PodEntrants = {
  count: 0,
  rows: new Int32Array(MAX_POD_CANDIDATES * ROW_SIZE),
  offsets: Int32Array.from({ length: MAX_POD_CANDIDATES }, (_, entrant) => entrant * ROW_SIZE),
  values: new Float64Array(MAX_POD_CANDIDATES),
  tiers: new Int32Array(MAX_POD_CANDIDATES),
  capacity: new Int32Array(MAX_GROUPS),
  groupKind: new Uint8Array(MAX_GROUPS),
  adjacentGroups: 0,
  unseenTier: -1,
  unseenMaxValue: 0,
  unseenMinDurationMs: 0,
};

/** Starts a break. @param inStream what the stream has shown of advertisers already counts */
export function clearEntrants(inStream: ShownInStream | null): void {
  shown = inStream;
  entrants.count = 0;
  offered.length = 0;
  groups.clear();
  neighbours.clear();
}

// Where the row of the candidate being entered begins, and where its next group goes.
let rowStart = 0;
let rowEnd = 0;

/** Puts the candidate into a group; the first member opens it, a later one can only make it smaller. */
function join(key: number, capacity: number, kind: number): void {
  const met = groups.count;
  const id = groups.idOf(key);
  if (id === met) {
    entrants.capacity[id] = capacity;
    entrants.groupKind[id] = kind;
  } else if (capacity < entrants.capacity[id]!) entrants.capacity[id] = capacity;
  const { rows } = entrants;
  for (let seen = rowStart + ROW_HEAD; seen < rowEnd; seen++) if (rows[seen] === id) return;
  rows[rowEnd++] = id;
}

/** Enters a line item with one of its creatives; nothing when the table is full. */
export function enter(
  item: IndexedLineItem,
  flight: IndexedFlight,
  assignment: IndexedAssignment,
  { room }: { room: number },
  rule: PodRuleInput,
): void {
  const entrant = entrants.count;
  if (entrant >= MAX_POD_CANDIDATES) return;
  const { creative } = assignment;
  const { rows } = entrants;
  rowStart = entrant * ROW_SIZE;
  rowEnd = rowStart + ROW_HEAD;
  join(creative.creativeKey, 1, KIND.creative_dedupe);
  join(creative.fingerprintKey, 1, KIND.creative_dedupe);
  const most = rule.maxAdsPerAdvertiser;
  join(creative.domainKey, shown?.left(creative.domainKey, most) ?? most, KIND.advertiser_dedupe);
  join(item.brandKey, shown?.left(item.brandKey, most) ?? most, KIND.advertiser_dedupe);
  const { labelKeys } = item;
  for (let at = 0; at < labelKeys.length; at++) join(labelKeys[at]!, 1, KIND.competitive_separation);
  const { categoryKeys } = creative;
  if (rule.categorySeparation === 'pod')
    for (let at = 0; at < categoryKeys.length; at++) join(categoryKeys[at]!, 1, KIND.competitive_separation);
  // A line item stands once in a break, whatever its lengths; `affordable` is at least that.
  join(item.itemKey, 1, KIND.creative_dedupe);
  // An ad counts towards the caps of its campaign and brand even when it has none itself.
  join(item.campaignScopeKey, MAX_POD_CANDIDATES, KIND.freq_cap);
  join(item.brandScopeKey, MAX_POD_CANDIDATES, KIND.freq_cap);
  if (room < MAX_POD_CANDIDATES) {
    const caps = Math.min(item.caps.length, MAX_CAPS);
    for (let at = 0; at < caps; at++)
      join(item.caps[at]!.scopeKey || creative.creativeKey, room, KIND.freq_cap);
  }
  rows[rowStart + ROW_GROUPS] = rowEnd - rowStart - ROW_HEAD;
  const firstNeighbour = rowEnd;
  if (rule.categorySeparation === 'adjacent')
    for (let at = 0; at < categoryKeys.length; at++) rows[rowEnd++] = neighbours.idOf(categoryKeys[at]!);
  rows[rowStart + ROW_ADJACENT] = rowEnd - firstNeighbour;
  rows[rowStart + ROW_DURATION] = creative.durationMs;
  rows[rowStart + ROW_FLAGS] =
    PLACES[item.source.podPosition ?? 'any'] | (creative.durationMs <= BUMPER_MS ? FLAG_BUMPER : 0);
  entrants.values[entrant] = item.rankMicros;
  entrants.tiers[entrant] = item.priority;
  entrants.adjacentGroups = neighbours.count;
  entrants.count = entrant + 1;
  offered[entrant] = { item, flight, assignment };
}
