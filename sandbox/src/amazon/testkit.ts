import type { Sandbox } from '../index.ts';
import { startQuickSandbox } from '../testing.ts';

export interface Reply {
  status: number;
  success: { index: number; [resource: string]: unknown }[];
  error: { index: number; errors: { code: string; fieldLocation?: string }[] }[];
  [field: string]: unknown;
}

export const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString();
export const campaign = (over: Record<string, unknown> = {}) => ({
  adProduct: 'AMAZON_DSP',
  name: 'FRN_US_CTV_2026_RidgeSeason',
  state: 'PAUSED',
  flights: [
    {
      startDateTime: day(1),
      endDateTime: day(20),
      budget: {
        budgetType: 'MONETARY',
        budgetValue: { monetaryBudgetValue: { monetaryBudget: { value: 25_000 } } },
      },
    },
  ],
  optimizations: { bidSettings: { bidStrategy: 'SPEND_BUDGET_IN_FULL' } },
  ...over,
});
export const adGroup = (campaignId: string, over: Record<string, unknown> = {}) => ({
  adProduct: 'AMAZON_DSP',
  campaignId,
  name: 'Line item',
  state: 'PAUSED',
  inventoryType: 'STREAMING_TV',
  advertisedProductCategoryIds: ['1'],
  bid: { baseBid: 24.1 },
  creativeRotationType: 'RANDOM',
  startDateTime: day(2),
  endDateTime: day(19),
  optimization: { bidStrategy: 'USE_CAMPAIGN_STRATEGY' },
  pacing: { deliveryProfile: 'EVEN' },
  targetingSettings: {
    amazonViewability: { viewabilityTier: 'ALL_TIERS', includeUnmeasurableImpressions: false },
    timeZoneType: 'ADVERTISER_REGION',
    userLocationSignal: 'CURRENT',
  },
  ...over,
});
export const ad = (
  over: Record<string, unknown> = {},
  vastUrl = 'https://ads.example/vast?x=[CACHEBUSTING]',
) => ({
  adProduct: 'AMAZON_DSP',
  adType: 'THIRD_PARTY',
  name: 'Ad',
  state: 'PAUSED',
  creative: { thirdPartyCreative: { thirdPartyVideoSettings: { language: 'en_US', vastUrl } } },
  ...over,
});

/** Starts a stand-in and an advertiser that speaks to it as a careful caller would. */
export async function startAdvertiser() {
  const sandbox: Sandbox = await startQuickSandbox({ amazon: { clientSecret: 'secret' } });
  let token = '';
  const askToken = (over: Record<string, string>) =>
    fetch(sandbox.amazonTokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'c',
        client_secret: 'secret',
        refresh_token: 'r',
        ...over,
      }),
    });

  async function ask(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const answer = await fetch(`${sandbox.amazonBaseUrl}/adsApi/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'Amazon-Ads-ClientId': 'c',
        'Amazon-Ads-AccountId': 'account-1',
        'content-type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { ...((await answer.json()) as Reply), status: answer.status };
  }

  const idOf = (reply: Reply, singular: string) =>
    (reply.success[0]![singular] as Record<string, string>)[`${singular}Id`]!;
  const made = async (singular: string, plural: string, item: unknown) =>
    idOf(await ask(`/create/${plural}`, { [plural]: [item] }), singular);

  async function wholeFlow(adItem = ad()) {
    const campaignId = await made(
      'campaign',
      'campaigns',
      campaign({ flights: [{ ...campaign().flights[0], startDateTime: day(0) }] }),
    );
    const adGroupId = await made('adGroup', 'adGroups', adGroup(campaignId, { startDateTime: day(0.0001) }));
    const adId = await made('ad', 'ads', adItem);
    const adAssociationId = await made('adAssociation', 'adAssociations', {
      adId,
      adGroupId,
      state: 'PAUSED',
    });
    return { campaignId, adGroupId, adId, adAssociationId };
  }
  async function statusOf(adGroupId: string) {
    const reply = await ask('/query/adGroups', {
      adProductFilter: { include: ['AMAZON_DSP'] },
      adGroupIdFilter: { include: [adGroupId] },
    });
    return (reply.adGroups as { status: { deliveryStatus: string; deliveryReasons: string[] } }[])[0]!.status;
  }

  const signIn = async () => {
    token = ((await (await askToken({})).json()) as { access_token: string }).access_token;
    return token;
  };
  return { sandbox, ask, askToken, signIn, made, wholeFlow, statusOf };
}
