import { afterEach, beforeAll, expect, it } from 'vitest';
import { LogPage, type LogPosition } from '../../kernel/delivery-protocol.ts';
import { LOG_STREAM_GROUP, logStreamOf, positionText } from '../../kernel/log-stream.ts';
import type { Database } from '../../platform/database/index.ts';
import { RedisConnection } from '../../platform/redis/index.ts';
import type { DurableLog } from '../../skins/delivery/log/durable-log.ts';
import { KIND } from '../../skins/delivery/log/frame.ts';
import { pageText } from '../../skins/delivery/log/page-text.ts';
import { LogShipper } from '../../skins/delivery/log/ship-log.ts';
import { until } from '../../skins/delivery/testing/call.ts';
import { openLog } from '../../skins/delivery/testing/open-engine.ts';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { redisSuite } from '../../testing/redis-server.ts';
import { streamLogSource } from './adapters/stream-log-source.ts';
import { createIngester, type Ingester, type LogSource } from './index.ts';
import { LogSourceError } from './ports.ts';
import { decision, event } from './testing/fake-log.ts';

const clock = { now: () => new Date() };
let database: Database;
let count = 0;

/** A node's log on the disk, its shipper, and what reading it at the node answers. */
class Node {
  readonly nodeId = `node-${++count}`;
  readonly log: DurableLog;
  readonly remove: () => Promise<void>;
  shipper: LogShipper;
  isAway = false;
  reads = 0;
  appended = 0;
  readonly redis: RedisConnection;

  constructor(opened: { log: DurableLog; remove(): Promise<void> }, redis: RedisConnection) {
    this.log = opened.log;
    this.remove = opened.remove;
    this.redis = redis;
    this.shipper = this.ship();
  }

  ship(): LogShipper {
    const shipper = new LogShipper({
      log: this.log,
      nodeId: this.nodeId,
      redis: this.redis,
      strip: (payload) => payload,
      ingested: () => ({ segment: 1, offset: 0 }),
      onProblem: (error) => {
        throw error;
      },
    });
    shipper.start();
    return shipper;
  }

  /** Decisions with their impressions, some of which come twice. Answers when they are safe. */
  async append(decisions: number): Promise<void> {
    for (let n = 0; n < decisions; n++) {
      const id = `dec_${this.nodeId}_${this.appended++}`;
      this.log.append(KIND.decision, JSON.stringify(decision({ id })));
      const seen = JSON.stringify(event(id, 'impression'));
      await new Promise((resolve) => this.log.append(KIND.event, seen, resolve));
      if (n % 4 === 0) await new Promise((resolve) => this.log.append(KIND.event, seen, resolve));
    }
  }

  readonly source: LogSource = {
    nodeId: async () => this.nodeId,
    read: async (from: LogPosition, { limit, waitSeconds }) => {
      this.reads++;
      if (this.isAway) throw new LogSourceError('unavailable', 'the node is away');
      let page = await this.log.read(from, limit, [KIND.decision, KIND.event]);
      if (page.entries.length === 0 && waitSeconds > 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        page = await this.log.read(from, limit, [KIND.decision, KIND.event]);
      }
      return LogPage.parse(
        JSON.parse(pageText(this.nodeId, page, this.log.durableThrough, (payload) => payload)),
      );
    },
  };

  async counted(): Promise<{ impressions: number; hours: number; through: string }> {
    const { rows } = await database.ownerQuery(
      `SELECT (SELECT count(*)::int FROM delivery_event WHERE node = $1) AS impressions,
              (SELECT segment || '-' || next_offset FROM log_offset WHERE node = $1) AS through`,
      [this.nodeId],
    );
    return rows[0] as never;
  }

  async isCounted(): Promise<boolean> {
    const { impressions, through } = await this.counted();
    const { segment, offset } = this.log.durableThrough;
    return impressions === this.appended && through === `${segment}-${offset}`;
  }
}

redisSuite('records by way of streams', (redis) => {
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    database = await openEmbeddedTestDatabase();
    await database.ownerQuery(
      `INSERT INTO account (id, name) VALUES ('acc_one00000', 'one') ON CONFLICT DO NOTHING`,
    );
    return () => database.close();
  }, 60_000);
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  const connect = async () => {
    const one = new RedisConnection({ url: redis().url, timeLimitMs: 1000, name: 'test' });
    closers.push(() => one.close());
    await until(() => one.isHere, 15_000);
    return one;
  };
  const startNode = async () => {
    const node = new Node(
      await openLog({ nodeId: `node-${count + 1}`, segmentBytes: 60_000 }),
      await connect(),
    );
    closers.push(async () => {
      await node.shipper.stop();
      await node.remove();
    });
    return node;
  };
  const startIngester = async (node: Node, over: object = {}): Promise<Ingester> => {
    const source = streamLogSource({ redis: await connect(), node: node.source, claimAfterMs: 500, ...over });
    const one = createIngester({ database, source, clock, waitSeconds: 1, batchSize: 100, lingerMs: 5 });
    one.start();
    closers.push(() => one.stop());
    return one;
  };

  it('count once, though several read, one takes pages and dies, and impressions come twice', async () => {
    const node = await startNode();
    await node.append(20);
    // Takes the first pages, and is never heard of again.
    const key = logStreamOf(node.nodeId);
    await until(async () => ((await node.redis.ask((commands) => commands.xlen(key))) ?? 0) > 0);
    await node.redis.ask((commands) => commands.xgroup('CREATE', key, LOG_STREAM_GROUP, '0'));
    const taken = await node.redis.ask((commands) =>
      commands.xreadgroup('GROUP', LOG_STREAM_GROUP, 'dead', 'COUNT', 5, 'STREAMS', key, '>'),
    );
    expect(taken).toHaveLength(1);
    const ingesters = [await startIngester(node), await startIngester(node), await startIngester(node)];
    await node.append(60);
    await ingesters[0]!.stop();
    await node.append(60);
    await until(() => node.isCounted(), 20_000);
    const { rows } = await database.ownerQuery(
      `SELECT event, sum(count)::int AS n FROM delivery_hour WHERE account_id = 'acc_one00000'
         AND event IN ('request', 'impression') GROUP BY event`,
    );
    expect(Object.fromEntries(rows.map(({ event, n }) => [event, n]))).toEqual({
      request: 140,
      impression: 140,
    });
    // Nothing is left that nobody answers for, and the stream has forgotten what is stored.
    await until(async () => {
      const pending = await node.redis.ask((commands) => commands.xpending(key, LOG_STREAM_GROUP));
      const length = await node.redis.ask((commands) => commands.xlen(key));
      return (pending as [number] | undefined)?.[0] === 0 && length === 0;
    }, 10_000);
    await until(() => ingesters[1]!.state().freshAt !== null);
  }, 40_000);

  it('count on from the stream when the node has gone away, and say that it has', async () => {
    const node = await startNode();
    const ingester = await startIngester(node);
    await node.append(5);
    await until(() => node.isCounted(), 10_000);
    node.isAway = true;
    await node.append(30);
    await until(() => node.isCounted(), 10_000);
    await until(() => ingester.state().failure !== null, 10_000);
    expect(ingester.state().failure).toMatchObject({ kind: 'unavailable' });
    node.isAway = false;
    await until(() => ingester.state().failure === null, 10_000);
  }, 40_000);

  it('are read at the node when the stream has lost them, and by stream again when Redis is back, empty', async () => {
    const node = await startNode();
    const ingester = await startIngester(node);
    await node.append(20);
    await redis().kill();
    await node.append(40);
    await until(() => node.isCounted(), 20_000);
    expect(ingester.state().failure).toBeNull();
    await redis().restart();
    await until(() => node.redis.isHere, 20_000);
    await node.append(10);
    // A stream that somebody removed in the middle of it all.
    await node.redis.ask((commands) => commands.del(logStreamOf(node.nodeId)));
    await node.append(10);
    await until(() => node.isCounted(), 20_000);
    const before = node.reads;
    await node.append(40);
    await until(() => node.isCounted(), 20_000);
    // Without the stream the node is asked without end; with it, once a second.
    expect(node.reads - before).toBeLessThan(20);
  }, 60_000);

  it('begin anew when a node has lost its log', async () => {
    const [old, key] = [await startNode(), `node-${count}`];
    await old.append(30);
    const stream = logStreamOf(key);
    // All of it: a log that ends before what was shipped is another one.
    const end = positionText(old.log.durableThrough);
    await until(async () => {
      const last = await old.redis.ask((commands) => commands.xrevrange(stream, '+', '-', 'COUNT', 1));
      return last?.[0]?.[1].includes(end) === true;
    });
    await old.shipper.stop();
    const { log, remove } = await openLog({ nodeId: key });
    closers.push(remove);
    await new Promise((resolve) =>
      log.append(KIND.event, JSON.stringify(event('dec_new', 'start')), resolve),
    );
    const ingested = () => ({ segment: 1, offset: 0 });
    const onProblem = (error: unknown) => expect(error).toBeUndefined();
    const shipper = new LogShipper({
      ...{ log, nodeId: key, redis: old.redis, ingested, onProblem },
      strip: (payload) => payload,
    });
    shipper.start();
    closers.push(() => shipper.stop());
    await until(async () => {
      const pages = await old.redis.ask((commands) => commands.xrange(stream, '-', '+'));
      return pages?.length === 1 && JSON.stringify(pages).includes('dec_new');
    });
  }, 20_000);
});
