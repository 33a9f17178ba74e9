import type { HourRules } from './compare-hours.ts';
import type { FieldDifference } from './compare-page.ts';
import { REACH_COUNTS, type ReachRow, reachDigest, type StoredReach } from './reach-rows.ts';
import type { ReachSketch } from './reach-sketch.ts';

export interface ReachFinding {
  kind: 'reach_missing' | 'reach_unexpected' | 'reach_differs';
  row: ReachRow | StoredReach;
  fields: FieldDifference[];
}

export interface ReachVerdict {
  findings: ReachFinding[];
  /** Rows that must be stored as they are here. */
  put: ReachRow[];
  /** Rows to take away before. */
  remove: StoredReach[];
  /** Rows compared to the bit. */
  compared: number;
}

type Derived = ReadonlyMap<string, ReachRow>;
type Stored = ReadonlyMap<string, StoredReach>;

/** Stored rows whose sketches `compareReach` has to look into: all others it knows by their digests. */
export function undecidedReach(derived: Derived, stored: Stored, rules: HourRules): StoredReach[] {
  return [...stored].flatMap(([key, held]) => {
    const log = derived.get(key);
    const { atLeast, atMost } = limitsOf(held, rules);
    return log === undefined || (atLeast && atMost) || reachDigest(log.sketch) === held.digest ? [] : [held];
  });
}

/**
 * Compares sketches derived from the logs with stored ones: to the bit, apart from what the logs cannot decide. Of hours
 * that they hold in part, at least what they say must be stored; of a removed campaign, at most. History that was invented
 * for demo campaigns has no viewers, so nothing is excepted for it.
 * @param derived by `reachKey`
 * @param stored by `reachKey`, with the sketches of those that `undecidedReach` names
 */
export function compareReach(derived: Derived, stored: Stored, rules: HourRules): ReachVerdict {
  const verdict: ReachVerdict = { findings: [], put: [], remove: [], compared: 0 };
  for (const key of new Set([...derived.keys(), ...stored.keys()])) {
    const log = derived.get(key);
    const held = stored.get(key);
    const limits = limitsOf((log ?? held)!, rules);
    if (limits.atLeast && limits.atMost) verdict.compared++;
    judge(verdict, (log ?? held)!, held, wantedOf(log, held, limits));
  }
  return verdict;
}

interface Limits {
  atLeast: boolean;
  atMost: boolean;
}

function limitsOf(
  { hour, campaign_id }: Pick<ReachRow, 'hour' | 'campaign_id'>,
  { partialThrough, campaigns }: HourRules,
): Limits {
  return {
    atLeast: campaign_id === '' || campaigns.has(campaign_id),
    atMost: partialThrough === null || hour > partialThrough,
  };
}

/** What must be stored: the log's row, what is there already, both together, or nothing. */
function wantedOf(
  log: ReachRow | undefined,
  held: StoredReach | undefined,
  { atLeast, atMost }: Limits,
): ReachRow | 'held' | null {
  if (atLeast && atMost) return log ?? null;
  if (held === undefined) return atLeast ? (log ?? null) : null;
  if (log === undefined) return atMost ? null : 'held';
  const sketch = reachDigest(log.sketch) === held.digest ? log.sketch : held.sketch;
  if (sketch === null) throw new Error('a sketch that must be looked into was not read');
  const whole = { ...held, sketch };
  if (!atLeast) return !atMost || isWithin(whole, log) ? 'held' : log;
  return isWithin(log, whole) ? 'held' : union(log, whole);
}

type Content = Pick<ReachRow, (typeof REACH_COUNTS)[number]> & { sketch: ReachSketch };

/** Whether `big` holds everything that `small` does. */
function isWithin(small: Content, big: Content): boolean {
  return REACH_COUNTS.every((name) => small[name] <= big[name]) && !big.sketch.copy().merge(small.sketch);
}

function union(log: ReachRow, held: Content): ReachRow {
  const sketch = log.sketch.copy();
  sketch.merge(held.sketch);
  const both = { ...log, sketch };
  for (const name of REACH_COUNTS) both[name] = Math.max(log[name], held[name]);
  return both;
}

function judge(
  verdict: ReachVerdict,
  row: ReachRow | StoredReach,
  held: StoredReach | undefined,
  wanted: ReachRow | 'held' | null,
): void {
  if (wanted === 'held') return;
  const fields = differences(wanted, held ?? null);
  if (fields.length === 0) return;
  const kind = held === undefined ? 'reach_missing' : wanted === null ? 'reach_unexpected' : 'reach_differs';
  verdict.findings.push({ kind, row, fields });
  if (held !== undefined) verdict.remove.push(held);
  if (wanted !== null) verdict.put.push(wanted);
}

/** Digests name sketches in a few characters. */
const SHOWN_DIGITS = 12;

function differences(log: ReachRow | null, stored: StoredReach | null): FieldDifference[] {
  const counts = REACH_COUNTS.map((field) => ({
    field,
    log: log?.[field] ?? null,
    stored: stored?.[field] ?? null,
  })).filter((one) => (one.log ?? 0) !== (one.stored ?? 0));
  const own = log === null ? null : reachDigest(log.sketch).slice(0, SHOWN_DIGITS);
  const theirs = stored?.digest.slice(0, SHOWN_DIGITS) ?? null;
  return own === theirs ? counts : [...counts, { field: 'sketch', log: own, stored: theirs }];
}
