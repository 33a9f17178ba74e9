import type { Attempt } from '@cuepoint/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../platform/http-client/index.ts';
import { createQueue, type Queue } from '../../platform/queue/index.ts';
import { type SandboxProcess, startSandboxProcess } from '../../testing/sandbox-process.ts';
import { amazonDspParams, createAmazonDspAdapter, type PlatformAdapter } from './index.ts';
import { createWorld, type World } from './testing/world.ts';

/** Real adapter, real queue, real HTTP: only the platform is a stand-in. */
let sandbox: SandboxProcess;
let world: World;
let queue: Queue;
let campaignId: string;
/** What happens just before or after a request of the adapter; throwing there is a crash of ours. */
let around: { before?: (step: string) => void; after?: (step: string) => void } = {};
const faults: Error[] = [];

beforeAll(async () => {
  sandbox = await startSandboxProcess(['--speed', '60']);
  world = await createWorld(async ({ database, clock }) => {
    queue = createQueue({ database, onError: (error) => faults.push(error) });
    await queue.start();
    // The platform compares dates with the real time.
    clock.set(new Date().toISOString());
    const now = () => new Date();
    const adapter = createAmazonDspAdapter({
      http: createHttpClient({ allowPrivate: [sandbox.hostAndPort] }),
      credentials: { clientId: 'client', clientSecret: 'secret-of-ours', refreshToken: 'refresh-of-ours' },
      params: amazonDspParams.parse({
        accountId: 'advertiser',
        currency: 'USD',
        productCategoryIds: ['1'],
        allowLocalTags: true,
      }),
      baseUrl: sandbox.amazonBaseUrl,
      tokenUrl: sandbox.amazonTokenUrl,
      now,
      settleMs: 200,
    });
    return {
      clock: { now },
      queue,
      platforms: [{ dsp: 'amazon', adapter: observed(adapter), simulated: true }],
      retryLimits: { baseMs: 100, capMs: 1_000 },
      reviewLimits: { firstDelayMs: 300 },
    };
  });
  await world.trafficking.registerJobs(queue, { pollingMs: 500 });
  campaignId = await world.campaign();
});
beforeEach(async () => {
  around = {};
  await sandbox.control('POST', '/reset');
  campaignId = await world.campaign();
});
afterAll(async () => {
  await queue.stop({ graceful: true, timeLimitMs: 5_000 });
  await world.app.database.close();
  await sandbox.close();
  expect(faults).toEqual([]);
});

function observed(adapter: PlatformAdapter): PlatformAdapter {
  return {
    ...adapter,
    async execute(ticket, step, externalIds) {
      around.before?.(step.name);
      const answer = await adapter.execute(ticket, step, externalIds);
      around.after?.(step.name);
      return answer;
    },
  };
}

const fault = (kind: string, path: string, more: object = {}) =>
  sandbox.control('POST', '/faults', { platform: 'amazon', method: 'POST', path, kind, ...more });
const start = async (name?: string): Promise<string> => {
  const creativeId = await world.creative(campaignId, name === undefined ? {} : { name });
  return (await world.traffic(creativeId))[0]!.deployment!.id;
};
const until = async (deploymentId: string, status: string, timeout = 20_000) => {
  await expect
    .poll(async () => (await world.show(deploymentId)).status, { timeout, interval: 100 })
    .toBe(status);
  const shown = await world.show(deploymentId);
  return { ...shown, attempts: shown.attempts as unknown as Attempt[] };
};
interface State {
  duplicates: Record<string, number>;
  objects: Array<{ kind: string; state: string; name?: string }>;
}
const platformState = async () => (await sandbox.control('GET', '/state')).amazon as State;
const none = { campaigns: 0, adGroups: 0, ads: 0, adAssociations: 0 };
const log = (attempts: readonly Attempt[]) =>
  attempts
    .filter(({ kind }) => kind !== 'review')
    .map(({ kind, step, httpStatus, outcome }) => `${kind} ${step} ${httpStatus ?? '-'} ${outcome}`);

describe('Amazon DSP over HTTP', () => {
  it('goes from approved creative to approved ad', async () => {
    const id = await start('Ridge 15s');
    const shown = await until(id, 'approved');
    expect(shown).toMatchObject({ simulated: true, failure: null, reviewReasons: expect.any(Array) });
    expect(Object.keys(shown.externalIds).sort()).toEqual(['ad', 'ad_group', 'association', 'campaign']);
    expect(log(shown.attempts)).toEqual([
      'reconcile campaign 200 not_found',
      'send campaign 207 ok',
      'reconcile ad_group 200 not_found',
      'send ad_group 207 ok',
      'send ad 207 ok',
      'send association 207 ok',
      'send enable_association 207 ok',
      'send enable_ad 207 ok',
      'send enable_ad_group 207 ok',
      'send enable_campaign 207 ok',
    ]);
    expect(shown.attempts.every((attempt) => attempt.simulated)).toBe(true);
    expect(shown.attempts.map((attempt) => attempt.number)).toEqual(
      shown.attempts.map((_, index) => index + 1),
    );
    expect(JSON.stringify(shown.attempts)).not.toMatch(/of-ours|Bearer/);
    const state = await platformState();
    expect(state.duplicates).toEqual(none);
    expect(state.objects.map(({ kind, state: its }) => `${kind} ${its}`).sort()).toEqual([
      'adAssociations ENABLED',
      'adGroups ENABLED',
      'ads ENABLED',
      'campaigns ENABLED',
    ]);
  });

  it('survives 429, 503 and a connection cut after creation in one deployment, without a duplicate', async () => {
    await fault('rate_limited', '/adsApi/v1/create/campaigns', { retryAfterSeconds: 1 });
    await fault('cut_after', '/adsApi/v1/create/adGroups');
    await fault('unavailable', '/adsApi/v1/create/ads');
    const id = await start();
    const shown = await until(id, 'approved', 25_000);
    const entries = log(shown.attempts);
    expect(entries.slice(0, 4)).toEqual([
      'reconcile campaign 200 not_found',
      'send campaign 429 retry',
      'reconcile campaign 200 not_found',
      'send campaign 207 ok',
    ]);
    expect(entries).toContain('send ad_group - ambiguous');
    expect(entries[entries.indexOf('send ad_group - ambiguous') + 1]).toBe('reconcile ad_group 200 found');
    expect(entries).toContain('send ad 503 retry');
    const limited = shown.attempts.find((attempt) => attempt.httpStatus === 429)!;
    const waitedMs = Date.parse(limited.nextAttemptAt!) - Date.parse(limited.startedAt);
    expect(waitedMs).toBeGreaterThanOrEqual(1_000);
    const next = shown.attempts.find((attempt) => attempt.number === limited.number + 1)!;
    expect(Date.parse(next.startedAt)).toBeGreaterThanOrEqual(Date.parse(limited.startedAt) + 1_000);
    const state = await platformState();
    expect([state.duplicates, state.objects.length]).toEqual([none, 4]);
  });

  it.each([
    { kind: 'error_after', shown: 'send ad 500 ambiguous' },
    { kind: 'malformed', shown: 'send ad 207 ambiguous' },
  ])('does not make an ad twice when the answer is $kind', async ({ kind, shown }) => {
    await fault(kind, '/adsApi/v1/create/ads');
    const entries = log((await until(await start(), 'approved')).attempts);
    expect(entries[entries.indexOf(shown) + 1]).toBe('reconcile ad 200 found');
    expect((await platformState()).duplicates).toEqual(none);
  });

  it.each(['before', 'after'] as const)('reconciles when our process dies %s a request', async (when) => {
    let crashes = 1;
    around[when] = (step) => {
      if (step !== 'ad' || crashes === 0) return;
      crashes -= 1;
      throw new Error('our process dies here');
    };
    const shown = await until(await start(), 'approved');
    const entries = log(shown.attempts);
    expect(entries).toContain(when === 'after' ? 'reconcile ad 200 found' : 'reconcile ad 200 not_found');
    const state = await platformState();
    expect([state.duplicates, state.objects.filter(({ kind }) => kind === 'ads').length]).toEqual([none, 1]);
  });

  it('shares campaign and ad group between two creatives sent at once', async () => {
    const ids = await Promise.all([start(), start()]);
    for (const id of ids) await until(id, 'approved', 30_000);
    const state = await platformState();
    const count = (kind: string) => state.objects.filter((object) => object.kind === kind).length;
    expect([count('campaigns'), count('adGroups'), count('ads'), count('adAssociations')]).toEqual([
      1, 1, 2, 2,
    ]);
    expect(state.duplicates).toEqual(none);
  });

  it('sends nothing for a dry run', async () => {
    const creativeId = await world.creative(campaignId);
    const [result] = await world.traffic(creativeId, ['amazon'], { dryRun: true });
    expect(result).toMatchObject({ ok: true, deployment: null });
    expect(result!.plan.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /adsApi/v1/create/campaigns',
      'POST /adsApi/v1/create/adGroups',
      'POST /adsApi/v1/create/ads',
      'POST /adsApi/v1/create/adAssociations',
      'POST /adsApi/v1/update/adAssociations',
      'POST /adsApi/v1/update/ads',
      'POST /adsApi/v1/update/adGroups',
      'POST /adsApi/v1/update/campaigns',
    ]);
    expect(JSON.stringify(result!.plan)).toContain(creativeId);
    // Longer than a job would need to be picked up.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await sandbox.control('GET', '/counters')).toMatchObject({ requests: 0 });
  });

  it('follows a rejection and keeps its reasons', async () => {
    const shown = await until(await start('Ridge sandbox-reject'), 'rejected');
    expect(shown.reviewReasons).toContain('AD_NOT_APPROVED_FOR_ALL_AD_GROUPS');
    expect(shown.failure).toBeNull();
  });

  it('goes on from the failed step when a person asks again', async () => {
    await fault('unavailable', '/adsApi/v1/create/adAssociations', { times: 8 });
    const id = await start();
    const failed = await until(id, 'failed', 30_000);
    expect(failed.failure).toMatch(/gave up after 8 tries/);
    expect(failed.attempts.filter(({ httpStatus }) => httpStatus === 503)).toHaveLength(8);
    await world.app.call('trafficking.retryDeployment', { deploymentId: id });
    const shown = await until(id, 'approved');
    expect(log(shown.attempts).filter((entry) => entry === 'send ad 207 ok')).toHaveLength(1);
    expect((await platformState()).duplicates).toEqual(none);
  });
});
