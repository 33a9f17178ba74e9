import { createServer } from 'node:net';
import type { RunningDelivery } from '../skins/delivery/main.ts';
import type { DeliveryOptions } from '../skins/delivery/options.ts';
import { call, until } from '../skins/delivery/testing/call.ts';
import { startNode } from '../skins/delivery/testing/start-node.ts';
import { type ControlApp, type ControlAppOptions, startControlApp, TEST_PLANE_KEY } from './control-app.ts';

export interface ServedApp {
  readonly app: ControlApp;
  readonly node: RunningDelivery;
  /** Asks the public port of the node for a document. */
  vast(query: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * A control plane with a delivery node that follows it, in this process: what is changed by an operation is served.
 * @param over settings of the node
 * @param options settings of the control plane
 */
export async function startServedApp(
  over: Partial<DeliveryOptions> = {},
  options: Pick<ControlAppOptions, 'tcfVendorId' | 'liveHeartbeatMs'> = {},
): Promise<ServedApp> {
  const internalPort = await freePort();
  const app = await startControlApp({
    keyRoles: ['admin'],
    ...options,
    deliveryOrigins: [`http://127.0.0.1:${internalPort}`],
  });
  const node = await startNode({
    ...over,
    controlOrigin: app.origin,
    planeKey: TEST_PLANE_KEY,
    internalPort,
  });
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  return {
    app,
    node,
    vast: async (query) => (await call(node.publicPort, `/vast?${query}`)).body,
    async close() {
      await node.close();
      await app.close();
    },
  };
}

/** A port that was free a moment ago: each plane must know the other's before either listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
