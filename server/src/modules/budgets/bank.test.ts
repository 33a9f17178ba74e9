import { beforeAll, expect, it } from 'vitest';
import { addHours, flightSpendBetween, spendByNode, spendInAll, spendOfNode } from '#modules/events';
import type { Database } from '../../platform/database/index.ts';
import {
  sampleFlight,
  sampleLineItem,
  sampleSnapshot,
} from '../../skins/delivery/testing/sample-snapshot.ts';
import { databaseSuite } from '../../testing/index.ts';
import { mulberry32 } from '../../testing/seeded.ts';
import { createLeaseBank, type LeaseBank } from './bank.ts';
import { PotTermsBook } from './domain/pot-terms.ts';
import { sourceOf, startWorldNode, type WorldNode } from './testing/bank-world.ts';

const accountId = 'acc_1';
const PRICE = 20_000;
const LEASE_MS = 20_000;
const RESERVATION_MS = 10_000;
let database: Database;
let clock: { nowMs: number };
let made = 0;

function newBank(items: Parameters<typeof sampleLineItem>[0][]): LeaseBank {
  const terms = new PotTermsBook(sampleSnapshot({ lineItems: items.map(sampleLineItem) }));
  return createLeaseBank({
    database,
    terms: () => terms,
    spend: { spendByNode, spendOfNode, spendInAll, flightSpendBetween },
    nowMs: () => clock.nowMs,
    leaseMs: LEASE_MS,
    reservationMs: RESERVATION_MS,
  });
}

/** A line item of its own per test, so that tests share one database. */
function soldFor(impressions: number, over: object = {}) {
  const id = `li_${++made}`;
  const budgetMicros = impressions * PRICE;
  return { id, budgetMicros: null, flights: [sampleFlight(id, { budgetMicros, ...over })] };
}

const newNode = (id: string): WorldNode => ({ id: `${id}-${made}`, log: [], ingested: 0, process: null });

/** As the ingester does it: what came of a node's log is counted. */
async function ingest(node: WorldNode, lineItemId: string, through = node.log.length): Promise<void> {
  const rows = node.log.slice(node.ingested, through).filter(({ key }) => key === `flt_${lineItemId}`);
  const micros = rows.reduce((sum, { amount }) => sum + amount, 0);
  node.ingested = through;
  if (rows.length === 0) return;
  await database.ownerQuery(
    `INSERT INTO node_spend AS n (account_id, line_item_id, flight_id, node, spent_micros, impressions)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, line_item_id, flight_id, node) DO UPDATE
     SET spent_micros = n.spent_micros + excluded.spent_micros, impressions = n.impressions + excluded.impressions`,
    [accountId, lineItemId, `flt_${lineItemId}`, node.id, micros, rows.length],
  );
  await database.withTransaction({ role: 'ingester' }, (tx) =>
    addHours(tx, [hourOf(lineItemId, micros, rows.length)]),
  );
}

const hourOf = (lineItemId: string, micros: number, count: number) => ({
  account_id: accountId,
  hour: '2026-11-30T10:00:00.000Z',
  campaign_id: 'cmp_1',
  line_item_id: lineItemId,
  flight_id: `flt_${lineItemId}`,
  creative_id: 'crv_1',
  placement_id: 'plc_1',
  country: 'US',
  device_type: 'ctv',
  event: 'impression',
  reason: '',
  currency: 'USD',
  count,
  spent_micros: micros,
});

const available = (node: WorldNode, key: string) =>
  node.process!.table.available(node.process!.table.slotOf(key)!);

/** One impression from decision to log; false when nothing could be promised. */
function show(node: WorldNode, key: string, price = PRICE): boolean {
  const { table, leases } = node.process!;
  const slot = table.slotOf(key)!;
  leases.expire(clock.nowMs);
  if (!table.reserve(Int32Array.of(slot), 0, 1, price)) {
    leases.want(slot);
    return false;
  }
  table.commit(Int32Array.of(slot), 0, 1, price);
  node.log.push({ key, amount: price });
  return true;
}

databaseSuite('the bank of budgets', (open) => {
  beforeAll(async () => {
    database = await open();
    clock = { nowMs: Date.parse('2026-12-01T10:00:00.000Z') };
    await database.ownerQuery('INSERT INTO account (id, name) VALUES ($1, $1)', [accountId]);
  });

  async function started(bank: LeaseBank, names: readonly string[], key: string): Promise<WorldNode[]> {
    // Nodes of other tests have not been heard of for long.
    clock.nowMs += 10 * LEASE_MS;
    const nodes = names.map(newNode);
    for (const node of nodes) await startWorldNode(bank, node, [{ key, price: PRICE }]);
    for (const node of nodes) await node.process!.leases.refresh(sourceOf(bank), clock.nowMs);
    return nodes;
  }

  it('lends each node a twentieth of what is left over the number of nodes', async () => {
    const item = soldFor(3000);
    const key = item.flights[0]!.id;
    const nodes = await started(newBank([item]), ['a', 'b', 'c'], key);
    expect(nodes.map((node) => available(node, key) / PRICE)).toEqual([50, 49, 48]);
  });

  it('lends nothing of what it has no limit of, nor of what is not served', async () => {
    const item = soldFor(100);
    const [node] = await started(newBank([]), ['a'], item.flights[0]!.id);
    expect(available(node!, item.flights[0]!.id)).toBe(0);
  });

  it('takes off what was spent before: by history, by a node without leases, and by the node itself', async () => {
    const item = soldFor(1000);
    const key = item.flights[0]!.id;
    await database.withTransaction({ role: 'ingester' }, (tx) =>
      addHours(tx, [hourOf(item.id, 300 * PRICE, 300)]),
    );
    const [other, own] = [newNode('other'), newNode('own')];
    for (const [node, count] of [
      [other, 200],
      [own, 100],
    ] as const) {
      for (let n = 0; n < count; n++) node.log.push({ key, amount: PRICE });
      await ingest(node, item.id);
    }
    const bank = newBank([item]);
    clock.nowMs += 10 * LEASE_MS;
    await startWorldNode(bank, own, [{ key, price: PRICE }]);
    let shown = 0;
    for (let round = 0; round < 400; round++) {
      clock.nowMs += 1000;
      await own.process!.leases.refresh(sourceOf(bank), clock.nowMs);
      while (show(own, key)) shown++;
      if (shown === 400) break;
    }
    expect(shown).toBe(400);
    await own.process!.leases.refresh(sourceOf(bank), clock.nowMs);
    expect(show(own, key)).toBe(false);
  });

  it('takes a raised or lowered limit from the snapshot in use', async () => {
    const item = soldFor(40);
    const key = item.flights[0]!.id;
    const [node] = await started(newBank([item]), ['a'], key);
    expect(available(node!, key)).toBe(2 * PRICE);
    const raised = newBank([{ ...item, flights: [{ ...item.flights[0]!, budgetMicros: 4000 * PRICE }] }]);
    while (show(node!, key));
    clock.nowMs += 1000;
    await node!.process!.leases.refresh(sourceOf(raised), clock.nowMs);
    expect(available(node!, key)).toBe(199 * PRICE);
  });

  it('counts impressions and days of a flight as pots of their own', async () => {
    const item = soldFor(1000, {
      impressionGoal: 400,
      dailyBudgetMicros: 200 * PRICE,
      timeZone: 'Europe/Berlin',
    });
    const key = item.flights[0]!.id;
    const day = Math.floor(Date.parse('2026-12-02T00:00:00Z') / 86_400_000);
    const bank = newBank([item]);
    const node = newNode('a');
    clock.nowMs += 10 * LEASE_MS;
    await startWorldNode(bank, node, [
      { key: `${key}#n`, price: 1 },
      { key: `${key}#d${day}`, price: PRICE },
    ]);
    await node.process!.leases.refresh(sourceOf(bank), clock.nowMs);
    expect(available(node, `${key}#n`)).toBe(20);
    expect(available(node, `${key}#d${day}`)).toBe(10 * PRICE);
    // A day that is long over is forgotten, the flight is not.
    clock.nowMs += 5 * 86_400_000;
    await bank.sweep();
    const { rows } = await database.ownerQuery(`SELECT pot FROM budget_pot WHERE pot LIKE $1`, [`${key}%`]);
    expect(rows.map(({ pot }) => pot)).toEqual([`${key}#n`]);
  });

  it('gets back what a dead node neither spent nor promised, when it begins its next life', async () => {
    const item = soldFor(2000);
    const key = item.flights[0]!.id;
    const bank = newBank([item]);
    const [dead] = await started(bank, ['dead'], key);
    for (let n = 0; n < 30; n++) show(dead!, key);
    await ingest(dead!, item.id, 12);
    await startWorldNode(bank, dead!, [{ key, price: PRICE }], [key, key]);
    const { rows } = await database.ownerQuery(
      'SELECT granted - returned AS kept FROM budget_lease WHERE pot = $1',
      [key],
    );
    expect(rows.map(({ kept }) => Number(kept))).toEqual([32 * PRICE]);
    // What an earlier life still has under way is not listened to.
    const late = await bank.request({
      nodeId: dead!.id,
      epoch: 1,
      asks: [{ key, granted: 0, returned: 0, held: 0, price: PRICE }],
    });
    expect(late).toMatchObject({ epoch: 2, grants: [] });
  });

  it('closes a node that stays away, once nothing of it can become spend, by what was counted', async () => {
    const item = soldFor(2000);
    const key = item.flights[0]!.id;
    const bank = newBank([item]);
    const [dead] = await started(bank, ['gone'], key);
    for (let n = 0; n < 30; n++) show(dead!, key);
    await ingest(dead!, item.id);
    await expect(bank.retire(dead!.id)).rejects.toThrow(/may still spend/);
    await expect(bank.retire('nobody')).rejects.toThrow(/no node 'nobody'/);
    clock.nowMs += LEASE_MS + RESERVATION_MS + 2000;
    expect(await bank.retire(dead!.id)).toEqual({ pots: 1, returned: 1 });
    const { rows } = await database.ownerQuery(
      'SELECT granted - returned AS kept FROM budget_lease WHERE pot = $1',
      [key],
    );
    expect(rows.map(({ kept }) => Number(kept))).toEqual([30 * PRICE]);
    // Should it come back after all, it is told that its life is over.
    await dead!.process!.leases.refresh(sourceOf(bank), clock.nowMs);
    expect(dead!.process!.leases.isFenced).toBe(true);
    expect(show(dead!, key)).toBe(false);
  });

  it('never lends more than there is, whatever crashes, repeats or is lost, and uses it up', async () => {
    const random = mulberry32(20261201);
    const below = (limit: number) => Math.floor(random() * limit);
    const item = soldFor(300);
    const key = item.flights[0]!.id;
    const bank = newBank([item]);
    const nodes = await started(bank, ['a', 'b', 'c'], key);
    const spent = () => nodes.reduce((sum, { log }) => sum + log.length, 0);
    for (let step = 0; step < 400; step++) {
      const node = nodes[below(3)]!;
      const dice = random();
      clock.nowMs += below(700);
      const leases = node.process?.leases;
      if (dice < 0.55) for (let n = below(6); n > 0 && node.process; n--) show(node, key);
      else if (dice < 0.7 && leases) await leases.refresh(sourceOf(bank), clock.nowMs);
      else if (dice < 0.76 && leases) {
        // The answer is lost on its way, or the question comes twice.
        const { request } = leases.collect(clock.nowMs);
        if (request) await bank.request(request);
        if (request && random() < 0.5) leases.take(await bank.request(request), clock.nowMs);
      } else if (dice < 0.82)
        await ingest(node, item.id, node.ingested + below(node.log.length - node.ingested + 1));
      else if (dice < 0.86) node.process = null;
      else if (node.process === null || dice < 0.88)
        await startWorldNode(bank, node, [{ key, price: PRICE }]);
      expect(spent(), `step ${step}`).toBeLessThanOrEqual(300);
    }
    for (let round = 0; round < 200 && spent() < 300; round++)
      for (const node of nodes) {
        clock.nowMs += 500;
        if (node.process === null) await startWorldNode(bank, node, [{ key, price: PRICE }]);
        await node.process!.leases.refresh(sourceOf(bank), clock.nowMs);
        while (show(node, key));
      }
    expect(spent()).toBe(300);
  });
});
