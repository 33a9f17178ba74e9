import type { SnapshotBody } from '../../../kernel/delivery-protocol.ts';
import { RedisConnection } from '../../../platform/redis/index.ts';
import type { Engine } from '../engine.ts';
import type { ServedAd } from '../served.ts';
import { newWriter, SharedCaps } from '../shared-caps/shared-caps.ts';
import { until } from './call.ts';
import { newEngine, openLog, sealed } from './open-engine.ts';
import { sampleRequest } from './sample-snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** A delivery node without its ports: its engine, and what it shares with others. */
export interface SharedNode {
  readonly engine: Engine;
  readonly redis: RedisConnection;
  readonly caps: SharedCaps;
  /** One request of a viewer, as the public port answers it. */
  ask(identity: string): Promise<readonly ServedAd[]>;
  /** The impression of an ad, whoever decided it. */
  see(ad: ServedAd): Promise<void>;
  close(): Promise<void>;
}

/** @param nowMs the clock of this node */
export async function sharedNode(
  nodeId: string,
  {
    url,
    body,
    nowMs,
    timeLimitMs,
  }: { url: string; body: SnapshotBody; nowMs: () => number; timeLimitMs: number },
): Promise<SharedNode> {
  const { log, remove } = await openLog({ nodeId });
  const redis = new RedisConnection({ url, timeLimitMs, name: nodeId });
  let caps: SharedCaps | undefined;
  const engine = newEngine(log, {
    nodeId,
    nowMs,
    sharedCaps: (own) => {
      caps = new SharedCaps({ redis, writer: newWriter(), reservationMs: 600_000, nowMs, ...own });
      return caps;
    },
  });
  await takeSnapshot(engine, sealed(body));
  await until(() => redis.isHere);
  return {
    engine,
    redis,
    caps: caps!,
    async ask(identity) {
      const words = [identity.slice(0, 8), identity.slice(8)].map((half) => Number.parseInt(half, 16));
      const turn = (await caps!.begin('acc_1', words as [number, number])) ?? null;
      try {
        return engine.decide(sampleRequest({ identity, identityKind: 'ifa' }), nowMs(), null, turn).ads;
      } finally {
        turn?.finish();
      }
    },
    see: (ad) =>
      new Promise((resolve, reject) => {
        const detail = { source: 'pixel', errorCode: null, invalid: null } as const;
        engine.events.record(ad.claims, 'impression', detail, nowMs(), (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    async close() {
      await caps!.close();
      await redis.close();
      await remove();
    },
  };
}
