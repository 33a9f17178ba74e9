import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/database/index.ts';
import { databaseSuite } from '../../testing/index.ts';
import { addHours } from './index.ts';
import { decision, event, type FakeLog, impressionsOf } from './testing/fake-log.ts';
import { type TruthWorld, traffic, truthWorld } from './testing/truth-world.ts';

databaseSuite('verification against the logs', (open) => {
  let database: Database;
  let world: TruthWorld;
  let log: FakeLog;
  let mine: string;
  beforeAll(async () => {
    database = await open();
    world = await truthWorld(database);
    mine = world.app.accounts[0];
  });
  beforeEach(async () => {
    log = await world.reset();
  });
  const kinds = async () => (await world.verify()).differences.map(({ kind }) => kind).sort();

  it('agrees where nothing was ever counted, and asks no node', async () => {
    log.isAway = true;
    expect(await world.verify()).toMatchObject({
      agrees: true,
      logs: [],
      compared: { records: 0, events: 0, hours: 0, spend: [] },
    });
  });

  it('agrees on a history with repetitions, and says what it compared', async () => {
    traffic(log, mine, 40);
    await world.ingest();
    const { events, hours } = await world.rows();
    const spent = log.records.reduce(
      (sum, record) => sum + (record.type === 'event' && !record.duplicate ? record.spendMicros : 0),
      0,
    );
    expect(await world.verify()).toMatchObject({
      agrees: true,
      differences: [],
      differencesTotal: 0,
      logs: [{ node: 'node-1', state: 'whole', through: log.end, throughAt: '2026-11-21T10:43:00.000Z' }],
      compared: {
        records: log.records.length,
        events: events.length,
        hours: hours.length,
        spend: [{ currency: 'USD', logMicros: spent, storedMicros: spent }],
      },
      uncompared: { events: 0, hours: 0, hoursThrough: null, removedRecords: 0, demoHours: 0, demoSpend: [] },
    });
    expect(spent).toBeGreaterThan(0);
  });

  it('agrees on a history in which time runs backwards', async () => {
    traffic(log, mine, 30);
    log.entries.forEach((entry, index) => {
      const turned = log.entries.length - 1 - index;
      entry.record = {
        ...entry.record,
        at: new Date(Date.UTC(2026, 10, 21, 6) + turned * 400_000).toISOString(),
      };
    });
    await world.ingest();
    expect(await world.verify()).toMatchObject({ agrees: true, compared: { records: log.records.length } });
  });

  it.each([
    ['the first', 0],
    ['the second', 1],
  ])('agrees when two nodes report one event and %s was counted first', async (_, first) => {
    const second = world.addLog('node-2');
    log.append(
      decision({ id: 'dec_twice', accountId: mine }),
      event('dec_twice', 'impression', { accountId: mine }),
    );
    second.append(event('dec_twice', 'impression', { accountId: mine }));
    await world.ingest(...(first === 0 ? [log, second] : [second, log]));
    expect(await world.verify()).toMatchObject({ agrees: true, compared: { records: 3, events: 1 } });
  });

  it('takes what is not counted yet for no difference, and what is counted meanwhile too', async () => {
    traffic(log, mine, 10);
    await world.ingest();
    const through = log.end;
    traffic(log, mine, 10, 10);
    expect(await world.verify()).toMatchObject({ agrees: true, logs: [{ through }] });
    let isOpen = true;
    log.onRead = async () => {
      if (!isOpen) return;
      isOpen = false;
      await world.ingest(log);
    };
    const meanwhile = await world.verify();
    expect(meanwhile).toMatchObject({ agrees: true, logs: [{ through }] });
    log.onRead = () => undefined;
    expect((await world.verify()).compared.records).toBe(log.records.length);
    expect(meanwhile.compared.records).toBeLessThan(log.records.length);
  });

  it('shows an account its own differences only', async () => {
    traffic(log, mine, 10);
    traffic(log, world.app.accounts[1], 10, 50);
    await world.ingest();
    await world.damage(`DELETE FROM delivery_event WHERE account_id = '${world.app.accounts[1]}'`);
    expect(await world.verify()).toMatchObject({ agrees: true });
    const theirs = await world.verify({ account: 1 });
    expect(theirs.agrees).toBe(false);
    expect(theirs.compared.records).toBeLessThan(log.records.length);
  });

  it('lists as many differences as asked for, and counts all', async () => {
    traffic(log, mine, 20);
    await world.ingest();
    const lost = await world.damage('DELETE FROM delivery_event');
    const result = await world.verify({ limit: 3 });
    expect(result.differences).toHaveLength(3);
    expect(result).toMatchObject({ agrees: false, differencesTotal: lost });
  });

  it('says what differs, on which side', async () => {
    log.append(decision({ id: 'dec_a', accountId: mine }), event('dec_a', 'impression', { accountId: mine }));
    await world.ingest();
    await world.damage('UPDATE delivery_event SET spent_micros = 30000');
    await world.damage(`UPDATE delivery_hour SET count = 4 WHERE event = 'impression'`);
    expect((await world.verify()).differences).toEqual([
      {
        kind: 'event_differs',
        at: '2026-11-21T09:10:01.000Z',
        event: 'impression',
        decisionId: 'dec_a',
        position: 1,
        campaignId: 'cmp_one00000',
        lineItemId: 'li_one000000',
        flightId: 'flt_one00000',
        creativeId: 'crv_one00000',
        placementId: 'plc_one00000',
        reason: null,
        currency: 'USD',
        country: '',
        deviceType: '',
        node: null,
        fields: [{ field: 'spentMicros', log: 20_000, stored: 30_000 }],
      },
      expect.objectContaining({
        kind: 'hour_differs',
        at: '2026-11-21T09:00:00.000Z',
        decisionId: null,
        reason: '',
        fields: [{ field: 'count', log: 1, stored: 4 }],
      }),
    ]);
  });

  it('refuses in words when a node does not answer', async () => {
    traffic(log, mine, 3);
    await world.ingest();
    log.isAway = true;
    await expect(world.verify()).rejects.toMatchObject({
      code: 'delivery.unavailable',
      message: 'The log of a delivery node cannot be read: the node is away.',
    });
    await expect(world.rebuild()).rejects.toMatchObject({ code: 'delivery.unavailable' });
  });

  it('is for those who may read the audit trail', async () => {
    for (const role of ['viewer', 'planner', 'agent'] as const)
      await expect(world.app.call('events.verifyEvents', {}, { role })).rejects.toMatchObject({
        code: 'auth.forbidden',
      });
    await expect(world.rebuild({ role: 'trafficker' })).rejects.toMatchObject({ code: 'auth.forbidden' });
  });

  describe('what no log holds', () => {
    it('is said of pruned segments, and the rest is compared to the unit', async () => {
      traffic(log, mine, 40);
      await world.ingest();
      log.firstSegment = 8;
      const kept = log.entries.filter(({ segment }) => segment >= 8);
      const result = await world.verify();
      expect(result).toMatchObject({
        agrees: true,
        logs: [{ state: 'pruned', from: { segment: 8, offset: 0 }, through: log.end }],
        compared: { records: kept.length },
      });
      expect(result.uncompared.events).toBeGreaterThan(0);
      expect(result.uncompared.hours).toBeGreaterThan(0);
      expect(result.uncompared.hoursThrough).toBe(`${kept[0]!.record.at.slice(0, 13)}:00:00.000Z`);
      expect(result.compared.hours).toBeGreaterThan(0);

      await world.damage(`UPDATE delivery_hour SET count = count + 1 WHERE hour = '2026-11-21T06:00:00Z'`);
      expect(await kinds(), 'an hour that was pruned may hold more').toEqual([]);
      await world.damage(
        `UPDATE delivery_hour SET count = 0 WHERE hour = '${result.uncompared.hoursThrough}'`,
      );
      expect(new Set(await kinds()), 'and not less than the log still says').toEqual(
        new Set(['hour_differs']),
      );
    });

    it('counts no repetition of an event whose first record was pruned', async () => {
      log.append(event('dec_old', 'impression', { accountId: mine, at: '2026-11-21T06:00:00.000Z' }));
      traffic(log, mine, 20, 10);
      log.append(event('dec_old', 'impression', { accountId: mine, at: '2026-11-21T09:59:00.000Z' }));
      await world.ingest();
      log.firstSegment = 2;
      expect(await world.verify()).toMatchObject({ agrees: true });
    });

    it('is said of a node that cannot be read from here', async () => {
      const away = world.addLog('node-away');
      traffic(log, mine, 20, 30);
      traffic(away, mine, 10);
      await world.ingest();
      world.logs.splice(1, 1);
      const result = await world.verify();
      expect(result).toMatchObject({
        agrees: true,
        logs: [{ state: 'whole' }, { node: 'node-away', state: 'unknown' }],
      });
      expect(result.uncompared).toMatchObject({ hoursThrough: '2026-11-21T07:00:00.000Z' });
      expect(result.uncompared.events).toBeGreaterThan(0);
      expect(result.compared.hours).toBeGreaterThan(0);
    });

    it('is said of a log that was replaced by a shorter one', async () => {
      traffic(log, mine, 20);
      await world.ingest();
      log.entries.length = 3;
      expect(await world.verify()).toMatchObject({
        agrees: true,
        logs: [{ state: 'lost', from: null }],
        compared: { events: 0, hours: 0 },
      });
    });

    it('is told apart for invented history of demo campaigns', async () => {
      world.campaigns.set('cmp_one00000', { demo: true });
      traffic(log, mine, 20, 10);
      await world.ingest();
      const invented = (hour: string, count: number) =>
        database.withTransaction({ role: 'ingester' }, (tx) =>
          addHours(tx, [impressionsOf(hour, count, { account_id: mine })]),
        );
      await invented('2026-11-20T21:00:00.000Z', 700);
      await invented('2026-11-20T22:00:00.000Z', 300);
      expect(await world.verify()).toMatchObject({
        agrees: true,
        uncompared: { demoHours: 2, demoSpend: [{ currency: 'USD', micros: 20_000_000 }] },
      });
      await invented('2026-11-21T20:00:00.000Z', 5);
      expect(await kinds(), 'nothing is invented once a campaign serves').toEqual(['hour_unexpected']);
      await world.damage(`DELETE FROM delivery_hour WHERE hour = '2026-11-21T20:00:00Z'`);
      world.campaigns.set('cmp_one00000', { demo: false });
      expect(await kinds(), 'nor of a campaign that is no demo').toEqual([
        'hour_unexpected',
        'hour_unexpected',
      ]);
    });

    it('is told apart for campaigns that were removed with their delivery', async () => {
      traffic(log, mine, 20);
      await world.ingest();
      const removed = `campaign_id = 'cmp_two00000'`;
      await world.damage(`DELETE FROM delivery_event WHERE ${removed}`);
      await world.damage(`DELETE FROM delivery_hour WHERE ${removed}`);
      expect((await world.verify()).agrees).toBe(false);
      world.campaigns.delete('cmp_two00000');
      const result = await world.verify();
      expect(result).toMatchObject({ agrees: true, differences: [] });
      expect(result.uncompared.removedRecords).toBeGreaterThan(0);
    });
  });
});
