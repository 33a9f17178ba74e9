import { mkdir } from 'node:fs/promises';
import { afterEach, beforeAll, expect, it } from 'vitest';
import {
  createIngester,
  flightSpendBetween,
  httpLogSource,
  type Ingester,
  spendByNode,
  spendInAll,
  spendOfNode,
} from '#modules/events';
import { LeaseCall, PLANE_PATHS } from '../../kernel/delivery-protocol.ts';
import type { Database } from '../../platform/database/index.ts';
import { call, postJson, until } from '../../skins/delivery/testing/call.ts';
import { type FakeControl, PLANE_KEY, startFakeControl } from '../../skins/delivery/testing/fake-control.ts';
import {
  sampleFlight,
  sampleLineItem,
  sampleSnapshot,
} from '../../skins/delivery/testing/sample-snapshot.ts';
import { type ChildNode, forkNode, nodeOptions } from '../../skins/delivery/testing/start-node.ts';
import { databaseSuite } from '../../testing/index.ts';
import { answerLeaseCall } from './adapters/lease-route.ts';
import { createLeaseBank } from './bank.ts';
import { PotTermsBook } from './domain/pot-terms.ts';

const PRICE = 20_000;
const BUDGET = 500;
const LEASE_MS = 10_000;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

databaseSuite('one budget and three nodes', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    await database.ownerQuery(`INSERT INTO account (id, name) VALUES ('acc_1', 'acc_1')`);
  });

  it('is used up and never overspent, while nodes are killed and the bank goes away', async () => {
    const id = 'li_1';
    const flights = [sampleFlight(id, { budgetMicros: BUDGET * PRICE })];
    const body = sampleSnapshot({ lineItems: [sampleLineItem({ id, budgetMicros: null, flights })] });
    const terms = new PotTermsBook(body);
    const bank = createLeaseBank({
      database,
      terms: () => terms,
      spend: { spendByNode, spendOfNode, spendInAll, flightSpendBetween },
      nowMs: Date.now,
      leaseMs: LEASE_MS,
      reservationMs: 600_000,
    });
    let isAway = false;
    const control: FakeControl = await startFakeControl((request, response, text) => {
      if (isAway || request.url !== PLANE_PATHS.leases) return void response.writeHead(503).end();
      answerLeaseCall(bank, LeaseCall.parse(JSON.parse(text))).then(
        (answer) => response.writeHead(200).end(JSON.stringify(answer)),
        () => response.writeHead(500).end(),
      );
    });
    closers.push(() => control.close());
    control.publish(body);

    const options = await Promise.all(
      ['one', 'two', 'three'].map((nodeId) =>
        nodeOptions({ controlOrigin: control.origin, nodeId, sharesBudgets: true }),
      ),
    );
    for (const { mediaDir } of options) await mkdir(mediaDir, { recursive: true });
    const nodes: ChildNode[] = [];
    const ingesters: Ingester[] = [];
    const start = async (at: number): Promise<void> => {
      const node = await forkNode(options[at]!);
      closers.push(() => node.child.kill('SIGKILL'));
      await until(async () => (await call(node.internalPort, '/readyz')).status === 200, 30_000);
      nodes[at] = node;
      await ingesters[at]?.stop();
      const source = httpLogSource({
        origin: `http://127.0.0.1:${node.internalPort}`,
        planeKey: PLANE_KEY,
      });
      const ingester = createIngester({ database, source, clock: { now: () => new Date() }, waitSeconds: 1 });
      ingesters[at] = ingester;
      ingester.start();
      closers.push(() => ingester.stop());
    };
    for (const at of [0, 1, 2]) await start(at);

    const acknowledged = new Set<string>();
    /** Asks and plays at one node until it has nothing more to promise, or is gone. */
    const play = async (at: number, most: number): Promise<number> => {
      let shown = 0;
      for (let empty = 0; empty < 40 && shown < most; ) {
        // A node that was killed refuses the connection: that is what is tested, and the play ends.
        const ad = await ask(nodes[at]!).catch(() => undefined);
        if (ad === undefined) return shown;
        if (ad === null) {
          empty++;
          await new Promise((resolve) => setTimeout(resolve, 50));
          continue;
        }
        empty = 0;
        const answer = await call(nodes[at]!.publicPort, ad.path).catch(() => undefined);
        if (answer?.status !== 200) return shown;
        acknowledged.add(ad.decision);
        shown++;
      }
      return shown;
    };

    await Promise.all([0, 1, 2].map((at) => play(at, 30)));
    const killed = new Promise((resolve) => nodes[1]!.child.once('exit', resolve));
    const rest = Promise.all([0, 1, 2].map((at) => play(at, 50)));
    setTimeout(() => nodes[1]!.child.kill('SIGKILL'), 200);
    await Promise.all([killed, rest]);
    // Within what they were lent nodes serve on without the bank, and say so.
    for (const at of [0, 2]) await until(async () => (await lentTo(nodes[at]!)) >= 3, 20_000);
    isAway = true;
    const without = await Promise.all([play(0, 10), play(2, 10)]);
    expect(without.every((shown) => shown > 0)).toBe(true);
    await until(async () => (await leasesOf(nodes[0]!)).failures > 0, 20_000);
    isAway = false;
    // What the killed node held comes back with it.
    await start(1);
    await Promise.all([0, 1, 2].map((at) => play(at, BUDGET)));
    for (const ingester of ingesters) await ingester.ingestNow();
    const { rows } = await database.ownerQuery(
      `SELECT count(*)::int AS n, sum(spent_micros)::int AS micros FROM delivery_event WHERE event = 'impression'`,
    );
    const spent = Number(rows[0]!.micros) / PRICE;
    expect(spent).toBeLessThanOrEqual(BUDGET);
    // A promise of the killed node that no impression came of is held for ten minutes.
    expect(spent).toBeGreaterThanOrEqual(BUDGET - 60);
    const stored = await database.ownerQuery(
      `SELECT decision_id FROM delivery_event WHERE event = 'impression'`,
    );
    const counted = new Set(stored.rows.map(({ decision_id }) => decision_id));
    expect([...acknowledged].filter((decision) => !counted.has(decision))).toEqual([]);
    const state = await leasesOf(nodes[0]!);
    expect(state).toMatchObject({ isOpen: true, nodes: 3 });
  }, 120_000);
});

async function leasesOf(node: ChildNode): Promise<{ isOpen: boolean; failures: number; nodes: number }> {
  const answer = await call(node.internalPort, PLANE_PATHS.status, {
    headers: { Authorization: `Bearer ${PLANE_KEY}` },
  });
  return answer.json<{ leases: { isOpen: boolean; failures: number; nodes: number } }>().leases;
}

/** Impressions that a node may still promise. */
async function lentTo(node: ChildNode): Promise<number> {
  const answer = await call(node.internalPort, `${PLANE_PATHS.readings}?account=acc_1`, {
    headers: { Authorization: `Bearer ${PLANE_KEY}` },
  });
  return answer.json<{ readings: [id: string, affordable: number][] }>().readings[0]?.[1] ?? 0;
}

/** The impression of an ad; null when there is none. Rejects when the node is gone. */
async function ask({ publicPort }: ChildNode): Promise<{ decision: string; path: string } | null> {
  const answer = await postJson(publicPort, '/api/v1/ad-request', { request_id: 'r', duration: 30 });
  const { tracking } = answer.json<{ tracking?: { impression: string } }>();
  if (!tracking) return null;
  const path = new URL(tracking.impression).pathname;
  return { decision: path.split('/').at(-1)!.split('.')[2]!, path };
}
