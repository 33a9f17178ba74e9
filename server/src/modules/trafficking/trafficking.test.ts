import type { Deployment } from '@cuepoint/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deploymentsForReport, hasDeployments, markDeploymentsDemo, removeDemoDeployments } from './index.ts';
import { createFakePlatform } from './testing/fake-platform.ts';
import { createWorld, type World } from './testing/world.ts';

const platform = createFakePlatform();
const sent: Array<{ name: string; data: Record<string, unknown>; inTransaction: boolean; key: unknown }> = [];
let world: World;
let campaignId: string;

beforeAll(async () => {
  world = await createWorld(() => ({
    platforms: [{ dsp: 'amazon', adapter: platform, simulated: true }],
    queue: {
      async send(name, data, options) {
        sent.push({ name, data, inTransaction: options?.tx !== undefined, key: options?.singletonKey });
        return `job ${sent.length}`;
      },
    },
  }));
  campaignId = await world.campaign();
});
beforeEach(() => {
  platform.clear();
  sent.length = 0;
});
afterAll(() => world.app.database.close());

const one = async (): Promise<Deployment> => {
  const [result] = await world.traffic(await world.creative(campaignId));
  return result!.deployment!;
};
const call = (verb: string, deploymentId: string, account: 0 | 1 = 0) =>
  world.app.call(`trafficking.${verb}Deployment`, { deploymentId }, { account });
const force = (deploymentId: string, status: string) =>
  world.app.database.ownerQuery('UPDATE deployment SET status = $2 WHERE id = $1', [deploymentId, status]);
const rows = async () =>
  Number((await world.app.database.ownerQuery('SELECT count(*) AS n FROM deployment')).rows[0]!.n);

describe('sending a creative', () => {
  it('queues one deployment with its job, its steps and an audit record, and sends nothing itself', async () => {
    const creativeId = await world.creative(campaignId, { name: 'Ridge 15s' });
    const [result] = await world.traffic(creativeId);
    expect(result).toMatchObject({ dsp: 'amazon', ok: true, problem: null, plan: [] });
    expect(result!.deployment).toMatchObject({
      creativeId,
      creativeName: 'Ridge 15s',
      campaignId,
      campaignName: expect.stringMatching(/^FRN_US_AMZ_2026_RidgeSeason/),
      dspName: 'Amazon DSP',
      status: 'queued',
      step: 'campaign',
      simulated: true,
      externalIds: {},
      attemptCount: 0,
      version: 1,
    });
    const id = result!.deployment!.id;
    expect(sent).toEqual([
      {
        name: 'trafficking.deploy',
        data: { accountId: world.app.accounts[0], deploymentId: id },
        inTransaction: true,
        key: id,
      },
    ]);
    expect(platform.calls).toEqual([]);
    expect(world.app.events.at(-1)).toMatchObject({ type: 'deployment.changed', entity: { id } });
    const audit = (await world.app.call('accounts.listAudit', { entityId: id })) as { items: unknown[] };
    expect(audit.items).toMatchObject([{ operation: 'trafficking.trafficCreative', change: 'created' }]);
    const { rows: steps } = await world.app.database.ownerQuery(
      'SELECT step, our_key, state FROM deployment_step WHERE deployment_id = $1 ORDER BY position',
      [id],
    );
    expect(steps).toEqual([
      { step: 'campaign', our_key: campaignId, state: 'planned' },
      { step: 'ad', our_key: creativeId, state: 'planned' },
      { step: 'enable_ad', our_key: creativeId, state: 'planned' },
    ]);
  });

  it('lets each destination answer for itself', async () => {
    const creativeId = await world.creative(campaignId);
    const results = await world.traffic(creativeId, ['dv360', 'amazon', 'amazon']);
    expect(results).toMatchObject([
      {
        dsp: 'dv360',
        ok: false,
        deployment: null,
        problem: {
          code: 'dsp.not_offered',
          status: 422,
          detail: 'Display & Video 360 cannot be trafficked to yet; offered now: amazon.',
          fields: [{ field: 'dsp', value: 'dv360', accepted: 'amazon' }],
        },
      },
      { dsp: 'amazon', ok: true, problem: null },
    ]);
  });

  it('does not send twice, and names the deployment that exists', async () => {
    const creativeId = await world.creative(campaignId);
    const [first] = await world.traffic(creativeId);
    const [second] = await world.traffic(creativeId);
    expect(second).toMatchObject({
      ok: false,
      problem: {
        code: 'deployment.exists',
        status: 409,
        details: { deploymentId: first!.deployment!.id, status: 'queued' },
      },
    });
    expect(sent).toHaveLength(1);
    await force(first!.deployment!.id, 'rejected');
    expect((await world.traffic(creativeId))[0]).toMatchObject({ ok: true });
  });

  it('keeps one of two requests of the same moment', async () => {
    const creativeId = await world.creative(campaignId);
    const both = await Promise.all([world.traffic(creativeId), world.traffic(creativeId)]);
    expect(
      both
        .flat()
        .map((result) => result.ok)
        .sort(),
    ).toEqual([false, true]);
    expect(both.flat().find((result) => !result.ok)?.problem?.code).toBe('deployment.exists');
  });

  it('goes with the inventory that the file fits', async () => {
    const pack = (packId: string, blocks: number) => ({
      packId,
      verdict: blocks > 0 ? ('block' as const) : ('pass' as const),
      blocks,
    });
    const some = await world.creative(campaignId, {
      packs: [pack('amazon_stv_prime_video', 1), pack('amazon_stv_third_party', 2), pack('amazon_olv', 0)],
    });
    const [went] = await world.traffic(some);
    const { rows: stored } = await world.app.database.ownerQuery(
      'SELECT ticket FROM deployment WHERE id = $1',
      [went!.deployment!.id],
    );
    expect(stored[0]!.ticket).toMatchObject({
      inventory: 'online_video',
      creativeId: some,
      countryCode: 'US',
      currency: 'USD',
      cpmMicros: 24_000_000,
      activate: true,
      flights: [{ budgetMicros: 5_000_000_000, timeZone: 'America/New_York' }],
    });

    const none = await world.creative(campaignId, {
      packs: [pack('amazon_stv_prime_video', 1), pack('amazon_olv', 3)],
    });
    expect((await world.traffic(none))[0]).toMatchObject({
      ok: false,
      problem: {
        code: 'creative.qc_blocking',
        detail: expect.stringContaining('Prime Video (1 blocking), online video (3 blocking)'),
      },
    });
    const unchecked = await world.creative(campaignId, { packs: [] });
    expect((await world.traffic(unchecked))[0]).toMatchObject({ problem: { code: 'creative.not_ready' } });
  });

  it('says what a platform could never take, field by field', async () => {
    platform.problems.push({
      field: 'currency',
      message: 'billed in another',
      value: 'USD',
      accepted: 'EUR',
    });
    const before = await rows();
    const [result] = await world.traffic(await world.creative(campaignId));
    expect(result!.problem).toMatchObject({
      code: 'input.invalid',
      fields: [{ field: 'currency', value: 'USD', accepted: 'EUR' }],
    });
    expect(await rows()).toBe(before);
    expect(sent).toEqual([]);
  });

  it('has a line item to run under, or says that there is none', async () => {
    const creativeId = await world.creative(campaignId, { lineItemId: 'li_0000000000' });
    expect((await world.traffic(creativeId))[0]).toMatchObject({
      problem: { code: 'input.invalid', fields: [{ field: 'lineItem' }] },
    });
  });

  it('builds a campaign that is not active without setting it live', async () => {
    const draft = await world.campaign({ activate: false });
    const [result] = await world.traffic(await world.creative(draft));
    const { rows: stored } = await world.app.database.ownerQuery(
      'SELECT ticket FROM deployment WHERE id = $1',
      [result!.deployment!.id],
    );
    expect(stored[0]!.ticket).toMatchObject({ activate: false });
  });

  it('shows every request of a dry run and keeps nothing of it', async () => {
    const creativeId = await world.creative(campaignId);
    const before = await rows();
    const results = await world.traffic(creativeId, ['amazon', 'viant'], { dryRun: true });
    expect(results).toMatchObject([
      {
        ok: true,
        deployment: null,
        problem: null,
        plan: [{ step: 'campaign', path: '/campaign' }, { step: 'ad' }, { step: 'enable_ad' }],
      },
      { ok: false, problem: { code: 'dsp.not_offered' } },
    ]);
    expect([await rows(), sent, platform.calls]).toEqual([before, [], []]);
  });

  it('refuses a creative that is unknown, foreign, not ready or not approved', async () => {
    const input = { creativeId: 'crv_0000000000', dsp: ['amazon'] };
    await expect(world.app.call('trafficking.trafficCreative', input)).rejects.toMatchObject({
      code: 'creative.not_found',
    });
    const foreign = { creativeId: await world.creative(campaignId), dsp: ['amazon'] };
    await expect(
      world.app.call('trafficking.trafficCreative', foreign, { account: 1 }),
    ).rejects.toMatchObject({
      code: 'creative.not_found',
    });
    for (const status of ['processing', 'inactive', 'failed'] as const) {
      const creativeId = await world.creative(campaignId, { status });
      await expect(world.traffic(creativeId)).rejects.toMatchObject({ code: 'creative.not_ready' });
    }
    const unmeasured = await world.creative(campaignId, { file: null });
    await expect(world.traffic(unmeasured)).rejects.toMatchObject({ code: 'creative.not_ready' });
    for (const approval of ['draft', 'submitted', 'rejected', 'changes_requested'] as const) {
      const creativeId = await world.creative(campaignId, { approval });
      await expect(world.traffic(creativeId)).rejects.toMatchObject({ code: 'creative.not_approved' });
    }
    expect(sent).toEqual([]);
  });
});

describe('reading', () => {
  it('lists newest first, by page and filter, for the account only', async () => {
    const own = await world.campaign();
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      world.app.clock.advance(1_000);
      ids.unshift((await world.traffic(await world.creative(own)))[0]!.deployment!.id);
    }
    const list = (input: object, account: 0 | 1 = 0) =>
      world.app.call('trafficking.listDeployments', input, { account }) as Promise<{
        items: Deployment[];
        nextCursor: string | null;
        total: number;
      }>;
    const first = await list({ campaignId: own, limit: 2 });
    expect([first.items.map((item) => item.id), first.total]).toEqual([ids.slice(0, 2), 3]);
    const second = await list({ campaignId: own, limit: 2, cursor: first.nextCursor });
    expect([second.items.map((item) => item.id), second.nextCursor]).toEqual([ids.slice(2), null]);
    await force(ids[1]!, 'failed');
    expect((await list({ campaignId: own, status: 'failed' })).items.map((item) => item.id)).toEqual([
      ids[1],
    ]);
    expect((await list({ creativeId: first.items[0]!.creativeId })).total).toBe(1);
    expect((await list({}, 1)).total).toBe(0);
  });

  it.each(['get', 'retry', 'cancel'])(
    '%s answers not found for ids that are unknown or foreign',
    async (verb) => {
      const { id } = await one();
      for (const attempt of [call(verb, 'dep_0000000000'), call(verb, id, 1)]) {
        await expect(attempt).rejects.toMatchObject({ code: 'deployment.not_found' });
      }
    },
  );
});

describe('a person changes a deployment', () => {
  it('cancels what is still being sent, and only that', async () => {
    const { id } = await one();
    expect(await call('cancel', id)).toMatchObject({ status: 'cancelled', version: 2 });
    await expect(call('cancel', id)).rejects.toMatchObject({ code: 'deployment.transition_denied' });
    await force(id, 'in_review');
    await expect(call('cancel', id)).rejects.toMatchObject({
      code: 'deployment.transition_denied',
      message: expect.stringContaining('pause it there'),
    });
  });

  it('tries a failed one again, and only that', async () => {
    const { id, creativeId } = await one();
    await expect(call('retry', id)).rejects.toMatchObject({ code: 'deployment.transition_denied' });
    await force(id, 'failed');
    sent.length = 0;
    expect(await call('retry', id)).toMatchObject({ status: 'queued', failure: null });
    expect(sent).toMatchObject([{ name: 'trafficking.deploy', key: id, inTransaction: true }]);
    await force(id, 'failed');
    const [again] = await world.traffic(creativeId);
    await expect(call('retry', id)).rejects.toMatchObject({
      code: 'deployment.transition_denied',
      message: expect.stringContaining(again!.deployment!.id),
    });
  });
});

describe('for other modules', () => {
  const inTx = <T>(work: Parameters<typeof world.app.database.withTransaction<T>>[1], account: 0 | 1 = 0) =>
    world.app.database.withTransaction({ role: 'app', accountId: world.app.accounts[account] }, work);

  it('tells what needs a person until something better followed', async () => {
    const own = await world.campaign();
    const creativeId = await world.creative(own, { name: 'Ridge 30s' });
    const [result] = await world.traffic(creativeId);
    const id = result!.deployment!.id;
    const mine = async () =>
      (await inTx((tx) => deploymentsForReport(tx))).filter((row) => row.campaignId === own);
    expect(await mine()).toEqual([]);
    await world.app.database.ownerQuery(
      "UPDATE deployment SET status = 'rejected', review_reasons = '{AD_POLICING_SUSPENDED}' WHERE id = $1",
      [id],
    );
    expect(await mine()).toMatchObject([
      {
        id,
        creativeName: 'Ridge 30s',
        dspName: 'Amazon DSP',
        status: 'rejected',
        detail: 'AD_POLICING_SUSPENDED',
      },
    ]);
    expect(await inTx((tx) => deploymentsForReport(tx), 1)).toEqual([]);
    world.app.clock.advance(1_000);
    await world.traffic(creativeId);
    expect(await mine()).toEqual([]);
  });

  it('marks and removes what a demo has sent', async () => {
    const own = await world.campaign();
    const creativeId = await world.creative(own);
    expect(await inTx((tx) => hasDeployments(tx, creativeId))).toBe(false);
    const [result] = await world.traffic(creativeId);
    expect(await inTx((tx) => hasDeployments(tx, creativeId))).toBe(true);
    const before = await rows();
    await inTx((tx) => markDeploymentsDemo(tx, own));
    expect(await inTx((tx) => removeDemoDeployments(tx))).toEqual([result!.deployment!.id]);
    expect(await rows()).toBe(before - 1);
  });
});
