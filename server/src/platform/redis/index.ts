export { RedisConnection } from './redis.ts';
