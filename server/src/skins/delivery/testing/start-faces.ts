import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { DeliveryMetrics } from '../metrics.ts';
import type { DeliveryOptions } from '../options.ts';
import { createPublicServer, type PublicServerParts } from '../public-server.ts';
import type { FaceEngine } from '../served.ts';
import { TrafficFilter } from '../traffic/traffic-filter.ts';
import { ViewerReader } from '../viewer/index.ts';
import { FACE_POD, faceCreative, facePlacement } from './face-samples.ts';
import { type FakeEngine, fakeEngine } from './fake-engine.ts';

export const FACE_BASE = 'http://ads.example';

export interface RunningFaces {
  readonly port: number;
  readonly metrics: DeliveryMetrics;
  /** Errors that were nobody's answer, and creatives that could not be served. */
  readonly faults: unknown[];
  readonly unservable: Error[];
  close(): Promise<void>;
}

/** Pre, mid and post of one app, the middle one a break; a placement in no app; another account's. */
export const FACE_PLACEMENTS = [
  facePlacement({ id: 'plc_1', key: 'main', isDefault: true, hosts: ['tv.example'] }),
  facePlacement({ id: 'plc_2', key: 'break', position: 'mid', pod: FACE_POD }),
  facePlacement({ id: 'plc_3', key: 'end', position: 'post' }),
  facePlacement({ id: 'plc_4', key: 'loose', position: 'standalone', app: null }),
  facePlacement({ id: 'plc_5', key: 'other', accountId: 'acc_2', isDefault: true, app: null }),
];
export const FACE_CREATIVES = [
  faceCreative('crv_1', 30_000),
  faceCreative('crv_2', 15_000),
  faceCreative('crv_3', 20_000),
  faceCreative('crv_4', 6_000),
  faceCreative('crv_5', 10_000, { hls: undefined }),
];

export function standardFakeEngine(): FakeEngine {
  return fakeEngine({ placements: FACE_PLACEMENTS, creatives: FACE_CREATIVES });
}

/** The public port over an engine that need not count or keep anything, so event routes are not for it. */
export async function startFaces(
  engine: FaceEngine,
  listener: DeliveryOptions['listener'] = 'http',
  trustedProxies: readonly string[] = [],
): Promise<RunningFaces> {
  const metrics = new DeliveryMetrics();
  const faults: unknown[] = [];
  const unservable: Error[] = [];
  const viewers = new ViewerReader(trustedProxies, undefined);
  const nothing = { hosting: () => null, durationMs: () => undefined, hasBegun: () => true };
  const server = createPublicServer(
    {
      engine: engine as PublicServerParts['engine'],
      viewers,
      metrics,
      traffic: new TrafficFilter({ viewers, ...nothing }, []),
      publicBaseUrl: FACE_BASE,
      mediaDir: tmpdir(),
      proxy: {
        forward: (_request: unknown, response: { writeHead(status: number): { end(): void } }) => {
          response.writeHead(404).end();
          return Promise.resolve();
        },
      } as unknown as PublicServerParts['proxy'],
      nowMs: Date.now,
      onFault: (error) => faults.push(error),
      onUnservable: (error) => unservable.push(error),
    },
    { isPlain: listener === 'plain' },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    metrics,
    faults,
    unservable,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
