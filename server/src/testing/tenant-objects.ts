import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type {
  App,
  CampaignDetail,
  GenerationJob,
  LineItem,
  Placement,
  Publisher,
  User,
} from '@cuepoint/contract';
import { openLocalNamedStore } from '../platform/object-store/index.ts';
import type { ControlApp } from './control-app.ts';

/** Makes objects of one account for tests that need them, through operations where there is one. */
export interface TenantObjects {
  /** Numbers texts, so that names stay unique; `Q7Q`, which comparisons recognise. */
  unique(): string;
  axes(): Promise<{ brandId: string; marketId: string; channelId: string }>;
  campaign(): Promise<CampaignDetail>;
  /** A measured creative that this server may serve. */
  creative(approval?: string, campaignId?: string): Promise<{ id: string; version: number }>;
  /** A further line item of a campaign with room for its money. */
  lineItem(): Promise<LineItem>;
  publisher(): Promise<Publisher>;
  app(): Promise<App>;
  placement(): Promise<Placement>;
  deployment(status?: string): Promise<string>;
  generationJob(): Promise<string>;
  billingEntry(): Promise<string>;
  viewerErasure(): Promise<string>;
  /** Shared with the account, of the last 7 days. */
  reportView(): Promise<string>;
  /** Daily, by webhook. */
  reportSchedule(status?: 'active' | 'paused'): Promise<string>;
  /** One that waits for a worker, failed, or was sent with a file. */
  reportRun(status?: 'queued' | 'failed' | 'sent'): Promise<string>;
  user(): Promise<User>;
  apiKey(): Promise<string>;
}

/** What ffmpeg says of a 1080p master that suits nearly every destination. */
export const masterMeasurement = {
  container: 'mp4',
  sizeBytes: 38_000_000,
  durationMs: 15_000,
  totalBitrateBps: 20_266_000,
  moovFirst: true,
  video: {
    codec: 'h264',
    profile: 'High',
    level: 41,
    width: 1920,
    height: 1080,
    sampleAspect: '1:1',
    pixelFormat: 'yuv420p',
    colorPrimaries: 'bt709',
    fps: 23.976,
    fpsConstant: true,
    interlaced: false,
    bitrateBps: 20_000_000,
    durationMs: 15_000,
    frameCount: 360,
  },
  audio: {
    codec: 'aac',
    sampleRateHz: 48_000,
    channels: 2,
    bitrateBps: 256_000,
    durationMs: 15_000,
    integratedLufs: -24,
    truePeakDbtp: -2.5,
  },
  audioTrackCount: 1,
  stretches: [],
  tools: ['ffmpeg 5.1.9'],
  measuredInMs: 900,
};

const packs = ['cuepoint_serving', 'amazon_stv_prime_video', 'amazon_stv_third_party', 'amazon_olv'];

let count = 0;

export function tenantObjects(app: ControlApp, tenant: 0 | 1): TenantObjects {
  const { accountId, caller } = app.tenants[tenant];
  const output = async <T>(operation: string, input: unknown, options = {}): Promise<T> =>
    (await caller.call(operation, input, options)).output as T;
  const unique = () => `Q${++count}Q`;
  let axes: Promise<{ brandId: string; marketId: string; channelId: string }> | undefined;

  async function makeAxes() {
    type List = { items: Array<{ id: string; code: string }> };
    const [market] = (await output<List>('governance.listMarkets', {})).items.filter(
      (row) => row.code === 'US',
    );
    const [channel] = (await output<List>('governance.listChannels', {})).items.filter(
      (row) => row.code === 'AMZ',
    );
    const brand = await output<{ id: string }>('governance.createBrand', {
      code: 'FRN',
      name: 'Fernwhistle',
      domain: 'fernwhistle.example',
      colors: ['#1e4d63'],
    });
    return { brandId: brand.id, marketId: market!.id, channelId: channel!.id };
  }

  const objects: TenantObjects = {
    unique,
    axes() {
      axes ??= makeAxes();
      return axes;
    },
    async campaign() {
      return output<CampaignDetail>('campaigns.createCampaign', {
        ...(await objects.axes()),
        ...campaignDates(),
        label: `Ridge ${unique()}`,
        budgetMicros: 5_000_000_000,
        cpmMicros: 24_000_000,
      });
    },
    async creative(approval = 'approved', campaignId) {
      const id = `crv_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
      const assetId = id.replace('crv_', 'ast_');
      const campaign = campaignId ?? (await objects.campaign()).id;
      const sha256 = createHash('sha256').update(id).digest('hex');
      await app.database.ownerQuery(
        `INSERT INTO asset (id, account_id, sha256, size_bytes, mime, original_name, measurement, measured_at)
         VALUES ($1, $2, $3, 38000000, 'video/mp4', 'ridge.mp4', $4, now())`,
        [assetId, accountId, sha256, JSON.stringify(masterMeasurement)],
      );
      await app.database.ownerQuery(
        `INSERT INTO creative (id, account_id, campaign_id, asset_id, name, status, approval, source,
           universal_ad_id, click_through_url)
         VALUES ($1, $2, $3, $4, $5, 'active', $6, 'uploaded', $1, 'https://fernwhistle.example/')`,
        [id, accountId, campaign, assetId, `Spot ${unique()}`, approval],
      );
      for (const [position, pack] of packs.entries()) {
        await app.database.ownerQuery(
          `INSERT INTO qc_result (account_id, creative_id, pack_id, pack_version, position, verdict, blocks, warns,
             passes, findings, checked_at) VALUES ($1, $2, $3, '1', $4, 'pass', 0, 0, 1, '[]', now())`,
          [accountId, id, pack, position],
        );
      }
      return { id, version: 1 };
    },
    async lineItem() {
      const campaign = await objects.campaign();
      const half = new Date((Date.parse(campaign.startAt) + Date.parse(campaign.endAt)) / 2);
      return output<LineItem>('campaigns.createLineItem', {
        campaignId: campaign.id,
        type: 'house',
        priceModel: 'flat',
        cpmMicros: 1000,
        // The second half is free for one more.
        flights: [{ startAt: campaign.startAt, endAt: half.toISOString() }],
      });
    },
    async publisher() {
      return output<Publisher>('inventory.createPublisher', { name: `Publisher ${unique()}` });
    },
    async app() {
      const publisherId = (await objects.publisher()).id;
      return output<App>('inventory.createApp', { publisherId, name: `App ${unique()}` });
    },
    async placement() {
      const publisherId = (await objects.publisher()).id;
      return output<Placement>('inventory.createPlacement', { publisherId, name: `Pre-roll ${unique()}` });
    },
    async deployment(status = 'queued') {
      const campaign = await objects.campaign();
      await output(
        'campaigns.setCampaignStatus',
        { campaignId: campaign.id, status: 'active' },
        { ifMatch: campaign.version },
      );
      const { id } = await objects.creative('approved', campaign.id);
      const { results } = await output<{
        results: Array<{ deployment: { id: string } | null; problem: unknown }>;
      }>('trafficking.trafficCreative', { creativeId: id, dsp: ['amazon'] });
      const deployment = results[0]!.deployment;
      if (!deployment) throw new Error(`not trafficked: ${JSON.stringify(results)}`);
      if (status !== 'queued') {
        await app.database.ownerQuery('UPDATE deployment SET status = $2 WHERE id = $1', [
          deployment.id,
          status,
        ]);
      }
      return deployment.id;
    },
    async generationJob() {
      const campaign = await objects.campaign();
      const job = await output<GenerationJob>('studio.generateCreative', {
        campaignId: campaign.id,
        prompt: 'Boots for wet stone',
      });
      return job.id;
    },
    async billingEntry() {
      const entry = await output<{ id: string }>('billing.createBillingEntry', {
        kind: 'make_good',
        campaignId: (await objects.campaign()).id,
        impressions: 500,
        amountMicros: 12_000_000,
        reason: 'Shown after midnight',
      });
      return entry.id;
    },
    async viewerErasure() {
      const erasure = await output<{ id: string }>('privacy.eraseViewer', {
        kind: 'supplied',
        viewer: `viewer-${unique()}`,
      });
      return erasure.id;
    },
    async reportView() {
      const view = await output<{ id: string }>('reporting.createReportView', {
        name: `Evening ${unique()}`,
        visibility: 'account',
        dimensions: ['day', 'campaign'],
      });
      return view.id;
    },
    async reportSchedule(status = 'active') {
      const schedule = await output<{ id: string }>('reporting.createReportSchedule', {
        reportViewId: await objects.reportView(),
        frequency: 'daily',
        destination: 'webhook',
        webhookUrl: 'https://hooks.fernwhistle.example/reports',
      });
      if (status === 'paused')
        await output('reporting.pauseReportSchedule', { reportScheduleId: schedule.id });
      return schedule.id;
    },
    async reportRun(status = 'queued') {
      const reportScheduleId = await objects.reportSchedule();
      const { id } = await output<{ id: string }>('reporting.runReportSchedule', { reportScheduleId });
      if (status === 'failed')
        await app.database.ownerQuery(
          "UPDATE report_run SET status = 'failed', problem = 'the receiver answered HTTP 500' WHERE id = $1",
          [id],
        );
      if (status === 'sent') {
        const storageKey = `runs/${id}.csv`;
        await openLocalNamedStore(join(app.dataDir, 'reports')).write(storageKey, 'day,impressions\r\n');
        const file = {
          ...{
            name: 'evening.csv',
            mediaType: 'text/csv; charset=utf-8',
            currencies: ['USD'],
            sizeBytes: 17,
          },
          ...{
            sha256: 'ab'.repeat(32),
            rows: 0,
            from: '2026-11-01',
            to: '2026-11-07',
            timeZone: 'UTC',
            storageKey,
          },
          ...{ freshAt: null, isComplete: true, missing: null },
        };
        await app.database.ownerQuery(
          "UPDATE report_run SET status = 'sent', sent_at = now(), file = $2 WHERE id = $1",
          [id, JSON.stringify(file)],
        );
      }
      return id;
    },
    async user() {
      const email = `${unique().toLowerCase()}@first.example`;
      return output<User>('accounts.createUser', { email, displayName: 'Somebody', role: 'viewer' });
    },
    async apiKey() {
      const { apiKey } = await output<{ apiKey: { id: string } }>('accounts.createApiKey', {
        name: 'a key',
        role: 'viewer',
      });
      return apiKey.id;
    },
  };
  return objects;
}

/** From tomorrow for twenty days. */
export function campaignDates(): { startOn: string; endOn: string } {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  return { startOn: day(1), endOn: day(20) };
}
