import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpClient } from '../../../../platform/http-client/index.ts';
import { runAdapterFixtures } from '../../../../testing/adapter-fixtures.ts';
import { redact } from '../../domain/redact.ts';
import type { ExternalIds, Ticket } from '../../ports.ts';
import { createAmazonDspAdapter } from './index.ts';
import { amazonDspParams } from './params.ts';
import { isExact, majorUnits, openFlights, stampedName } from './translate.ts';
import { zonedDateTime } from './zoned-time.ts';

const now = new Date('2026-11-21T10:00:00Z');
const adapterOver = (http: HttpClient, over: Record<string, unknown> = {}) =>
  createAmazonDspAdapter({
    http,
    credentials: { clientId: 'client', clientSecret: 'hush', refreshToken: 'refresh' },
    params: amazonDspParams.parse({
      accountId: 'account',
      currency: 'USD',
      productCategoryIds: ['cat-1'],
      ...over,
    }),
    baseUrl: 'https://ads.test/',
    tokenUrl: 'https://login.test/token',
    now: () => now,
  });
const silent: HttpClient = {
  request: () => Promise.reject(new Error('nothing may be sent')),
  download: () => Promise.reject(new Error('nothing may be sent')),
};
const ticket: Ticket = {
  campaignId: 'cmp_1',
  lineItemId: 'li_1',
  creativeId: 'crv_1',
  campaignName: 'FRN_US_CTV_2026_RidgeSeason',
  lineItemName: 'Streaming TV',
  creativeName: 'Ridge 15s',
  objective: 'awareness',
  inventory: 'streaming_tv',
  currency: 'USD',
  cpmMicros: 24_100_000,
  flights: [
    {
      name: 'Main',
      startAt: '2026-11-23T05:00:00Z',
      endAt: '2026-12-21T05:00:00Z',
      timeZone: 'America/New_York',
      budgetMicros: 24_000_000_000,
    },
  ],
  countryCode: 'US',
  language: 'en',
  vastUrl: 'https://ads.example/vast',
  impressionTrackingUrls: [],
  activate: true,
};

describe('fixtures', () => {
  runAdapterFixtures(new URL('./fixtures/', import.meta.url), async (http, { method, arguments: given }) => {
    const adapter = adapterOver(http);
    if (method === 'review') return adapter.review(given[0] as ExternalIds);
    const [fixtureTicket, stepName, ids] = given as [Ticket, string, ExternalIds];
    const step = adapter.steps(fixtureTicket).find(({ name }) => name === stepName)!;
    return method === 'execute'
      ? adapter.execute(fixtureTicket, step, ids)
      : adapter.reconcile(fixtureTicket, step, ids);
  });
});

describe('steps and plan', () => {
  it('creates top down and paused, then enables bottom up', () => {
    const names = adapterOver(silent)
      .steps(ticket)
      .map(({ name }) => name);
    const created = ['campaign', 'ad_group', 'ad', 'association'];
    expect(names).toEqual([
      ...created,
      'enable_association',
      'enable_ad',
      'enable_ad_group',
      'enable_campaign',
    ]);
    expect(adapterOver(silent).steps({ ...ticket, activate: false })).toHaveLength(4);
  });

  it('shows every request without sending one', () => {
    const plan = adapterOver(silent).plan(ticket, now);
    expect(plan.map(({ path }) => path)).toEqual([
      '/adsApi/v1/create/campaigns',
      '/adsApi/v1/create/adGroups',
      '/adsApi/v1/create/ads',
      '/adsApi/v1/create/adAssociations',
      '/adsApi/v1/update/adAssociations',
      '/adsApi/v1/update/ads',
      '/adsApi/v1/update/adGroups',
      '/adsApi/v1/update/campaigns',
    ]);
    expect(plan[3]!.body).toEqual({
      adAssociations: [{ adId: '{ad}', adGroupId: '{ad_group}', state: 'PAUSED' }],
    });
  });

  it('starts a flight that has begun now, and leaves out one that is over', () => {
    const flights = [
      { ...ticket.flights[0]!, name: 'Over', startAt: '2026-10-01T00:00:00Z', endAt: '2026-11-01T00:00:00Z' },
      { ...ticket.flights[0]!, name: 'Running', startAt: '2026-11-01T00:00:00Z' },
    ];
    expect(openFlights({ ...ticket, flights }, now).map(({ name }) => name)).toEqual(['Running']);
    const body = adapterOver(silent).plan({ ...ticket, flights }, now)[0]!.body as {
      campaigns: { flights: unknown[] }[];
    };
    expect(body.campaigns[0]!.flights).toMatchObject([
      { name: 'Running', startDateTime: '2026-11-21T05:00:00-05:00' },
    ]);
  });

  it('keeps the key whole in a long name', () => {
    expect(stampedName('x'.repeat(400), 'cmp_1')).toMatch(/^x{247} \[cmp_1\]$/);
  });
});

describe('what is refused before anything is sent', () => {
  it.each([
    [{ currency: 'EUR' }, 'currency', 'USD'],
    [{ countryCode: 'ZZ' }, 'countryCode', /AE, AT/],
    [{ language: 'tlh' }, 'language', /en, de/],
    [{ flights: [] }, 'flights', /ends after 2026-11-21/],
    [{ flights: [{ ...ticket.flights[0]!, budgetMicros: 9_999 }] }, 'flights.0.budgetMicros', /from 0\.01/],
    [
      { flights: [{ ...ticket.flights[0]!, budgetMicros: 9_007_199_254_740_991 }] },
      'flights.0.budgetMicros',
      /4,000,000,000/,
    ],
    [{ cpmMicros: 1_000 }, 'cpmMicros', /10000/],
    [{ impressionTrackingUrls: Array(6).fill('https://a.example/') }, 'impressionTrackingUrls', /at most 5/],
    [{ vastUrl: 'http://ads.example/vast' }, 'vastUrl', /public https/],
    [{ vastUrl: 'https://localhost/vast' }, 'vastUrl', /public https/],
    [{ vastUrl: 'nonsense' }, 'vastUrl', /public https/],
  ])('%j -> %s', (over, field, accepted) => {
    const problems = adapterOver(silent).check({ ...ticket, ...over } as Ticket, now);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      field,
      accepted: typeof accepted === 'string' ? accepted : expect.stringMatching(accepted),
    });
  });

  it('nothing in a sound ticket, nor in a local tag where that is allowed', () => {
    expect(adapterOver(silent).check(ticket, now)).toEqual([]);
    const local = { ...ticket, vastUrl: 'http://127.0.0.1:4000/vast' };
    expect(adapterOver(silent, { allowLocalTags: true }).check(local, now)).toEqual([]);
  });

  it('parameters name what is missing', () => {
    const parsed = amazonDspParams.safeParse({ accountId: ' ', currency: 'usd', productCategoryIds: [] });
    expect(parsed.error!.issues.map(({ path }) => path.join('.'))).toEqual([
      'accountId',
      'currency',
      'productCategoryIds',
    ]);
  });
});

describe('money and time', () => {
  it('micros survive the decimal form up to four thousand million units', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_000_000_000_000_000 }),
        (micros) => isExact(micros) && Math.round(majorUnits(micros) * 1e6) === micros,
      ),
    );
  });

  it.each([
    ['2026-11-23T05:00:00Z', 'America/New_York', '2026-11-23T00:00:00-05:00'],
    ['2026-07-01T04:00:00.999Z', 'America/New_York', '2026-07-01T00:00:00-04:00'],
    ['2026-11-22T23:00:00Z', 'Europe/Berlin', '2026-11-23T00:00:00+01:00'],
    ['2026-11-22T18:30:00Z', 'Asia/Kolkata', '2026-11-23T00:00:00+05:30'],
    ['2026-11-23T00:00:00Z', 'UTC', '2026-11-23T00:00:00+00:00'],
    ['2026-11-23T03:30:00Z', 'America/St_Johns', '2026-11-23T00:00:00-03:30'],
  ])('%s in %s is %s', (instant, zone, text) => {
    expect(zonedDateTime(new Date(instant), zone)).toBe(text);
  });

  it('names the same instant in any zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'America/New_York',
      'Europe/London',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }),
        zones,
        (seconds, zone) => Date.parse(zonedDateTime(new Date(seconds * 1000), zone)) === seconds * 1000,
      ),
    );
  });
});

describe('the attempt log', () => {
  it('holds no secret, however deep', () => {
    const copy = redact({
      access_token: 'a',
      inner: [{ Authorization: 'b', client_secret: 'c', nextToken: 'kept', name: 'd' }],
      long: 'x'.repeat(5_000),
    });
    expect(copy).toMatchObject({
      access_token: '(redacted)',
      inner: [{ Authorization: '(redacted)', client_secret: '(redacted)', nextToken: 'kept', name: 'd' }],
    });
    expect((copy as { long: string }).long).toHaveLength(4_001);
  });
});
