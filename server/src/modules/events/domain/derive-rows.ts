import {
  type DecidedAd,
  type DecisionRecord,
  type EventRecord,
  type LogEntry,
  reportedCountry,
  reportedDevice,
} from '../../../kernel/delivery-protocol.ts';

const HOUR_MS = 60 * 60 * 1000;

/** A row of `delivery_event`, in the words of its columns. */
export interface EventRow {
  account_id: string;
  decision_id: string;
  ad_position: number;
  event: string;
  at: string;
  /** Empty when the node did not know it. */
  campaign_id: string;
  line_item_id: string;
  flight_id: string;
  creative_id: string;
  placement_id: string | null;
  spent_micros: number;
  currency: string;
  segment: number;
  log_offset: number;
  /** Why it is no viewer's; empty when it is one. Part of the key: a prefetch does not stand for the viewer's event. */
  invalid: string;
  /** ISO 3166-1 alpha-2, and a word of the viewer reader; empty when unknown. */
  country: string;
  device_type: string;
  /** Goes to the rollup only. */
  reason: string;
  /** Of an impression, go to its reach only. */
  identity: string | null;
  identity_kind: EventRecord['identityKind'];
}

/** Fields of an `EventRow` that `delivery_event` has no column for. */
export type Unstored = 'reason' | 'identity' | 'identity_kind';

/** A row of `delivery_hour`, or what is to be added to one. */
export interface HourRow {
  account_id: string;
  hour: string;
  campaign_id: string;
  line_item_id: string;
  flight_id: string;
  creative_id: string;
  placement_id: string;
  event: string;
  reason: string;
  currency: string;
  country: string;
  device_type: string;
  count: number;
  spent_micros: number;
}

export function eventKey(
  row: Pick<EventRow, 'account_id' | 'decision_id' | 'ad_position' | 'event' | 'invalid'>,
): string {
  return `${row.account_id} ${row.decision_id} ${row.ad_position} ${row.event} ${row.invalid}`;
}

/** What an event of invalid traffic is called in the rollup: whoever counts events by their names counts viewers'. */
export function rolledUpName(event: string, invalid: string): string {
  return invalid === '' ? event : `${INVALID_PREFIX}${event}`;
}
export const INVALID_PREFIX = 'invalid_';

export function accountOf(entry: LogEntry): string {
  const { record } = entry;
  return record.type === 'decision' ? record.request.accountId : record.accountId;
}

/** Start of the UTC hour that an instant lies in. */
export function hourOf(instant: string): string {
  return new Date(Math.floor(Date.parse(instant) / HOUR_MS) * HOUR_MS).toISOString();
}

export function toEventRow(entry: LogEntry, record: EventRecord): EventRow {
  return {
    account_id: record.accountId,
    decision_id: record.decisionId,
    ad_position: record.position,
    event: record.event,
    at: record.at,
    campaign_id: record.campaignId ?? '',
    line_item_id: record.lineItemId,
    flight_id: record.flightId ?? '',
    creative_id: record.creativeId,
    placement_id: record.placementId,
    spent_micros: record.spendMicros,
    currency: record.currency ?? '',
    segment: entry.segment,
    log_offset: entry.offset,
    invalid: record.invalid ?? '',
    country: record.country,
    device_type: record.deviceType,
    identity: record.identity,
    identity_kind: record.identityKind,
    reason:
      record.invalid ??
      record.unbilled ??
      (record.event === 'error' && record.errorCode !== null ? String(record.errorCode) : ''),
  };
}

/** What one stored event adds to its hour. */
export function hourOfEvent(row: EventRow): HourRow {
  return {
    account_id: row.account_id,
    hour: hourOf(row.at),
    campaign_id: row.campaign_id,
    line_item_id: row.line_item_id,
    flight_id: row.flight_id,
    creative_id: row.creative_id,
    placement_id: row.placement_id ?? '',
    event: rolledUpName(row.event, row.invalid),
    reason: row.reason,
    currency: row.currency,
    country: row.country,
    device_type: row.device_type,
    count: 1,
    spent_micros: row.spent_micros,
  };
}

/**
 * What one decision adds: a request, of the first ad it chose or of nobody with the reason why, and a `selection` of each
 * further ad of a break. So a break is one request of the account, and a campaign's requests are those two together.
 */
export function hoursOfDecision(record: DecisionRecord): HourRow[] {
  const { ads, reason, request } = record;
  const row = (ad: DecidedAd | undefined, event: string): HourRow => ({
    account_id: request.accountId,
    hour: hourOf(record.at),
    campaign_id: ad?.campaignId ?? '',
    line_item_id: ad?.lineItemId ?? '',
    flight_id: ad?.flightId ?? '',
    creative_id: ad?.creativeId ?? '',
    placement_id: request.placementId,
    event,
    // An ad is known by an empty reason, so a refusal must never have one.
    reason: ad === undefined ? printable(reason ?? '') || 'unknown' : '',
    currency: '',
    country: reportedCountry(request.facts),
    device_type: reportedDevice(request.facts),
    count: 1,
    spent_micros: 0,
  });
  return [row(ads[0], 'request'), ...ads.slice(1).map((ad) => row(ad, 'selection'))];
}

/** PostgreSQL stores no NUL, and one bad byte must not hold up a page of money. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, 64);
}

/** What two rows of `delivery_hour` have in common when they are one. */
export function hourKey(row: HourRow): string {
  return JSON.stringify([
    row.account_id,
    row.hour,
    row.campaign_id,
    row.line_item_id,
    row.flight_id,
    row.creative_id,
    row.placement_id,
    row.event,
    row.reason,
    row.currency,
    row.country,
    row.device_type,
  ]);
}

/** Adds one row to sums by `hourKey`. */
export function addHour(sums: Map<string, HourRow>, row: HourRow): void {
  const key = hourKey(row);
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { ...row });
  else {
    sum.count += row.count;
    sum.spent_micros += row.spent_micros;
  }
}

/** Adds up rows of the same hour and keys, sorted: transactions that meet then lock in the same order. */
export function rollUp(rows: Iterable<HourRow>): HourRow[] {
  const sums = new Map<string, HourRow>();
  for (const row of rows) addHour(sums, row);
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
}
