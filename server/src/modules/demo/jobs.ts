import type { CampaignDetail, Creative, GenerationJob } from '@cuepoint/contract';
import { flightsOf, lineItemsOf, markCampaignDemo } from '#modules/campaigns';
import { addHours, deliveryTotalsFor } from '#modules/events';
import { brandByCode, channelByCode, markBrandDemo, marketByCode } from '#modules/governance';
import { AppError } from '../../kernel/app-error.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { dayOf } from '../../kernel/zoned-day.ts';
import { type Job, RetryLater } from '../../platform/queue/index.ts';
import { type DemoCampaign, demoWorld } from './domain/demo-world.ts';
import { generateHistory } from './domain/history.ts';
import type { DemoPorts } from './ports.ts';
import { isDemoWanted, removeDemoRows } from './remove.ts';

export const loadJobName = 'demo.load';
export const finishJobName = 'demo.finish';

export interface LoadData extends Record<string, unknown> {
  accountId: string;
  seed: number;
}
export interface FinishData extends LoadData {
  campaigns: Array<{ campaignId: string; generationJobId: string | null; world: number }>;
}

/** Makes the campaigns and starts their spots. Repeatable: each step carries a key of its own. */
export async function runLoad(job: Job<LoadData>, ports: DemoPorts): Promise<void> {
  const { accountId, seed } = job.data;
  const caller = ports.callerFor(accountId);
  const inAccount = <T>(work: (tx: Tx) => Promise<T>) =>
    ports.unitOfWork.withTransaction({ role: 'app', accountId }, work);
  const key = (index: number, step: string) => ({
    idempotencyKey: `demo-${job.id}-${seed}-${index}-${step}`,
  });
  const campaigns: FinishData['campaigns'] = [];
  const madeBrands: string[] = [];
  /** Undoes what was made between somebody's removal and now; false when there is nothing left to do. */
  const isWanted = () =>
    inAccount(async (tx) => {
      if (await isDemoWanted(tx, accountId)) return true;
      // The removal may have met one of our campaigns unmarked, and left its brand to it.
      for (const brandId of madeBrands) await markBrandDemo(tx, brandId);
      await removeDemoRows(tx, accountId, ports);
      return false;
    });
  for (const [index, world] of demoWorld.entries()) {
    if (!(await isWanted())) return;
    const market = await inAccount((tx) => marketByCode(tx, world.market));
    const channel = await inAccount((tx) => channelByCode(tx, world.channel));
    if (!market || !channel) continue;
    try {
      const { output } = await caller.call('governance.createBrand', world.brand, key(index, 'brand'));
      const { id } = output as { id: string };
      madeBrands.push(id);
      await inAccount((tx) => markBrandDemo(tx, id));
    } catch (error) {
      // There already: of an earlier campaign here, or the account's own and then not ours to mark.
      if (!AppError.is(error) || error.code !== 'code.taken') throw error;
    }
    const brand = (await inAccount((tx) => brandByCode(tx, world.brand.code)))!;
    const day = (days: number) =>
      dayOf(new Date(ports.clock.now().getTime() + days * 86_400_000), market.timeZone);
    let campaign: CampaignDetail;
    try {
      const { output } = await caller.call(
        'campaigns.createCampaign',
        {
          brandId: brand.id,
          marketId: market.id,
          channelId: channel.id,
          label: world.label,
          objective: world.objective,
          budgetMicros: world.budgetMicros,
          cpmMicros: world.cpmMicros,
          startOn: day(world.startsInDays),
          endOn: day(world.startsInDays + world.lastsDays - 1),
        },
        key(index, 'campaign'),
      );
      campaign = output as CampaignDetail;
    } catch (error) {
      // The account has a campaign of this name of its own: leave it alone.
      if (AppError.is(error) && error.code === 'name.taken') continue;
      throw error;
    }
    await inAccount((tx) => markCampaignDemo(tx, campaign.id));
    const generationJobId = world.spot
      ? await startSpot(campaign.id, world, caller, key(index, 'spot'))
      : null;
    if (world.status !== 'draft') {
      await caller.call(
        'campaigns.setCampaignStatus',
        { campaignId: campaign.id, status: 'active' },
        { ifMatch: campaign.version, ...key(index, 'active') },
      );
    }
    campaigns.push({ campaignId: campaign.id, generationJobId, world: index });
  }
  if (!(await isWanted())) return;
  await ports.queue.send(finishJobName, { accountId, seed, campaigns } satisfies FinishData, {
    singletonKey: job.id,
  });
  ports.changed(accountId);
}

async function startSpot(
  campaignId: string,
  { spot }: DemoCampaign,
  caller: ReturnType<DemoPorts['callerFor']>,
  options: { idempotencyKey: string },
): Promise<string> {
  const { output } = await caller.call(
    'studio.generateCreative',
    {
      campaignId,
      prompt: spot!.message,
      title: spot!.title,
      callToAction: spot!.callToAction,
      tone: spot!.tone,
      durationSeconds: 15,
    },
    options,
  );
  return (output as GenerationJob).id;
}

/** Waits for the spots, then does what people did with them, and writes what was delivered so far. */
export async function runFinish(job: Job<FinishData>, ports: DemoPorts): Promise<void> {
  const { accountId, seed, campaigns } = job.data;
  const caller = ports.callerFor(accountId);
  const key = (id: string, step: string) => ({ idempotencyKey: `demo-${job.id}-${id}-${step}` });
  for (const { campaignId, generationJobId, world: index } of campaigns) {
    if (!generationJobId) continue;
    const generation = await found(() => caller.call('studio.getGenerationJob', { generationJobId }));
    if (!generation) continue;
    const { status, creativeId } = generation as GenerationJob;
    if (status === 'failed') continue;
    if (status !== 'completed' || !creativeId) throw new RetryLater(2_000, 'the spots are being made');
    const world = demoWorld[index]!;
    await act(world, creativeId, caller, key);
    if (world.approval === 'approve')
      await writeHistory(
        { accountId, campaignId, creativeId, seed: seed + index, requestsPerHour: world.requestsPerHour },
        ports,
      );
    ports.changed(accountId);
  }
}

async function act(
  world: DemoCampaign,
  creativeId: string,
  caller: ReturnType<DemoPorts['callerFor']>,
  key: (id: string, step: string) => { idempotencyKey: string },
): Promise<void> {
  const creative = (await found(() =>
    caller.call('creatives.getCreative', { creativeId }),
  )) as Creative | null;
  if (!creative) return;
  if (world.approval !== 'none' && creative.approval === 'draft') {
    await caller.call(
      'creatives.changeApproval',
      { creativeId, action: 'submit' },
      key(creativeId, 'submit'),
    );
  }
  if (world.approval === 'approve' && (creative.approval === 'draft' || creative.approval === 'submitted')) {
    await caller.call(
      'creatives.changeApproval',
      { creativeId, action: 'approve' },
      key(creativeId, 'approve'),
    );
  }
  if (world.traffic) {
    await caller.call(
      'trafficking.trafficCreative',
      { creativeId, dsp: ['amazon'] },
      key(creativeId, 'traffic'),
    );
  }
}

/** Null for what was removed meanwhile. */
async function found(call: () => Promise<{ output: unknown }>): Promise<unknown> {
  try {
    return (await call()).output;
  } catch (error) {
    if (AppError.is(error) && error.code.endsWith('not_found')) return null;
    throw error;
  }
}

async function writeHistory(
  scene: { accountId: string; campaignId: string; creativeId: string; seed: number; requestsPerHour: number },
  ports: DemoPorts,
): Promise<void> {
  const { accountId, campaignId, creativeId, seed, requestsPerHour } = scene;
  const facts = await ports.unitOfWork.withTransaction({ role: 'app', accountId }, async (tx) => ({
    items: await lineItemsOf(tx, campaignId),
    flights: await flightsOf(tx, campaignId),
    placementId: await ports.defaultPlacementId(tx, accountId),
    written: await hasDelivery(tx, campaignId),
  }));
  const [item] = facts.items;
  const [flight] = facts.flights;
  if (!item || !flight || !facts.placementId || facts.written) return;
  const rows = generateHistory({
    accountId,
    placementId: facts.placementId,
    snapshot: {
      lineItems: [
        {
          id: item.id,
          accountId,
          campaignId,
          brandId: 'demo',
          priority: item.priority,
          cpmMicros: item.cpmMicros,
          currency: item.currency,
          status: 'active',
          pacing: 'even',
          flights: facts.flights.map((one) => ({
            id: one.id,
            startAt: one.startAt.toISOString(),
            endAt: one.endAt.toISOString(),
            budgetMicros: one.budgetMicros,
          })),
          budgetMicros: null,
          targeting: [],
          creatives: [{ creativeId, weight: 1 }],
        },
      ],
      creatives: [{ id: creativeId, accountId, status: 'approved', durationMs: 15_000 }],
    },
    campaignOf: new Map([[item.id, { campaignId, currency: item.currency }]]),
    countries: item.countries.length > 0 ? item.countries : ['US'],
    fromMs: flight.startAt.getTime(),
    // The hour under way belongs to real delivery.
    untilMs: Math.floor(ports.clock.now().getTime() / 3_600_000) * 3_600_000,
    seed,
    requestsPerHour,
  });
  await ports.unitOfWork.withTransaction({ role: 'ingester' }, (tx) => addHours(tx, rows));
}

async function hasDelivery(tx: Tx, campaignId: string): Promise<boolean> {
  return (await deliveryTotalsFor(tx, [campaignId])).size > 0;
}
