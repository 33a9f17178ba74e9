import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createJobBench, type JobBench, log, pauseOf } from '../testing/job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await createJobBench();
});
beforeEach(() => bench.reset());
afterAll(() => bench.world.app.database.close());

describe('what may have been made already', () => {
  it('is found when the answer was lost', async () => {
    const { platform, deploy } = bench;
    const { id } = await bench.traffic();
    platform.next.execute('ad', (make) => {
      make();
      return { outcome: 'ambiguous', code: 'cut', reason: 'no answer', retryAfterMs: 2_000 };
    });
    expect(await pauseOf(deploy(id))).toBeGreaterThanOrEqual(2_000);
    await deploy(id);
    const shown = await bench.world.show(id);
    expect(log(shown.attempts).slice(2)).toEqual([
      'send ad ambiguous',
      'reconcile ad found',
      'send enable_ad ok',
    ]);
    expect(shown.externalIds.ad).toBe('x2');
    expect(bench.duplicates()).toBe(0);
  });

  it('is sent again only after a search that found nothing', async () => {
    const { platform, deploy } = bench;
    const { id } = await bench.traffic();
    platform.next.execute('ad', () => ({
      outcome: 'ambiguous',
      code: 'cut',
      reason: 'no answer',
      retryAfterMs: 2_000,
    }));
    await pauseOf(deploy(id));
    platform.next.reconcile('ad', () => ({ outcome: 'retry', code: '503', reason: 'search is down' }));
    platform.calls.length = 0;
    await pauseOf(deploy(id));
    expect(platform.calls).toEqual(['reconcile ad']);
    await deploy(id);
    expect(platform.calls).toEqual(['reconcile ad', 'reconcile ad', 'execute ad', 'execute enable_ad']);
    expect(bench.duplicates()).toBe(0);
  });

  it.each([
    { when: 'before the request left', made: false },
    { when: 'after the platform had made it', made: true },
  ])('is looked for after a crash $when', async ({ made }) => {
    const { platform, deploy, world } = bench;
    const { id } = await bench.traffic();
    platform.next.execute('ad', (make) => {
      if (made) make();
      throw new Error('killed');
    });
    await expect(deploy(id)).rejects.toThrow('killed');
    expect(await world.show(id)).toMatchObject({ status: 'deploying', step: 'ad' });
    platform.calls.length = 0;
    await deploy(id);
    expect(platform.calls).toEqual(
      made ? ['reconcile ad', 'execute enable_ad'] : ['reconcile ad', 'execute ad', 'execute enable_ad'],
    );
    expect(platform.made.get(`ad ${(await world.show(id)).creativeId}`)).toHaveLength(1);
  });

  it('does not matter for an update: twice is the same as once', async () => {
    const { platform, deploy } = bench;
    const { id } = await bench.traffic();
    platform.next.execute('enable_ad', () => {
      throw new Error('killed');
    });
    await expect(deploy(id)).rejects.toThrow('killed');
    platform.calls.length = 0;
    await deploy(id);
    expect(platform.calls).toEqual(['execute enable_ad']);
  });

  it('is taken once when there are several, and the others are named', async () => {
    const { id } = await bench.traffic();
    bench.platform.next.reconcile('campaign', () => ({
      outcome: 'found',
      externalId: 'x7',
      duplicates: ['x8'],
    }));
    await bench.deploy(id);
    const shown = await bench.world.show(id);
    expect(shown.externalIds.campaign).toBe('x7');
    expect(shown.attempts[0]!.detail).toContain('x8');
  });

  it('is made once for two creatives of a campaign, also when both go at the same time', async () => {
    const { platform, deploy } = bench;
    const one = await bench.traffic();
    const other = await bench.traffic();
    let pause = 0;
    platform.next.execute('campaign', async (make) => {
      pause = await pauseOf(deploy(other.id));
      return { outcome: 'ok', externalId: make() };
    });
    await deploy(one.id);
    expect(pause).toBeGreaterThan(0);
    await deploy(other.id);
    expect(platform.made.get(`campaign ${bench.campaignId()}`)).toEqual(['x1']);
    expect((await bench.world.show(other.id)).externalIds).toMatchObject({ campaign: 'x1' });
    expect(bench.duplicates()).toBe(0);
  });

  it('is not made again when a search cannot show it yet', async () => {
    const { platform, deploy } = bench;
    await deploy((await bench.traffic()).id);
    const other = await bench.traffic();
    platform.next.reconcile('campaign', () => ({ outcome: 'not_found' }));
    await pauseOf(deploy(other.id));
    await deploy(other.id);
    expect(platform.made.get(`campaign ${bench.campaignId()}`)).toEqual(['x1']);
  });

  it('is found when a deployment before this one had failed', async () => {
    const { platform, deploy, world } = bench;
    const { id, creativeId } = await bench.traffic();
    platform.next.execute('enable_ad', () => ({
      outcome: 'permanent',
      code: 'PAYMENT_ISSUE',
      reason: 'unpaid',
    }));
    await deploy(id);
    world.app.clock.advance(120_000);
    const [again] = await world.traffic(creativeId);
    await deploy(again!.deployment!.id);
    expect(await world.show(again!.deployment!.id)).toMatchObject({ status: 'in_review' });
    expect(bench.duplicates()).toBe(0);
  });
});
