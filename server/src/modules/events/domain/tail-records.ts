import type { LoggedDecision, LoggedEvent, TailFilter, TailRecord } from '@cuepoint/contract';
import type { DecisionRecord, EventRecord, LogEntry } from '../../../kernel/delivery-protocol.ts';

/** A decision as people are shown it: without readings, facts and identity. */
export function loggedDecision(record: DecisionRecord): LoggedDecision {
  const { request, ads, backups } = record;
  return {
    decisionId: record.decisionId,
    requestId: request.requestId,
    at: record.at,
    placementId: request.placementId,
    isPod: request.pod !== null,
    maxDurationMs: request.pod?.durationMs ?? request.maxDurationMs,
    ads: ads.map(({ position, campaignId, lineItemId, creativeId, priceMicros, currency }) => ({
      position,
      campaignId,
      lineItemId,
      creativeId,
      priceMicros,
      currency,
    })),
    backups: backups.length,
    reason: record.reason,
    session: request.session ?? null,
    snapshotHash: record.snapshotHash,
  };
}

export function loggedEvent(
  record: EventRecord,
  address: Pick<LoggedEvent, 'node' | 'segment' | 'offset'>,
): LoggedEvent {
  const { event, at, decisionId, position, campaignId, lineItemId, creativeId, placementId } = record;
  const { spendMicros, currency, source, duplicate, late, unbilled, errorCode, invalid } = record;
  return {
    event,
    at,
    decisionId,
    position,
    campaignId,
    lineItemId,
    creativeId,
    placementId,
    spendMicros,
    currency,
    source,
    duplicate,
    late,
    unbilled,
    errorCode,
    invalid,
    ...address,
  };
}

export function tailRecord(node: string, { segment, offset, record }: LogEntry): TailRecord {
  const address = { node, segment, offset };
  return record.type === 'decision'
    ? { kind: 'request', ...loggedDecision(record), ...address }
    : { kind: 'event', ...loggedEvent(record, address) };
}

/** Requests whose later events one filter remembers: a player reports within hours, a person looks for minutes. */
const FOLLOWED = 1000;

/**
 * Tells which records a filter wants, in the order of the log: what names a request or a session by `id` wants the events
 * that follow from it too, although those do not carry that id.
 */
export class TailMatcher {
  readonly #filter: TailFilter;
  readonly #followed = new Set<string>();

  constructor(filter: TailFilter) {
    this.#filter = filter;
  }

  wants(record: TailRecord): boolean {
    const { event, invalid, problems, reason, id } = this.#filter;
    const isNamed = id === undefined || this.#names(record, id);
    if (!isNamed || !this.#isOf(record)) return false;
    if (event !== undefined && !event.includes(record.kind === 'request' ? 'request' : record.event))
      return false;
    if (invalid !== undefined && isInvalid(record) !== (invalid === 'only')) return false;
    if (problems === true && !isProblem(record)) return false;
    return reason === undefined || reasonsOf(record).includes(reason);
  }

  #isOf(record: TailRecord): boolean {
    const { campaignId, lineItemId, creativeId, placementId } = this.#filter;
    if (placementId !== undefined && record.placementId !== placementId) return false;
    const ads = record.kind === 'request' ? record.ads : [record];
    const isAny = campaignId === undefined && lineItemId === undefined && creativeId === undefined;
    return (
      isAny ||
      ads.some(
        (ad) =>
          (campaignId === undefined || ad.campaignId === campaignId) &&
          (lineItemId === undefined || ad.lineItemId === lineItemId) &&
          (creativeId === undefined || ad.creativeId === creativeId),
      )
    );
  }

  #names(record: TailRecord, id: string): boolean {
    const ads = record.kind === 'request' ? record.ads : [record];
    const own =
      record.kind === 'request' ? [record.requestId, record.session] : [record.campaignId, record.lineItemId];
    const isNamed =
      record.decisionId === id ||
      record.placementId === id ||
      own.includes(id) ||
      ads.some((ad) => ad.campaignId === id || ad.lineItemId === id || ad.creativeId === id);
    if (record.kind === 'event') return isNamed || this.#followed.has(record.decisionId);
    if (record.requestId === id || record.session === id) {
      this.#followed.add(record.decisionId);
      if (this.#followed.size > FOLLOWED) this.#followed.delete(this.#followed.values().next().value!);
    }
    return isNamed;
  }
}

const isInvalid = (record: TailRecord): boolean => record.kind === 'event' && record.invalid !== null;

const isProblem = (record: TailRecord): boolean =>
  record.kind === 'request' ? record.reason !== null : record.event === 'error';

/** Every reason that a record carries, an error's VAST code among them. */
function reasonsOf(record: TailRecord): readonly (string | null)[] {
  if (record.kind === 'request') return [record.reason];
  return [
    record.unbilled,
    record.invalid,
    record.errorCode === null ? null : String(record.errorCode),
    ...(record.duplicate ? ['duplicate'] : []),
    ...(record.late ? ['late'] : []),
  ];
}
