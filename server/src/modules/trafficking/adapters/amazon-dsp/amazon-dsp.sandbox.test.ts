import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../../platform/http-client/index.ts';
import { type SandboxProcess, startSandboxProcess } from '../../../../testing/sandbox-process.ts';
import type { AttemptRecord, PlatformAdapter, Step, Ticket } from '../../ports.ts';
import { amazonDspParams, createAmazonDspAdapter } from './index.ts';

let sandbox: SandboxProcess;
let adapter: PlatformAdapter;

beforeAll(async () => {
  sandbox = await startSandboxProcess();
  await sandbox.control('POST', '/clock', { speed: 0 });
  adapter = createAmazonDspAdapter({
    http: createHttpClient({ allowPrivate: [sandbox.hostAndPort] }),
    credentials: { clientId: 'c', clientSecret: 's', refreshToken: 'r' },
    params: amazonDspParams.parse({
      accountId: 'account',
      currency: 'USD',
      productCategoryIds: ['1'],
      allowLocalTags: true,
    }),
    baseUrl: sandbox.amazonBaseUrl,
    tokenUrl: sandbox.amazonTokenUrl,
    now: () => new Date(),
  });
});
afterEach(() => sandbox.control('POST', '/reset'));
afterAll(() => sandbox.close());

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const ticketOf = (over: Partial<Ticket> = {}): Ticket => ({
  campaignId: 'cmp_01',
  lineItemId: 'li_01',
  creativeId: 'crv_01',
  campaignName: 'FRN_US_CTV_2026_RidgeSeason',
  lineItemName: 'Streaming TV',
  creativeName: 'Ridge 15s',
  objective: 'consideration',
  inventory: 'streaming_tv',
  currency: 'USD',
  cpmMicros: 24_100_000,
  flights: [
    {
      name: 'First',
      startAt: inDays(-1),
      endAt: inDays(10),
      timeZone: 'America/New_York',
      budgetMicros: 12_000_000_000,
    },
    {
      name: 'Second',
      startAt: inDays(10),
      endAt: inDays(20),
      timeZone: 'America/New_York',
      budgetMicros: 12_000_000_000,
    },
  ],
  countryCode: 'US',
  language: 'en',
  vastUrl: 'http://127.0.0.1:4000/vast?cb=[CACHEBUSTING]',
  impressionTrackingUrls: ['https://measure.example/i'],
  activate: true,
  ...over,
});

/** What the deployment queue does, without its waits: send, look after doubt, send again only when nothing was found. */
async function deploy(ticket: Ticket): Promise<{ ids: Record<string, string>; attempts: AttemptRecord[] }> {
  const ids: Record<string, string> = {};
  const attempts: AttemptRecord[] = [];
  for (const step of adapter.steps(ticket)) ids[step.name] = await perform(ticket, step, ids, attempts);
  return { ids, attempts };
}

async function perform(
  ticket: Ticket,
  step: Step,
  ids: Record<string, string>,
  attempts: AttemptRecord[],
): Promise<string> {
  let doubtful = step.shared;
  for (let round = 0; round < 6; round += 1) {
    if (doubtful) {
      const looked = await adapter.reconcile(ticket, step, ids);
      attempts.push(...looked.attempts);
      if (looked.result.outcome === 'found') return looked.result.externalId;
      if (looked.result.outcome === 'permanent') throw new Error(looked.result.reason);
      doubtful = looked.result.outcome === 'retry';
      if (doubtful) continue;
    }
    const sent = await adapter.execute(ticket, step, ids);
    attempts.push(...sent.attempts);
    if (sent.result.outcome === 'ok') return sent.result.externalId;
    if (sent.result.outcome === 'permanent') throw new Error(`${step.name}: ${sent.result.reason}`);
    doubtful = sent.result.outcome === 'ambiguous';
  }
  throw new Error(`${step.name} did not come through`);
}

const stateOf = async () =>
  (await sandbox.control('GET', '/state')).amazon as {
    duplicates: Record<string, number>;
    objects: { kind: string; name?: string; state: string; [field: string]: unknown }[];
  };
const none = { campaigns: 0, adGroups: 0, ads: 0, adAssociations: 0 };
const fault = (kind: string, over: Record<string, unknown> = {}) =>
  sandbox.control('POST', '/faults', { platform: 'amazon', kind, ...over });

describe('against the stand-in, over HTTP', () => {
  it('puts a ticket live: four objects, enabled bottom up, review followed', async () => {
    const { ids, attempts } = await deploy(ticketOf());
    const { objects, duplicates } = await stateOf();
    expect(objects.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'campaigns ENABLED',
      'adGroups ENABLED',
      'ads ENABLED',
      'adAssociations ENABLED',
    ]);
    expect(objects[0]).toMatchObject({
      campaignId: ids.campaign,
      name: 'FRN_US_CTV_2026_RidgeSeason [cmp_01]',
    });
    expect(duplicates).toEqual(none);
    expect(attempts.every(({ simulated }) => simulated)).toBe(true);

    expect((await adapter.review(ids)).result).toMatchObject({
      outcome: 'in_review',
      reasons: expect.arrayContaining(['AD_POLICING_PENDING_REVIEW']),
    });
    await sandbox.control('POST', '/clock', { advanceMs: 60_000 });
    expect(await adapter.review(ids)).toMatchObject({
      result: { outcome: 'approved', delivering: true, reasons: [] },
      simulated: true,
    });
  });

  it.each([
    ['sandbox-reject', 'AD_NOT_APPROVED_FOR_ALL_AD_GROUPS'],
    ['sandbox-suspend', 'AD_POLICING_SUSPENDED'],
  ])('learns of a refusal (%s)', async (word, reason) => {
    const { ids } = await deploy(ticketOf({ creativeName: `Ridge ${word}` }));
    await sandbox.control('POST', '/clock', { advanceMs: 60_000 });
    expect((await adapter.review(ids)).result).toMatchObject({
      outcome: 'rejected',
      reasons: expect.arrayContaining([reason]),
    });
  });

  const creates = ['campaigns', 'adGroups', 'ads', 'adAssociations'];
  const doubts = ['cut_after', 'error_after', 'malformed', 'cut_before'];
  it.each(creates.flatMap((resource) => doubts.map((kind) => [resource, kind] as const)))(
    '%s, %s: no duplicate, and visible in the log',
    async (resource, kind) => {
      await fault(kind, { path: `/adsApi/v1/create/${resource}` });
      const { attempts } = await deploy(ticketOf());
      expect((await stateOf()).duplicates).toEqual(none);
      const outcomes = attempts
        .filter(({ url }) => url.endsWith(`/${resource}`))
        .map(({ kind: of, outcome }) => `${of} ${outcome}`);
      const doubt = outcomes.indexOf('send ambiguous');
      expect(outcomes.slice(doubt, doubt + 2)).toEqual([
        'send ambiguous',
        kind === 'cut_before' ? 'reconcile not_found' : 'reconcile found',
      ]);
    },
  );

  it('a 429, a 503 and a cut in a row are survived', async () => {
    await fault('rate_limited', { path: '/adsApi/v1/create/campaigns', retryAfterSeconds: 1 });
    await fault('unavailable', { path: '/adsApi/v1/create/ads' });
    await fault('cut_after', { path: '/adsApi/v1/create/adAssociations' });
    const { attempts } = await deploy(ticketOf());
    expect((await stateOf()).duplicates).toEqual(none);
    expect(
      attempts
        .filter(({ outcome }) => outcome !== 'ok' && outcome !== 'not_found')
        .map(({ outcome, httpStatus }) => [outcome, httpStatus]),
    ).toEqual([
      ['retry', 429],
      ['retry', 503],
      ['ambiguous', null],
      ['found', 200],
    ]);
  });

  it('an update cut off is simply sent again', async () => {
    await fault('cut_after', { path: '/adsApi/v1/update/campaigns' });
    const { attempts } = await deploy(ticketOf());
    expect(attempts.slice(-2).map(({ outcome }) => outcome)).toEqual(['retry', 'ok']);
  });

  it('renews an access token that has expired at the platform', async () => {
    await deploy(ticketOf());
    await sandbox.control('POST', '/clock', { advanceMs: 3_600_001 });
    const { attempts } = await deploy(ticketOf({ creativeId: 'crv_02', creativeName: 'Ridge 30s' }));
    expect(attempts.slice(0, 2).map(({ httpStatus }) => httpStatus)).toEqual([401, 200]);
    expect(JSON.stringify(attempts)).not.toMatch(/Atza|Bearer/);
  });

  it('a second creative of the campaign joins what the first one made', async () => {
    const first = await deploy(ticketOf());
    const second = await deploy(ticketOf({ creativeId: 'crv_02', creativeName: 'Ridge 30s' }));
    expect(second.ids.campaign).toBe(first.ids.campaign);
    expect(second.ids.ad).not.toBe(first.ids.ad);
    expect((await stateOf()).objects.filter(({ kind }) => kind === 'campaigns')).toHaveLength(1);
  });

  it('shows the platform’s own words for a refused field', async () => {
    const [campaignStep] = adapter.steps(ticketOf());
    const { result } = await adapter.execute(ticketOf({ countryCode: 'ZZ' }), campaignStep!, {});
    expect(result).toMatchObject({
      outcome: 'permanent',
      code: 'FIELD_VALUE_IS_INVALID',
      reason: expect.stringMatching(/campaigns\[0\]\.countries\[0\]/),
    });
  });

  it('checking and planning send nothing', async () => {
    await sandbox.control('DELETE', '/counters');
    adapter.check(ticketOf(), new Date());
    expect(adapter.plan(ticketOf(), new Date())).toHaveLength(8);
    expect(await sandbox.control('GET', '/counters')).toMatchObject({ requests: 0 });
  });
});
