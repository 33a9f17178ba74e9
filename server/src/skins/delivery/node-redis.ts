import type { Logger } from 'pino';
import type { NodeStatus } from '../../kernel/delivery-protocol.ts';
import type { RedisPort } from '../../kernel/redis-port.ts';
import type { SharedCaps } from './shared-caps/shared-caps.ts';

/** Says when Redis goes away and when it is back. */
export function watchRedis(redis: RedisPort, logger: Logger): void {
  redis.onTurn((problem) => {
    if (problem === null) logger.info('Redis answers');
    else logger.warn({ problem }, 'Redis is away; serving on by what this node counts');
  });
}

/** What a node's status says of Redis. */
export function redisShown(
  redis: RedisPort,
  caps: SharedCaps | null,
  nowMs: number,
): NonNullable<NodeStatus['redis']> {
  const { awaySinceMs, ...state } = redis.state;
  return {
    ...state,
    awaySeconds: awaySinceMs === null ? null : Math.max(0, nowMs - awaySinceMs) / 1000,
    unwrittenExposures: caps?.unwritten ?? 0,
    forgottenExposures: caps?.forgotten ?? 0,
  };
}
