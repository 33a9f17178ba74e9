import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions, Creative, Role } from '@cuepoint/contract';
import type { MediaTools } from '@cuepoint/media';
import { expect } from 'vitest';
import { pipelineStore } from '#modules/accounts';
import { createCampaigns } from '#modules/campaigns';
import { addStartingCatalogue, createGovernance } from '#modules/governance';
import type { LiveEvent } from '../../../kernel/event-bus.ts';
import type { Database } from '../../../platform/database/index.ts';
import { createFileLinks, openLocalStore } from '../../../platform/object-store/index.ts';
import { createQueue, type Queue } from '../../../platform/queue/index.ts';
import { openEmbeddedTestDatabase } from '../../../testing/index.ts';
import { createTestApp, type TestApp } from '../../../testing/test-app.ts';
import { type CreativesModule, createCreatives } from '../index.ts';
import type { CreativesPorts } from '../ports.ts';
import { testTools } from './videos.ts';

type Options = CallOptions & { role?: Role; account?: 0 | 1 };

export interface CreativesWorld {
  app: TestApp;
  queue: Queue;
  module: CreativesModule;
  ports: CreativesPorts;
  /** Own temporary folder; `files` in it is the store. */
  folder: string;
  /** A campaign of each account. */
  campaignIds: [string, string];
  /** What the module asked to be told by others; tests change it. */
  told: { history: Set<string>; tools: () => Promise<MediaTools>; measured: number; events: LiveEvent[] };
  upload(path: string, more?: Record<string, unknown>, options?: Options): Promise<Creative>;
  /** The creative when it is not `processing` any more. */
  settled(creativeId: string, account?: 0 | 1): Promise<Creative>;
  /** The creative when its packaging is not `pending` any more. */
  packaged(creativeId: string, account?: 0 | 1): Promise<Creative>;
  /** Names in the store. */
  stored(): string[];
  count(table: string): Promise<number>;
  close(): Promise<void>;
}

/**
 * The module over a real database, queue, store and ffmpeg, with a campaign in each of two accounts.
 * @param given default: an embedded database of its own, closed with the world
 */
export async function openCreativesWorld(given?: Database): Promise<CreativesWorld> {
  const database = given ?? (await openEmbeddedTestDatabase());
  const folder = mkdtempSync(join(tmpdir(), 'cuepoint-creatives-'));
  const faults: unknown[] = [];
  const queue = createQueue({ database, onError: (error) => faults.push(error) });
  await queue.start();
  const files = await openLocalStore(join(folder, 'files'));
  const told: CreativesWorld['told'] = { history: new Set(), tools: testTools, measured: 0, events: [] };
  let module!: CreativesModule;
  let ports!: CreativesPorts;
  const app = await createTestApp(database, (parts) => {
    const { clock, ids } = parts;
    ports = {
      unitOfWork: database,
      queue,
      events: { publish: (event) => told.events.push(event) },
      clock,
      ids,
      files,
      links: createFileLinks({ key: Buffer.alloc(32, 9), clock }),
      tools: () => told.tools(),
      workDir: join(folder, 'work'),
      maxUploadBytes: 4_000_000,
      maxVideoMs: 5_000,
      publicUrl: 'https://ads.example',
      defaultPlacementKey: async () => 'video-0123456789',
      hasHistory: async (_tx, creativeId) => told.history.has(creativeId),
      recordAudit: pipelineStore.writeAudit,
      onFault: (error) => faults.push(error),
    };
    module = createCreatives(ports);
    return [
      ...createGovernance({ ids, isCampaignNameTaken: async () => false }).operations,
      ...createCampaigns({
        ids,
        deliveredByCampaign: async () => new Map(),
        deliveredByLineItem: async () => new Map(),
        deliveredByFlight: async () => new Map(),
        creativesOfCampaigns: module.creativesOfCampaigns,
        creativeCounts: module.creativeCounts,
      }).operations,
      ...module.operations,
    ];
  });
  await module.loadReferenceData();
  await module.createQueues();
  await module.work();
  const campaignIds = [await makeCampaign(app, 0), await makeCampaign(app, 1)] as [string, string];

  async function when(
    creativeId: string,
    account: 0 | 1,
    isSo: (creative: Creative) => boolean,
  ): Promise<Creative> {
    for (const deadline = Date.now() + 60_000; ; ) {
      const creative = (await app.call('creatives.getCreative', { creativeId }, { account })) as Creative;
      if (isSo(creative)) return creative;
      if (Date.now() > deadline)
        throw new Error(
          `${creative.name} is still ${creative.status}, packaging ${creative.packaging.status}`,
        );
      await sleep(40);
    }
  }

  return {
    app,
    queue,
    module,
    ports,
    folder,
    campaignIds,
    told,
    upload: async (path, more = {}, options = {}) =>
      (await app.call(
        'creatives.uploadCreative',
        {
          campaignId: campaignIds[options.account ?? 0],
          file: { fileName: path.split('/').at(-1)!, path },
          ...more,
        },
        options,
      )) as Creative,
    settled: (creativeId, account = 0) => when(creativeId, account, (one) => one.status !== 'processing'),
    packaged: (creativeId, account = 0) =>
      when(creativeId, account, (one) => one.packaging.status !== 'pending'),
    stored: () =>
      readdirSync(join(folder, 'files'), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.\w+$/.test(name) && !name.startsWith('.'))
        .sort(),
    count: async (table) =>
      Number((await database.ownerQuery(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n),
    async close() {
      await queue.stop({ graceful: false });
      if (!given) await database.close();
      rmSync(folder, { recursive: true, force: true });
      expect([...faults, ...app.faults]).toEqual([]);
    },
  };
}

async function makeCampaign(app: TestApp, account: 0 | 1): Promise<string> {
  const accountId = app.accounts[account]!;
  await app.database.withTransaction({ role: 'app', accountId }, (tx) =>
    addStartingCatalogue(tx, accountId, app.ids, app.clock.now()),
  );
  const list = async (what: string) =>
    (await app.call(`governance.list${what}`, {}, { account })) as {
      items: Array<{ id: string; code: string }>;
    };
  const byCode = async (what: string, code: string) =>
    (await list(what)).items.find((row) => row.code === code)!.id;
  const brand = (await app.call(
    'governance.createBrand',
    { code: 'FRN', name: 'Fernwhistle', domain: 'fernwhistle.example', categories: ['IAB20'] },
    { account },
  )) as { id: string };
  const campaign = (await app.call(
    'campaigns.createCampaign',
    {
      brandId: brand.id,
      marketId: await byCode('Markets', 'US'),
      channelId: await byCode('Channels', 'CTV'),
      label: 'Ridge',
      objective: 'awareness',
      budgetMicros: 100_000_000,
      cpmMicros: 20_000_000,
      startOn: '2026-11-21',
      endOn: '2026-12-20',
    },
    { account },
  )) as { id: string };
  return campaign.id;
}
