import type { Explanation, LineItem, LineItemDelivery, Placement, Problem } from '@cuepoint/contract';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';
import { sellAt } from '../../testing/sold-campaigns.ts';
import { tenantObjects } from '../../testing/tenant-objects.ts';
import { until } from '../delivery/testing/call.ts';

/** The tools that answer from a delivery node, as an agent gets them from an installation that serves. */

let served: ServedApp;
let mcp: Client;
let placement: Placement;
/** Dearest first. */
const lineItems: LineItem[] = [];

const output = async <T>(operation: string, input: object, options = {}) =>
  (await served.app.tenants[0].caller.call(operation, input, options)).output as T;

beforeAll(async () => {
  served = await startServedApp();
  const objects = tenantObjects(served.app, 0);
  lineItems.push(...(await sellAt(served.app, 'Tools', [40, 30, 20])).map(({ lineItem }) => lineItem));
  placement = await output<Placement>('inventory.createPlacement', {
    publisherId: (await objects.publisher()).id,
    name: 'One ad and a back-up',
    position: 'mid',
    pod: {
      kind: 'dynamic',
      durationMs: 15_000,
      maxAds: 1,
      maxAdsPerAdvertiser: 3,
      categorySeparation: 'none',
      backups: 1,
    },
  });
  mcp = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${served.app.origin}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${served.app.tenants[0].keys.admin}` } },
  });
  await mcp.connect(transport as Parameters<typeof mcp.connect>[0]);
  await until(async () => (await served.vast(`pl=${placement.key}&rid=until`)).includes('<Ad '), 30_000);
}, 120_000);
afterAll(async () => {
  await mcp?.close();
  await served?.close();
});

async function tool<T>(name: string, input: object): Promise<T> {
  const result = await mcp.callTool({ name, arguments: { ...input } });
  const text = (result.content as Array<{ text: string }>)[0]!.text;
  expect(result.isError, text).toBeFalsy();
  expect(result.structuredContent).toEqual(JSON.parse(text));
  return JSON.parse(text) as T;
}

describe('tools that a delivery node answers', () => {
  it('explain_decision replays what was served, back-ups and all, and says why a line item was not', async () => {
    const vast = await served.vast(`pl=${placement.key}&rid=agent-1&country=US&devicetype=ctv`);
    const [, behind, last] = lineItems;
    const answer = await tool<Explanation>('explain_decision', {
      decisionId: 'agent-1',
      lineItemId: last!.id,
    });
    expect(answer).toMatchObject({ requestId: 'agent-1', replay: { state: 'exact' }, served: 1 });
    expect(answer.request.facts).toMatchObject({ country: ['US'], device: ['ctv'] });
    expect(answer.pod.ads.map(({ lineItemId }) => lineItemId)).toEqual([lineItems[0]!.id]);
    expect(vast).toContain(answer.pod.ads[0]!.creativeId);
    // The back-up stands behind the ad in the document.
    expect(answer.pod.backups.map(({ lineItemId }) => lineItemId)).toEqual([behind!.id]);
    expect(vast).toContain(answer.pod.backups[0]!.creativeId);
    expect(answer.focus).toMatchObject({ lineItemId: last!.id, served: false, editsVerified: true });
    expect(answer.focus!.reasons[0]!.reason).toBe('pod_full');
    // What the decision did not read of it is said, and how the node reads it now.
    expect(answer.focus!.unread).toEqual(['budget', 'pacing']);
    expect(answer.focus!.countersNow).toMatchObject({ impressionsLeft: 250_000, exposuresLeft: null });
    const tracked = await tool<Explanation>('explain_decision', {
      decisionId: /\/t\/[^\]<"\s]+/.exec(vast)![0],
    });
    expect(tracked.decisionId).toBe(answer.decisionId);
  });

  it('preview_pod fills a break with the counters of the moment, and reserves nothing', async () => {
    const before = await tool<LineItemDelivery>('get_delivery', { lineItemId: lineItems[0]!.id });
    const answer = await tool<Explanation>('preview_pod', {
      placement: placement.key,
      maxAds: 2,
      durationSeconds: 15,
      facts: { country: 'US' },
      lineItemId: lineItems[2]!.id,
    });
    expect(answer).toMatchObject({ decisionId: null, replay: { state: 'preview' }, reason: null });
    expect(answer.pod).toMatchObject({ durationMs: 15_000, filledMs: 15_000 });
    expect(answer.pod.ads.map(({ lineItemId }) => lineItemId)).toEqual([lineItems[0]!.id]);
    // Of a preview every counter was read.
    expect(answer.focus).toMatchObject({ served: false, unread: [], countersNow: null });
    const after = await tool<LineItemDelivery>('get_delivery', { lineItemId: lineItems[0]!.id });
    expect(after.reservedMicros).toBe(before.reservedMicros);
  });

  it('get_delivery puts what the node holds beside what the pacing plan asks for', async () => {
    const answer = await tool<LineItemDelivery>('get_delivery', { lineItemId: lineItems[0]!.id });
    expect(answer).toMatchObject({
      lineItemId: lineItems[0]!.id,
      pacing: 'even',
      inSnapshot: true,
      spentMicros: 0,
    });
    // Asked for and not reported: its price is held.
    expect(answer.reservedMicros).toBeGreaterThanOrEqual(40_000);
    expect(answer.availableMicros).toBe(5_000_000_000 - answer.reservedMicros);
    expect(answer.expectedMicros).toBeGreaterThan(0);
    expect(answer.expectedMicros).toBeLessThan(5_000_000_000);
    expect(answer.curve.at(-1)!.expectedMicros).toBe(5_000_000_000);
  });

  it('refuses with the same problem as every other skin', async () => {
    const result = await mcp.callTool({
      name: 'explain_decision',
      arguments: { decisionId: 'nobody-asked' },
    });
    const problem = JSON.parse((result.content as Array<{ text: string }>)[0]!.text) as Problem;
    expect([result.isError, problem.code]).toEqual([true, 'decision.not_found']);
  });
});
