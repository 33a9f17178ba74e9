import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { changesSince } from '#modules/accounts';
import { requestsByHour } from '#modules/events';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import {
  accountsExplainedBefore,
  forgetExplainedBefore,
  hoursToExplain,
  lineItemLosses,
  storeExplainedHour,
} from './explained-hours.ts';

const NINE = '2026-11-21T09:00:00.000Z';
const TEN = '2026-11-21T10:00:00.000Z';
const from = new Date('2026-11-20T00:00:00.000Z');
const until = new Date('2026-11-22T00:00:00.000Z');

databaseSuite('explained hours', (open) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp(await open(), () => []);
    const [mine, theirs] = app.accounts;
    for (const [account, hour, reason, count] of [
      [mine, NINE, 'geo', 30],
      [mine, NINE, '', 10],
      [mine, TEN, '', 5],
      [theirs, NINE, 'geo', 7],
    ])
      await app.database.ownerQuery(
        `INSERT INTO delivery_hour (account_id, hour, event, reason, count, placement_id, line_item_id)
         VALUES ($1, $2, 'request', $3, $4, 'plc_one00000', $5)`,
        [account, hour, reason, count, reason === '' ? 'li_one000000' : ''],
      );
  });
  const as = <T>(account: 0 | 1, work: (tx: Tx) => Promise<T>) =>
    app.database.withTransaction({ role: 'app', accountId: app.accounts[account] }, work);
  const waiting = () =>
    app.database.withTransaction({ role: 'ingester', readOnly: true }, (tx) =>
      hoursToExplain(tx, { from, until, most: 10 }),
    );
  const hour = (counts: Record<string, number>, more: object = {}) => ({
    hour: NINE,
    requests: 40,
    explained: 4,
    explainedAt: new Date(TEN),
    losses: new Map([['li_one000000', new Map(Object.entries(counts))]]),
    ...more,
  });

  describe('explained hours', () => {
    it('wait until they are explained, newest first, and again when more of them is counted', async () => {
      const [mine, theirs] = app.accounts;
      const all = await waiting();
      expect(all).toHaveLength(3);
      expect(all[0]).toEqual({ accountId: mine, hour: TEN, requests: 5 });
      expect(all).toContainEqual({ accountId: mine, hour: NINE, requests: 40 });
      await as(0, (tx) => storeExplainedHour(tx, mine, hour({ geo: 3, '': 1 })));
      await as(1, (tx) => storeExplainedHour(tx, theirs, hour({ geo: 1 }, { requests: 7, explained: 1 })));
      expect((await waiting()).map((one) => one.hour)).toEqual([TEN]);
      await app.database.ownerQuery(
        `UPDATE delivery_hour SET count = count + 1 WHERE reason = 'geo' AND account_id = $1`,
        [mine],
      );
      expect(await waiting()).toContainEqual({ accountId: mine, hour: NINE, requests: 41 });
    });

    it('are replaced as a whole, and each account sees its own', async () => {
      const losses = (account: 0 | 1, lineItemId = 'li_one000000') =>
        as(account, (tx) => lineItemLosses(tx, lineItemId, from, until));
      expect(await losses(0)).toEqual([
        { hour: NINE, requests: 40, explained: 4, counts: { geo: 3, '': 1 } },
      ]);
      expect(await losses(1)).toEqual([{ hour: NINE, requests: 7, explained: 1, counts: { geo: 1 } }]);
      expect((await losses(0, 'li_other0000'))[0]!.counts).toEqual({});
      await as(0, (tx) => storeExplainedHour(tx, app.accounts[0], hour({ freq_cap: 5 }, { explained: 5 })));
      expect(await losses(0)).toEqual([{ hour: NINE, requests: 40, explained: 5, counts: { freq_cap: 5 } }]);
      // Nobody writes into another account.
      await expect(
        as(1, (tx) => storeExplainedHour(tx, app.accounts[0], hour({ geo: 1 }))),
      ).rejects.toThrow();
      expect(await losses(0)).toMatchObject([{ counts: { freq_cap: 5 } }]);
    });

    it('are forgotten by age, of one account and no other', async () => {
      const before = new Date(TEN);
      const old = () =>
        app.database.withTransaction({ role: 'ingester', readOnly: true }, (tx) =>
          accountsExplainedBefore(tx, before),
        );
      expect((await old()).sort()).toEqual([...app.accounts].sort());
      await as(0, (tx) => forgetExplainedBefore(tx, app.accounts[0], before));
      expect(await old()).toEqual([app.accounts[1]]);
      const left = (account: 0 | 1) =>
        as(account, (tx) => tx.execute(sql`SELECT reason FROM line_item_loss_hour`));
      expect((await left(0)).rows).toEqual([]);
      expect((await left(1)).rows).toEqual([{ reason: 'geo' }]);
    });
  });

  describe('what they are shown beside', () => {
    it('requests by hour and reason, of a placement when asked', async () => {
      const asked = (placementId: string | null) =>
        as(0, (tx) => requestsByHour(tx, { from, until: new Date(TEN), placementId }));
      expect((await asked(null)).sort((a, b) => (a.reason < b.reason ? -1 : 1))).toEqual([
        { hour: NINE, reason: '', count: 10 },
        { hour: NINE, reason: 'geo', count: 31 },
      ]);
      expect(await asked('plc_one00000')).toHaveLength(2);
      expect(await asked('plc_other000')).toEqual([]);
    });

    it('changes of objects or kinds, the newest ones in order, with how many there are', async () => {
      const add = (account: string, n: number, kind: string, entity: string) =>
        app.database.ownerQuery(
          `INSERT INTO audit_record (id, account_id, at, actor_kind, actor_id, actor_name, operation, entity_kind, entity_id,
             change, fields, request_id)
           VALUES ($1, $2, $3, 'user', 'usr_1', 'Ann', 'campaigns.updateLineItem', $4, $5, 'updated',
             '[{"field": "status", "before": "active", "after": "paused"}]', 'req_1')`,
          [`aud_${account.slice(-4)}${n}`, account, `2026-11-21T0${n}:00:00Z`, kind, entity],
        );
      const [mine, theirs] = app.accounts;
      await add(mine, 1, 'line_item', 'li_one000000');
      await add(mine, 2, 'line_item', 'li_one000000');
      await add(mine, 3, 'campaign', 'cmp_one00000');
      await add(theirs, 4, 'line_item', 'li_one000000');
      const since = new Date('2026-11-21T00:00:00Z');
      const own = await as(0, (tx) => changesSince(tx, { since, entityIds: ['li_one000000'], most: 10 }));
      expect(own.changes.map(({ at, fields }) => [at, fields])).toEqual([
        ['2026-11-21T01:00:00.000Z', ['status']],
        ['2026-11-21T02:00:00.000Z', ['status']],
      ]);
      const kinds = await as(0, (tx) =>
        changesSince(tx, { since, entityKinds: ['line_item', 'campaign'], most: 2 }),
      );
      expect([kinds.total, kinds.changes.map(({ entityKind }) => entityKind)]).toEqual([
        3,
        ['line_item', 'campaign'],
      ]);
      expect(await as(0, (tx) => changesSince(tx, { since, entityIds: [], most: 2 }))).toEqual({
        changes: [],
        total: 0,
      });
    });
  });
});
