import type { BillingEntry, BillingStatement, EventsVerification, ReportFile } from '@cuepoint/contract';
import { type SQL, sql } from 'drizzle-orm';
import fc from 'fast-check';
import readXlsxFile from 'read-excel-file/node';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../kernel/delivery-protocol.ts';
import { addCampaign, adOf, deliver, type TestCampaign } from '../../testing/delivered-world.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { createBilling } from './index.ts';

const now = '2026-11-21T09:30:00.000Z';
const NOVEMBER = { from: '2026-11-01', to: '2026-11-30' };
const PRICE = 20_000;
let app: TestApp;
let verification: EventsVerification | { unread: string };

const agreeing = (differencesTotal: number): EventsVerification => ({
  agrees: differencesTotal === 0,
  logs: [],
  compared: {
    records: 1,
    events: 1,
    hours: 1,
    reach: 0,
    nodeSpend: 1,
    spend: [{ currency: 'USD', logMicros: PRICE, storedMicros: PRICE }],
  },
  uncompared: {
    events: 0,
    hours: 0,
    hoursThrough: '2026-11-02T10:00:00.000Z',
    removedRecords: 0,
    demoHours: 0,
    demoSpend: [{ currency: 'USD', micros: 5 }],
  },
  differences: [],
  differencesTotal,
});

const statement = (input: object = {}) =>
  app.call('billing.getBillingStatement', { ...NOVEMBER, ...input }) as Promise<BillingStatement>;
const add = (input: object) => app.call('billing.createBillingEntry', input) as Promise<BillingEntry>;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: { code?: string }) => error.code ?? String(error),
  );

databaseSuite('billing', (open) => {
  let autumn: TestCampaign;
  let euros: TestCampaign;
  let made = 0;
  const span = { startAt: '2026-10-01T04:00:00.000Z', endAt: '2026-12-01T05:00:00.000Z' };
  let freshCampaign: () => Promise<TestCampaign>;
  const asApp = (statement: SQL) =>
    app.database.withTransaction({ role: 'app', accountId: app.accounts[0] }, (tx) => tx.execute(statement));

  beforeAll(async () => {
    const database = await open();
    app = await createTestApp(
      database,
      ({ ids }) =>
        createBilling({
          ids,
          now: () => Date.parse(now),
          freshAt: () => new Date(now),
          verify: async () => verification,
        }).operations,
    );
    app.clock.set(now);
    const [accountId, other] = app.accounts;
    freshCampaign = () => addCampaign(database, { accountId, key: `one${++made}`, ...span });
    autumn = await addCampaign(database, { accountId, key: 'autumn', name: '=Autumn, "early"', ...span });
    euros = await addCampaign(database, { accountId, key: 'euros', currency: 'EUR', ...span });
    const foreign = await addCampaign(database, { accountId: other, key: 'foreign', ...span });
    const on = (day: string, count: number, of: TestCampaign, more = {}): LogRecord[] =>
      Array.from({ length: count }, () =>
        adOf(of, `${day}T15:00:00.000Z`, ['impression', 'start'], more),
      ).flat();
    await deliver(database, [
      // The last hour of October in New York is the first of November in UTC.
      ...adOf(autumn, '2026-11-01T03:30:00.000Z'),
      ...on('2026-11-03', 5, autumn),
      ...on('2026-11-04', 2, autumn),
      ...on('2026-11-04', 3, autumn, { spendMicros: 0, unbilled: 'budget_exhausted', late: true }),
      ...on('2026-11-04', 4, autumn, { spendMicros: 0, unbilled: 'invalid_traffic', invalid: 'robot' }),
      ...on('2026-11-05', 6, euros),
      ...on('2026-11-05', 9, foreign),
    ]);
  });
  beforeEach(() => {
    verification = agreeing(0);
  });

  describe('a statement', () => {
    it('lists what was delivered by flight, what is not billed with why, and nothing of another account', async () => {
      const answer = await statement();
      expect(answer).toMatchObject({
        ...NOVEMBER,
        timeZone: 'America/New_York',
        startAt: '2026-11-01T04:00:00.000Z',
        endAt: '2026-12-01T05:00:00.000Z',
        isToTheMinute: true,
        freshAt: now,
        reconciliation: null,
      });
      expect(answer.rows).toEqual([
        expect.objectContaining({
          campaignName: '=Autumn, "early"',
          flightId: autumn.flightId,
          day: null,
          impressions: 10,
          billedImpressions: 7,
          unbilled: [{ reason: 'budget_exhausted', impressions: 3 }],
          invalidImpressions: 4,
          spentMicros: 7 * PRICE,
        }),
        expect.objectContaining({ lineItemId: euros.lineItemId, currency: 'EUR', spentMicros: 6 * PRICE }),
      ]);
      expect(answer.totals).toEqual([
        expect.objectContaining({ currency: 'EUR', spentMicros: 6 * PRICE, netMicros: 6 * PRICE }),
        expect.objectContaining({ currency: 'USD', spentMicros: 7 * PRICE, netMicros: 7 * PRICE }),
      ]);
    });

    it('by day and in any zone adds up to the same as the whole', async () => {
      const days = await statement({ byDay: true, campaignId: [autumn.campaignId] });
      expect(days.rows.map(({ day, spentMicros }) => [day, spentMicros])).toEqual([
        ['2026-11-03', 5 * PRICE],
        ['2026-11-04', 2 * PRICE],
      ]);
      const utc = await statement({ timeZone: 'UTC', campaignId: [autumn.campaignId] });
      expect(utc.totals[0]!.spentMicros).toBe(8 * PRICE);
      expect((await statement({ timeZone: 'Asia/Kolkata' })).isToTheMinute).toBe(false);
    });

    it('is of the last whole month when nothing is said, and refuses days in the wrong order', async () => {
      const answer = (await app.call('billing.getBillingStatement', {})) as BillingStatement;
      expect([answer.from, answer.to]).toEqual(['2026-10-01', '2026-10-31']);
      expect(answer.totals).toEqual([expect.objectContaining({ currency: 'USD', netMicros: PRICE })]);
      expect(await codeOf(statement({ from: '2026-11-02', to: '2026-11-01' }))).toBe('input.invalid');
      expect(await codeOf(statement({ from: '2020-01-01' }))).toBe('input.invalid');
    });

    it('says whether the logs agree, only when asked, and refuses when they cannot be read', async () => {
      expect((await statement({ reconcile: true })).reconciliation).toEqual({
        agrees: true,
        differences: 0,
        spend: [{ currency: 'USD', logMicros: PRICE, storedMicros: PRICE }],
        uncomparedThrough: '2026-11-02T10:00:00.000Z',
        demoSpend: [{ currency: 'USD', micros: 5 }],
        checkedAt: now,
      });
      verification = agreeing(3);
      expect((await statement({ reconcile: true })).reconciliation).toMatchObject({
        agrees: false,
        differences: 3,
      });
      verification = { unread: 'The log of a delivery node cannot be read: away.' };
      expect(await codeOf(statement({ reconcile: true }))).toBe('delivery.unavailable');
      expect((await statement()).rows).toHaveLength(2);
    });

    it('as a file adds up to its totals, and runs no formula', async () => {
      const file = (await app.call('billing.exportBillingStatement', NOVEMBER)) as ReportFile;
      expect(file).toMatchObject({
        fileName: 'billing-2026-11-01-2026-11-30.csv',
        currencies: ['EUR', 'USD'],
      });
      const lines = file.content.trimEnd().split('\r\n');
      expect(lines).toHaveLength(file.rows + 1);
      expect(file.content).toContain(`"'=Autumn, ""early"""`);
      const excel = (await app.call('billing.exportBillingStatement', {
        ...NOVEMBER,
        format: 'xlsx',
      })) as ReportFile;
      const [sheet, about] = await readXlsxFile(Buffer.from(excel.content, 'base64'));
      const head = sheet!.data[0]! as string[];
      const [currency, net] = [head.indexOf('currency'), head.indexOf('net')];
      const { totals } = await statement();
      for (const total of totals) {
        const sum = sheet!.data
          .slice(1)
          .filter((row) => row[currency] === total.currency)
          .reduce((units, row) => units + Number(row[net]), 0);
        expect(Math.round(sum * 1_000_000)).toBe(total.netMicros);
      }
      expect(about!.data.map((row) => row[0])).toContain('net_USD');
    });

    it('bills a flat price by the time of its flights', async () => {
      const flat = await freshCampaign();
      await asApp(
        sql`UPDATE line_item SET price_model = 'flat', flat_micros = 61000000 WHERE id = ${flat.lineItemId}`,
      );
      const scope = { campaignId: [flat.campaignId], timeZone: 'UTC' };
      const parts = await Promise.all(
        [
          { from: '2026-09-01', to: '2026-10-31' },
          { from: '2026-11-01', to: '2026-11-30' },
          { from: '2026-12-01', to: '2026-12-31' },
        ].map((period) => statement({ ...period, ...scope })),
      );
      const due = parts.map(({ totals }) => totals[0]?.netMicros ?? 0);
      expect(due.reduce((sum, micros) => sum + micros, 0)).toBe(61_000_000);
      expect(Math.min(...due)).toBeGreaterThan(0);
      await asApp(sql`UPDATE line_item SET price_model = 'cpm' WHERE id = ${flat.lineItemId}`);
    });
  });

  describe('a credit', () => {
    it('takes money off the statement of its day, once, until it is cancelled', async () => {
      const scope = { campaignId: [autumn.campaignId] };
      const credit = await add({
        kind: 'credit',
        campaignId: autumn.campaignId,
        day: '2026-11-04',
        amountMicros: 30_000,
        reason: 'Wrong spot on air',
      });
      expect(credit).toMatchObject({
        currency: 'USD',
        impressions: null,
        cancelledAt: null,
        lineItemId: null,
      });
      const { totals } = await statement(scope);
      expect(totals[0]).toMatchObject({ creditMicros: 30_000, netMicros: 7 * PRICE - 30_000 });
      expect((await statement({ ...scope, from: '2026-11-05' })).entries).toEqual([]);
      const cancelled = await app.call('billing.cancelBillingEntry', {
        billingEntryId: credit.id,
        reason: 'Entered twice',
      });
      expect(cancelled).toMatchObject({ id: credit.id, cancelledAt: now });
      expect((await statement(scope)).totals[0]!.creditMicros).toBe(0);
      expect(
        await codeOf(app.call('billing.cancelBillingEntry', { billingEntryId: credit.id, reason: 'Again' })),
      ).toBe('billing_entry.cancelled');
      const listed = (await app.call('billing.listBillingEntries', { cancelled: true })) as { total: number };
      expect(listed.total).toBe(1);
    });

    it('is never more than was spent and not credited yet, whatever is granted in which order', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 6 }),
          async (amounts) => {
            const granted: BillingEntry[] = [];
            for (const amountMicros of amounts) {
              const left = 6 * PRICE - granted.reduce((sum, entry) => sum + entry.amountMicros, 0);
              const asked = add({
                kind: 'credit',
                campaignId: euros.campaignId,
                lineItemId: euros.lineItemId,
                amountMicros,
                reason: 'Goodwill',
              });
              if (amountMicros > left) expect(await codeOf(asked)).toBe('billing_entry.exceeds_spend');
              else granted.push(await asked);
            }
            const { totals } = await statement({ campaignId: [euros.campaignId] });
            expect(totals[0]!.netMicros).toBeGreaterThanOrEqual(0);
            for (const { id } of granted)
              await app.call('billing.cancelBillingEntry', { billingEntryId: id, reason: 'Next round' });
          },
        ),
        { numRuns: 12 },
      );
    });
  });

  describe('a make-good', () => {
    it('owes impressions at the price of its line item; what delivers them is not billed', async () => {
      const owed = await freshCampaign();
      const database = app.database;
      await asApp(sql`
        INSERT INTO line_item (id, account_id, campaign_id, name, status, cpm_micros, currency)
        VALUES (${`li_good${made}0000`}, ${owed.accountId}, ${owed.campaignId}, 'Make-good', 'active', 20000000, 'USD')`);
      const entry = await add({
        kind: 'make_good',
        campaignId: owed.campaignId,
        lineItemId: owed.lineItemId,
        impressions: 3,
        deliveredByLineItemId: `li_good${made}0000`,
        reason: 'Shown after midnight',
      });
      expect(entry).toMatchObject({ amountMicros: 3 * PRICE, impressions: 3, deliveredImpressions: 0 });
      await deliver(database, [
        ...adOf(owed, '2026-11-10T15:00:00.000Z'),
        ...adOf({ ...owed, lineItemId: `li_good${made}0000` }, '2026-11-10T15:00:00.000Z'),
      ]);
      const answer = await statement({ campaignId: [owed.campaignId] });
      expect(answer.rows.map(({ isMakeGood, spentMicros }) => [isMakeGood, spentMicros]).sort()).toEqual([
        [false, PRICE],
        [true, PRICE],
      ]);
      expect(answer.totals).toEqual([
        expect.objectContaining({ spentMicros: 2 * PRICE, makeGoodMicros: PRICE, netMicros: PRICE }),
      ]);
      expect(answer.entries).toEqual([expect.objectContaining({ deliveredImpressions: 1 })]);
    });

    it.each([
      ['says how many', { impressions: undefined }, 'billing_entry.invalid'],
      ['says what it is worth', { lineItemId: undefined, amountMicros: undefined }, 'billing_entry.invalid'],
      ['is of money and impressions alike, a credit is not', { kind: 'credit' }, 'billing_entry.invalid'],
      ['has a line item of the campaign', { lineItemId: 'li_euros00000' }, 'line_item.not_found'],
      [
        'is delivered by another line item',
        { deliveredByLineItemId: 'li_autumn0000' },
        'billing_entry.invalid',
      ],
      ['is of a campaign of the account', { campaignId: 'cmp_foreign000' }, 'campaign.not_found'],
    ])('%s', async (_name, change, code) => {
      const right = {
        kind: 'make_good',
        campaignId: autumn.campaignId,
        lineItemId: autumn.lineItemId,
        impressions: 10,
        amountMicros: 1_000_000,
        reason: 'Late start',
      };
      expect(await codeOf(add({ ...right, ...change }))).toBe(code);
    });
  });
});
