import type { FieldDifference } from './compare-page.ts';
import { type HourRow, hourKey } from './derive-rows.ts';

export interface HourRules {
  /** Start of the last hour that the logs do not hold as a whole; null when they hold all. */
  partialThrough: string | null;
  /** Campaigns of the account; a record of another one belongs to a campaign that was removed. */
  campaigns: ReadonlyMap<string, { demo: boolean }>;
}

export interface HourFinding {
  kind: 'hour_missing' | 'hour_unexpected' | 'hour_differs';
  row: HourRow;
  fields: FieldDifference[];
}

export interface HourVerdict {
  findings: HourFinding[];
  /** Rows that must be stored, with the sums they must have. */
  put: HourRow[];
  /** Rows to take away. */
  remove: HourRow[];
  /** Rows compared to the unit. */
  compared: number;
  /** Micros of those by currency. */
  spend: Map<string, { log: number; stored: number }>;
  /** Rows of hours that the logs hold in part: at least what the logs say. */
  partial: number;
  /** Rows of invented history, and its micros by currency. */
  demo: number;
  demoSpend: Map<string, number>;
}

/**
 * Compares sums of the logs with stored ones. To the unit, apart from what the logs cannot decide:
 * - hours that they hold in part may store more, never less;
 * - invented history of a demo campaign lies in no log. It ends before the campaign's first record, so a demo campaign may
 *   store more up to that hour and not a unit more after it;
 * - delivery of a removed campaign went with it, and late beacons came after it: it may store less, never more.
 * @param derived by `hourKey`
 * @param stored by `hourKey`
 */
export function compareHours(
  derived: ReadonlyMap<string, HourRow>,
  stored: ReadonlyMap<string, HourRow>,
  rules: HourRules,
): HourVerdict {
  const verdict: HourVerdict = {
    findings: [],
    put: [],
    remove: [],
    compared: 0,
    spend: new Map(),
    partial: 0,
    demo: 0,
    demoSpend: new Map(),
  };
  const firstHours = firstHourOfCampaigns(derived.values());
  for (const key of new Set([...derived.keys(), ...stored.keys()])) {
    const log = derived.get(key);
    const held = stored.get(key);
    const row = (log ?? held)!;
    const campaign = rules.campaigns.get(row.campaign_id);
    const isRemoved = row.campaign_id !== '' && campaign === undefined;
    const isPartial = rules.partialThrough !== null && row.hour <= rules.partialThrough;
    const first = firstHours.get(row.campaign_id);
    const isInvented = campaign?.demo === true && (first === undefined || row.hour <= first);
    const wanted = clamp(log, held, { atLeast: !isRemoved, atMost: !isPartial && !isInvented });
    judge(verdict, row, held, wanted);

    if (isPartial) verdict.partial += held === undefined ? 0 : 1;
    else if (isInvented) addInvented(verdict, log, held);
    if (isPartial || isInvented || isRemoved) continue;
    verdict.compared++;
    if (row.currency === '') continue;
    const sums = verdict.spend.get(row.currency) ?? { log: 0, stored: 0 };
    sums.log += log?.spent_micros ?? 0;
    sums.stored += held?.spent_micros ?? 0;
    verdict.spend.set(row.currency, sums);
  }
  return verdict;
}

/** The row as it must be: what is stored, moved into the limits that the log sets; null for none. */
function clamp(
  log: HourRow | undefined,
  held: HourRow | undefined,
  limits: { atLeast: boolean; atMost: boolean },
): HourRow | null {
  if (limits.atLeast && limits.atMost) return log ?? null;
  if (held === undefined) return limits.atLeast ? (log ?? null) : null;
  if (log === undefined) return limits.atMost ? null : held;
  const within = (one: number, other: number) =>
    limits.atLeast ? Math.max(one, other) : limits.atMost ? Math.min(one, other) : one;
  return {
    ...held,
    count: within(held.count, log.count),
    spent_micros: within(held.spent_micros, log.spent_micros),
  };
}

function judge(verdict: HourVerdict, row: HourRow, held: HourRow | undefined, wanted: HourRow | null): void {
  const fields = [
    { field: 'count', log: wanted?.count ?? null, stored: held?.count ?? null },
    { field: 'spentMicros', log: wanted?.spent_micros ?? null, stored: held?.spent_micros ?? null },
  ].filter(({ log, stored }) => log !== stored);
  if (fields.length === 0) return;
  const kind = held === undefined ? 'hour_missing' : wanted === null ? 'hour_unexpected' : 'hour_differs';
  verdict.findings.push({ kind, row, fields });
  if (held !== undefined) verdict.remove.push(held);
  if (wanted !== null) verdict.put.push(wanted);
}

function addInvented(verdict: HourVerdict, log: HourRow | undefined, held: HourRow | undefined): void {
  if (held === undefined || held.count <= (log?.count ?? 0)) return;
  verdict.demo++;
  const micros = held.spent_micros - (log?.spent_micros ?? 0);
  if (micros > 0) verdict.demoSpend.set(held.currency, (verdict.demoSpend.get(held.currency) ?? 0) + micros);
}

function firstHourOfCampaigns(rows: Iterable<HourRow>): Map<string, string> {
  const first = new Map<string, string>();
  for (const { campaign_id, hour } of rows) {
    const before = first.get(campaign_id);
    if (before === undefined || hour < before) first.set(campaign_id, hour);
  }
  return first;
}

/** Rows by what they are kept apart by. */
export function byHourKey(rows: Iterable<HourRow>): Map<string, HourRow> {
  return new Map([...rows].map((row) => [hourKey(row), row]));
}
