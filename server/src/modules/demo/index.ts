import { accountDemoSeed, setAccountDemoSeed } from '#modules/accounts';
import type { HandlerContext } from '../../kernel/implement.ts';
import { demoWorld } from './domain/demo-world.ts';
import { type FinishData, finishJobName, type LoadData, loadJobName, runFinish, runLoad } from './jobs.ts';
import type { DemoPorts } from './ports.ts';
import { removeDemoRows } from './remove.ts';

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
        // A load that is asked for while another still runs is not swallowed by it.
        singletonKey: context.call.requestId,
      });
      context.record({
        entity: { kind: 'account', id: context.accountId },
        before: { demoSeed: before },
        after: { demoSeed: seed },
      });
      return counts;
    },
    async remove({ tx, accountId }) {
      return { removed: await removeDemoRows(tx, accountId, ports) };
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
