import type { LogEntry, LogPosition } from '../../../kernel/delivery-protocol.ts';
import { accountOf } from './derive-rows.ts';

/** Columns of the archive, in order, with their DuckDB types. One row is one record of a log, as the log keeps it. */
export const ARCHIVE_COLUMNS = {
  node: 'VARCHAR',
  segment: 'BIGINT',
  log_offset: 'BIGINT',
  kind: 'VARCHAR',
  record_at: 'TIMESTAMP',
  account_id: 'VARCHAR',
  decision_id: 'VARCHAR',
  placement_id: 'VARCHAR',
  event: 'VARCHAR',
  position: 'INTEGER',
  campaign_id: 'VARCHAR',
  line_item_id: 'VARCHAR',
  flight_id: 'VARCHAR',
  creative_id: 'VARCHAR',
  spend_micros: 'BIGINT',
  currency: 'VARCHAR',
  source: 'VARCHAR',
  duplicate: 'BOOLEAN',
  late: 'BOOLEAN',
  unbilled: 'VARCHAR',
  error_code: 'INTEGER',
  invalid: 'VARCHAR',
  request_id: 'VARCHAR',
  reason: 'VARCHAR',
  ads: 'STRUCT("position" INTEGER, campaign_id VARCHAR, line_item_id VARCHAR, flight_id VARCHAR, creative_id VARCHAR, price_micros BIGINT, currency VARCHAR)[]',
  facts: 'JSON',
  withheld: 'VARCHAR[]',
  identity: 'VARCHAR',
  identity_kind: 'VARCHAR',
  snapshot_hash: 'VARCHAR',
} as const;

export type ArchiveRow = Partial<Record<keyof typeof ARCHIVE_COLUMNS, unknown>>;

/** A record as a row. It holds what the log holds, and nothing finer: identities are hashes there already. */
export function toArchiveRow(node: string, { segment, offset, record }: LogEntry): ArchiveRow {
  const address = { node, segment, log_offset: offset, kind: record.type };
  const record_at = new Date(record.at).toISOString();
  if (record.type === 'event')
    return {
      ...address,
      record_at,
      account_id: record.accountId,
      decision_id: record.decisionId,
      placement_id: record.placementId,
      event: record.event,
      position: record.position,
      campaign_id: record.campaignId,
      line_item_id: record.lineItemId,
      flight_id: record.flightId,
      creative_id: record.creativeId,
      spend_micros: record.spendMicros,
      currency: record.currency,
      source: record.source,
      duplicate: record.duplicate,
      late: record.late,
      unbilled: record.unbilled,
      error_code: record.errorCode,
      invalid: record.invalid,
    };
  const { request } = record;
  return {
    ...address,
    record_at,
    account_id: request.accountId,
    decision_id: record.decisionId,
    placement_id: request.placementId,
    request_id: request.requestId,
    reason: record.reason,
    ads: record.ads.map((ad) => ({
      position: ad.position,
      campaign_id: ad.campaignId,
      line_item_id: ad.lineItemId,
      flight_id: ad.flightId,
      creative_id: ad.creativeId,
      price_micros: ad.priceMicros,
      currency: ad.currency,
    })),
    facts: request.facts,
    withheld: request.withheld,
    identity: request.identity,
    identity_kind: request.identityKind,
    snapshot_hash: record.snapshotHash,
  };
}

export const ARCHIVE_ROOT = 'events';
export const accountFolder = (accountId: string): string => `${ARCHIVE_ROOT}/account=${accountId}`;

/** Folder of an account's hour; the hour is that of the record, whenever it came. */
export function hourFolder(accountId: string, at: string): string {
  const iso = new Date(at).toISOString();
  return `${accountFolder(accountId)}/day=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}`;
}

/** Name of a file by the address of its first record: whoever writes the same stretch of a log again writes the same. */
export function fileName(node: string, { segment, offset }: LogPosition): string {
  return `${node}-${String(segment).padStart(8, '0')}-${String(offset).padStart(12, '0')}.parquet`;
}

/** What `fileName` was made of; null for another name. */
export function addressOf(key: string): { node: string; position: LogPosition } | null {
  const match = /\/([a-z0-9][a-z0-9-]*)-(\d{8})-(\d{12})\.parquet$/.exec(key);
  return match
    ? { node: match[1]!, position: { segment: Number(match[2]), offset: Number(match[3]) } }
    : null;
}

/** The hour that a key lies in, as ms since 1970; null when it lies in none. */
export function hourMsOf(key: string): number | null {
  const match = /\/day=(\d{4}-\d{2}-\d{2})\/hour=(\d{2})\//.exec(key);
  return match ? Date.parse(`${match[1]}T${match[2]}:00:00.000Z`) : null;
}

/** Records of a stretch of a log by the file that they belong to, in the order of the log. */
export function byFile(node: string, entries: readonly LogEntry[]): Map<string, ArchiveRow[]> {
  const keys = new Map<string, string>();
  const files = new Map<string, ArchiveRow[]>();
  for (const entry of entries) {
    const folder = hourFolder(accountOf(entry), entry.record.at);
    let key = keys.get(folder);
    if (key === undefined) {
      key = `${folder}/${fileName(node, entry)}`;
      keys.set(folder, key);
      files.set(key, []);
    }
    files.get(key)!.push(toArchiveRow(node, entry));
  }
  return files;
}
