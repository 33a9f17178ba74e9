import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { RetryLater } from '../../../platform/queue/index.ts';
import { databaseSuite } from '../../../testing/index.ts';
import { createFakePlatform } from '../testing/fake-platform.ts';
import { createWorld, type World } from '../testing/world.ts';
import { runDeploy } from './deploy.ts';

const together = 5;

databaseSuite('deployments of one campaign at once', (open) => {
  const platform = createFakePlatform();
  let world: World;

  beforeAll(async () => {
    world = await createWorld(
      () => ({
        platforms: [{ dsp: 'amazon', adapter: platform, simulated: false }],
        queue: { send: async () => 'job' },
      }),
      await open(),
    );
  });

  /** As the queue would: again whenever it asks for it, though sooner. */
  async function untilDone(deploymentId: string): Promise<void> {
    const run = {
      accountId: world.app.accounts[0],
      deploymentId,
      job: 'trafficking.deploy',
      requestId: 'req_test',
    };
    for (let round = 0; round < 200; round += 1) {
      try {
        return await runDeploy(world.ports, run);
      } catch (error) {
        if (!(error instanceof RetryLater)) throw error;
        await sleep(10);
      }
    }
    throw new Error(`${deploymentId} is not done after 200 rounds`);
  }

  it('makes each object once, even when answers are lost', async () => {
    const campaignId = await world.campaign();
    platform.next.execute('campaign', async (make) => {
      await sleep(50);
      make();
      return { outcome: 'ambiguous', code: 'cut', reason: 'no answer', retryAfterMs: 10 };
    });
    const ids: string[] = [];
    for (let i = 0; i < together; i += 1) {
      ids.push((await world.traffic(await world.creative(campaignId)))[0]!.deployment!.id);
    }
    await Promise.all(ids.map(untilDone));
    const counts = [...platform.made.entries()].map(([key, made]) => `${key.split(' ')[0]} ${made.length}`);
    expect(counts.sort()).toEqual([...Array.from({ length: together }, () => 'ad 1'), 'campaign 1']);
    for (const id of ids) expect(await world.show(id)).toMatchObject({ status: 'in_review' });
  });
});
