import pino from 'pino';
import { RedisConnection } from '../../../platform/redis/index.ts';
import { runDelivery } from '../main.ts';
import type { DeliveryOptions } from '../options.ts';
import type { ChildRedis } from './start-node.ts';

/** A delivery node in a process of its own: options and Redis as JSON in the arguments, ports on the IPC channel. */
const options = JSON.parse(process.argv[2] ?? '{}') as DeliveryOptions;
const redis = JSON.parse(process.argv[3] ?? 'null') as ChildRedis | null;
const running = await runDelivery({
  ...options,
  logger: pino({ level: 'silent' }),
  ...(redis ? { redis: new RedisConnection({ ...redis, name: options.nodeId }) } : {}),
  ...(redis?.clockMs ? { nowMs: () => Date.now() + redis.clockMs! } : {}),
});
process.send?.({ publicPort: running.publicPort, internalPort: running.internalPort });
