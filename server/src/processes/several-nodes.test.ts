import type { CampaignStats, DeliveryHealth } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../config.ts';
import { PLANE_PATHS } from '../kernel/delivery-protocol.ts';
import type { RunningDelivery } from '../skins/delivery/main.ts';
import { call, postJson, until } from '../skins/delivery/testing/call.ts';
import { startNode } from '../skins/delivery/testing/start-node.ts';
import { type ControlApp, startControlApp, TEST_PLANE_KEY } from '../testing/control-app.ts';
import { freePort } from '../testing/served-app.ts';
import { type Sold, sellAt } from '../testing/sold-campaigns.ts';
import { retireNode } from './retire-node.ts';

/** A control plane and three delivery nodes that share its budgets: what any of them served is one account's delivery. */
describe('an installation of three nodes', () => {
  const names = ['one', 'two', 'three'];
  let app: ControlApp;
  let nodes: RunningDelivery[];
  let sold: Sold;
  let placementKey: string;

  beforeAll(async () => {
    const ports = await Promise.all(names.map(freePort));
    app = await startControlApp({
      keyRoles: ['admin'],
      deliveryOrigins: ports.map((port) => `http://127.0.0.1:${port}`),
      budgetLeases: 'on',
      work: true,
    });
    const { rows } = await app.database.ownerQuery('SELECT key FROM placement WHERE account_id = $1', [
      app.tenants[0].accountId,
    ]);
    placementKey = String(rows[0]!.key);
    [sold] = (await sellAt(app, 'Shared', [20])) as [Sold];
    nodes = await Promise.all(
      names.map((nodeId, at) =>
        startNode({
          nodeId,
          internalPort: ports[at]!,
          controlOrigin: app.origin,
          planeKey: TEST_PLANE_KEY,
          sharesBudgets: true,
        }),
      ),
    );
    for (const { internalPort } of nodes)
      await until(async () => (await call(internalPort, '/readyz')).status === 200, 30_000);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(nodes?.map((node) => node.close()) ?? []);
    await app?.close();
  });

  const output = async <T>(operation: string, input: object) =>
    (await app.tenants[0].caller.call(operation, input)).output as T;

  it('counts what each of them served', async () => {
    const shown: string[] = [];
    for (const node of nodes) {
      let decision: string | undefined;
      // The first lease may still be on its way.
      await until(async () => {
        const answer = await postJson(node.publicPort, '/api/v1/ad-request', {
          request_id: 'r',
          duration: 30,
          placement: placementKey,
        });
        const ad = answer.json<{ decision_id: string; tracking?: { impression: string } }>();
        if (!ad.tracking) return false;
        decision = ad.decision_id;
        return (await call(node.publicPort, new URL(ad.tracking.impression).pathname)).status === 200;
      }, 20_000);
      shown.push(decision!);
    }
    await until(async () => {
      const stats = await output<CampaignStats>('reporting.getCampaignStats', {
        campaignId: sold.lineItem.campaignId,
      });
      return stats.totals.impressions === 3 && stats.totals.spentMicros === 3 * 20_000;
    }, 20_000);
    const { rows } = await app.database.ownerQuery(
      'SELECT node, impressions::int FROM node_spend ORDER BY node',
    );
    expect(rows).toEqual([...names].sort().map((node) => ({ node, impressions: 1 })));
    for (const id of shown)
      expect(await output('events.getDecisionTimeline', { decisionId: id })).toMatchObject({
        decisionId: id,
      });
  });

  it('lends to nobody without the plane key, and says which field does not fit', async () => {
    const ask = (body: object, key = TEST_PLANE_KEY) =>
      fetch(new URL(PLANE_PATHS.leases, app.origin), {
        method: 'POST',
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    const question = { kind: 'statement', nodeId: 'one' };
    expect((await ask(question, 'x'.repeat(32))).status).toBe(401);
    const refused = await ask({ kind: 'request', nodeId: 'one', epoch: 1, asks: [{ key: '' }] });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      code: 'input.invalid',
      detail: expect.stringMatching(/^asks\.0\.key: /),
    });
    expect(await (await ask(question)).json()).toMatchObject({ epoch: 1 });
  });

  it('retires no node that may still spend, and none that it does not know', async () => {
    const settings = { controlOrigin: app.origin, planeKey: TEST_PLANE_KEY, dataDir: app.dataDir };
    const retire = (node: string, over = {}) =>
      retireNode({ ...settings, ...over } as unknown as Config, node);
    await expect(retire('one')).rejects.toThrow(/node 'one' may still spend/);
    await expect(retire('nobody')).rejects.toThrow(/no node 'nobody' has leased/);
    await expect(retire('one', { controlOrigin: 'http://127.0.0.1:9' })).rejects.toThrow(/does not answer/);
    await expect(retire('one', { controlOrigin: undefined, dataDir: '/nonexistent' })).rejects.toThrow(
      /set CUEPOINT_CONTROL_ORIGIN/,
    );
  });

  it('says how each of them is', async () => {
    const health = await output<DeliveryHealth>('events.getDeliveryHealth', {});
    expect(health.nodes.map(({ node }) => node).sort()).toEqual([...names].sort());
    expect(app.faults).toEqual([]);
  });
});
