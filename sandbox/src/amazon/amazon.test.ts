import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { control } from '../testing.ts';
import { ad, campaign, startAdvertiser } from './testkit.ts';

const advertiser = await startAdvertiser();
const { sandbox, ask, askToken, wholeFlow, statusOf } = advertiser;
afterAll(() => sandbox.close());
let token: string;
beforeEach(async () => {
  await control(sandbox, 'POST', '/reset');
  sandbox.clock.setSpeed(0);
  token = await advertiser.signIn();
});

describe('who may ask', () => {
  it('grants a bearer token for an hour, for a refresh token and the right client', async () => {
    expect(await (await askToken({})).json()).toMatchObject({
      token_type: 'bearer',
      expires_in: 3600,
      _simulated: true,
    });
    expect((await askToken({ client_secret: 'wrong' })).status).toBe(401);
    expect(await (await askToken({ refresh_token: '' })).json()).toMatchObject({ error: 'invalid_grant' });
    expect((await askToken({ grant_type: 'password' })).status).toBe(400);
  });

  it('refuses without token, with an expired one, and without its headers', async () => {
    const query = { adProductFilter: { include: ['AMAZON_DSP'] } };
    expect(await ask('/query/campaigns', query, { authorization: '' })).toMatchObject({
      status: 401,
      code: 'UNAUTHORIZED',
    });
    expect(await ask('/query/campaigns', query, { 'Amazon-Ads-ClientId': '' })).toMatchObject({
      status: 401,
    });
    expect(await ask('/query/campaigns', query, { 'Amazon-Ads-AccountId': '' })).toMatchObject({
      status: 401,
    });
    sandbox.clock.advance(3_600_001);
    expect(await ask('/query/campaigns', query)).toMatchObject({
      status: 401,
      code: 'UNAUTHORIZED',
      message: expect.stringMatching(/expired/),
    });
  });
});

describe('a batch', () => {
  it('answers 207 with success and error by index', async () => {
    const reply = await ask('/create/campaigns', {
      campaigns: [campaign(), campaign({ name: '' }), campaign({ name: 'third' })],
    });
    expect(reply.status).toBe(207);
    expect(reply._simulated).toBe(true);
    expect(reply.success.map((entry) => entry.index)).toEqual([0, 2]);
    expect(reply.error).toEqual([
      {
        index: 1,
        errors: [
          { code: 'FIELD_VALUE_IS_EMPTY', message: expect.any(String), fieldLocation: 'campaigns[1].name' },
        ],
      },
    ]);
  });

  it('is 207 even when every item failed', async () => {
    expect(await ask('/create/ads', { ads: [{}] })).toMatchObject({
      status: 207,
      success: [],
      error: [{ index: 0 }],
    });
  });

  it.each([
    ['campaigns', 5],
    ['adGroups', 20],
    ['ads', 10],
    ['adAssociations', 20],
  ])('%s holds at most %i', async (plural, max) => {
    expect(await ask(`/create/${plural}`, { [plural]: Array(max + 1).fill({}) })).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
    });
    expect((await ask(`/create/${plural}`, { [plural]: Array(max).fill({}) })).status).toBe(207);
    expect((await ask(`/create/${plural}`, { [plural]: [] })).status).toBe(400);
  });

  it('answers whole-request errors as {code, message}', async () => {
    expect(await ask('/create/campaigns', 'no json')).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(await ask('/create/campaigns', { campaigns: [], more: 1 })).toMatchObject({ status: 400 });
    expect(await ask('/create/deals', {})).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await ask('/remove/campaigns', {})).toMatchObject({ status: 404 });
  });
});

describe('review and delivery', () => {
  it('is pending, then approved; delivers when everything is enabled', async () => {
    const { campaignId, adGroupId, adId, adAssociationId } = await wholeFlow();
    expect((await statusOf(adGroupId)).deliveryReasons).toContain('AD_POLICING_PENDING_REVIEW');
    sandbox.clock.advance(60_000);
    expect((await statusOf(adGroupId)).deliveryReasons).toEqual([
      'AD_CREATIVES_NOT_RUNNING',
      'AD_GROUP_PAUSED',
      'AD_GROUP_PENDING_START_DATE',
      'CAMPAIGN_PAUSED',
    ]);
    const enable = (plural: string, item: Record<string, unknown>) =>
      ask(`/update/${plural}`, { [plural]: [{ ...item, state: 'ENABLED' }] });
    await enable('adAssociations', { adAssociationId });
    await enable('ads', { adId });
    await enable('adGroups', { adGroupId, startDateTime: new Date(Date.now() - 1000).toISOString() });
    await enable('campaigns', { campaignId });
    expect(await statusOf(adGroupId)).toEqual({ deliveryStatus: 'DELIVERING', deliveryReasons: [] });
    expect(await enable('ads', { adId: '1' })).toMatchObject({
      status: 207,
      error: [{ errors: [{ code: 'RESOURCE_ID_NOT_FOUND' }] }],
    });
  });

  it.each([
    ['sandbox-reject', 'AD_NOT_APPROVED_FOR_ALL_AD_GROUPS'],
    ['sandbox-suspend', 'AD_POLICING_SUSPENDED'],
  ])('%s in the tag -> %s', async (word, reason) => {
    const { adGroupId } = await wholeFlow(ad({}, `https://ads.example/vast?${word}`));
    expect((await statusOf(adGroupId)).deliveryReasons).toContain('AD_POLICING_PENDING_REVIEW');
    sandbox.clock.advance(60_000);
    expect((await statusOf(adGroupId)).deliveryReasons).toContain(reason);
  });
});

describe('query', () => {
  it('filters by id and state and pages with nextToken', async () => {
    for (let batch = 0; batch < 3; batch += 1) {
      await ask('/create/campaigns', {
        campaigns: Array.from({ length: 5 }, (_, index) => campaign({ name: `c${batch}-${index}` })),
      });
    }
    const base = { adProductFilter: { include: ['AMAZON_DSP'] }, maxResults: 10 };
    const first = await ask('/query/campaigns', base);
    const second = await ask('/query/campaigns', { ...base, nextToken: first.nextToken });
    const names = [first, second].flatMap((page) =>
      (page.campaigns as { name: string }[]).map(({ name }) => name),
    );
    expect(new Set(names).size).toBe(15);
    expect(second.nextToken).toBeUndefined();
    expect(await ask('/query/campaigns', { ...base, stateFilter: { include: ['ENABLED'] } })).toMatchObject({
      campaigns: [],
    });
  });

  it.each([
    [{}],
    [{ adProductFilter: { include: ['SPONSORED_TV'] } }],
    [{ adProductFilter: { include: ['AMAZON_DSP'] }, nameFilter: { include: ['x'] } }],
    [{ adProductFilter: { include: ['AMAZON_DSP'] }, maxResults: 101 }],
    [{ adProductFilter: { include: ['AMAZON_DSP'] }, nextToken: 'zzz' }],
    [{ adProductFilter: { include: ['AMAZON_DSP'] }, campaignIdFilter: { include: [] } }],
  ])('refuses %j', async (body) => {
    expect(await ask('/query/campaigns', body)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe('duplicates', () => {
  it('are possible, and counted', async () => {
    await ask('/create/campaigns', { campaigns: [campaign(), campaign()] });
    expect(await control(sandbox, 'GET', '/state')).toMatchObject({
      amazon: { duplicates: { campaigns: 1, ads: 0 } },
    });
  });
});

describe('video assets', () => {
  const legacy = { 'Amazon-Advertising-API-ClientId': 'c', 'Amazon-Advertising-API-Scope': 'profile' };
  const post = async (path: string, body: unknown, headers: Record<string, string> = legacy) => {
    const answer = await fetch(`${sandbox.amazonBaseUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify(body),
    });
    return {
      ...((await answer.json()) as Partial<Record<'url' | 'assetId' | 'versionId' | 'message', string>>),
      status: answer.status,
    };
  };
  const register = (url: string) =>
    post('/assets/register', {
      url,
      name: 'Spot',
      assetType: 'VIDEO',
      assetSubTypeList: ['BACKGROUND_VIDEO'],
    });
  const mp4 = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0', 'latin1');

  it('are uploaded, registered, and used by an ad', async () => {
    const { url } = await post('/assets/upload', { fileName: 'spot.mp4' });
    expect((await fetch(url!, { method: 'PUT', body: mp4 })).status).toBe(200);
    const asset = await register(url!);
    expect(asset).toMatchObject({ status: 200, assetId: expect.any(String), versionId: expect.any(String) });
    const settings = { language: 'en_US', videos: { assetId: asset.assetId, assetVersion: asset.versionId } };
    const video = ad({ adType: 'VIDEO', creative: { videoCreative: { streamingTvSettings: settings } } });
    expect((await ask('/create/ads', { ads: [video] })).success).toHaveLength(1);
    const unknown = ad({
      adType: 'VIDEO',
      creative: {
        videoCreative: { streamingTvSettings: { ...settings, videos: { assetId: 'x', assetVersion: '1' } } },
      },
    });
    expect((await ask('/create/ads', { ads: [unknown] })).error[0]!.errors[0]!.code).toBe(
      'FIELD_VALUE_NOT_FOUND',
    );
  });

  it('must be MP4, at a live upload address, with the legacy headers', async () => {
    const { url } = await post('/assets/upload', { fileName: 'spot.mp4' });
    expect((await register(url!)).status).toBe(400);
    await fetch(url!, { method: 'PUT', body: 'GIF89a....' });
    expect(await register(url!)).toMatchObject({ status: 400, message: expect.stringMatching(/not an MP4/) });
    sandbox.clock.advance(16 * 60_000);
    expect((await fetch(url!, { method: 'PUT', body: mp4 })).status).toBe(403);
    expect((await post('/assets/upload', { fileName: 'spot.mp4' }, {})).status).toBe(401);
    expect((await post('/assets/upload', { fileName: 'notes.txt' })).status).toBe(400);
  });
});
