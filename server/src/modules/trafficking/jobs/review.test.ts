import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job, Queue } from '../../../platform/queue/index.ts';
import { createJobBench, type JobBench, pauseOf } from '../testing/job-bench.ts';
import type { DeploymentJob } from './names.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await createJobBench();
});
beforeEach(() => bench.reset());
afterAll(() => bench.world.app.database.close());

describe('the review job', () => {
  const inReview = async (): Promise<string> => {
    const { id } = await bench.traffic();
    await bench.deploy(id);
    return id;
  };
  const pending = () => ({ outcome: 'in_review' as const, reasons: ['PENDING'], delivering: false });

  it('looks again until there is a verdict', async () => {
    const { world, platform, review } = bench;
    const id = await inReview();
    platform.next.review(pending());
    const pause = await pauseOf(review(id));
    expect(await world.show(id)).toMatchObject({ status: 'in_review', reviewReasons: ['PENDING'] });
    world.app.clock.advance(10 * 60_000);
    platform.next.review(pending());
    expect(await pauseOf(review(id))).toBeGreaterThan(pause);
    platform.next.review({ outcome: 'retry', code: '429', reason: 'slow', retryAfterMs: 7_200_000 });
    expect(await pauseOf(review(id))).toBe(7_200_000);
    await review(id);
    expect(await world.show(id)).toMatchObject({
      status: 'approved',
      reviewReasons: [],
      nextAttemptAt: null,
    });
    const calls = platform.calls.length;
    await review(id);
    expect(platform.calls).toHaveLength(calls);
  });

  it('keeps the reasons of a rejection', async () => {
    const { world, platform } = bench;
    const id = await inReview();
    platform.next.review({ outcome: 'rejected', reasons: ['AD_POLICING_SUSPENDED'], delivering: false });
    world.published.length = 0;
    await bench.review(id);
    expect(await world.show(id)).toMatchObject({
      status: 'rejected',
      reviewReasons: ['AD_POLICING_SUSPENDED'],
    });
    expect(world.published).toMatchObject([{ type: 'deployment.changed', entity: { id } }]);
    expect((await bench.auditOf(id)).at(-1)).toMatchObject({
      operation: 'trafficking.review',
      fields: expect.arrayContaining([{ field: 'status', before: 'in_review', after: 'rejected' }]),
    });
  });

  it('fails when what was made is gone', async () => {
    const id = await inReview();
    bench.platform.next.review({ outcome: 'permanent', code: 'NOT_FOUND', reason: 'no such ad' });
    await bench.review(id);
    expect(await bench.world.show(id)).toMatchObject({
      status: 'failed',
      failure: 'Review: no such ad (NOT_FOUND)',
    });
  });

  it('fails when no verdict comes', async () => {
    const id = await inReview();
    bench.platform.next.review(pending());
    bench.world.app.clock.advance(15 * 86_400_000);
    await bench.review(id);
    expect(await bench.world.show(id)).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('no verdict since'),
    });
  });
});

describe('around the jobs', () => {
  /** A queue that hands out what it was given to run. */
  const registered = async () => {
    const handlers = new Map<string, (job: Job<DeploymentJob>) => Promise<void>>();
    const queues: string[] = [];
    const queue = {
      createQueue: async (name: string) => void queues.push(name),
      work: async (name: string, handler: never) => void handlers.set(name, handler),
      schedule: async () => undefined,
    } as unknown as Queue;
    await bench.world.trafficking.registerJobs(queue);
    const run = (name: string, deploymentId: string, lastAttempt: boolean) =>
      handlers.get(name)!({
        id: 'job',
        queue: name,
        data: { accountId: bench.world.app.accounts[0], deploymentId },
        attempt: 1,
        lastAttempt,
        signal: new AbortController().signal,
      });
    return { queues, run };
  };

  it('shows a fault that repeats as a failure, without its insides', async () => {
    const { world, platform } = bench;
    const { queues, run } = await registered();
    expect(queues).toEqual(['trafficking.deploy', 'trafficking.review', 'trafficking.sweep']);
    const { id } = await bench.traffic();
    for (let i = 0; i < 2; i += 1) {
      platform.next.execute('ad', () => {
        throw new Error('password=hunter2');
      });
    }
    await expect(run('trafficking.deploy', id, false)).rejects.toThrow('hunter2');
    expect(await world.show(id)).toMatchObject({ status: 'deploying' });
    await expect(run('trafficking.deploy', id, true)).rejects.toThrow('hunter2');
    const shown = await world.show(id);
    expect(shown).toMatchObject({ status: 'failed', failure: expect.stringContaining('req_') });
    expect(JSON.stringify(shown)).not.toContain('hunter2');
  });

  it('sweeps up deployments that lost their job, and no others', async () => {
    const { world, sent } = bench;
    const left = await bench.traffic();
    const reviewed = await bench.traffic();
    await bench.deploy(reviewed.id);
    const ended = await bench.traffic();
    await world.app.call('trafficking.cancelDeployment', { deploymentId: ended.id });
    world.app.clock.advance(10 * 60_000);
    const fresh = await bench.traffic();
    sent.length = 0;
    await world.trafficking.sweep();
    const about = (id: string) => sent.filter((job) => job.deploymentId === id).map((job) => job.name);
    expect(about(left.id)).toEqual(['trafficking.deploy']);
    expect(about(reviewed.id)).toEqual(['trafficking.review']);
    expect([...about(ended.id), ...about(fresh.id)]).toEqual([]);
  });
});
