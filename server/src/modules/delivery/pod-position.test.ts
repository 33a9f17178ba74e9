import type { LineItem, Placement } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../skins/delivery/testing/call.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';
import { sellAt } from '../../testing/sold-campaigns.ts';
import { tenantObjects } from '../../testing/tenant-objects.ts';

let served: ServedApp;
let placement: Placement;
/** By price in whole units. */
const items = new Map<number, LineItem>();
const creativeOf = new Map<string, number>();

const output = async <T>(operation: string, input: object, options = {}) =>
  (await served.app.tenants[0].caller.call(operation, input, options)).output as T;

beforeAll(async () => {
  served = await startServedApp();
  const objects = tenantObjects(served.app, 0);
  for (const { price, lineItem, creativeId } of await sellAt(served.app, 'Place', [20, 30, 40])) {
    items.set(price, lineItem);
    creativeOf.set(creativeId, price);
  }
  placement = await output<Placement>('inventory.createPlacement', {
    publisherId: (await objects.publisher()).id,
    name: 'Break of three',
    position: 'mid',
    // The first place is worth half as much again: by price alone the dearest stands there.
    pod: {
      kind: 'dynamic',
      durationMs: 45_000,
      maxAds: 3,
      maxAdsPerAdvertiser: 3,
      categorySeparation: 'none',
      firstPermille: 1500,
    },
  });
}, 60_000);
afterAll(() => served?.close());

/** Prices of the ads in the order in which the node's document plays them. */
async function order(): Promise<number[]> {
  const text = await served.vast(`pl=${placement.key}`);
  return [...text.matchAll(/<Ad sequence="(\d+)" id="([^"]+)"|<Ad id="([^"]+)" sequence="(\d+)"/g)]
    .map((match) => ({ id: match[2] ?? match[3]!, sequence: Number(match[1] ?? match[4]) }))
    .sort((left, right) => left.sequence - right.sequence)
    .map(({ id }) => creativeOf.get(id)!);
}

async function ask(price: number, podPosition: LineItem['podPosition']): Promise<void> {
  const { id } = items.get(price)!;
  const { version } = await output<LineItem>('campaigns.getLineItem', { lineItemId: id });
  const after = await output<LineItem>(
    'campaigns.updateLineItem',
    { lineItemId: id, podPosition },
    { ifMatch: version },
  );
  expect(after.podPosition).toBe(podPosition);
}

describe('the place a line item asks for in a break', () => {
  it('is where it stands in what the node serves, from the operation on', async () => {
    expect(items.get(20)!.podPosition).toBe('any');
    await until(async () => (await order()).length === 3);
    expect((await order())[0]).toBe(40);
    await ask(20, 'first');
    await until(async () => (await order())[0] === 20);
    await ask(40, 'last');
    await until(async () => (await order()).join() === '20,30,40');
    await ask(20, 'any');
    await until(async () => (await order()).join() === '30,20,40');
  }, 60_000);
});
