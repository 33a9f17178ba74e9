import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { control } from '../testing.ts';
import { ad, adGroup, campaign, day, startAdvertiser } from './testkit.ts';

const advertiser = await startAdvertiser();
const { sandbox, ask, made, wholeFlow } = advertiser;
afterAll(() => sandbox.close());
beforeEach(async () => {
  await control(sandbox, 'POST', '/reset');
  sandbox.clock.setSpeed(0);
  await advertiser.signIn();
});

describe('what a field may be', () => {
  const money = (value: unknown) => ({
    budgetType: 'MONETARY',
    budgetValue: { monetaryBudgetValue: { monetaryBudget: { value } } },
  });
  const flight = (over: Record<string, unknown>) => ({ flights: [{ ...campaign().flights[0], ...over }] });
  it.each([
    [{ state: 'ENABLED' }, 'FIELD_VALUE_IS_INVALID', 'state'],
    [{ adProduct: 'SPONSORED_TV' }, 'FIELD_VALUE_IS_INVALID', 'adProduct'],
    [{ adProduct: undefined }, 'FIELD_VALUE_IS_NULL', 'adProduct'],
    [{ optimizations: {} }, 'FIELD_VALUE_IS_NULL', 'optimizations.bidSettings'],
    [
      { optimizations: { bidSettings: { bidStrategy: 'SPEND' } } },
      'FIELD_VALUE_IS_INVALID',
      'optimizations.bidSettings.bidStrategy',
    ],
    [{ flights: [] }, 'FIELD_SIZE_IS_BELOW_MINIMUM_LIMIT', 'flights'],
    [
      flight({ budget: money(0) }),
      'FIELD_VALUE_IS_BELOW_MINIMUM_LIMIT',
      'flights[0].budget.budgetValue.monetaryBudgetValue.monetaryBudget.value',
    ],
    [
      flight({ budget: money('25000') }),
      'FIELD_VALUE_IS_INVALID',
      'flights[0].budget.budgetValue.monetaryBudgetValue.monetaryBudget.value',
    ],
    [flight({ budget: { value: 1 } }), 'FIELD_VALUE_IS_NULL', 'flights[0].budget.budgetType'],
    [flight({ startDateTime: '2026-11-23' }), 'FIELD_VALUE_IS_INVALID', 'flights[0].startDateTime'],
    [flight({ startDateTime: day(-2) }), 'DATE_CANNOT_BE_IN_PAST', 'flights[0].startDateTime'],
    [flight({ endDateTime: day(0.5) }), 'DURATION_TOO_SHORT', 'flights[0].endDateTime'],
    [{ countries: ['US', 'GB'] }, 'FIELD_SIZE_IS_ABOVE_MAXIMUM_LIMIT', 'countries'],
    [{ name: 'x'.repeat(256) }, 'FIELD_SIZE_IS_ABOVE_MAXIMUM_LIMIT', 'name'],
    [
      {
        frequencies: [
          { eventMaxCount: 3, timeUnit: 'DAYS', timeCount: 1, frequencyTargetingSetting: 'IMPRESSION' },
        ],
      },
      'FIELD_VALUE_IS_INVALID',
      'frequencies[0].frequencyTargetingSetting',
    ],
    [{ colour: 'red' }, 'FIELD_VALUE_IS_INVALID', 'colour'],
  ])('campaign %j -> %s at %s', async (over, code, at) => {
    const reply = await ask('/create/campaigns', { campaigns: [campaign(over)] });
    expect(reply.error[0]!.errors[0]).toMatchObject({ code, fieldLocation: `campaigns[0].${at}` });
  });

  it.each([
    [{ campaignId: '1' }, 'FIELD_VALUE_NOT_FOUND', 'campaignId'],
    [{ inventoryType: 'CTV' }, 'FIELD_VALUE_IS_INVALID', 'inventoryType'],
    [
      { advertisedProductCategoryIds: [] },
      'FIELD_SIZE_IS_BELOW_MINIMUM_LIMIT',
      'advertisedProductCategoryIds',
    ],
    [{ endDateTime: day(21) }, 'FIELD_VALUE_IS_OUT_OF_RANGE', 'startDateTime'],
    [{ bid: {} }, 'FIELD_VALUE_IS_NULL', 'bid.baseBid'],
    [
      { targetingSettings: { ...adGroup('').targetingSettings, userLocationSignal: 'ANYWHERE' } },
      'FIELD_VALUE_IS_INVALID',
      'targetingSettings.userLocationSignal',
    ],
    [
      {
        targetingSettings: {
          ...adGroup('').targetingSettings,
          amazonViewability: { viewabilityTier: 'ALL_TIERS', includeUnmeasurableImpressions: true },
        },
      },
      'FIELD_VALUE_MISMATCH',
      'targetingSettings.amazonViewability.includeUnmeasurableImpressions',
    ],
  ])('ad group %j -> %s at %s', async (over, code, at) => {
    const campaignId = await made('campaign', 'campaigns', campaign());
    const reply = await ask('/create/adGroups', { adGroups: [adGroup(campaignId, over)] });
    expect(reply.error[0]!.errors[0]).toMatchObject({ code, fieldLocation: `adGroups[0].${at}` });
  });

  it.each([
    [ad({ adType: 'VIDEO' }), 'FIELD_VALUE_MISMATCH'],
    [ad({}, 'http://ads.example/vast'), 'FIELD_VALUE_IS_INVALID'],
    [ad({}, 'https://user:pw@ads.example/vast'), 'FIELD_VALUE_IS_INVALID'],
    [ad({ creative: {} }), 'FIELD_VALUE_IS_INVALID'],
    [
      ad({
        creative: {
          thirdPartyCreative: { thirdPartyVideoSettings: { language: 'EN', vastUrl: 'https://a.example/' } },
        },
      }),
      'FIELD_VALUE_IS_INVALID',
    ],
  ])('ad %j -> %s', async (item, code) => {
    expect((await ask('/create/ads', { ads: [item] })).error[0]!.errors[0]!.code).toBe(code);
  });

  it('takes a plain http tag only from this machine', async () => {
    expect((await ask('/create/ads', { ads: [ad({}, 'http://127.0.0.1:4000/vast')] })).success).toHaveLength(
      1,
    );
  });

  it('does not associate what does not exist, nor show one account to another', async () => {
    const { adId, adGroupId } = await wholeFlow();
    const reply = await ask('/create/adAssociations', {
      adAssociations: [{ adId: '1', adGroupId, state: 'PAUSED' }],
    });
    expect(reply.error[0]!.errors[0]).toMatchObject({
      code: 'FIELD_VALUE_NOT_FOUND',
      fieldLocation: 'adAssociations[0].adId',
    });
    const other = { 'Amazon-Ads-AccountId': 'account-2' };
    const foreign = await ask(
      '/create/adAssociations',
      { adAssociations: [{ adId, adGroupId, state: 'PAUSED' }] },
      other,
    );
    expect(foreign.error[0]!.errors.map(({ code }) => code)).toEqual([
      'FIELD_VALUE_NOT_FOUND',
      'FIELD_VALUE_NOT_FOUND',
    ]);
    expect(await ask('/query/ads', { adProductFilter: { include: ['AMAZON_DSP'] } }, other)).toMatchObject({
      ads: [],
    });
  });
});
