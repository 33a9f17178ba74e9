import type { CallOptions } from '@cuepoint/contract';
import { campaignDates, type TenantObjects } from './tenant-objects.ts';

type Input = Record<string, unknown>;

/** How a generated test calls one operation. */
export interface OperationCase {
  /** A right input, with new objects each time where the operation changes something. */
  input(objects: TenantObjects): Input | Promise<Input>;
  /** The version that is right for the input, for operations that ask for one. */
  version?: number;
  /** Errors for the ids of another account, by field; ids of lists are filters and find nothing. */
  foreign?: Record<string, string>;
  /** The answer is a secret: a repeated key is refused instead of answered. */
  secret?: true;
  /** Why a dry run may leave the input's objects changed, or the operation cannot be compared as the others. */
  note?: string;
}

const nothing = () => ({});

/** One entry for every operation of the contract; the test fails for an operation without one. */
export const operationCases: Record<string, OperationCase> = {
  'studio.generateCreative': {
    input: async (o) => ({
      campaignId: (await o.campaign()).id,
      prompt: 'Boots for wet stone',
      durationSeconds: 15,
    }),
    foreign: { campaignId: 'campaign.not_found' },
  },
  'studio.getGenerationJob': {
    input: async (o) => ({ generationJobId: await o.generationJob() }),
    foreign: { generationJobId: 'generation.not_found' },
  },
  'studio.listGenerationJobs': { input: async (o) => ({ campaignId: (await o.campaign()).id, limit: 5 }) },
  'studio.launchBrief': { input: (o) => ({ brief: briefOf(o.unique()) }) },
  'campaigns.listCampaigns': { input: () => ({ limit: 3, status: ['active', 'paused'], sort: 'name' }) },
  'campaigns.createCampaign': {
    input: async (o) => ({
      ...(await o.axes()),
      ...campaignDates(),
      label: `Ridge ${o.unique()}`,
      budgetMicros: 5_000_000_000,
      cpmMicros: 24_000_000,
      countries: ['US', 'CA'],
    }),
    foreign: { brandId: 'brand.not_found', marketId: 'market.not_found', channelId: 'channel.not_found' },
  },
  'campaigns.getCampaign': {
    input: async (o) => ({ campaignId: (await o.campaign()).id }),
    foreign: { campaignId: 'campaign.not_found' },
  },
  'campaigns.updateCampaign': {
    input: async (o) => ({ campaignId: (await o.campaign()).id, description: 'Autumn', budgetMicros: 6e9 }),
    version: 1,
    foreign: { campaignId: 'campaign.not_found' },
  },
  'campaigns.setCampaignStatus': {
    input: async (o) => ({ campaignId: (await o.campaign()).id, status: 'active', reason: 'go' }),
    version: 1,
    foreign: { campaignId: 'campaign.not_found' },
  },
  'campaigns.deleteCampaign': {
    input: async (o) => ({ campaignId: (await o.campaign()).id }),
    foreign: { campaignId: 'campaign.not_found' },
  },
  'campaigns.listLineItems': {
    input: async (o) => ({ campaignId: (await o.campaign()).id, status: ['active'], type: ['standard'] }),
  },
  'campaigns.getLineItem': {
    input: async (o) => ({ lineItemId: (await o.lineItem()).id }),
    foreign: { lineItemId: 'line_item.not_found' },
  },
  'campaigns.createLineItem': {
    input: async (o) => {
      const { id, startAt, endAt } = await o.campaign();
      return {
        campaignId: id,
        name: `Evening ${o.unique()}`,
        type: 'sponsorship',
        cpmMicros: 30_000_000,
        sharePercent: 50,
        priceModel: 'flat',
        flatMicros: 9_000_000_000,
        targeting: { all: [{ not: { dimension: 'genre', operator: 'any_of', values: ['news'] } }] },
        countries: ['US'],
        dayparts: [{ days: [1, 2], fromMinute: 1080, toMinute: 120 }],
        frequencyCaps: [{ scope: 'campaign', limit: 3, unit: 'day', count: 1 }],
        separation: { scope: 'stream', labels: ['outdoor'] },
        podPosition: 'edge',
        rotation: 'weighted',
        flights: [{ startAt, endAt, impressionGoal: 1000 }],
      };
    },
    foreign: { campaignId: 'campaign.not_found' },
  },
  'campaigns.updateLineItem': {
    input: async (o) => ({
      lineItemId: (await o.campaign()).lineItems[0]!.id,
      priority: 3,
      deviceTypes: ['ctv', 'mobile'],
      frequencyCaps: [
        { scope: 'line_item', limit: 2, unit: 'day', count: 1 },
        { scope: 'brand', limit: 9, unit: 'lifetime', count: 1 },
      ],
    }),
    version: 1,
    foreign: { lineItemId: 'line_item.not_found' },
  },
  'campaigns.deleteLineItem': {
    input: async (o) => ({ lineItemId: (await o.lineItem()).id }),
    foreign: { lineItemId: 'line_item.not_found' },
  },
  'campaigns.setCreativeWeights': {
    input: async (o) => {
      const campaign = await o.campaign();
      const [first, second] = [
        await o.creative('approved', campaign.id),
        await o.creative('draft', campaign.id),
      ];
      return {
        lineItemId: campaign.lineItems[0]!.id,
        creatives: [
          { creativeId: first.id, weight: 2.5, endAt: campaign.endAt },
          { creativeId: second.id, weight: 1, sequence: 7 },
        ],
      };
    },
    version: 1,
    foreign: { lineItemId: 'line_item.not_found' },
  },
  'campaigns.createFlight': {
    input: async (o) => {
      const { id, flights } = await o.lineItem();
      const startAt = flights[0]!.endAt;
      const endAt = new Date(Date.parse(startAt) + 86_400_000).toISOString();
      return { lineItemId: id, startAt, endAt, impressionGoal: 5000, dailyBudgetMicros: 1_000_000 };
    },
    foreign: { lineItemId: 'line_item.not_found' },
  },
  'campaigns.updateFlight': {
    input: async (o) => ({
      flightId: (await o.lineItem()).flights[0]!.id,
      impressionGoal: 7000,
      dailyBudgetMicros: null,
      name: 'First half',
    }),
    version: 1,
    foreign: { flightId: 'flight.not_found' },
  },
  'campaigns.deleteFlight': {
    input: async (o) => ({ flightId: (await o.lineItem()).flights[0]!.id }),
    foreign: { flightId: 'flight.not_found' },
  },
  'inventory.listPublishers': { input: () => ({ limit: 2, search: 'own' }) },
  'inventory.createPublisher': {
    input: (o) => ({ name: `Quillmoor TV ${o.unique()}`, domain: 'quillmoor.example' }),
  },
  'inventory.updatePublisher': {
    input: async (o) => ({ publisherId: (await o.publisher()).id, name: 'Renamed', domain: null }),
    version: 1,
    foreign: { publisherId: 'publisher.not_found' },
  },
  'inventory.archivePublisher': {
    input: async (o) => ({ publisherId: (await o.publisher()).id }),
    foreign: { publisherId: 'publisher.not_found' },
  },
  'inventory.listApps': { input: async (o) => ({ publisherId: (await o.app()).publisherId, limit: 5 }) },
  'inventory.createApp': {
    input: async (o) => ({
      publisherId: (await o.publisher()).id,
      kind: 'channel',
      name: `Channel ${o.unique()}`,
      bundle: 'com.quillmoor.tv',
      domain: 'quillmoor.example',
      storeUrl: 'https://store.example/quillmoor',
      storeId: '886445756',
      network: 'Quillmoor',
      channelName: 'Quillmoor One',
      categories: ['IAB1-7'],
    }),
    foreign: { publisherId: 'publisher.not_found' },
  },
  'inventory.updateApp': {
    input: async (o) => ({ appId: (await o.app()).id, bundle: 'com.other', network: null }),
    version: 1,
    foreign: { appId: 'app.not_found' },
  },
  'inventory.archiveApp': {
    input: async (o) => ({ appId: (await o.app()).id }),
    foreign: { appId: 'app.not_found' },
  },
  'inventory.listPlacements': {
    input: async (o) => ({ publisherId: (await o.placement()).publisherId, position: ['pre', 'standalone'] }),
  },
  'inventory.getPlacement': {
    input: async (o) => ({ placementId: (await o.placement()).id }),
    foreign: { placementId: 'placement.not_found' },
  },
  'inventory.createPlacement': {
    input: async (o) => ({
      publisherId: (await o.publisher()).id,
      name: `Mid-roll ${o.unique()}`,
      position: 'mid',
      minDurationMs: 5000,
      maxDurationMs: 30_000,
      exactDurationsMs: [15_000, 30_000],
      pod: {
        kind: 'hybrid',
        durationMs: 60_000,
        maxAds: 4,
        slots: [{ kind: 'bumper', maxDurationMs: 6000 }],
        firstPermille: 1150,
      },
      floorCpmMicros: 9_000_000,
      floorCurrency: 'EUR',
      durationFloors: [{ minDurationMs: 20_000, maxDurationMs: 30_000, floorCpmMicros: 12_000_000 }],
      blockedCategories: ['IAB8'],
      blockedDomains: ['fernwhistle.example'],
      mimes: ['video/mp4'],
      codecs: ['avc1'],
      maxBitrateKbps: 20_000,
      clearance: 'cuepoint_serving',
    }),
    foreign: { publisherId: 'publisher.not_found' },
  },
  'inventory.updatePlacement': {
    input: async (o) => ({
      placementId: (await o.placement()).id,
      status: 'paused',
      pod: null,
      floorCpmMicros: 4_000_000,
      hosts: [`${o.unique().toLowerCase()}.example`],
    }),
    version: 1,
    foreign: { placementId: 'placement.not_found' },
  },
  'inventory.archivePlacement': {
    input: async (o) => ({ placementId: (await o.placement()).id }),
    foreign: { placementId: 'placement.not_found' },
  },
  'creatives.uploadCreative': {
    input: async (o) => ({ campaignId: (await o.campaign()).id, name: 'A spot' }),
    foreign: { campaignId: 'campaign.not_found' },
    note: 'the file is added by the test',
  },
  'creatives.listCreatives': { input: async (o) => ({ campaignId: (await o.campaign()).id, limit: 3 }) },
  'creatives.listCampaignCreatives': {
    input: async (o) => ({ campaignId: (await o.campaign()).id }),
    foreign: { campaignId: 'campaign.not_found' },
  },
  'creatives.getCreative': {
    input: async (o) => ({ creativeId: (await o.creative()).id }),
    foreign: { creativeId: 'creative.not_found' },
  },
  'creatives.deleteCreative': {
    input: async (o) => ({ creativeId: (await o.creative()).id }),
    foreign: { creativeId: 'creative.not_found' },
  },
  'creatives.getQcReport': {
    input: async (o) => ({ creativeId: (await o.creative()).id }),
    foreign: { creativeId: 'creative.not_found' },
  },
  'creatives.changeApproval': {
    input: async (o) => ({
      creativeId: (await o.creative('submitted')).id,
      action: 'request_changes',
      reason: 'the end card is cut off',
    }),
    foreign: { creativeId: 'creative.not_found' },
  },
  'creatives.getVastTag': {
    input: async (o) => ({ creativeId: (await o.creative()).id, vendors: ['ias'], vastVersion: '4.1' }),
    foreign: { creativeId: 'creative.not_found' },
  },
  'creatives.setVendors': {
    input: async (o) => ({ creativeId: (await o.creative()).id, vendors: ['ias', 'doubleverify'] }),
    version: 1,
    foreign: { creativeId: 'creative.not_found' },
  },
  'trafficking.trafficCreative': {
    input: async (o) => ({ creativeId: (await o.creative()).id, dsp: ['amazon', 'viant'] }),
    foreign: { creativeId: 'creative.not_found' },
  },
  'trafficking.listDeployments': { input: () => ({ limit: 2, status: 'approved' }) },
  'trafficking.getDeployment': {
    input: async (o) => ({ deploymentId: await o.deployment() }),
    foreign: { deploymentId: 'deployment.not_found' },
  },
  'trafficking.retryDeployment': {
    input: async (o) => ({ deploymentId: await o.deployment('failed') }),
    foreign: { deploymentId: 'deployment.not_found' },
  },
  'trafficking.cancelDeployment': {
    input: async (o) => ({ deploymentId: await o.deployment() }),
    foreign: { deploymentId: 'deployment.not_found' },
  },
  'supply.listSupplyPaths': { input: nothing },
  'supply.analyseSupplyPaths': { input: () => ({ baseCpm: 24.5, currency: 'EUR', first: 1, second: 3 }) },
  'reporting.getCampaignStats': {
    input: async (o) => ({ campaignId: (await o.campaign()).id }),
    foreign: { campaignId: 'campaign.not_found' },
  },
  'reporting.listDeliveryEvents': {
    input: async (o) => ({ campaignId: (await o.campaign()).id, limit: 5 }),
    foreign: { campaignId: 'campaign.not_found' },
  },
  'reporting.getDeliveryReport': {
    input: async (o) => ({
      dimensions: ['week', 'campaign', 'country'],
      campaignId: [(await o.campaign()).id],
      timeZone: 'Europe/Berlin',
      from: '2026-10-01',
      to: '2026-11-01',
      compare: 'previous',
      limit: 5,
    }),
  },
  'reporting.exportDeliveryReport': { input: () => ({ dimensions: ['day', 'line_item'], format: 'xlsx' }) },
  'reporting.findDiscrepancies': {
    input: () => ({
      csv: 'Date;Creative;Imps\n2026-11-20;crv_none00000;12\n',
      key: 'creative',
      dayColumn: 'Date',
      keyColumn: 'Creative',
      impressionsColumn: 'Imps',
    }),
  },
  'reporting.getDashboard': { input: () => ({ days: 3 }) },
  'governance.listMarkets': { input: () => ({ limit: 2 }) },
  'governance.createMarket': {
    input: (o) => ({
      code: o.unique(),
      name: 'Iceland',
      countryCode: 'IS',
      currency: 'ISK',
      timeZone: 'Atlantic/Reykjavik',
      language: 'is',
    }),
  },
  'governance.listBrands': { input: () => ({ limit: 1 }) },
  'governance.createBrand': {
    input: (o) => ({
      code: o.unique(),
      name: 'Quillmoor',
      domain: 'quillmoor.example',
      colors: ['#112233'],
      familyFriendly: true,
    }),
  },
  'governance.listChannels': { input: nothing },
  'governance.createChannel': {
    input: (o) => ({ code: o.unique(), name: 'Elsewhere', platform: 'other' }),
  },
  'governance.previewName': {
    input: async (o) => ({ ...(await o.axes()), year: 2027, label: 'Ridge Preview' }),
    foreign: { brandId: 'brand.not_found', marketId: 'market.not_found', channelId: 'channel.not_found' },
  },
  'accounts.signIn': {
    input: () => ({ email: 'nobody@first.example', password: 'not the password' }),
    note: 'refused alike through every skin; right passwords have tests of their own',
  },
  'accounts.signInWithLink': {
    input: () => ({ token: 'cpl_not-a-token-that-was-ever-made' }),
    note: 'refused alike through every skin; real links have tests of their own',
  },
  'delivery.explainDecision': {
    input: () => ({ decisionId: 'dec_none' }),
    foreign: { decisionId: 'delivery.unavailable' },
    note: 'no delivery node runs beside this test: refused alike through every skin; explanations have tests of their own',
  },
  'delivery.previewDecision': {
    input: () => ({ facts: { country: 'DE' }, maxAds: 4 }),
    note: 'no delivery node runs beside this test: refused alike through every skin',
  },
  'delivery.listDecisions': {
    input: () => ({ limit: 5 }),
    note: 'no delivery node runs beside this test: refused alike through every skin',
  },
  'delivery.getDelivery': {
    input: async (o) => ({ lineItemId: (await o.lineItem()).id }),
    foreign: { lineItemId: 'delivery.unavailable' },
    note: 'no delivery node runs beside this test: refused alike through every skin',
  },
  'delivery.getLossHistory': {
    input: async (o) => ({ lineItemId: (await o.lineItem()).id, days: 3, timeZone: 'America/New_York' }),
    foreign: { lineItemId: 'line_item.not_found' },
  },
  'delivery.createDebugToken': { input: () => ({ expiresInMinutes: 5 }), secret: true },
  'events.verifyEvents': {
    input: () => ({ limit: 10 }),
    note: 'no delivery node was counted beside this test: there is no log to read',
  },
  'events.rebuildEvents': {
    input: nothing,
    note: 'no delivery node was counted beside this test: there is no log to read',
  },
  'events.getDeliveryHealth': { input: nothing },
  'reporting.getDeliveryHeatmap': { input: () => ({ rows: 'campaign', columns: 'hour_of_day' }) },
  'reporting.listReportViews': { input: () => ({ limit: 5, search: 'Evening' }) },
  'reporting.getReportView': {
    input: async (o) => ({ reportViewId: await o.reportView() }),
    foreign: { reportViewId: 'report_view.not_found' },
  },
  'reporting.createReportView': {
    input: (o) => ({ name: `Evening ${o.unique()}`, dimensions: ['day', 'campaign'], period: 'last_month' }),
  },
  'reporting.updateReportView': {
    input: async (o) => ({ reportViewId: await o.reportView(), visibility: 'private', days: 14 }),
    version: 1,
    foreign: { reportViewId: 'report_view.not_found' },
  },
  'reporting.archiveReportView': {
    input: async (o) => ({ reportViewId: await o.reportView() }),
    foreign: { reportViewId: 'report_view.not_found' },
  },
  'reporting.runReportView': {
    input: async (o) => ({ reportViewId: await o.reportView(), limit: 5 }),
    foreign: { reportViewId: 'report_view.not_found' },
  },
  'reporting.exportReportView': {
    input: async (o) => ({ reportViewId: await o.reportView(), format: 'csv' }),
    foreign: { reportViewId: 'report_view.not_found' },
  },
  'reporting.listReportSchedules': { input: async (o) => ({ reportViewId: await o.reportView(), limit: 5 }) },
  'reporting.getReportSchedule': {
    input: async (o) => ({ reportScheduleId: await o.reportSchedule() }),
    foreign: { reportScheduleId: 'report_schedule.not_found' },
  },
  'reporting.createReportSchedule': {
    input: async (o) => ({
      reportViewId: await o.reportView(),
      frequency: 'weekly',
      weekday: 'monday',
      destination: 'storage',
    }),
    foreign: { reportViewId: 'report_view.not_found' },
  },
  'reporting.updateReportSchedule': {
    input: async (o) => ({ reportScheduleId: await o.reportSchedule(), localTime: '07:30' }),
    version: 1,
    foreign: { reportScheduleId: 'report_schedule.not_found' },
  },
  'reporting.pauseReportSchedule': {
    input: async (o) => ({ reportScheduleId: await o.reportSchedule() }),
    foreign: { reportScheduleId: 'report_schedule.not_found' },
  },
  'reporting.resumeReportSchedule': {
    input: async (o) => ({ reportScheduleId: await o.reportSchedule('paused') }),
    foreign: { reportScheduleId: 'report_schedule.not_found' },
  },
  'reporting.archiveReportSchedule': {
    input: async (o) => ({ reportScheduleId: await o.reportSchedule() }),
    foreign: { reportScheduleId: 'report_schedule.not_found' },
  },
  'reporting.getReportScheduleSecret': {
    input: async (o) => ({ reportScheduleId: await o.reportSchedule() }),
    foreign: { reportScheduleId: 'report_schedule.not_found' },
  },
  'reporting.runReportSchedule': {
    input: async (o) => ({ reportScheduleId: await o.reportSchedule() }),
    foreign: { reportScheduleId: 'report_schedule.not_found' },
  },
  'reporting.listReportRuns': {
    input: async (o) => ({ reportScheduleId: await o.reportSchedule(), limit: 5 }),
  },
  'reporting.getReportRun': {
    input: async (o) => ({ reportRunId: await o.reportRun() }),
    foreign: { reportRunId: 'report_run.not_found' },
  },
  'reporting.retryReportRun': {
    input: async (o) => ({ reportRunId: await o.reportRun('failed') }),
    foreign: { reportRunId: 'report_run.not_found' },
  },
  'reporting.downloadReportRun': {
    input: async (o) => ({ reportRunId: await o.reportRun('sent') }),
    foreign: { reportRunId: 'report_run.not_found' },
  },
  'billing.listBillingEntries': { input: async (o) => ({ campaignId: (await o.campaign()).id, limit: 5 }) },
  'billing.createBillingEntry': {
    input: async (o) => ({
      kind: 'make_good',
      campaignId: (await o.campaign()).id,
      impressions: 1000,
      amountMicros: 24_000_000,
      reason: 'Wrong spot on air',
    }),
    foreign: { campaignId: 'campaign.not_found' },
  },
  'billing.cancelBillingEntry': {
    input: async (o) => ({ billingEntryId: await o.billingEntry(), reason: 'Entered twice' }),
    foreign: { billingEntryId: 'billing_entry.not_found' },
  },
  'billing.getBillingStatement': { input: () => ({ from: '2026-11-01', to: '2026-11-30', byDay: true }) },
  'billing.exportBillingStatement': {
    input: () => ({ from: '2026-11-01', to: '2026-11-30', format: 'csv' }),
  },
  'privacy.eraseViewer': {
    input: () => ({ kind: 'ifa', viewer: '8a5b4f0e-1c2d-4e3f-9a6b-7c8d9e0f1a2b', reference: 'DSR 1' }),
  },
  'privacy.listErasures': { input: () => ({ limit: 5 }) },
  'privacy.getErasure': {
    input: async (o) => ({ erasureId: await o.viewerErasure() }),
    foreign: { erasureId: 'viewer_erasure.not_found' },
  },
  'events.getDecisionTimeline': {
    input: () => ({ decisionId: 'dec_none' }),
    foreign: { decisionId: 'delivery.unavailable' },
    note: 'no delivery node runs beside this test: refused alike through every skin; timelines have tests of their own',
  },
  'events.queryEvents': {
    input: () => ({ sql: 'select 1', limit: 1 }),
    note: 'nothing is archived beside this test: refused alike through every skin; queries have tests of their own',
  },
  'accounts.signOut': { input: nothing },
  'accounts.getProfile': { input: nothing },
  'accounts.createSignInLink': {
    input: async (o) => ({ email: (await o.user()).email }),
    secret: true,
  },
  'accounts.listUsers': { input: () => ({ limit: 2 }) },
  'accounts.createUser': {
    input: (o) => ({ email: `${o.unique().toLowerCase()}@new.example`, displayName: 'New', role: 'planner' }),
  },
  'accounts.updateUser': {
    input: async (o) => ({ userId: (await o.user()).id, role: 'reviewer', disabled: true }),
    version: 1,
    foreign: { userId: 'user.not_found' },
  },
  'accounts.createApiKey': {
    input: () => ({ name: 'automation', role: 'planner', scopes: ['campaigns:read'], expiresInDays: 7 }),
    secret: true,
  },
  'accounts.listApiKeys': { input: () => ({ limit: 1 }) },
  'accounts.revokeApiKey': {
    input: async (o) => ({ apiKeyId: await o.apiKey() }),
    foreign: { apiKeyId: 'api_key.not_found' },
  },
  'accounts.listAudit': { input: () => ({ entityId: 'cmp_00000000000000000000', operation: 'none.atAll' }) },
  'system.getStatus': { input: nothing },
  'system.loadDemo': { input: (o) => ({ seed: Number(o.unique().replaceAll('Q', '')) }) },
  'system.removeDemo': { input: nothing },
};

function briefOf(name: string): string {
  return `brand:
  name: Fernwhistle
  code: FRN
  domain: fernwhistle.example
  colors: ['#1e4d63']
market: US
channel: CTV
campaign: { name: Ridge ${name} }
flight: { start: today, end: today +20, timeZone: America/New_York }
budget: 25000
cpm: 24.10
currency: USD
message: Boots for wet stone
callToAction: Find your trail
landingUrl: https://fernwhistle.example/ridge
`;
}

/** Call options that make a right call of an operation right. */
export function rightOptions(entry: OperationCase): CallOptions {
  return entry.version === undefined ? {} : { ifMatch: entry.version };
}
