import type { CampaignStats, DeliveryHealth } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningDelivery } from '../skins/delivery/main.ts';
import { call, postJson, until } from '../skins/delivery/testing/call.ts';
import { startNode } from '../skins/delivery/testing/start-node.ts';
import { type ControlApp, startControlApp, TEST_PLANE_KEY } from '../testing/control-app.ts';
import { freePort } from '../testing/served-app.ts';
import { type Sold, sellAt } from '../testing/sold-campaigns.ts';

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

  it('says how each of them is', async () => {
    const health = await output<DeliveryHealth>('events.getDeliveryHealth', {});
    expect(health.nodes.map(({ node }) => node).sort()).toEqual([...names].sort());
    expect(app.faults).toEqual([]);
  });
});
