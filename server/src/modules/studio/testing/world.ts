import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CampaignDetail, GenerationJob } from '@cuepoint/contract';
import { locateTools } from '@cuepoint/media';
import { createCampaigns, isCampaignNameTaken } from '#modules/campaigns';
import { addStartingCatalogue, createGovernance } from '#modules/governance';
import { systemClock } from '../../../kernel/clock.ts';
import { createEventBus, type LiveEvent } from '../../../kernel/event-bus.ts';
import type { AnyBinding, HandlerContext } from '../../../kernel/implement.ts';
import type { Job, Queue } from '../../../platform/queue/index.ts';
import { openEmbeddedTestDatabase } from '../../../testing/database-suite.ts';
import { createTestApp, type TestApp } from '../../../testing/test-app.ts';
import { createStudio, type GeneratedFile, type StudioModule, type StudioPorts } from '../index.ts';
import { runGenerateJob } from '../jobs/generate.ts';
import type { GenerateData } from '../jobs/generate-job.ts';
import type { VideoGenerator } from '../ports.ts';

export interface StudioWorld {
  app: TestApp;
  ports: StudioPorts;
  studio: StudioModule;
  workDir: string;
  /** Names of the jobs that were sent. */
  sent: Array<{ name: string; data: Record<string, unknown> }>;
  /** What became a creative. */
  added: GeneratedFile[];
  faults: unknown[];
  told: LiveEvent[];
  campaign(): Promise<CampaignDetail>;
  generate(input?: Record<string, unknown>): Promise<GenerationJob>;
  job(id: string): Promise<GenerationJob>;
  /** One attempt at a job, as the queue would make it. */
  attempt(id: string, over?: Partial<Job<GenerateData>>): Promise<void>;
  close(): Promise<void>;
}

/** This module between real campaigns and a database; what becomes of a finished file is only noted. */
export async function createStudioWorld(generator: VideoGenerator): Promise<StudioWorld> {
  const database = await openEmbeddedTestDatabase();
  const workDir = mkdtempSync(join(tmpdir(), 'studio-work-'));
  const sent: StudioWorld['sent'] = [];
  const added: GeneratedFile[] = [];
  const faults: unknown[] = [];
  const told: LiveEvent[] = [];
  const events = createEventBus((error) => faults.push(error));
  events.subscribe((event) => told.push(event));
  let ports: StudioPorts | undefined;
  let studio: StudioModule | undefined;
  const app = await createTestApp(database, ({ ids }) => {
    const none = async () => new Map();
    const governance = createGovernance({ ids, isCampaignNameTaken });
    const campaigns = createCampaigns({
      ids,
      deliveredByCampaign: none,
      deliveredByLineItem: none,
      deliveredByFlight: none,
      creativesOfCampaigns: async () => [],
      creativeCounts: none,
    });
    const handlerOf = (id: string, bindings: AnyBinding[]) => {
      const binding = bindings.find((one) => one.operation.id === id)!;
      return (input: Record<string, unknown>, context: HandlerContext) =>
        binding.handle(input, context, undefined);
    };
    ports = {
      unitOfWork: database,
      queue: {
        async send(name: string, data: Record<string, unknown>) {
          sent.push({ name, data });
          return randomUUID();
        },
      } as unknown as Queue,
      events,
      // The stand-in tells real instants; intents are matched by them.
      clock: systemClock,
      ids,
      generator,
      generatorSimulated: true,
      tools: () => locateTools({ pathVariable: process.env.PATH }),
      workDir,
      async addGeneratedCreative(file) {
        added.push(file);
        const id = ids.next('creative');
        await database.ownerQuery(
          `INSERT INTO creative (id, account_id, campaign_id, name, status, source, universal_ad_id, click_through_url)
           VALUES ($1, $2, $3, $4, 'active', 'generated', $1, 'https://fernwhistle.example/')`,
          [id, file.accountId, file.campaignId, file.name],
        );
        return id;
      },
      creativeState: async () => ({ status: 'active', failure: null }),
      createBrand: handlerOf('governance.createBrand', governance.operations),
      createCampaign: handlerOf('campaigns.createCampaign', campaigns.operations),
      onFault: (error) => faults.push(error),
    };
    studio = createStudio(ports);
    return [...governance.operations, ...campaigns.operations, ...studio.operations];
  });
  for (const accountId of app.accounts) {
    await database.withTransaction({ role: 'app', accountId }, (tx) =>
      addStartingCatalogue(tx, accountId, app.ids, app.clock.now()),
    );
  }
  let brandId: string | undefined;
  let count = 0;
  const first = async (operation: string, code: string) => {
    const { items } = (await app.call(operation, {})) as { items: Array<{ id: string; code: string }> };
    return items.find((row) => row.code === code)!.id;
  };
  const world: StudioWorld = {
    app,
    ports: ports!,
    studio: studio!,
    workDir,
    sent,
    added,
    faults,
    told,
    async campaign() {
      brandId ??= (
        (await app.call('governance.createBrand', {
          code: 'FWH',
          name: 'Fernwhistle',
          domain: 'fernwhistle.example',
          colors: ['#1e4d63', '#f2a65a'],
        })) as { id: string }
      ).id;
      return (await app.call('campaigns.createCampaign', {
        brandId,
        marketId: await first('governance.listMarkets', 'US'),
        channelId: await first('governance.listChannels', 'CTV'),
        label: `Ridge ${++count}`,
        budgetMicros: 5_000_000_000,
        cpmMicros: 24_000_000,
        startOn: '2026-11-22',
        endOn: '2026-12-20',
      })) as CampaignDetail;
    },
    async generate(input = {}) {
      return (await app.call('studio.generateCreative', {
        campaignId: (await world.campaign()).id,
        prompt: `Boots for wet stone, take ${count}.`,
        ...input,
      })) as GenerationJob;
    },
    job: async (id) => (await app.call('studio.getGenerationJob', { generationJobId: id })) as GenerationJob,
    attempt: (id, over = {}) =>
      runGenerateJob(
        {
          id: 'job',
          queue: 'studio.generate',
          data: { accountId: app.accounts[0], generationJobId: id },
          attempt: 1,
          lastAttempt: false,
          signal: new AbortController().signal,
          ...over,
        },
        world.ports,
      ),
    async close() {
      await database.close();
      rmSync(workDir, { recursive: true, force: true });
    },
  };
  return world;
}
