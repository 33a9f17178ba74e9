import type { Config } from '../config.ts';
import type { RedisPort } from '../kernel/redis-port.ts';

/** A connection to Redis, when the settings name one. Its client is loaded then and not before. */
export async function openRedis(config: Config, name: string): Promise<RedisPort | null> {
  if (!config.redisUrl) return null;
  const { RedisConnection } = await import('../platform/redis/index.ts');
  return new RedisConnection({ url: config.redisUrl, timeLimitMs: config.redisTimeLimitMs, name });
}
