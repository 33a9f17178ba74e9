import type { CampaignDetail, Creative, GenerationJob } from '@cuepoint/contract';
import { markCampaignDemo } from '#modules/campaigns';
import { brandByCode, channelByCode, markBrandDemo, marketByCode } from '#modules/governance';
import { markInventoryDemo } from '#modules/inventory';
import { AppError } from '../../kernel/app-error.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { dayOf } from '../../kernel/zoned-day.ts';
import { type Job, RetryLater } from '../../platform/queue/index.ts';
import { type DemoCampaign, demoWorld } from './domain/demo-world.ts';
import { loadInventory } from './load-inventory.ts';
import { delayCreative, loadReasons } from './load-reasons.ts';
import type { DemoPorts } from './ports.ts';
import { isDemoWanted, removeDemoRows } from './remove.ts';
import { writeHistory } from './write-history.ts';

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
  const madePublishers: string[] = [];
  /** Undoes what was made between somebody's removal and now; false when there is nothing left to do. */
  const isWanted = () =>
    inAccount(async (tx) => {
      if (await isDemoWanted(tx, accountId)) return true;
      // The removal may have met one of our campaigns unmarked, and left its brand to it.
      for (const brandId of madeBrands) await markBrandDemo(tx, brandId);
      for (const publisherId of madePublishers) await markInventoryDemo(tx, publisherId);
      await removeDemoRows(tx, accountId, ports);
      return false;
    });
  if (!(await isWanted())) return;
  const placements = await loadInventory({
    caller,
    inAccount,
    key: (step) => key(0, step),
    onPublisher: (publisherId) => madePublishers.push(publisherId),
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
    const own = (step: string) => key(index, step);
    if (world.reasons) await loadReasons(campaign, placements, ports.clock.now(), caller, own);
    if (world.lineItem) {
      const [item] = campaign.lineItems;
      await caller.call(
        'campaigns.updateLineItem',
        { lineItemId: item!.id, ...world.lineItem },
        { ifMatch: item!.version, ...own('line-item') },
      );
    }
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
      durationSeconds: spot!.durationSeconds ?? 15,
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
    if (world.reasons) {
      const campaign = await found(() => caller.call('campaigns.getCampaign', { campaignId }));
      if (campaign)
        await delayCreative(campaign as CampaignDetail, creativeId, caller, (step) => key(campaignId, step));
    }
    if (world.approval === 'approve' && world.requestsPerHour > 0)
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
