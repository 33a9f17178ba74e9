import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createJobBench, type JobBench, log, pauseOf } from '../testing/job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await createJobBench();
});
beforeEach(() => bench.reset());
afterAll(() => bench.world.app.database.close());

describe('the deploy job', () => {
  it('does every step in order, then hands over to the review', async () => {
    const { world, platform, sent, deploy } = bench;
    const { id, creativeId } = await bench.traffic();
    sent.length = 0;
    await deploy(id);
    expect(platform.calls).toEqual([
      'reconcile campaign',
      'execute campaign',
      'execute ad',
      'execute enable_ad',
    ]);
    const shown = await world.show(id);
    expect(shown).toMatchObject({
      status: 'in_review',
      step: 'review',
      externalIds: { campaign: 'x1', ad: 'x2' },
      attemptCount: 4,
      failure: null,
    });
    expect(log(shown.attempts)).toEqual([
      'reconcile campaign not_found',
      'send campaign ok',
      'send ad ok',
      'send enable_ad ok',
    ]);
    expect(shown.attempts.map((attempt) => attempt.number)).toEqual([1, 2, 3, 4]);
    expect(shown.attempts[1]!.request).toEqual({ name: 'campaign', access_token: '(redacted)' });
    expect(sent).toEqual([{ name: 'trafficking.review', deploymentId: id, inTransaction: true }]);
    expect(world.creatives.get(creativeId)!.approval).toBe('trafficked');
    expect(new Set(world.published.map((event) => event.type))).toEqual(
      new Set(['deployment.changed', 'creative.changed']),
    );
    const audit = await bench.auditOf(id);
    expect(audit.slice(1).every((entry) => entry.actor.kind === 'system')).toBe(true);
    const statuses = audit.flatMap((entry) => entry.fields.filter(({ field }) => field === 'status'));
    expect(statuses.map(({ after }) => after)).toEqual(['queued', 'deploying', 'in_review']);
    expect(await bench.auditOf(creativeId)).toMatchObject([
      { fields: [{ field: 'approval', before: 'approved', after: 'trafficked' }] },
    ]);
    await deploy(id);
    expect(platform.calls).toHaveLength(4);
  });

  it('commits the intent before the request leaves, and nothing is open meanwhile', async () => {
    const { id } = await bench.traffic();
    const seen: unknown[] = [];
    bench.platform.next.execute('ad', async (make) => {
      // The embedded database has one connection: this would wait for ever inside a transaction.
      const { rows } = await bench.world.app.database.ownerQuery(
        'SELECT step, state FROM deployment_step WHERE deployment_id = $1 ORDER BY position',
        [id],
      );
      seen.push(...rows);
      return { outcome: 'ok', externalId: make() };
    });
    await bench.deploy(id);
    expect(seen).toEqual([
      { step: 'campaign', state: 'done' },
      { step: 'ad', state: 'intended' },
      { step: 'enable_ad', state: 'planned' },
    ]);
  });

  it('waits as long as it is told and goes on where it stopped', async () => {
    const { world, platform, deploy } = bench;
    const { id } = await bench.traffic();
    platform.next.execute('ad', () => ({
      outcome: 'retry',
      code: '429',
      reason: 'slow down',
      retryAfterMs: 60_000,
    }));
    expect(await pauseOf(deploy(id))).toBeGreaterThanOrEqual(60_000);
    const waiting = await world.show(id);
    expect(waiting).toMatchObject({ status: 'waiting', step: 'ad', failure: null });
    expect(waiting.nextAttemptAt).not.toBeNull();
    expect(waiting.attempts.at(-1)!.nextAttemptAt).toBe(waiting.nextAttemptAt);
    await deploy(id);
    expect(await world.show(id)).toMatchObject({ status: 'in_review', step: 'review' });
    expect(platform.calls.filter((one) => one === 'execute campaign')).toHaveLength(1);
    expect(bench.duplicates()).toBe(0);
  });

  it('gives up after the last try, and a person can go on from there', async () => {
    const { world, platform, deploy } = bench;
    const { id } = await bench.traffic();
    for (let i = 0; i < 3; i += 1) {
      platform.next.execute('ad', () => ({ outcome: 'retry', code: '503', reason: 'out of order' }));
    }
    const limits = { retryLimits: { maxTries: 3 } };
    const first = await pauseOf(deploy(id, limits));
    expect(await pauseOf(deploy(id, limits))).toBe(first * 2);
    await deploy(id, limits);
    expect(await world.show(id)).toMatchObject({
      status: 'failed',
      failure: 'Create the ad: gave up after 3 tries; the last said: out of order',
      nextAttemptAt: null,
    });
    await world.app.call('trafficking.retryDeployment', { deploymentId: id });
    platform.calls.length = 0;
    await deploy(id, limits);
    expect(platform.calls).toEqual(['reconcile ad', 'execute ad', 'execute enable_ad']);
    expect(await world.show(id)).toMatchObject({ status: 'in_review' });
    expect(bench.duplicates()).toBe(0);
  });

  it('fails at once for what no repeat can help, with the reason', async () => {
    const { world, platform, deploy } = bench;
    const { id } = await bench.traffic();
    platform.next.execute('campaign', () => ({
      outcome: 'permanent',
      code: 'FORBIDDEN',
      reason: 'no access',
    }));
    await deploy(id);
    expect(await world.show(id)).toMatchObject({
      status: 'failed',
      failure: 'Create the campaign: no access (FORBIDDEN)',
      step: 'campaign',
    });
    platform.next.reconcile('campaign', () => ({
      outcome: 'permanent',
      code: 'FORBIDDEN',
      reason: 'still none',
    }));
    await world.app.call('trafficking.retryDeployment', { deploymentId: id });
    await deploy(id);
    expect(await world.show(id)).toMatchObject({ failure: 'Create the campaign: still none (FORBIDDEN)' });
    expect(platform.made.size).toBe(0);
  });

  it('stops when it is cancelled while a request is out, and keeps what that came to', async () => {
    const { world, platform } = bench;
    const { id } = await bench.traffic();
    platform.next.execute('ad', async (make) => {
      await world.app.call('trafficking.cancelDeployment', { deploymentId: id });
      return { outcome: 'ok', externalId: make() };
    });
    await bench.deploy(id);
    const shown = await world.show(id);
    expect(shown).toMatchObject({ status: 'cancelled', attemptCount: 3 });
    expect(shown.externalIds).toEqual({ campaign: 'x1', ad: 'x2' });
    expect(platform.calls.at(-1)).toBe('execute ad');
  });

  it('sends nothing more once the approval is gone', async () => {
    const { world, platform } = bench;
    const { id, creativeId } = await bench.traffic();
    platform.next.execute('campaign', (make) => {
      const creative = world.creatives.get(creativeId)!;
      world.creatives.set(creativeId, { ...creative, approval: 'changes_requested' });
      return { outcome: 'ok', externalId: make() };
    });
    await bench.deploy(id);
    expect(await world.show(id)).toMatchObject({
      status: 'failed',
      failure: 'The creative is changes requested now; nothing unapproved is sent.',
    });
    expect(platform.calls).not.toContain('execute ad');
  });

  it('fails when its platform is not configured any more', async () => {
    const { id } = await bench.traffic();
    await bench.deploy(id, { platforms: [] });
    expect(await bench.world.show(id)).toMatchObject({
      status: 'failed',
      failure: 'This installation has no adapter for amazon any more.',
    });
  });
});
