import type {
  DecisionRecord,
  EventRecord,
  LogEntry,
  LogPage,
  LogPosition,
  LogRecord,
} from '../../../kernel/delivery-protocol.ts';
import { plainRequest } from '../../../testing/plain-request.ts';
import type { HourRow } from '../domain/derive-rows.ts';
import { type KeptLog, LogSourceError } from '../ports.ts';

/** A node's log in memory, with the addressing of the protocol: segments of a few records, byte offsets. */
export class FakeLog implements KeptLog {
  readonly entries: LogEntry[] = [];
  readonly #node: string;
  readonly #perSegment: number;
  isAway = false;
  reads = 0;
  /** Segments before this one are gone. */
  firstSegment = 1;
  /** Called before each read; a test makes it fail or wait there. */
  onRead: (read: number) => void | Promise<void> = () => undefined;

  constructor(node: string, perSegment = 7) {
    this.#node = node;
    this.#perSegment = perSegment;
  }

  append(...records: LogRecord[]): void {
    for (const record of records) {
      const index = this.entries.length;
      this.entries.push({
        segment: 1 + Math.floor(index / this.#perSegment),
        offset: 50 + 100 * (index % this.#perSegment),
        record,
      });
    }
  }

  get records(): LogRecord[] {
    return this.entries.map((entry) => entry.record);
  }

  get end(): LogPosition {
    const last = this.entries.at(-1);
    return last === undefined
      ? { segment: 1, offset: 0 }
      : { segment: last.segment, offset: last.offset + 100 };
  }

  async nodeId(): Promise<string> {
    return this.#node;
  }

  async first(): Promise<LogPosition> {
    if (this.isAway) throw new LogSourceError('unavailable', 'the node is away');
    return { segment: this.firstSegment, offset: 0 };
  }

  page(from: LogPosition, limit: number): LogPage {
    const first = this.entries.findIndex(
      (entry) =>
        entry.segment > from.segment || (entry.segment === from.segment && entry.offset >= from.offset),
    );
    const entries = first < 0 ? [] : this.entries.slice(first, first + limit);
    const following = first < 0 ? undefined : this.entries[first + limit];
    const next =
      following === undefined ? this.end : { segment: following.segment, offset: following.offset };
    return { nodeId: this.#node, entries, next, durableThrough: this.end };
  }

  async read(
    from: LogPosition,
    options: { limit: number; waitSeconds: number; signal?: AbortSignal },
  ): Promise<LogPage> {
    this.reads++;
    await this.onRead(this.reads);
    if (this.isAway) throw new LogSourceError('unavailable', 'the node is away');
    if (from.segment < this.firstSegment) throw new LogSourceError('position_lost', 'that part was pruned');
    const page = this.page(from, options.limit);
    if (page.entries.length === 0 && options.waitSeconds > 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20);
        options.signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    options.signal?.throwIfAborted();
    return page;
  }
}

export function decision(more: {
  accountId?: string;
  at?: string;
  id: string;
  noAd?: string;
  campaignId?: string;
  facts?: DecisionRecord['request']['facts'];
}): DecisionRecord {
  return {
    type: 'decision',
    decisionId: more.id,
    at: more.at ?? '2026-11-21T09:10:00.000Z',
    snapshotHash: 'a'.repeat(64),
    seed: 1,
    request: { ...plainRequest(more.accountId ?? 'acc_one00000', 'plc_one00000'), facts: more.facts ?? {} },
    readings: [],
    readingsTruncated: false,
    ads:
      more.noAd === undefined
        ? [
            {
              campaignId: more.campaignId ?? 'cmp_one00000',
              lineItemId: 'li_one000000',
              flightId: 'flt_one00000',
              creativeId: 'crv_one00000',
              position: 1,
              priceMicros: 20_000,
              currency: 'USD',
            },
          ]
        : [],
    backups: [],
    reason: more.noAd ?? null,
  };
}

export function event(
  decisionId: string,
  name: EventRecord['event'],
  more: Partial<EventRecord> = {},
): EventRecord {
  return {
    type: 'event',
    event: name,
    at: '2026-11-21T09:10:01.000Z',
    decisionId,
    position: 1,
    accountId: 'acc_one00000',
    campaignId: 'cmp_one00000',
    lineItemId: 'li_one000000',
    flightId: 'flt_one00000',
    creativeId: 'crv_one00000',
    placementId: 'plc_one00000',
    spendMicros: name === 'impression' ? 20_000 : 0,
    currency: 'USD',
    source: name === 'click' ? 'click' : 'pixel',
    duplicate: false,
    late: false,
    unbilled: null,
    invalid: null,
    errorCode: null,
    country: '',
    deviceType: '',
    identity: null,
    identityKind: 'none',
    ...more,
  };
}

/** Impressions of one hour that no log holds. */
export function impressionsOf(
  hour: string,
  count: number,
  more: Partial<HourRow> & Pick<HourRow, 'account_id'>,
): HourRow {
  return {
    hour,
    campaign_id: 'cmp_one00000',
    line_item_id: 'li_one000000',
    flight_id: 'flt_one00000',
    creative_id: 'crv_one00000',
    placement_id: 'plc_one00000',
    event: 'impression',
    reason: '',
    currency: 'USD',
    country: '',
    device_type: '',
    count,
    spent_micros: count * 20_000,
    ...more,
  };
}
