import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIngester, httpLogSource, type Ingester, streamLogSource } from '#modules/events';
import { type NodeStatus, PLANE_PATHS, SNAPSHOT_NOTICE } from '../kernel/delivery-protocol.ts';
import type { Database } from '../platform/database/index.ts';
import { RedisConnection } from '../platform/redis/index.ts';
import { call, postJson, until } from '../skins/delivery/testing/call.ts';
import { type FakeControl, PLANE_KEY, startFakeControl } from '../skins/delivery/testing/fake-control.ts';
import { sampleFlight, sampleLineItem, sampleSnapshot } from '../skins/delivery/testing/sample-snapshot.ts';
import { type ChildNode, forkNode, nodeOptions } from '../skins/delivery/testing/start-node.ts';
import { openEmbeddedTestDatabase } from '../testing/index.ts';
import { redisSuite } from '../testing/redis-server.ts';

const CAP = 3;
/** Their clocks differ by a second. */
const CLOCKS = [0, 500, -500];

/** Three nodes, each a process with a clock of its own, over three masters. */
redisSuite(
  'three delivery nodes',
  (redis) => {
    let database: Database;
    let control: FakeControl;
    let connection: RedisConnection;
    const nodes: ChildNode[] = [];
    const ingesters: Ingester[] = [];
    const acknowledged = new Set<string>();
    const line = sampleLineItem({
      id: 'li_1',
      budgetMicros: null,
      flights: [sampleFlight('1', { budgetMicros: null })],
      frequencyCaps: [{ scope: 'line_item', limit: CAP, unit: 'hour', count: 1 }],
    });

    beforeAll(async () => {
      database = await openEmbeddedTestDatabase();
      await database.ownerQuery(`INSERT INTO account (id, name) VALUES ('acc_1', 'acc_1')`);
      control = await startFakeControl();
      control.publish(sampleSnapshot({ lineItems: [line] }));
      connection = new RedisConnection({ url: redis().url, timeLimitMs: 2000, name: 'test' });
      for (const [at, clockMs] of CLOCKS.entries()) {
        const options = await nodeOptions({ controlOrigin: control.origin, nodeId: `node-${at}` });
        await mkdir(options.mediaDir, { recursive: true });
        // Longer than in production: processes of other tests share the machine.
        const node = await forkNode(options, [], { url: redis().url, timeLimitMs: 3000, clockMs });
        nodes.push(node);
        const source = httpLogSource({
          origin: `http://127.0.0.1:${node.internalPort}`,
          planeKey: PLANE_KEY,
        });
        const ingester = createIngester({
          database,
          source: streamLogSource({ redis: connection, node: source }),
          clock: { now: () => new Date() },
          waitSeconds: 1,
        });
        ingester.start();
        ingesters.push(ingester);
      }
      await until(
        async () => (await statuses()).every(({ ready, redis }) => ready && redis?.isHere === true),
        30_000,
      );
    }, 90_000);
    afterAll(async () => {
      for (const ingester of ingesters) await ingester.stop();
      for (const { child } of nodes) child.kill('SIGKILL');
      await connection?.close();
      await control?.close();
      await database?.close();
    });

    const statuses = (): Promise<NodeStatus[]> =>
      Promise.all(
        nodes.map(async ({ internalPort }) => {
          const headers = { Authorization: `Bearer ${PLANE_KEY}` };
          return (await call(internalPort, PLANE_PATHS.status, { headers })).json<NodeStatus>();
        }),
      );
    const any = () => nodes[Math.floor(Math.random() * nodes.length)]!;
    /** The address of an impression; null when there is no ad. */
    const ask = async (ifa: string, node = any()): Promise<string | null> => {
      const answer = await postJson(node.publicPort, `/api/v1/ad-request?ifa=${ifa}&devicetype=ctv`, {
        request_id: 'r',
        duration: 30,
      });
      const { tracking } = answer.json<{ tracking?: { impression: string } }>();
      return tracking ? new URL(tracking.impression).pathname : null;
    };
    const see = async (path: string): Promise<void> => {
      const answer = await call(any().publicPort, path);
      expect(answer.status).toBe(200);
      acknowledged.add(path.split('/').at(-1)!.split('.')[2]!);
    };
    /** Until no node has an ad for the viewer any more. */
    const askAll = async (ifa: string): Promise<string[]> => {
      const got: string[] = [];
      for (let empty = 0, at = 0; empty < nodes.length; at++) {
        const path = await ask(ifa, nodes[at % nodes.length]!);
        if (path !== null) got.push(path);
        empty = path === null ? empty + 1 : 0;
      }
      return got;
    };

    it('show each viewer what the cap allows, and no more, whichever of them is asked', async () => {
      const viewers = Array.from({ length: 10 }, () => randomUUID());
      const shown = new Map<string, number>(viewers.map((viewer) => [viewer, 0]));
      const count = async (viewer: string, path: string | null) => {
        if (path === null) return;
        shown.set(viewer, shown.get(viewer)! + 1);
        await see(path);
      };
      for (let round = 0; round < 3; round++)
        await Promise.all(
          viewers.flatMap((viewer) =>
            Array.from({ length: 3 }, async () => count(viewer, await ask(viewer))),
          ),
        );
      for (const viewer of viewers) for (const path of await askAll(viewer)) await count(viewer, path);
      expect((await statuses()).map(({ redis }) => redis?.failures)).toEqual([0, 0, 0]);
      expect([...shown.values()]).toEqual(viewers.map(() => CAP));
    }, 60_000);

    it('serve on without Redis within the bound, say so, and hold the cap again when it is back', async () => {
      await redis().kill();
      await until(async () => (await statuses()).every(({ redis }) => redis?.isHere === false), 10_000);
      expect((await statuses())[0]!.redis).toMatchObject({ kind: 'cluster', problem: expect.any(String) });
      const viewer = randomUUID();
      const meanwhile = await askAll(viewer);
      expect(meanwhile).toHaveLength(CAP * nodes.length);
      for (const path of meanwhile) await see(path);
      await redis().restart();
      await until(
        async () => (await statuses()).every(({ redis }) => redis?.isHere && redis.unwrittenExposures === 0),
        20_000,
      );
      expect(await askAll(viewer)).toEqual([]);
      const next = randomUUID();
      expect(await askAll(next)).toHaveLength(CAP);
    }, 60_000);

    it('count every event once, through the stream that was lost as well', async () => {
      for (const ingester of ingesters) await ingester.ingestNow();
      const { rows } = await database.ownerQuery(
        `SELECT decision_id FROM delivery_event WHERE event = 'impression'`,
      );
      expect(rows.map(({ decision_id }) => String(decision_id)).sort()).toEqual([...acknowledged].sort());
    });

    it('take a snapshot at once when they are told of it, though they leave the control plane alone', async () => {
      const { port } = control;
      await control.close();
      // By then the next question of each node would come some three seconds later.
      await new Promise((resolve) => setTimeout(resolve, 4500));
      control = await startFakeControl(undefined, port);
      const tag = control.publish(sampleSnapshot({ lineItems: [{ ...line, cpmMicros: 30_000_000 }] }));
      const toldAt = performance.now();
      await connection.ask((commands) => commands.publish(SNAPSHOT_NOTICE, tag));
      await until(async () => (await statuses()).every(({ snapshotTag }) => snapshotTag === tag));
      expect(performance.now() - toldAt).toBeLessThan(2000);
    }, 30_000);
  },
  [3],
);
