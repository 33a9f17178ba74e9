import { sql } from 'drizzle-orm';
import { createIngester } from '#modules/events';
import type { EventRecord, LogRecord, TrackingEvent } from '../kernel/delivery-protocol.ts';
import type { Database } from '../platform/database/index.ts';
import { plainRequest } from './plain-request.ts';

/** Ids of one account's campaign, as tests of reports need them. */
export interface TestCampaign {
  accountId: string;
  campaignId: string;
  lineItemId: string;
  flightId: string;
  creativeId: string;
  currency: string;
}

export interface CampaignDraft {
  accountId: string;
  key: string;
  name?: string;
  status?: string;
  timeZone?: string;
  currency?: string;
  budgetMicros?: number;
  startAt: string;
  endAt: string;
  createdAt?: string;
}

/** A campaign with one line item and one flight, in plain rows: what makes campaigns has tests of its own. */
export async function addCampaign(database: Database, draft: CampaignDraft): Promise<TestCampaign> {
  const { accountId, startAt, endAt } = draft;
  const id = (prefix: string) => `${prefix}_${draft.key.padEnd(10, '0')}`;
  const axis = accountId.slice(4);
  const currency = draft.currency ?? 'USD';
  const zone = draft.timeZone ?? 'America/New_York';
  const budget = draft.budgetMicros ?? 240_000_000;
  const name = draft.name ?? `FRN_US_CTV_2026_${draft.key}`;
  await database.withTransaction({ role: 'app', accountId }, async (tx) => {
    await tx.execute(sql`
      INSERT INTO market (id, account_id, code, name, country_code, currency, time_zone, language)
      VALUES (${`mkt_${axis}`}, ${accountId}, 'US', 'United States', 'US', 'USD', 'America/New_York', 'en-US')
      ON CONFLICT DO NOTHING`);
    await tx.execute(sql`
      INSERT INTO brand (id, account_id, code, name, domain)
      VALUES (${`brd_${axis}`}, ${accountId}, 'FRN', 'Fernwhistle', 'fernwhistle.example') ON CONFLICT DO NOTHING`);
    await tx.execute(sql`
      INSERT INTO channel (id, account_id, code, name, platform)
      VALUES (${`chn_${axis}`}, ${accountId}, 'CTV', 'Connected TV', 'own_ad_server') ON CONFLICT DO NOTHING`);
    await tx.execute(sql`
      INSERT INTO campaign (id, account_id, name, label, objective, status, brand_id, market_id, channel_id, currency,
        budget_micros, start_at, end_at, time_zone, created_at)
      VALUES (${id('cmp')}, ${accountId}, ${name}, ${name}, 'awareness', ${draft.status ?? 'active'}, ${`brd_${axis}`},
        ${`mkt_${axis}`}, ${`chn_${axis}`}, ${currency}, ${budget}, ${startAt}, ${endAt}, ${zone},
        ${draft.createdAt ?? startAt})`);
    await tx.execute(sql`
      INSERT INTO line_item (id, account_id, campaign_id, name, status, cpm_micros, currency)
      VALUES (${id('li')}, ${accountId}, ${id('cmp')}, 'Line item', 'active', 20000000, ${currency})`);
    await tx.execute(sql`
      INSERT INTO flight (id, account_id, line_item_id, name, start_at, end_at, time_zone, budget_micros)
      VALUES (${id('flt')}, ${accountId}, ${id('li')}, 'Flight', ${startAt}, ${endAt}, ${zone}, ${budget})`);
  });
  return {
    accountId,
    campaignId: id('cmp'),
    lineItemId: id('li'),
    flightId: id('flt'),
    creativeId: id('crv'),
    currency,
  };
}

let sequence = 0;

/** Log records of one ad: a request at an instant, and the events that followed in the same second. */
export function adOf(
  campaign: TestCampaign,
  at: string,
  events: readonly TrackingEvent[] = ['impression', 'start', 'complete'],
  more: Partial<EventRecord> = {},
): LogRecord[] {
  const decisionId = `dec_${++sequence}`;
  const { accountId, currency, ...ids } = campaign;
  const chosen = { ...ids, position: 1, priceMicros: 20_000, currency };
  return [
    decisionOf(accountId, decisionId, at, [chosen], null, {
      ...(more.country && { country: more.country }),
      ...(more.deviceType && { device: more.deviceType }),
    }),
    ...events.map(
      (event): EventRecord => ({
        type: 'event',
        event,
        at,
        decisionId,
        position: 1,
        accountId,
        ...ids,
        placementId: 'plc_test000000',
        spendMicros: event === 'impression' ? 20_000 : 0,
        currency,
        source: 'pixel',
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
      }),
    ),
  ];
}

export function noAdOf(accountId: string, at: string, reason = 'no_budget', facts: Facts = {}): LogRecord {
  return decisionOf(accountId, `dec_${++sequence}`, at, [], reason, facts);
}

type Facts = Decision['request']['facts'];

type Decision = Extract<LogRecord, { type: 'decision' }>;

function decisionOf(
  accountId: string,
  decisionId: string,
  at: string,
  ads: Decision['ads'],
  reason: string | null,
  facts: Facts = {},
): Decision {
  return {
    type: 'decision',
    decisionId,
    at,
    snapshotHash: 'a'.repeat(64),
    seed: 1,
    request: plainRequest(accountId, 'plc_test000000', { facts }),
    readings: [],
    readingsTruncated: false,
    ads,
    backups: [],
    reason,
  };
}

/** Brings records into the database the way the product does, page by page: as the log of a node, whose name it answers. */
export async function deliver(database: Database, records: readonly LogRecord[]): Promise<string> {
  const nodeId = `node-${++sequence}`;
  const durableThrough = { segment: 1, offset: 1 + records.length };
  await createIngester({
    database,
    clock: { now: () => new Date('2026-11-21T09:00:00.000Z') },
    source: {
      nodeId: async () => nodeId,
      read: async (from, { limit }) => {
        const first = Math.max(1, from.offset);
        const entries = records
          .slice(first - 1, first - 1 + limit)
          .map((record, index) => ({ segment: 1, offset: first + index, record }));
        const next = { segment: 1, offset: first + entries.length };
        return { nodeId, entries, next, durableThrough };
      },
    },
  }).ingestNow();
  return nodeId;
}
