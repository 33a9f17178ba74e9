import type { Explanation, LineItem, Page, Placement } from '@cuepoint/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { until } from '../../skins/delivery/testing/call.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';
import { demoPorts, jobOf, makeSpots } from './demo.fixture.ts';
import { type DemoPlacement, demoPlacements } from './domain/demo-inventory.ts';
import { brokenLineItems } from './domain/demo-reasons.ts';
import { type FinishData, type LoadData, runFinish, runLoad } from './jobs.ts';

let served: ServedApp;
let lineItems: LineItem[];
const keys = {} as Record<DemoPlacement, string>;

const campaign = { startAt: '2026-11-12T05:00:00.000Z', endAt: '2026-12-20T05:00:00.000Z' };
const ids = { pre: '1', mid: '2', film: '3', post: '4', live: '5', house: '6' };
const broken = brokenLineItems(new Date(), campaign, ids).flatMap(({ reason, placement, isLater, input }) =>
  reason === null ? [] : [[reason, placement, input.name, isLater] as const],
);

const output = async <T>(operation: string, input: object = {}) =>
  (await served.app.tenants[0].caller.call(operation, input)).output as T;
/** The demo world as an account gets it; what the generator would film is measured creatives here. */
beforeAll(async () => {
  served = await startServedApp();
  const { app } = served;
  const [tenant] = app.tenants;
  const finish: FinishData[] = [];
  const ports = demoPorts(app, (data) => finish.push(data));
  await output('system.loadDemo', { seed: 42 });
  await runLoad(jobOf<LoadData>({ accountId: tenant.accountId, seed: 42 }), ports);
  await makeSpots(app, finish[0]!);
  await runFinish(jobOf(finish[0]!), ports);
  lineItems = (await output<Page<LineItem>>('campaigns.listLineItems', { limit: 200 })).items;
  const placements = await output<Page<Placement>>('inventory.listPlacements', { limit: 200 });
  for (const [name, { input }] of Object.entries(demoPlacements))
    keys[name as DemoPlacement] = placements.items.find((one) => one.name === input.name)!.key;
  await until(async () => (await ask('pre', 'nobody', 'first')).served > 0, 30_000);
  // Approvals reach the node one snapshot after the other: what is asked for below must be there whole.
  for (const [at, [, placement, name]] of broken.entries()) {
    let asked = 0;
    const { id } = lineItems.find((one) => one.name === name)!;
    await until(async () => {
      const { focus } = await ask(placement, 'nobody', `ready-${at}-${++asked}`, id);
      return !focus?.reasons.some(({ reason }) => reason === 'no_approved_creative');
    }, 30_000);
  }
}, 120_000);
afterAll(() => served?.close());

/** A request of the demo's audience over the public port, and why a line item did not serve in it. */
async function ask(
  placement: DemoPlacement,
  viewer: string,
  requestId: string,
  lineItemId?: string,
): Promise<Explanation> {
  const viewing = { uid: viewer, sid: `stream-of-${viewer}`, country: 'US', devicetype: 'ctv' };
  const query = { pl: keys[placement], rid: requestId, ...viewing };
  await served.vast(new URLSearchParams(query).toString());
  const input = { decisionId: requestId, ...(lineItemId ? { lineItemId } : {}) };
  let answer: Explanation | undefined;
  await until(async () => {
    answer = await output<Explanation>('delivery.explainDecision', input).catch((error: unknown) => {
      // The node writes its log a moment after it has answered; anything else is what the test is here to see.
      if (AppError.is(error) && error.code === 'decision.not_found') return undefined;
      throw error;
    });
    return answer !== undefined;
  });
  return answer!;
}

/** Breaks for one viewer until every brand of the demo world was in one: a pace may hold one back for a moment. */
async function seenAll(placement: DemoPlacement, viewer: string): Promise<void> {
  const seen = new Set<string>();
  for (let nth = 1; seen.size < 2 && nth <= 20; nth++)
    for (const ad of (await ask(placement, viewer, `before-${viewer}-${nth}`)).pod.ads) seen.add(ad.adDomain);
  expect(seen.size).toBe(2);
}

it.each([...broken, ['no_approved_creative', 'mid', 'Reason: no_approved_creative', false] as const])(
  '%s is why its line item does not serve, and nothing else is',
  async (reason, placement, name, isLater) => {
    const { id } = lineItems.find((one) => one.name === name)!;
    const viewer = `viewer-${reason}`;
    if (isLater) await seenAll(placement, viewer);
    const { focus, replay } = await ask(placement, viewer, `why-${reason}`, id);
    expect(replay.state).toBe('exact');
    expect(focus!.reasons.map((one) => one.reason)).toEqual([reason]);
  },
);
