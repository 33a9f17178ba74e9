import type { App, Placement, Publisher } from '@cuepoint/contract';
import { demoPlacementIds, markInventoryDemo } from '#modules/inventory';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { type DemoPlacement, demoApps, demoPlacements, demoPublisher } from './domain/demo-inventory.ts';
import type { OperationCaller } from './ports.ts';

interface Loading {
  caller: OperationCaller;
  inAccount<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same step of the same job has the same key, so that a repeated job makes nothing twice. */
  key(step: string): { idempotencyKey: string };
  /** Told as soon as it is there. */
  onPublisher(publisherId: string): void;
}

const names = Object.keys(demoPlacements) as DemoPlacement[];

/** Makes the demo publisher with its apps and placements, or finds those of an earlier load; answers their ids. */
export async function loadInventory(loading: Loading): Promise<Record<DemoPlacement, string>> {
  const { caller, inAccount, key } = loading;
  const there = await inAccount(demoPlacementIds);
  const found = names.map((name) => [name, there.get(demoPlacements[name].input.name)] as const);
  if (found.every(([, id]) => id !== undefined))
    return Object.fromEntries(found) as Record<DemoPlacement, string>;
  const made = async <T>(operation: string, input: object, step: string) =>
    (await caller.call(operation, input, key(step))).output as T;
  const { id: publisherId } = await made<Publisher>('inventory.createPublisher', demoPublisher, 'publisher');
  loading.onPublisher(publisherId);
  const mark = () => inAccount((tx) => markInventoryDemo(tx, publisherId));
  await mark();
  const apps = {} as Record<keyof typeof demoApps, string>;
  for (const name of Object.keys(demoApps) as Array<keyof typeof demoApps>) {
    const input = { publisherId, ...demoApps[name] };
    apps[name] = (await made<App>('inventory.createApp', input, `app-${name}`)).id;
  }
  const ids = {} as Record<DemoPlacement, string>;
  for (const name of names) {
    const { app, input } = demoPlacements[name];
    const placement = { publisherId, appId: apps[app], ...input };
    ids[name] = (await made<Placement>('inventory.createPlacement', placement, `placement-${name}`)).id;
  }
  await mark();
  return ids;
}
