import { describe, expect, it } from 'vitest';
import { EscrowBank, embeddedLeaseSource, NodeLeases, PotTable } from '../index.ts';
import { runLeaseWorld } from './lease-world.fixture.ts';

const options = { leaseMs: 60_000, reservationMs: 600_000 };
const POT = 'flt_1';

/** A bank in the same process and nodes on it, with a clock to turn. */
async function installation(nodes: number, limit: number, price: number) {
  const bank = new EscrowBank(options);
  bank.setNodeCount(nodes);
  bank.setLimit(POT, limit);
  const clock = { nowMs: 1_000_000 };
  const source = embeddedLeaseSource(
    bank,
    () => clock.nowMs,
    async () => {},
  );
  const all = await Promise.all(
    Array.from({ length: nodes }, async (_, n) => {
      const table = new PotTable();
      const leases = new NodeLeases(table, `node_${n}`);
      await leases.open(source);
      const slot = table.open(POT);
      leases.lease(slot, POT, price);
      await leases.refresh(source, clock.nowMs);
      const pots = Int32Array.of(slot);
      const show = () => {
        leases.expire(clock.nowMs);
        if (!table.reserve(pots, 0, 1, price)) {
          leases.want(slot);
          return 0;
        }
        table.commit(pots, 0, 1, price);
        return price;
      };
      return { table, leases, slot, pots, show };
    }),
  );
  return { bank, source, clock, nodes: all };
}

describe('a lease', () => {
  it('is a twentieth of what is left over the number of nodes, and at least one ad', async () => {
    const { bank, nodes } = await installation(4, 80_000, 20);
    expect(nodes.map(({ table, slot }) => table.available(slot))).toEqual([1000, 980, 960, 960]);
    expect(bank.left(POT)).toBe(80_000 - 3900);
    const small = await installation(4, 70, 20);
    expect(small.nodes.map(({ table, slot }) => table.available(slot))).toEqual([20, 20, 20, 0]);
  });

  it('is asked for again when a quarter is left, and by who was turned down', async () => {
    const { nodes, source, clock, bank } = await installation(1, 20_000, 10);
    const { table, slot, leases, show } = nodes[0]!;
    expect(table.available(slot)).toBe(1000);
    for (let n = 0; n < 75; n++) show();
    expect(leases.collect(clock.nowMs).request).toBeUndefined();
    show();
    await leases.refresh(source, clock.nowMs);
    // 19,000 are left in the bank: a lease is 950 now.
    expect(table.available(slot)).toBe(950);
    expect(bank.left(POT)).toBe(20_000 - 760 - 950);
  });

  it('is asked for again by a clock that was set back behind the last time', async () => {
    const { nodes, clock } = await installation(1, 20_000, 10);
    const { leases, show } = nodes[0]!;
    for (let n = 0; n < 76; n++) show();
    // The message is lost.
    expect(leases.collect(clock.nowMs).request).toBeDefined();
    expect(leases.collect(clock.nowMs + 500).request).toBeUndefined();
    expect(leases.collect(clock.nowMs - 500_000).request).toBeDefined();
  });

  it('ends a second early: nothing more is promised, and what is idle returns', async () => {
    const { nodes, source, clock, bank } = await installation(2, 40_000, 10);
    const { table, slot, leases, pots } = nodes[0]!;
    table.reserve(pots, 0, 1, 10);
    clock.nowMs += 58_500;
    leases.expire(clock.nowMs);
    expect(table.reserve(pots, 0, 1, 10)).toBe(true);
    clock.nowMs += 500;
    leases.expire(clock.nowMs);
    expect(table.reserve(pots, 0, 1, 10)).toBe(false);
    // The promises stay good, and become spend; one that lapses is not promised again.
    table.commit(pots, 0, 1, 10);
    expect(table.own(slot)).toBe(10);
    table.release(pots, 0, 1, 10);
    expect(table.reserve(pots, 0, 1, 10)).toBe(false);
    const { returns } = leases.collect(clock.nowMs);
    expect(returns!.returns).toEqual([{ key: POT, returned: 990 }]);
    await source.giveBack(returns!);
    expect(bank.left(POT)).toBe(40_000 - 10 - nodes[1]!.table.available(nodes[1]!.slot));
  });

  it('is renewed while it is used', async () => {
    const { nodes, source, clock } = await installation(1, 400_000, 10);
    const { leases, show } = nodes[0]!;
    for (let second = 0; second < 600; second++) {
      clock.nowMs += 1000;
      expect(show()).toBe(10);
      await leases.refresh(source, clock.nowMs);
    }
  });

  it('gives back what returned to it beyond its size', async () => {
    const { nodes, source, clock, bank } = await installation(1, 20_000, 10);
    const { table, slot, leases, pots } = nodes[0]!;
    for (let n = 0; n < 100; n++) table.reserve(pots, 0, 1, 10);
    clock.nowMs += 1000;
    await leases.refresh(source, clock.nowMs);
    for (let n = 0; n < 100; n++) table.release(pots, 0, 1, 10);
    expect(table.available(slot)).toBe(1950);
    await leases.refresh(source, clock.nowMs);
    expect(table.available(slot)).toBe(950);
    expect(bank.left(POT)).toBe(19_050);
  });

  it('that ends with its pot leaves nothing behind, and goes on from there when the pot returns', async () => {
    const { nodes, source, clock, bank } = await installation(1, 1000, 10);
    const { table, leases, show } = nodes[0]!;
    show();
    leases.end(POT);
    for (let second = 0; second < 30; second++) {
      clock.nowMs += 1000;
      await leases.refresh(source, clock.nowMs);
    }
    expect(bank.left(POT)).toBe(990);
    expect(table.slotOf(POT)).toBeUndefined();
    const slot = table.open(POT);
    leases.lease(slot, POT, 10);
    expect(table.reserve(Int32Array.of(slot), 0, 1, 10)).toBe(false);
    let used = 10;
    for (let n = 0; n < 3000 && used < 1000; n++) {
      clock.nowMs += 100;
      await leases.refresh(source, clock.nowMs);
      if (table.reserve(Int32Array.of(slot), 0, 1, 10)) {
        table.commit(Int32Array.of(slot), 0, 1, 10);
        used += 10;
      } else leases.want(slot);
    }
    expect(used).toBe(1000);
    expect(table.reserve(Int32Array.of(slot), 0, 1, 10)).toBe(false);
  });
});

describe('several nodes on one budget', () => {
  it('use all of it, with uneven traffic, and one that vanished holds back no more than its lease', async () => {
    const { nodes, source, clock, bank } = await installation(10, 1_000_000, 100);
    let spent = 0;
    let calm = 0;
    let ofNodeNine = 0;
    for (let second = 0; second < 3600 && calm < 200; second++) {
      clock.nowMs += 1000;
      let now = 0;
      for (const [n, { show, leases }] of nodes.entries()) {
        // Node 9 vanishes after a minute.
        if (n === 9 && second > 60) continue;
        for (let request = 0; request < 1 + n * n; request++) {
          const micros = show();
          now += micros;
          if (n === 9) ofNodeNine += micros;
        }
        await leases.refresh(source, clock.nowMs);
      }
      spent += now;
      calm = now === 0 ? calm + 1 : 0;
    }
    const stranded = 1_000_000 - spent;
    expect(stranded).toBeGreaterThanOrEqual(0);
    expect(stranded).toBeLessThanOrEqual(1_000_000 / 200);
    expect(() => bank.closeNode('node_9', new Map(), clock.nowMs - 3_000_000)).toThrow(
      /node 'node_9' may still spend from pot 'flt_1' until/,
    );
    bank.closeNode('node_9', new Map([[POT, ofNodeNine]]), clock.nowMs + 3_600_000);
    for (let second = 0; second < 200; second++) {
      clock.nowMs += 1000;
      for (const { show, leases } of nodes.slice(0, 9)) {
        spent += show();
        await leases.refresh(source, clock.nowMs);
      }
    }
    expect(spent).toBe(1_000_000);
  });

  it('stop when another process has taken their name', async () => {
    const { nodes, source, clock } = await installation(1, 10_000, 10);
    const { table, slot, leases, show } = nodes[0]!;
    show();
    const other = new NodeLeases(new PotTable(), 'node_0');
    await other.open(source, new Map([[POT, 10]]));
    expect(show()).toBe(10);
    leases.want(slot);
    clock.nowMs += 2000;
    await leases.refresh(source, clock.nowMs);
    expect(leases.isFenced).toBe(true);
    expect(show()).toBe(0);
    expect(table.available(slot)).toBeLessThanOrEqual(0);
  });

  it('never spend more than there is, whatever crashes, repeats or is lost', async () => {
    let closed = 0;
    let unbilled = 0;
    let committed = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const { world, faults } = await runLeaseWorld(seed, 2500);
      expect(faults).toEqual([]);
      expect(world.mostIdle, `idle at seed ${seed}`).toBeLessThanOrEqual(1);
      expect(world.bank.healed).toBe(0);
      closed += world.closed;
      unbilled += world.unbilled;
      for (const pot of world.pots) {
        committed += world.committed(pot.key);
        expect(world.idleOverAllowed(pot), `seed ${seed}`).toBeLessThanOrEqual(1);
      }
    }
    // The rounds reached what they are there for.
    expect(closed).toBeGreaterThan(20);
    expect(unbilled).toBeGreaterThan(20);
    expect(committed).toBeGreaterThan(10_000);
  }, 60_000);
});

describe('the bank', () => {
  it('grants once for an ask that comes twice or late, and takes back once', () => {
    const bank = new EscrowBank(options);
    bank.setLimit(POT, 20_000);
    const { epoch } = bank.open({ nodeId: 'n', closes: 0, pots: [] });
    const ask = { key: POT, granted: 0, returned: 0, held: 0, price: 10 };
    const request = { nodeId: 'n', epoch, asks: [ask] };
    const first = bank.request(request, 1000);
    expect(first.grants).toEqual([{ key: POT, granted: 1000, size: 1000, expiresAtMs: 61_000 }]);
    expect(bank.request(request, 9000).grants[0]).toMatchObject({ granted: 1000, expiresAtMs: 61_000 });
    const more = bank.request({ ...request, asks: [{ ...ask, granted: 1000 }] }, 9000);
    expect(more.grants[0]).toMatchObject({ granted: 1950, size: 950 });
    expect(bank.request(request, 9500).grants[0]).toMatchObject({ granted: 1950 });
    for (const returned of [500, 900, 500])
      bank.giveBack({ nodeId: 'n', epoch, returns: [{ key: POT, returned }] });
    expect(bank.left(POT)).toBe(20_000 - 1950 + 900);
    // Nobody can give back more than was granted, nor take from a pot that has no limit.
    bank.giveBack({ nodeId: 'n', epoch, returns: [{ key: POT, returned: 1e9 }] });
    expect(bank.left(POT)).toBe(20_000);
    expect(bank.request({ ...request, asks: [{ ...ask, key: 'unknown' }] }, 9000).grants).toEqual([]);
    // What an earlier life sent is not listened to.
    bank.open({ nodeId: 'n', closes: epoch, pots: [{ key: POT, spent: 0, held: 0 }] });
    bank.request({ nodeId: 'n', epoch, asks: [{ ...ask, granted: 1950 }] }, 9000);
    expect(bank.left(POT)).toBe(20_000);
    expect(bank.open({ nodeId: 'n', closes: epoch, pots: [] }).epoch).toBe(epoch + 1);
  });

  it('heals by what nodes know when it was restored from an older state, and says so', async () => {
    const { bank, nodes, clock } = await installation(1, 20_000, 10);
    const { leases, slot } = nodes[0]!;
    const older = new EscrowBank(options);
    older.setLimit(POT, 20_000);
    leases.want(slot);
    const { request } = leases.collect(clock.nowMs + 5000);
    older.request(request!, clock.nowMs);
    expect(older.healed).toBeGreaterThan(0);
    expect(older.left(POT)).toBe(bank.left(POT));
  });

  it('refuses what it cannot keep', () => {
    expect(() => new EscrowBank({ leaseMs: 4000, reservationMs: 1 })).toThrow(
      'leaseMs 4000 must be above 4000',
    );
    const bank = new EscrowBank(options);
    expect(() => bank.setLimit('a', 1.5)).toThrow("limit 1.5 of pot 'a'");
    expect(() => bank.setNodeCount(0)).toThrow('nodes 0');
    expect(() => new NodeLeases(new PotTable(), 'n').lease(0, 'a', 0)).toThrow("price 0 of pot 'a'");
  });
});
