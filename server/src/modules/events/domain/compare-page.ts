import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import { type EventRow, eventKey, type Unstored } from './derive-rows.ts';
import { comparePositions } from './positions.ts';

/** A stored event with the node its record came from. */
export type StoredRow = Omit<EventRow, Unstored> & { node: string };

/** Fields of an event that its record decides, beside the address of the record. */
const compared = [
  'at',
  'campaign_id',
  'line_item_id',
  'flight_id',
  'creative_id',
  'placement_id',
  'spent_micros',
  'currency',
  'country',
  'device_type',
] as const;

export interface FieldDifference {
  field: string;
  log: string | number | null;
  stored: string | number | null;
}

export interface EventFinding {
  kind: 'event_missing' | 'event_unexpected' | 'event_differs';
  row: EventRow | StoredRow;
  fields: FieldDifference[];
}

/** Events whose records lie in one stretch of one node's log, beside what is stored of them. */
export interface PageOfEvents {
  node: string;
  /** Of every record that is no marked duplicate, in the order of the log. */
  derived: readonly EventRow[];
  /** Rows whose records should lie in this stretch. */
  stored: readonly StoredRow[];
  /** Rows of the same decision, position and event whose records lie elsewhere, by `eventKey`. */
  elsewhere: ReadonlyMap<string, StoredRow>;
}

export interface KeySet {
  has(key: string): boolean;
  add(key: string): void;
}

export interface PageJudge {
  /** Whether the row rests on a record that was counted before this one, or that no log can show any more. */
  restsOnAnother(row: StoredRow, here: LogPosition): boolean | Promise<boolean>;
  /** Events found without a right row: the first record of each counts, its repetitions do not. */
  readonly claimed: KeySet;
  /** Events whose row rests on no record: their real record, when there is one, lacks a row. */
  readonly unexpected: KeySet;
  /** False for a campaign that was removed together with its delivery. */
  isKnown(campaignId: string): boolean;
}

export interface PageVerdict {
  /** Events that count, once each: what the hourly rows are made of. */
  counted: EventRow[];
  findings: EventFinding[];
  /** Rows to take away before `put` is stored. */
  remove: StoredRow[];
  /** Rows that must be stored as they are here. */
  put: EventRow[];
  /** Records of removed campaigns. */
  removedRecords: number;
}

/**
 * Compares one stretch of a log with what is stored of it. A record counts when it is the first of its event, as for the
 * ingester; of an event that two nodes reported, the row that is stored decides which.
 */
export async function comparePage(page: PageOfEvents, judge: PageJudge): Promise<PageVerdict> {
  const verdict: PageVerdict = { counted: [], findings: [], remove: [], put: [], removedRecords: 0 };
  const byPlace = new Map(page.stored.map((row) => [placeOf(row), row]));
  const byKey = new Map(page.stored.map((row) => [eventKey(row), row]));
  const seen = new Set<string>();
  for (const row of page.derived) {
    const key = eventKey(row);
    if (seen.has(key) || judge.claimed.has(key)) continue;
    const here = byPlace.get(placeOf(row));
    if (here !== undefined) {
      byPlace.delete(placeOf(row));
      seen.add(key);
      verdict.counted.push(row);
      if (!judge.isKnown(row.campaign_id)) verdict.removedRecords++;
      const fields = differingFields(row, here);
      if (fields.length > 0) correct(verdict, 'event_differs', row, here, fields);
      continue;
    }
    const near = byKey.get(key);
    const other = near ?? page.elsewhere.get(key);
    // A row of this very stretch would have been met already if it rested on an earlier record.
    if (other !== undefined && near === undefined && (await judge.restsOnAnother(other, positionOf(row))))
      continue;
    seen.add(key);
    verdict.counted.push(row);
    if (other === undefined && !judge.isKnown(row.campaign_id)) {
      verdict.removedRecords++;
      continue;
    }
    judge.claimed.add(key);
    if (other === undefined) {
      correct(verdict, 'event_missing', row, undefined, moneyOf(row, null));
      continue;
    }
    byPlace.delete(placeOf(other));
    const fields = [...addressDifference(page.node, row, other), ...differingFields(row, other)];
    correct(verdict, 'event_differs', row, other, fields);
  }
  for (const row of byPlace.values()) {
    const key = eventKey(row);
    // Reported already where the first record of its event lies.
    if (judge.claimed.has(key)) continue;
    verdict.findings.push({ kind: 'event_unexpected', row, fields: moneyOf(null, row) });
    verdict.remove.push(row);
    judge.unexpected.add(key);
  }
  return verdict;
}

export function positionOf(row: { segment: number; log_offset: number }): LogPosition {
  return { segment: row.segment, offset: row.log_offset };
}

/** Whether a position lies in `[from, through)`. */
export function isWithin(at: LogPosition, from: LogPosition, through: LogPosition): boolean {
  return comparePositions(at, from) >= 0 && comparePositions(at, through) < 0;
}

function correct(
  verdict: PageVerdict,
  kind: 'event_missing' | 'event_differs',
  row: EventRow,
  before: StoredRow | undefined,
  fields: FieldDifference[],
): void {
  verdict.findings.push({ kind, row, fields });
  if (before !== undefined) verdict.remove.push(before);
  verdict.put.push(row);
}

function addressDifference(node: string, row: EventRow, stored: StoredRow): FieldDifference[] {
  const text = (of: string, at: EventRow | StoredRow) => `${of} ${at.segment}:${at.log_offset}`;
  return [{ field: 'record', log: text(node, row), stored: text(stored.node, stored) }];
}

/** What a row that is on one side only says of money. */
export function moneyOf(row: EventRow | null, stored: StoredRow | null): FieldDifference[] {
  const log = row?.spent_micros ?? null;
  const held = stored?.spent_micros ?? null;
  return (log ?? held) === 0 ? [] : [{ field: 'spentMicros', log, stored: held }];
}

function differingFields(row: EventRow, stored: StoredRow): FieldDifference[] {
  return compared.flatMap((name) => {
    const [log, held] = [row[name], stored[name]];
    const isSame = log === held || (name === 'at' && Date.parse(row.at) === Date.parse(stored.at));
    return isSame ? [] : [{ field: words[name], log, stored: held }];
  });
}

/** Names of columns as the answers of operations have them. */
const words: Readonly<Record<(typeof compared)[number], string>> = {
  at: 'at',
  campaign_id: 'campaignId',
  line_item_id: 'lineItemId',
  flight_id: 'flightId',
  creative_id: 'creativeId',
  placement_id: 'placementId',
  spent_micros: 'spentMicros',
  currency: 'currency',
  country: 'country',
  device_type: 'deviceType',
};

function placeOf(row: EventRow | StoredRow): string {
  return `${row.segment}:${row.log_offset} ${eventKey(row)}`;
}
