import type { EventRecord, LogRecord } from '../../../kernel/delivery-protocol.ts';

/** Counts as a report shows them; `DeliveryTotals` of the contract fits. */
export interface ReportedTotals {
  requests: number;
  impressions: number;
  starts: number;
  firstQuartiles: number;
  midpoints: number;
  thirdQuartiles: number;
  completes: number;
  clicks: number;
  errors: number;
  spentMicros: number;
}

/** An event as it was stored; `storedEventsOf` fits. */
export interface ReportedEvent {
  decisionId: string;
  position: number;
  event: string;
  creativeId: string;
  lineItemId: string;
  spentMicros: number;
  currency: string;
  /** Why it is no viewer's; null when it is one. */
  invalid: string | null;
}

export type Difference =
  | { kind: 'event_missing' | 'event_unexpected'; event: string; decisionId: string; position: number }
  | {
      kind: 'event_differs';
      event: string;
      decisionId: string;
      position: number;
      field: 'creativeId' | 'lineItemId' | 'spentMicros' | 'currency';
      log: string | number;
      report: string | number;
    }
  | { kind: 'count_differs'; figure: keyof ReportedTotals; log: number; report: number };

export interface Reconciliation {
  agrees: boolean;
  /** What the log itself says, worked out without the database. */
  log: ReportedTotals & { events: number };
  /** How many single events were compared; 0 when only totals were given. */
  comparedEvents: number;
  differences: Difference[];
}

const figureOf: Readonly<Record<string, Exclude<keyof ReportedTotals, 'requests' | 'spentMicros'>>> = {
  impression: 'impressions',
  start: 'starts',
  firstQuartile: 'firstQuartiles',
  midpoint: 'midpoints',
  thirdQuartile: 'thirdQuartiles',
  complete: 'completes',
  click: 'clicks',
  error: 'errors',
};

/**
 * Compares the raw log of delivery nodes with what is reported for one campaign: every event, every count, and spend to
 * the micro. It shares no code with ingestion, so a mistake there shows here.
 * @param input.records all records of the log, of any campaign, in order
 * @param input.totals what the report says
 * @param input.events stored events of the campaign; leave out to compare totals only
 */
export function reconcile(input: {
  records: Iterable<LogRecord>;
  campaignId: string;
  totals: ReportedTotals;
  events?: readonly ReportedEvent[];
}): Reconciliation {
  const expected = new Map<string, EventRecord>();
  const log = {
    requests: 0,
    impressions: 0,
    starts: 0,
    firstQuartiles: 0,
    midpoints: 0,
    thirdQuartiles: 0,
    completes: 0,
    clicks: 0,
    errors: 0,
    spentMicros: 0,
    events: 0,
  };
  for (const record of input.records) {
    if (record.type === 'decision') {
      log.requests += record.ads.filter((ad) => ad.campaignId === input.campaignId).length;
      continue;
    }
    const key = keyOf(record);
    if (record.campaignId !== input.campaignId || record.duplicate || expected.has(key)) continue;
    expected.set(key, record);
    log.events++;
    log.spentMicros += record.spendMicros;
    const figure = figureOf[record.event];
    if (figure !== undefined && record.invalid === null) log[figure]++;
  }

  const differences: Difference[] = [];
  if (input.events !== undefined) differences.push(...compareEvents(expected, input.events));
  for (const figure of Object.keys(input.totals) as (keyof ReportedTotals)[]) {
    if (!(figure in log) || log[figure] === input.totals[figure]) continue;
    differences.push({ kind: 'count_differs', figure, log: log[figure], report: input.totals[figure] });
  }
  return {
    agrees: differences.length === 0,
    log,
    comparedEvents: input.events === undefined ? 0 : expected.size,
    differences,
  };
}

function compareEvents(
  expected: ReadonlyMap<string, EventRecord>,
  reported: readonly ReportedEvent[],
): Difference[] {
  const differences: Difference[] = [];
  const seen = new Set<string>();
  for (const row of reported) {
    const key = keyOf(row);
    const record = expected.get(key);
    const where = { event: row.event, decisionId: row.decisionId, position: row.position };
    if (record === undefined || seen.has(key)) {
      differences.push({ kind: 'event_unexpected', ...where });
      continue;
    }
    seen.add(key);
    const pairs = [
      ['creativeId', record.creativeId, row.creativeId],
      ['lineItemId', record.lineItemId, row.lineItemId],
      ['spentMicros', record.spendMicros, row.spentMicros],
      ['currency', record.currency ?? '', row.currency],
    ] as const;
    for (const [field, log, report] of pairs)
      if (log !== report) differences.push({ kind: 'event_differs', ...where, field, log, report });
  }
  for (const [key, record] of expected) {
    if (seen.has(key)) continue;
    differences.push({
      kind: 'event_missing',
      event: record.event,
      decisionId: record.decisionId,
      position: record.position,
    });
  }
  return differences;
}

function keyOf(
  event: Pick<ReportedEvent, 'decisionId' | 'position' | 'event'> & { invalid: string | null },
): string {
  return `${event.decisionId} ${event.position} ${event.event} ${event.invalid ?? ''}`;
}
