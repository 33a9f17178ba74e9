import { accountDemoSeed, setAccountDemoSeed } from '#modules/accounts';
import { removeDemoCampaigns } from '#modules/campaigns';
import { removeDeliveryOf } from '#modules/events';
import { removeDemoBrands } from '#modules/governance';
import type { HandlerContext } from '../../kernel/implement.ts';
import { demoWorld } from './domain/demo-world.ts';
import { type FinishData, finishJobName, type LoadData, loadJobName, runFinish, runLoad } from './jobs.ts';
import type { DemoPorts } from './ports.ts';

export type { DemoPorts, OperationCaller } from './ports.ts';

export interface DemoModule {
  loaded(context: HandlerContext): Promise<{ loaded: boolean; seed: number | null }>;
  load(seed: number, context: HandlerContext): Promise<{ campaigns: number; creatives: number }>;
  remove(context: HandlerContext): Promise<{ removed: Record<string, number> }>;
  /** Without an operation: the first start of an installation. */
  loadFor(accountId: string, seed?: number): Promise<void>;
  createQueues(): Promise<void>;
  work(): Promise<void>;
}

const counts = {
  campaigns: demoWorld.length,
  creatives: demoWorld.filter((campaign) => campaign.spot).length,
};

/** Loads an invented world through the product's own operations, and takes it away again. */
export function createDemo(ports: DemoPorts): DemoModule {
  return {
    async loaded({ tx, accountId }) {
      const seed = await accountDemoSeed(tx, accountId);
      return { loaded: seed !== null, seed };
    },
    async load(seed, context) {
      const before = await accountDemoSeed(context.tx, context.accountId);
      await setAccountDemoSeed(context.tx, context.accountId, seed);
      await ports.queue.send(loadJobName, { accountId: context.accountId, seed } satisfies LoadData, {
        tx: context.tx,
        singletonKey: context.accountId,
      });
      context.record({
        entity: { kind: 'account', id: context.accountId },
        before: { demoSeed: before },
        after: { demoSeed: seed },
      });
      return counts;
    },
    async remove({ tx, accountId }) {
      const campaignIds = await removeDemoCampaigns(tx);
      await removeDeliveryOf(tx, campaignIds);
      const creatives = await ports.removeDemoCreatives(tx);
      const brands = await removeDemoBrands(tx);
      await setAccountDemoSeed(tx, accountId, null);
      return { removed: { campaigns: campaignIds.length, creatives, brands } };
    },
    async loadFor(accountId, seed = 42) {
      await ports.unitOfWork.withTransaction({ role: 'app', accountId }, async (tx) => {
        await setAccountDemoSeed(tx, accountId, seed);
        await ports.queue.send(loadJobName, { accountId, seed } satisfies LoadData, {
          tx,
          singletonKey: accountId,
        });
      });
    },
    async createQueues() {
      await ports.queue.createQueue(loadJobName, { policy: 'exclusive', retryLimit: 3 });
      await ports.queue.createQueue(finishJobName, { policy: 'exclusive', retryLimit: 3 });
    },
    async work() {
      await ports.queue.work<LoadData>(loadJobName, (job) => runLoad(job, ports));
      await ports.queue.work<FinishData>(finishJobName, (job) => runFinish(job, ports));
    },
  };
}
