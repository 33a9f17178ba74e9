import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/database/index.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createIngester } from './index.ts';
import { copy, damages, one } from './testing/damages.ts';
import { decision, event, type FakeLog } from './testing/fake-log.ts';
import { type TruthWorld, traffic, truthWorld } from './testing/truth-world.ts';

const clock = { now: () => new Date('2026-11-21T09:30:00.000Z') };
databaseSuite('rebuilding from the logs', (open) => {
  let database: Database;
  let world: TruthWorld;
  let log: FakeLog;
  let mine: string;
  let theirs: string;
  beforeAll(async () => {
    database = await open();
    world = await truthWorld(database);
    [mine, theirs] = world.app.accounts;
  });
  beforeEach(async () => {
    log = await world.reset();
  });

  interface Entry {
    id: string;
    entity: { id: string };
    change: string;
    fields: unknown[];
  }
  const trail = async (): Promise<Entry[]> => {
    const page = await world.app.call('accounts.listAudit', {
      operation: 'events.rebuildEvents',
      limit: 200,
    });
    return (page as { items: Entry[] }).items;
  };

  /** Both accounts in one log, one after the other and in between. */
  async function counted(): Promise<void> {
    for (let i = 0; i < 40; i += 10) {
      traffic(log, mine, 10, i);
      traffic(log, theirs, 4, 100 + i);
    }
    await world.ingest();
  }

  it.each(Object.entries(damages))(
    'repairs when %s, and touches nobody else',
    async (_, [statements, kinds]) => {
      await counted();
      const [before, others] = [await world.rows(), await world.rows(1)];
      for (const sql of statements) {
        const scoped = /WHERE|INSERT/.test(sql) ? sql : `${sql} WHERE account_id = :mine`;
        expect(await world.damage(scoped), sql).toBeGreaterThan(0);
      }
      const damaged = await world.rows();
      expect(damaged).not.toEqual(before);
      const found = await world.verify({ limit: 1000 });
      expect(found.agrees).toBe(false);
      expect([...new Set(found.differences.map(({ kind }) => kind))].sort()).toEqual(kinds);

      const tried = await world.rebuild({ dryRun: true });
      expect(await world.rows(), 'a dry run keeps nothing').toEqual(damaged);
      const done = await world.rebuild();
      expect(done).toEqual(tried);
      expect(done.changed).toBe(true);
      expect(await world.rows()).toEqual(before);
      expect(await world.rows(1)).toEqual(others);
      expect(await world.verify()).toMatchObject({ agrees: true });
      expect(await world.rebuild()).toMatchObject({ changed: false });
    },
  );

  it('answers what changed, and keeps it in the audit trail', async () => {
    log.append(decision({ id: 'dec_a', accountId: mine }));
    for (const name of ['impression', 'start'] as const)
      log.append(event('dec_a', name, { accountId: mine }));
    await world.ingest();
    await world.damage(`DELETE FROM delivery_event WHERE event = 'start'`);
    await world.damage(copy(`'dec_b'`, 'node', 'segment, log_offset'));
    await world.damage(`UPDATE delivery_hour SET spent_micros = 90000 WHERE event = 'impression'`);
    const known = new Set((await trail()).map(({ id }) => id));
    const result = await world.rebuild();
    expect(result).toMatchObject({
      changed: true,
      events: { before: 2, after: 2, inserted: 1, updated: 0, removed: 1 },
      hours: { before: 3, after: 3, inserted: 0, updated: 1, removed: 0 },
      spend: [{ currency: 'USD', beforeMicros: 90_000, afterMicros: 20_000 }],
    });
    expect(world.app.events.at(-1)).toMatchObject({ type: 'events.ingested', accountId: mine });
    const [row] = (await trail()).filter(({ id }) => !known.has(id));
    expect(row).toMatchObject({ entity: { id: mine }, change: 'updated' });
    expect(row!.fields).toContainEqual({ field: 'spentMicros.USD', before: 90_000, after: 20_000 });
  });

  it('moves an event to its first record when two nodes report it and the stored one is invented', async () => {
    const second = world.addLog('node-2');
    log.append(event('dec_twice', 'impression', { accountId: mine }));
    second.append(event('dec_other', 'impression', { accountId: mine }));
    second.append(event('dec_twice', 'impression', { accountId: mine }));
    await world.ingest();
    const before = await world.rows();
    await world.damage(
      `UPDATE delivery_event SET node = 'node-2', log_offset = 51 WHERE decision_id = 'dec_twice'`,
    );
    expect((await world.verify()).agrees).toBe(false);
    await world.rebuild();
    expect(await world.rows()).toEqual(before);
    expect(await world.verify()).toMatchObject({ agrees: true });
  });

  it('tells repetitions from events also when more is wrong than it remembers', async () => {
    await counted();
    const before = await world.rows();
    world.settings.rememberedEvents = 3;
    await world.damage(`DELETE FROM delivery_event WHERE account_id = :mine`);
    await world.damage(`DELETE FROM delivery_hour WHERE account_id = :mine`);
    await world.rebuild();
    expect(await world.rows()).toEqual(before);
  });

  it('repairs whatever is done to it in any order', async () => {
    await counted();
    const before = await world.rows();
    let seed = 20_261_201;
    const draw = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const anyOf = (table: string) =>
      `ctid IN (SELECT ctid FROM ${table} WHERE account_id = :mine ORDER BY md5(${draw(1e6)} || t.*::text) LIMIT 3)`.replace(
        `FROM ${table}`,
        `FROM ${table} t`,
      );
    const acts = [
      () => `DELETE FROM delivery_event WHERE ${anyOf('delivery_event')}`,
      () => `DELETE FROM delivery_hour WHERE ${anyOf('delivery_hour')}`,
      () => `UPDATE delivery_event SET spent_micros = ${draw(99)} WHERE ${anyOf('delivery_event')}`,
      () =>
        `UPDATE delivery_event SET segment = ${1 + draw(20)}, log_offset = ${50 + 100 * draw(7)} WHERE ${anyOf('delivery_event')}`,
      () => `UPDATE delivery_event SET ad_position = ad_position + 3 WHERE ${anyOf('delivery_event')}`,
      () => `UPDATE delivery_hour SET count = ${draw(9)} WHERE ${anyOf('delivery_hour')}`,
      () => `UPDATE delivery_hour SET reason = reason || 'x${draw(1e6)}' WHERE ${anyOf('delivery_hour')}`,
    ];
    for (let round = 0; round < 12; round++) {
      for (let act = 0; act < 4; act++) await world.damage(acts[draw(acts.length)]!());
      await world.rebuild();
      expect(await world.rows(), `round ${round}`).toEqual(before);
    }
  });

  it('neither loses nor doubles beside an ingester that counts on', async () => {
    world.settings.pageSize = 40;
    traffic(log, mine, 60);
    await world.ingest();
    await world.damage('DELETE FROM delivery_hour');
    await world.damage(`DELETE FROM delivery_event WHERE event = 'start'`);
    const ingester = createIngester({
      database,
      source: log,
      clock,
      batchSize: 3,
      waitSeconds: 1,
      lingerMs: 1,
    });
    ingester.start();
    let isDone = false;
    const writing = (async () => {
      for (let i = 60; !isDone; i += 2) {
        traffic(log, mine, 2, i);
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    })();
    const during: boolean[] = [];
    for (let i = 0; i < 4; i++) {
      await world.rebuild();
      during.push((await world.verify()).agrees);
      await world.damage(`UPDATE delivery_hour SET count = count + 7 WHERE ${one('delivery_hour', 'true')}`);
    }
    await world.rebuild();
    isDone = true;
    await writing;
    await ingester.stop();
    await world.ingest();
    expect(during).toEqual([true, true, true, true]);
    const result = await world.verify();
    expect(result).toMatchObject({ agrees: true, logs: [{ through: log.end }] });
    expect(result.compared.records).toBe(log.records.length);
  });

  it('repairs once when two rebuild at the same time', async () => {
    await counted();
    const before = await world.rows();
    await world.damage('DELETE FROM delivery_event');
    await world.damage('UPDATE delivery_hour SET count = count + 1');
    await Promise.all([world.rebuild(), world.rebuild(), world.rebuild({ account: 1 })]);
    expect(await world.rows()).toEqual(before);
    expect(await world.verify({ account: 1 })).toMatchObject({ agrees: true });
  });

  describe('when it fails', () => {
    it.each([
      ['while it reads the damaged part again', 'read'],
      ['while it writes hourly rows', 'write'],
    ])('leaves everything as it was: %s', async (_, where) => {
      await counted();
      await world.damage(`DELETE FROM delivery_event WHERE ${one('delivery_event', 'segment = 2')}`);
      await world.damage(`DELETE FROM delivery_event WHERE ${one('delivery_event', 'segment = 20')}`);
      await world.damage(`UPDATE delivery_hour SET count = count + 1 WHERE event = 'start'`);
      const before = await world.rows();
      const audited = (await trail()).length;
      if (where === 'read') {
        log.reads = 0;
        await world.verify();
        const whole = log.reads;
        log.reads = 0;
        log.onRead = (read) => {
          // The repair has looked for the log's beginning and put the first of two stretches right.
          if (read === whole + 3) throw new Error('the cable was pulled');
        };
      } else
        await database.ownerQuery(
          `CREATE FUNCTION refuse_hour() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
           CREATE TRIGGER refuse_hour BEFORE INSERT ON delivery_hour FOR EACH ROW EXECUTE FUNCTION refuse_hour()`,
        );
      try {
        await expect(world.rebuild()).rejects.toThrow(
          where === 'read' ? 'the cable was pulled' : /Failed query/,
        );
      } finally {
        if (where === 'write') await database.ownerQuery('DROP FUNCTION refuse_hour() CASCADE');
      }
      expect(await world.rows()).toEqual(before);
      expect((await trail()).length).toBe(audited);
      log.onRead = () => undefined;
      await world.rebuild();
      expect(await world.verify()).toMatchObject({ agrees: true });
    });
  });

  describe('what no log holds', () => {
    it('stays, and what is kept of pruned logs is repaired', async () => {
      traffic(log, mine, 40);
      await world.ingest();
      const before = await world.rows();
      log.firstSegment = 8;
      await world.damage(`DELETE FROM delivery_event WHERE ${one('delivery_event', 'segment > 8')}`);
      await world.damage(
        `UPDATE delivery_hour SET spent_micros = 1 WHERE account_id = :mine AND event = 'impression'
         AND hour = (SELECT max(hour) FROM delivery_hour WHERE account_id = :mine)`,
      );
      const result = await world.rebuild();
      expect(result).toMatchObject({
        changed: true,
        events: { inserted: 1, removed: 0 },
        hours: { removed: 0 },
      });
      expect(result.uncompared.events).toBeGreaterThan(0);
      expect(await world.rows()).toEqual(before);
      expect(await world.verify()).toMatchObject({ agrees: true, logs: [{ state: 'pruned' }] });
    });

    it('stays of a node that cannot be read, and of a log that was lost', async () => {
      const away = world.addLog('node-away');
      traffic(log, mine, 20);
      traffic(away, mine, 20, 20);
      await world.ingest();
      const before = await world.rows();
      log.entries.length = 2;
      world.logs.splice(1, 1);
      expect(await world.rebuild()).toMatchObject({ changed: false });
      expect(await world.rows()).toEqual(before);
    });

    it('stays of demo campaigns, and does not come back of removed ones', async () => {
      world.campaigns.set('cmp_one00000', { demo: true });
      traffic(log, mine, 20);
      await world.ingest();
      await database.ownerQuery(
        `INSERT INTO delivery_hour (account_id, hour, campaign_id, event, count, spent_micros, currency)
         VALUES ($1, '2026-11-20T20:00:00Z', 'cmp_one00000', 'impression', 50, 1000000, 'USD')`,
        [mine],
      );
      await world.damage(`DELETE FROM delivery_event WHERE campaign_id = 'cmp_two00000'`);
      await world.damage(`DELETE FROM delivery_hour WHERE campaign_id = 'cmp_two00000'`);
      await world.damage(`DELETE FROM node_spend WHERE line_item_id = 'li_two000000'`);
      world.campaigns.delete('cmp_two00000');
      const before = await world.rows();
      const result = await world.rebuild();
      expect(result).toMatchObject({ changed: false, uncompared: { demoHours: 1 } });
      expect(result.uncompared.removedRecords).toBeGreaterThan(0);
      expect(await world.rows()).toEqual(before);
      expect(await world.verify()).toMatchObject({ agrees: true });
    });
  });
});
