import { createHash } from 'node:crypto';
import type { HourRules } from './compare-hours.ts';
import type { FieldDifference } from './compare-page.ts';
import { REACH_COUNTS, type ReachRow } from './reach-rows.ts';

export interface ReachFinding {
  kind: 'reach_missing' | 'reach_unexpected' | 'reach_differs';
  row: ReachRow;
  fields: FieldDifference[];
}

export interface ReachVerdict {
  findings: ReachFinding[];
  /** Rows that must be stored as they are here. */
  put: ReachRow[];
  /** Rows to take away before. */
  remove: ReachRow[];
  /** Rows compared to the bit. */
  compared: number;
}

/**
 * Compares sketches derived from the logs with stored ones: to the bit, apart from what the logs cannot decide. Of hours
 * that they hold in part, at least what they say must be stored; of a removed campaign, at most. History that was invented
 * for demo campaigns has no viewers, so nothing is excepted for it.
 * @param derived by `reachKey`
 * @param stored by `reachKey`
 */
export function compareReach(
  derived: ReadonlyMap<string, ReachRow>,
  stored: ReadonlyMap<string, ReachRow>,
  { partialThrough, campaigns }: HourRules,
): ReachVerdict {
  const verdict: ReachVerdict = { findings: [], put: [], remove: [], compared: 0 };
  for (const key of new Set([...derived.keys(), ...stored.keys()])) {
    const log = derived.get(key);
    const held = stored.get(key);
    const row = (log ?? held)!;
    const isPartial = partialThrough !== null && row.hour <= partialThrough;
    const isRemoved = row.campaign_id !== '' && !campaigns.has(row.campaign_id);
    if (!isPartial && !isRemoved) verdict.compared++;
    judge(verdict, row, held, wantedOf(log, held, { atLeast: !isRemoved, atMost: !isPartial }));
  }
  return verdict;
}

function wantedOf(
  log: ReachRow | undefined,
  held: ReachRow | undefined,
  { atLeast, atMost }: { atLeast: boolean; atMost: boolean },
): ReachRow | null {
  if (atLeast && atMost) return log ?? null;
  if (held === undefined) return atLeast ? (log ?? null) : null;
  if (log === undefined) return atMost ? null : held;
  const isBelow = isWithin(held, log);
  if (!atLeast) return isBelow || !atMost ? held : log;
  return isWithin(log, held) ? held : union(held, log);
}

/** Whether `big` holds everything that `small` does. */
function isWithin(small: ReachRow, big: ReachRow): boolean {
  return REACH_COUNTS.every((name) => small[name] <= big[name]) && !big.sketch.copy().merge(small.sketch);
}

function union(left: ReachRow, right: ReachRow): ReachRow {
  const sketch = left.sketch.copy();
  sketch.merge(right.sketch);
  const counts = REACH_COUNTS.map((name) => [name, Math.max(left[name], right[name])]);
  return {
    ...left,
    sketch,
    ...(Object.fromEntries(counts) as Pick<ReachRow, (typeof REACH_COUNTS)[number]>),
  };
}

function judge(
  verdict: ReachVerdict,
  row: ReachRow,
  held: ReachRow | undefined,
  wanted: ReachRow | null,
): void {
  const fields = differences(wanted, held ?? null);
  if (fields.length === 0) return;
  const kind = held === undefined ? 'reach_missing' : wanted === null ? 'reach_unexpected' : 'reach_differs';
  verdict.findings.push({ kind, row, fields });
  if (held !== undefined) verdict.remove.push(held);
  if (wanted !== null) verdict.put.push(wanted);
}

function differences(log: ReachRow | null, stored: ReachRow | null): FieldDifference[] {
  const counts = REACH_COUNTS.map((field) => ({
    field,
    log: log?.[field] ?? null,
    stored: stored?.[field] ?? null,
  })).filter((one) => (one.log ?? 0) !== (one.stored ?? 0));
  const [own, theirs] = [fingerprint(log), fingerprint(stored)];
  return own === theirs ? counts : [...counts, { field: 'sketch', log: own, stored: theirs }];
}

/** Names the bytes of a sketch in a few characters. */
function fingerprint(row: ReachRow | null): string | null {
  return row === null ? null : createHash('sha256').update(row.sketch.toBytes()).digest('hex').slice(0, 12);
}
