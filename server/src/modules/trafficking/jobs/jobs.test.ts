import type { Attempt } from '@cuepoint/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Job, type Queue, RetryLater } from '../../../platform/queue/index.ts';
import { createFakePlatform } from '../testing/fake-platform.ts';
import { createWorld, type World } from '../testing/world.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import { runDeploy } from './deploy.ts';
import type { DeploymentJob } from './names.ts';
import { runReview } from './review.ts';
import type { Run } from './unit.ts';

const platform = createFakePlatform();
const sent: Array<{ name: string; deploymentId: unknown; inTransaction: boolean }> = [];
let world: World;
let campaignId: string;

beforeAll(async () => {
  world = await createWorld(({ clock }) => ({
    // Time passes between two writes, so that what they leave has an order.
    clock: {
      now: () => {
        clock.advance(1);
        return clock.now();
      },
    },
    platforms: [{ dsp: 'amazon', adapter: platform, simulated: false }],
    queue: {
      async send(name, data, options) {
        sent.push({ name, deploymentId: data.deploymentId, inTransaction: options?.tx !== undefined });
        return 'job';
      },
    },
  }));
});
beforeEach(async () => {
  platform.clear();
  campaignId = await world.campaign();
  sent.length = 0;
  world.published.length = 0;
});
afterAll(() => world.app.database.close());

const traffic = async (over: Parameters<World['creative']>[1] = {}) => {
  const creativeId = await world.creative(campaignId, over);
  const [result] = await world.traffic(creativeId);
  return { creativeId, id: result!.deployment!.id };
};
const runOf = (deploymentId: string, job: string): Run => ({
  accountId: world.app.accounts[0],
  deploymentId,
  job,
  requestId: 'req_test',
});
const deploy = (id: string, ports: Partial<TraffickingPorts> = {}) =>
  runDeploy({ ...world.ports, ...ports }, runOf(id, 'trafficking.deploy'));
const review = (id: string) => runReview(world.ports, runOf(id, 'trafficking.review'));
/** The pause a job asked for. */
const pauseOf = async (work: Promise<void>): Promise<number> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RetryLater)) throw new Error(`no pause was asked for but ${String(error)}`);
  return error.delayMs;
};
const log = (attempts: ReadonlyArray<Pick<Attempt, 'kind' | 'step' | 'outcome'>>) =>
  attempts.map(({ kind, step, outcome }) => `${kind} ${step} ${outcome}`);
const duplicates = () => [...platform.made.values()].filter((ids) => ids.length > 1).length;
const auditOf = async (entityId: string) => {
  const { items } = (await world.app.call('accounts.listAudit', { entityId, limit: 100 })) as {
    items: Array<{ actor: { kind: string }; operation: string; fields: Array<Record<string, unknown>> }>;
  };
  return items.reverse();
};

describe('the deploy job', () => {
  it('does every step in order, then hands over to the review', async () => {
    const { id, creativeId } = await traffic();
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
    expect(log(shown.attempts as never)).toEqual([
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
    const audit = await auditOf(id);
    expect(audit.slice(1).every((entry) => entry.actor.kind === 'system')).toBe(true);
    expect(
      audit.flatMap((entry) =>
        entry.fields.filter(({ field }) => field === 'status').map(({ after }) => after),
      ),
    ).toEqual(['queued', 'deploying', 'in_review']);
    expect(await auditOf(creativeId)).toMatchObject([
      { fields: [{ field: 'approval', before: 'approved', after: 'trafficked' }] },
    ]);
    await deploy(id);
    expect(platform.calls).toHaveLength(4);
  });

  it('commits the intent before the request leaves, and nothing is open meanwhile', async () => {
    const { id } = await traffic();
    const seen: unknown[] = [];
    platform.next.execute('ad', async (make) => {
      // The embedded database has one connection: this would wait for ever inside a transaction.
      const { rows } = await world.app.database.ownerQuery(
        'SELECT step, state FROM deployment_step WHERE deployment_id = $1 ORDER BY position',
        [id],
      );
      seen.push(...rows);
      return { outcome: 'ok', externalId: make() };
    });
    await deploy(id);
    expect(seen).toEqual([
      { step: 'campaign', state: 'done' },
      { step: 'ad', state: 'intended' },
      { step: 'enable_ad', state: 'planned' },
    ]);
  });

  it('waits as long as it is told and goes on where it stopped', async () => {
    const { id } = await traffic();
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
    expect(duplicates()).toBe(0);
  });

  it('gives up after the last try, and a person can go on from there', async () => {
    const { id } = await traffic();
    const busy = { outcome: 'retry', code: '503', reason: 'out of order' } as const;
    for (let i = 0; i < 3; i += 1) platform.next.execute('ad', () => busy);
    const limits = { retryLimits: { maxTries: 3 } };
    const first = await pauseOf(deploy(id, limits));
    const second = await pauseOf(deploy(id, limits));
    expect(second).toBe(first * 2);
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
    expect(duplicates()).toBe(0);
  });

  it('fails at once for what no repeat can help, with the reason', async () => {
    const { id } = await traffic();
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

  it('finds what was made when the answer was lost', async () => {
    const { id } = await traffic();
    platform.next.execute('ad', (make) => {
      make();
      return { outcome: 'ambiguous', code: 'cut', reason: 'no answer', retryAfterMs: 2_000 };
    });
    expect(await pauseOf(deploy(id))).toBeGreaterThanOrEqual(2_000);
    await deploy(id);
    const shown = await world.show(id);
    expect(log(shown.attempts as never).slice(2)).toEqual([
      'send ad ambiguous',
      'reconcile ad found',
      'send enable_ad ok',
    ]);
    expect(shown.externalIds.ad).toBe('x2');
    expect(duplicates()).toBe(0);
  });

  it('sends again only after a search that found nothing', async () => {
    const { id } = await traffic();
    const lost = { outcome: 'ambiguous', code: 'cut', reason: 'no answer', retryAfterMs: 2_000 } as const;
    platform.next.execute('ad', () => lost);
    await pauseOf(deploy(id));
    platform.next.reconcile('ad', () => ({ outcome: 'retry', code: '503', reason: 'search is down' }));
    platform.calls.length = 0;
    await pauseOf(deploy(id));
    expect(platform.calls).toEqual(['reconcile ad']);
    await deploy(id);
    expect(platform.calls).toEqual(['reconcile ad', 'reconcile ad', 'execute ad', 'execute enable_ad']);
    expect(duplicates()).toBe(0);
  });

  it.each([
    { when: 'before the request left', made: false },
    { when: 'after the platform had made it', made: true },
  ])('survives a crash $when', async ({ made }) => {
    const { id } = await traffic();
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

  it('repeats an update without a search: twice is the same as once', async () => {
    const { id } = await traffic();
    platform.next.execute('enable_ad', () => {
      throw new Error('killed');
    });
    await expect(deploy(id)).rejects.toThrow('killed');
    platform.calls.length = 0;
    await deploy(id);
    expect(platform.calls).toEqual(['execute enable_ad']);
  });

  it('names duplicates it finds and takes the first', async () => {
    const { id } = await traffic();
    platform.next.reconcile('campaign', () => ({ outcome: 'found', externalId: 'x7', duplicates: ['x8'] }));
    await deploy(id);
    const shown = await world.show(id);
    expect(shown.externalIds.campaign).toBe('x7');
    expect(shown.attempts[0]!.detail).toContain('x8');
  });

  it('makes the campaign of two creatives once, also when both go at the same time', async () => {
    const one = await traffic();
    const other = await traffic();
    let pause = 0;
    platform.next.execute('campaign', async (make) => {
      pause = await pauseOf(deploy(other.id));
      return { outcome: 'ok', externalId: make() };
    });
    await deploy(one.id);
    expect(pause).toBeGreaterThan(0);
    await deploy(other.id);
    expect(platform.made.get(`campaign ${campaignId}`)).toEqual(['x1']);
    expect((await world.show(other.id)).externalIds).toMatchObject({ campaign: 'x1' });
    expect(duplicates()).toBe(0);
  });

  it('does not make again what a search cannot show yet', async () => {
    const one = await traffic();
    await deploy(one.id);
    const other = await traffic();
    platform.next.reconcile('campaign', () => ({ outcome: 'not_found' }));
    await pauseOf(deploy(other.id));
    await deploy(other.id);
    expect(platform.made.get(`campaign ${campaignId}`)).toEqual(['x1']);
  });

  it('finds the ad of a deployment that failed before', async () => {
    const { id, creativeId } = await traffic();
    platform.next.execute('enable_ad', () => ({
      outcome: 'permanent',
      code: 'PAYMENT_ISSUE',
      reason: 'unpaid',
    }));
    await deploy(id);
    const [again] = await world.traffic(creativeId);
    await deploy(again!.deployment!.id);
    expect(await world.show(again!.deployment!.id)).toMatchObject({ status: 'in_review' });
    expect(duplicates()).toBe(0);
  });

  it('stops when it is cancelled while a request is out, and keeps what that came to', async () => {
    const { id } = await traffic();
    platform.next.execute('ad', async (make) => {
      await world.app.call('trafficking.cancelDeployment', { deploymentId: id });
      return { outcome: 'ok', externalId: make() };
    });
    await deploy(id);
    const shown = await world.show(id);
    expect(shown).toMatchObject({
      status: 'cancelled',
      externalIds: { campaign: 'x1', ad: 'x2' },
      attemptCount: 3,
    });
    expect(platform.calls.at(-1)).toBe('execute ad');
  });

  it('sends nothing more once the approval is gone', async () => {
    const { id, creativeId } = await traffic();
    platform.next.execute('campaign', (make) => {
      world.creatives.set(creativeId, { ...world.creatives.get(creativeId)!, approval: 'changes_requested' });
      return { outcome: 'ok', externalId: make() };
    });
    await deploy(id);
    expect(await world.show(id)).toMatchObject({
      status: 'failed',
      failure: 'The creative is changes requested now; nothing unapproved is sent.',
    });
    expect(platform.calls).not.toContain('execute ad');
  });

  it('fails when its platform is not configured any more', async () => {
    const { id } = await traffic();
    await deploy(id, { platforms: [] });
    expect(await world.show(id)).toMatchObject({
      status: 'failed',
      failure: 'This installation has no adapter for amazon any more.',
    });
  });
});

describe('the review job', () => {
  const inReview = async () => {
    const made = await traffic();
    await deploy(made.id);
    return made;
  };

  it('looks again until there is a verdict', async () => {
    const { id } = await inReview();
    const pending = { outcome: 'in_review', reasons: ['PENDING'], delivering: false } as const;
    platform.next.review({ ...pending, reasons: ['PENDING'] });
    const pause = await pauseOf(review(id));
    expect(await world.show(id)).toMatchObject({ status: 'in_review', reviewReasons: ['PENDING'] });
    world.app.clock.advance(10 * 60_000);
    platform.next.review({ ...pending, reasons: ['PENDING'] });
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
    const { id } = await inReview();
    platform.next.review({ outcome: 'rejected', reasons: ['AD_POLICING_SUSPENDED'], delivering: false });
    world.published.length = 0;
    await review(id);
    expect(await world.show(id)).toMatchObject({
      status: 'rejected',
      reviewReasons: ['AD_POLICING_SUSPENDED'],
    });
    expect(world.published).toMatchObject([{ type: 'deployment.changed', entity: { id } }]);
    expect((await auditOf(id)).at(-1)).toMatchObject({
      operation: 'trafficking.review',
      fields: expect.arrayContaining([{ field: 'status', before: 'in_review', after: 'rejected' }]),
    });
  });

  it('fails when what was made is gone, or no verdict comes', async () => {
    const gone = await inReview();
    platform.next.review({ outcome: 'permanent', code: 'NOT_FOUND', reason: 'no such ad' });
    await review(gone.id);
    expect(await world.show(gone.id)).toMatchObject({
      status: 'failed',
      failure: 'Review: no such ad (NOT_FOUND)',
    });

    const silent = await inReview();
    platform.next.review({ outcome: 'in_review', reasons: [], delivering: false });
    world.app.clock.advance(15 * 86_400_000);
    await review(silent.id);
    expect(await world.show(silent.id)).toMatchObject({
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
    await world.trafficking.registerJobs(queue);
    const run = (name: string, deploymentId: string, lastAttempt: boolean) =>
      handlers.get(name)!({
        id: 'job',
        queue: name,
        data: { accountId: world.app.accounts[0], deploymentId },
        attempt: 1,
        lastAttempt,
        signal: new AbortController().signal,
      });
    return { queues, run };
  };

  it('shows a fault that repeats as a failure, without its insides', async () => {
    const { queues, run } = await registered();
    expect(queues).toEqual(['trafficking.deploy', 'trafficking.review', 'trafficking.sweep']);
    const { id } = await traffic();
    const fault = () => {
      throw new Error('password=hunter2');
    };
    platform.next.execute('ad', fault);
    platform.next.execute('ad', fault);
    await expect(run('trafficking.deploy', id, false)).rejects.toThrow('hunter2');
    expect(await world.show(id)).toMatchObject({ status: 'deploying' });
    await expect(run('trafficking.deploy', id, true)).rejects.toThrow('hunter2');
    const shown = await world.show(id);
    expect(shown).toMatchObject({ status: 'failed', failure: expect.stringContaining('req_') });
    expect(JSON.stringify(shown)).not.toContain('hunter2');
  });

  it('sweeps up deployments that lost their job, of every account, and no others', async () => {
    const left = await traffic();
    const reviewed = await traffic();
    await deploy(reviewed.id);
    const ended = await traffic();
    await world.app.call('trafficking.cancelDeployment', { deploymentId: ended.id });
    world.app.clock.advance(10 * 60_000);
    const fresh = await traffic();
    sent.length = 0;
    await world.trafficking.sweep();
    const about = (id: string) => sent.filter((job) => job.deploymentId === id).map((job) => job.name);
    expect(about(left.id)).toEqual(['trafficking.deploy']);
    expect(about(reviewed.id)).toEqual(['trafficking.review']);
    expect([...about(ended.id), ...about(fresh.id)]).toEqual([]);
  });
});
