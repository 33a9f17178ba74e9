import type { Deployment, OutputOf, trafficCreative } from '@cuepoint/contract';
import { sql } from 'drizzle-orm';
import { pipelineStore } from '#modules/accounts';
import { createCampaigns, isCampaignNameTaken } from '#modules/campaigns';
import { addStartingCatalogue, createGovernance } from '#modules/governance';
import type { LiveEvent } from '../../../kernel/event-bus.ts';
import type { Database } from '../../../platform/database/index.ts';
import { openEmbeddedTestDatabase } from '../../../testing/index.ts';
import { createTestApp, type TestApp, type TestParts } from '../../../testing/test-app.ts';
import {
  createTrafficking,
  type TraffickableCreative,
  type TraffickingModule,
  type TraffickingPorts,
} from '../index.ts';

export type Results = OutputOf<typeof trafficCreative>['results'];

/** Two accounts with a catalogue, this module between real campaigns and creatives of a table of its own. */
export interface World {
  app: TestApp;
  trafficking: TraffickingModule;
  ports: TraffickingPorts;
  creatives: Map<string, TraffickableCreative>;
  /** Published by jobs. */
  published: LiveEvent[];
  campaign(options?: { activate?: boolean }): Promise<string>;
  /** A creative that fits everywhere and is approved, unless told otherwise. */
  creative(campaignId: string, over?: Partial<TraffickableCreative>): Promise<string>;
  traffic(creativeId: string, dsp?: string[], options?: { dryRun?: boolean }): Promise<Results>;
  show(deploymentId: string): Promise<Deployment & { attempts: Attempts }>;
}

type Attempts = Array<Record<'step' | 'kind' | 'outcome' | 'detail', string> & Record<string, unknown>>;

type OwnPorts = Pick<TraffickingPorts, 'queue' | 'platforms'> & Partial<TraffickingPorts>;

/** @param given a migrated database; without one, a fresh embedded one that the caller closes by `app.database` */
export async function createWorld(
  own: (parts: TestParts) => OwnPorts | Promise<OwnPorts>,
  given?: Database,
): Promise<World> {
  const creatives = new Map<string, TraffickableCreative>();
  const published: LiveEvent[] = [];
  let ports: TraffickingPorts | undefined;
  let trafficking: TraffickingModule | undefined;
  const database = given ?? (await openEmbeddedTestDatabase());
  const app = await createTestApp(database, async (parts) => {
    const none = async () => new Map();
    ports = {
      unitOfWork: database,
      clock: parts.clock,
      ids: parts.ids,
      random: () => 0.5,
      events: { publish: (event) => void published.push(event) },
      async creativeForTrafficking(tx, creativeId) {
        // Seen only with the rights of the transaction, as the real one.
        const { rows } = await tx.execute(sql`SELECT id FROM creative WHERE id = ${creativeId}`);
        return rows.length === 0 ? null : (creatives.get(creativeId) ?? null);
      },
      async markTrafficked(_tx, creativeId) {
        const creative = creatives.get(creativeId)!;
        const before = { approval: creative.approval };
        creatives.set(creativeId, { ...creative, approval: 'trafficked' });
        return { moved: before.approval !== 'trafficked', before, after: { approval: 'trafficked' } };
      },
      recordAudit: pipelineStore.writeAudit,
      ...(await own(parts)),
    };
    trafficking = createTrafficking(ports);
    return [
      ...createGovernance({ ids: parts.ids, isCampaignNameTaken }).operations,
      ...createCampaigns({
        ids: parts.ids,
        deliveredByCampaign: none,
        deliveredByLineItem: none,
        deliveredByFlight: none,
        creativesOfCampaigns: async () => [],
        creativeCounts: none,
      }).operations,
      ...trafficking.operations,
    ];
  });
  for (const accountId of app.accounts) {
    await database.withTransaction({ role: 'app', accountId }, (tx) =>
      addStartingCatalogue(tx, accountId, app.ids, app.clock.now()),
    );
  }
  const ids = async (operation: string, code: string): Promise<string> => {
    const { items } = (await app.call(operation, {})) as { items: Array<{ id: string; code: string }> };
    return items.find((row) => row.code === code)!.id;
  };
  const brand = (await app.call('governance.createBrand', {
    code: 'FRN',
    name: 'Fernwhistle',
    domain: 'fernwhistle.example',
  })) as { id: string };
  const axes = {
    brandId: brand.id,
    marketId: await ids('governance.listMarkets', 'US'),
    channelId: await ids('governance.listChannels', 'AMZ'),
  };
  const day = (offset: number) =>
    new Date(app.clock.now().getTime() + offset * 86_400_000).toISOString().slice(0, 10);
  let count = 0;

  return {
    app,
    trafficking: trafficking!,
    ports: ports!,
    creatives,
    published,
    async campaign({ activate = true } = {}) {
      count += 1;
      const made = (await app.call('campaigns.createCampaign', {
        ...axes,
        label: `Ridge season ${count}`,
        budgetMicros: 5_000_000_000,
        cpmMicros: 24_000_000,
        startOn: day(1),
        endOn: day(20),
      })) as { id: string; version: number };
      if (activate) {
        await app.call(
          'campaigns.setCampaignStatus',
          { campaignId: made.id, status: 'active' },
          { ifMatch: made.version },
        );
      }
      return made.id;
    },
    async creative(campaignId, over = {}) {
      count += 1;
      const id = app.ids.next('creative');
      const name = over.name ?? `Ridge ${count}`;
      await database.withTransaction({ role: 'app', accountId: app.accounts[0] }, (tx) =>
        tx.execute(sql`
          INSERT INTO creative
            (id, account_id, campaign_id, name, status, source, universal_ad_id, click_through_url)
          VALUES (${id}, ${app.accounts[0]}, ${campaignId}, ${name}, 'active', 'uploaded', ${id},
            'https://fernwhistle.example/')`),
      );
      const pack = (packId: string) => ({ packId, verdict: 'pass' as const, blocks: 0 });
      creatives.set(id, {
        id,
        campaignId,
        lineItemId: null,
        status: 'active',
        approval: 'approved',
        packs: ['amazon_stv_prime_video', 'amazon_stv_third_party', 'amazon_olv'].map(pack),
        file: { vastUrl: `http://127.0.0.1:8787/vast/${id}` },
        ...over,
        name,
      });
      return id;
    },
    async traffic(creativeId, dsp = ['amazon'], options = {}) {
      const answer = await app.call('trafficking.trafficCreative', { creativeId, dsp }, options);
      return (answer as { results: Results }).results;
    },
    async show(deploymentId) {
      return (await app.call('trafficking.getDeployment', { deploymentId })) as never;
    },
  };
}
