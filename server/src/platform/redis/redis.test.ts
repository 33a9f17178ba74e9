import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../skins/delivery/testing/call.ts';
import { redisSuite } from '../../testing/redis-server.ts';
import { RedisConnection } from './redis.ts';
import { readRedisUrl } from './url.ts';

describe('the address of Redis', () => {
  it.each([
    ['redis://cache', { kind: 'single', hosts: [{ host: 'cache', port: 6379 }], database: 0 }],
    ['rediss://[::1]:7000/3', { isEncrypted: true, hosts: [{ host: '::1', port: 7000 }], database: 3 }],
    ['redis://app:p%40ss@cache:1', { username: 'app', password: 'p@ss' }],
    ['redis://:secret@cache', { username: undefined, password: 'secret' }],
    [
      'rediss+cluster://:s@a:7000,b',
      { kind: 'cluster', isEncrypted: true, hosts: [{ port: 7000 }, { host: 'b', port: 6379 }] },
    ],
  ])('reads %s', (text, wanted) => {
    expect(readRedisUrl(text)).toMatchObject(wanted);
  });

  it.each([
    'http://cache',
    'redis://',
    'redis://a,b',
    'redis://a:99999',
    'redis://%@a',
    'redis+cluster://a/1',
    'redis://a/x',
  ])('refuses %s', (text) => {
    expect(readRedisUrl(text)).toBeNull();
    expect(() => new RedisConnection({ url: text, timeLimitMs: 20, name: 'test' })).toThrow(
      /accepted: redis:/,
    );
  });
});

redisSuite('a connection to Redis', (redis) => {
  const opened: RedisConnection[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  const open = (over: Partial<ConstructorParameters<typeof RedisConnection>[0]> = {}) => {
    const one = new RedisConnection({ url: redis().url, timeLimitMs: 200, name: 'test', ...over });
    opened.push(one);
    return one;
  };

  it('asks, runs scripts, publishes, and says how it stands', async () => {
    const said: (string | null)[] = [];
    const one = open();
    one.onTurn((problem) => said.push(problem));
    expect(one.state).toMatchObject({ isHere: false, problem: 'it has not answered yet' });
    // Before it is there nobody waits.
    expect(await one.ask((commands) => commands.get('a'))).toBeUndefined();
    await until(() => one.isHere);
    expect(said).toEqual([null]);
    expect(await one.ask((commands) => commands.set('a', '1'))).toBe('OK');
    const add = one.script('addTo', `return redis.call('INCRBY', KEYS[1], ARGV[1])`);
    expect(await one.ask(add('a', 2))).toBe(3);
    // A restarted server has forgotten the script.
    await redis().command('script', 'flush');
    expect(await one.ask(add('a', 2))).toBe(5);
    const heard: string[] = [];
    one.subscribe('news', (text) => heard.push(text));
    await until(async () => {
      await one.ask((commands) => commands.publish('news', 'a'));
      return heard.length > 0;
    });
    expect(heard[0]).toBe('a');
    expect(one.state).toEqual({
      kind: one.kind,
      isHere: true,
      awaySinceMs: null,
      failures: 0,
      problem: null,
    });
  });

  it('keeps nobody waiting while Redis hangs, hears late answers, and comes back', async () => {
    const one = open({ timeLimitMs: 40 });
    await until(() => one.isHere);
    redis().pause();
    const late: unknown[] = [];
    for (let n = 0; n < 3; n++)
      expect(
        await one.ask((commands) => commands.get('none'), { onLate: (answer) => late.push(answer) }),
      ).toBeUndefined();
    expect(one.state).toMatchObject({
      isHere: false,
      failures: 3,
      problem: 'it did not answer within 40 ms',
    });
    const before = performance.now();
    expect(await one.ask((commands) => commands.get('none'))).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(20);
    redis().resume();
    await until(() => one.isHere);
    expect(late).toEqual([null, null, null]);
    expect(one.state).toMatchObject({ failures: 3, problem: null });
  });

  it('outlives a Redis that is killed, and finds the next one', async () => {
    const one = open();
    await until(() => one.isHere);
    let times = 0;
    one.onTurn((problem) => {
      if (problem === null) times++;
    });
    const heard: string[] = [];
    one.subscribe('later', (text) => heard.push(text));
    await redis().kill();
    await until(() => !one.isHere);
    expect(one.state.awaySinceMs).toBeGreaterThan(Date.now() - 10_000);
    expect(one.state.problem).not.toContain('redis://');
    await redis().restart();
    await until(() => one.isHere, 15_000);
    expect(times).toBe(1);
    await until(async () => {
      await one.ask((commands) => commands.publish('later', 'b'));
      return heard.includes('b');
    });
    expect(await one.ask((commands) => commands.get('a'))).toBeNull();
  });
});
