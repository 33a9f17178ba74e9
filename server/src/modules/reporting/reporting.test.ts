import type { CampaignStats, Dashboard } from '@cuepoint/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { addCampaign, adOf, deliver, noAdOf, type TestCampaign } from '../../testing/delivered-world.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { createReporting, deliveredByCampaign, deliveredByLineItem, type ReportedCreative } from './index.ts';

const now = '2026-11-21T09:30:00.000Z';
let app: TestApp;
let newYork: TestCampaign;
let kolkata: TestCampaign;
let euros: TestCampaign;
let foreign: TestCampaign;

const submitted: ReportedCreative = {
  id: 'crv_waiting000',
  campaignId: 'cmp_newyork000',
  name: 'Matchday 15 s',
  approval: 'submitted',
  approvalAt: new Date('2026-11-21T06:00:00.000Z'),
  rejectionReason: null,
  isServable: false,
  isActive: true,
  qcBlocking: null,
  thumbnailUrl: '/files/thumb.jpg',
  simulated: false,
};

const stats = (campaignId: string, more: object = {}) =>
  app.call('reporting.getCampaignStats', { campaignId, ...more }) as Promise<CampaignStats>;
const dashboard = (more: object = {}) => app.call('reporting.getDashboard', more) as Promise<Dashboard>;

databaseSuite('reporting', (open) => {
  let database: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    database = await open();
    app = await createTestApp(
      database,
      ({ ids }) =>
        createReporting({
          ids,
          creativesForReport: async () => [
            submitted,
            ...['newyork000', 'kolkata000', 'euros00000'].map((key) => ({
              ...submitted,
              id: `crv_${key}`,
              campaignId: `cmp_${key}`,
              approval: 'approved' as const,
              isServable: true,
            })),
          ],
          creativeNames: async (_tx, ids) => new Map(ids.map((id) => [id, `Name of ${id}`])),
          placementNames: async (_tx, ids) => new Map(ids.map((id) => [id, `Name of ${id}`])),
          deploymentsForReport: async () => [],
          freshAt: () => new Date(now),
        }).operations,
    );
    app.clock.set(now);
    const [accountId, other] = app.accounts;
    // Clocks go back on 1 November in New York: that day has 25 hours.
    newYork = await addCampaign(database, {
      accountId,
      key: 'newyork',
      startAt: '2026-11-01T04:00:00.000Z',
      endAt: '2026-12-01T05:00:00.000Z',
    });
    kolkata = await addCampaign(database, {
      accountId,
      key: 'kolkata',
      timeZone: 'Asia/Kolkata',
      status: 'paused',
      startAt: '2026-11-18T18:30:00.000Z',
      endAt: '2026-11-28T18:30:00.000Z',
    });
    euros = await addCampaign(database, {
      accountId,
      key: 'euros',
      currency: 'EUR',
      budgetMicros: 50_000_000,
      startAt: '2026-11-20T05:00:00.000Z',
      endAt: '2026-11-23T05:00:00.000Z',
    });
    foreign = await addCampaign(database, {
      accountId: other,
      key: 'foreign',
      startAt: '2026-11-01T04:00:00.000Z',
      endAt: '2026-12-01T05:00:00.000Z',
    });
    await deliver(database, [
      ...adOf(newYork, '2026-11-01T04:00:00.000Z'),
      ...adOf(newYork, '2026-11-02T04:59:59.999Z', ['impression', 'start']),
      ...adOf(newYork, '2026-11-02T05:00:00.000Z', [
        'impression',
        'start',
        'firstQuartile',
        'midpoint',
        'click',
      ]),
      ...adOf(newYork, '2026-11-21T09:10:00.000Z', []),
      ...adOf(newYork, '2026-11-21T09:20:00.000Z'),
      ...adOf(kolkata, '2026-11-19T18:29:59.999Z'),
      ...adOf(kolkata, '2026-11-19T18:30:00.000Z', ['impression', 'start']),
      ...adOf(euros, '2026-11-21T08:00:00.000Z', ['impression', 'start', 'complete', 'error']),
      noAdOf(accountId, '2026-11-21T09:15:00.000Z'),
      ...adOf(foreign, '2026-11-21T09:00:00.000Z'),
    ]);
  });

  describe('stats of a campaign', () => {
    it('counts by the day of its zone, 25 hours long when clocks go back', async () => {
      const answer = await stats(newYork.campaignId);
      expect(answer).toMatchObject({
        currency: 'USD',
        timeZone: 'America/New_York',
        budgetMicros: 240_000_000,
        remainingMicros: 239_920_000,
        effectiveCpmMicros: 20_000_000,
        completionRate: 0.5,
        freshAt: now,
        totals: { requests: 5, impressions: 4, starts: 4, completes: 2, clicks: 1, spentMicros: 80_000 },
      });
      expect(answer.byDay).toHaveLength(21);
      expect(answer.byDay[0]).toMatchObject({
        day: '2026-11-01',
        impressions: 2,
        completes: 1,
        spentMicros: 40_000,
      });
      expect(answer.byDay[1]).toMatchObject({ day: '2026-11-02', impressions: 1, midpoints: 1, clicks: 1 });
      expect(answer.byDay.at(-1)).toMatchObject({ day: '2026-11-21', requests: 2, impressions: 1 });
      expect(answer.byCreative).toMatchObject([
        { creativeId: newYork.creativeId, creativeName: `Name of ${newYork.creativeId}`, impressions: 4 },
      ]);
    });

    it('adds up: totals are the sum of the days and of the creatives', async () => {
      for (const range of [{}, { from: '2026-11-02', to: '2026-11-20' }, { from: '2026-11-21' }]) {
        const answer = await stats(newYork.campaignId, range);
        for (const rows of [answer.byDay, answer.byCreative]) {
          for (const figure of [
            'requests',
            'impressions',
            'starts',
            'completes',
            'clicks',
            'spentMicros',
          ] as const)
            expect(rows.reduce((sum, row) => sum + row[figure], 0)).toBe(answer.totals[figure]);
        }
        expect(answer.remainingMicros).toBe(239_920_000);
      }
    });

    it('splits a UTC hour in which midnight lies, to the millisecond', async () => {
      const answer = await stats(kolkata.campaignId);
      expect(
        answer.byDay.map(({ day, impressions, completes, spentMicros }) => [
          day,
          impressions,
          completes,
          spentMicros,
        ]),
      ).toEqual([
        ['2026-11-19', 1, 1, 20_000],
        ['2026-11-20', 1, 0, 20_000],
        ['2026-11-21', 0, 0, 0],
      ]);
      expect(answer.totals.impressions).toBe(2);
    });

    it('tells what came from no viewer apart, by event and reason and within the days asked for', async () => {
      const nobodys = { spendMicros: 0, unbilled: 'invalid_traffic' as const, invalid: 'robot' as const };
      const before = await stats(kolkata.campaignId);
      expect(before.invalidTraffic).toEqual([]);
      await deliver(database, [
        ...adOf(kolkata, '2026-11-19T18:29:59.000Z', ['impression', 'start'], nobodys).slice(1),
        ...adOf(kolkata, '2026-11-19T18:31:00.000Z', ['impression'], nobodys).slice(1),
        ...adOf(kolkata, '2026-11-20T05:00:00.000Z', ['complete'], { invalid: 'impossible_speed' }).slice(1),
      ]);
      const { invalidTraffic, ...after } = await stats(kolkata.campaignId);
      expect({ ...after, invalidTraffic: [] }).toEqual(before);
      expect(invalidTraffic).toEqual([
        { event: 'impression', reason: 'robot', count: 2 },
        { event: 'complete', reason: 'impossible_speed', count: 1 },
        { event: 'start', reason: 'robot', count: 1 },
      ]);
      const first = await stats(kolkata.campaignId, { from: '2026-11-19', to: '2026-11-19' });
      expect(first.invalidTraffic).toEqual([
        { event: 'impression', reason: 'robot', count: 1 },
        { event: 'start', reason: 'robot', count: 1 },
      ]);
    });

    it('draws spend up to now and the pacing plan up to the end', async () => {
      const { pacing } = await stats(newYork.campaignId);
      expect(pacing.length).toBeLessThanOrEqual(400);
      expect(pacing[0]).toEqual({ at: '2026-11-01T04:00:00.000Z', spentMicros: 0, expectedMicros: 0 });
      expect(pacing.at(-1)).toEqual({
        at: '2026-12-01T05:00:00.000Z',
        spentMicros: null,
        expectedMicros: 240_000_000,
      });
      expect(pacing.find((point) => point.at === now)?.spentMicros).toBe(80_000);
      expect(pacing.filter((point) => point.at > now).every((point) => point.spentMicros === null)).toBe(
        true,
      );
    });

    it('shows nothing for days that nothing happened on, and no rate of nothing', async () => {
      const answer = await stats(newYork.campaignId, { from: '2026-11-10', to: '2026-11-12' });
      expect(answer.byDay).toHaveLength(3);
      expect(answer).toMatchObject({
        effectiveCpmMicros: null,
        completionRate: null,
        totals: { impressions: 0 },
      });
    });

    it('does not have the campaign of another account', async () => {
      await expect(stats(foreign.campaignId)).rejects.toMatchObject({ code: 'campaign.not_found' });
      await expect(stats('cmp_nobody0000')).rejects.toMatchObject({ code: 'campaign.not_found' });
    });

    it.each([
      ['to', { from: '2026-11-05', to: '2026-11-04' }],
      ['from', { from: '2026-12-24' }],
      ['from', { from: '2020-01-01' }],
      ['to', { to: '2026-13-01' }],
    ])('refuses a range and names the field %s', async (field, range) => {
      await expect(stats(newYork.campaignId, range)).rejects.toMatchObject({
        code: 'input.invalid',
        fields: [expect.objectContaining({ field })],
      });
    });
  });

  describe('dashboard', () => {
    it('answers today in the zone of the running campaigns, currencies apart', async () => {
      const answer = await dashboard();
      expect(answer).toMatchObject({
        timeZone: 'America/New_York',
        now,
        freshAt: now,
        today: { requests: 4, impressions: 2, starts: 2, completes: 2, errors: 1 },
        fillRate: 0.75,
        completionRate: 1,
        campaignCounts: { active: 2, paused: 1 },
        spend: [
          { currency: 'EUR', todayMicros: 20_000, totalMicros: 20_000, budgetMicros: 50_000_000 },
          { currency: 'USD', todayMicros: 20_000, totalMicros: 120_000, budgetMicros: 480_000_000 },
        ],
      });
      expect(answer.recentCampaigns.map((row) => row.id)).toEqual([
        euros.campaignId,
        kolkata.campaignId,
        newYork.campaignId,
      ]);
      expect(answer.recentCampaigns[0]).toMatchObject({
        currency: 'EUR',
        spentMicros: 20_000,
        impressions: 1,
      });
      expect(answer.approvals).toEqual([
        {
          creativeId: submitted.id,
          name: 'Matchday 15 s',
          thumbnailUrl: '/files/thumb.jpg',
          since: submitted.approvalAt.toISOString(),
        },
      ]);
    });

    it('lists every hour of the days asked for, up to the current one', async () => {
      const { byHour } = await dashboard({ days: 2 });
      expect(byHour[0]!.at).toBe('2026-11-20T05:00:00.000Z');
      expect(byHour.at(-1)).toEqual({
        at: '2026-11-21T09:00:00.000Z',
        impressions: 1,
        requests: 3,
        completes: 1,
      });
      expect(byHour).toHaveLength(29);
      expect((await dashboard({ days: 31 })).byHour.length).toBeLessThanOrEqual(31 * 24 + 2);
    });

    it('names what needs a person, with money and since when', async () => {
      const { attention } = await dashboard();
      expect(attention.map((item) => [item.kind, item.target.id])).toEqual(
        expect.arrayContaining([
          ['under_pacing', newYork.campaignId],
          ['under_pacing', euros.campaignId],
          ['ending_soon', euros.campaignId],
          ['waiting_for_approval', submitted.id],
        ]),
      );
      const behind = attention.find(
        (item) => item.kind === 'under_pacing' && item.target.id === newYork.campaignId,
      );
      expect(behind?.money?.currency).toBe('USD');
      expect(behind?.since).toBe('2026-11-14T10:00:00.000Z');
    });

    it('shows one account nothing of another', async () => {
      const answer = (await app.call('reporting.getDashboard', {}, { account: 1 })) as Dashboard;
      expect(answer.today).toMatchObject({ requests: 1, impressions: 1 });
      expect(answer.spend).toEqual([
        { currency: 'USD', todayMicros: 20_000, totalMicros: 20_000, budgetMicros: 240_000_000 },
      ]);
      expect(answer.recentCampaigns.map((row) => row.id)).toEqual([foreign.campaignId]);
    });
  });

  describe('delivery of rows in a list', () => {
    it('is by campaign and line item, each in its own currency', async () => {
      const ids = [newYork, euros, foreign].map((campaign) => campaign.campaignId);
      const [campaigns, lineItems] = await app.database.withTransaction(
        { role: 'app', accountId: app.accounts[0] },
        async (tx) =>
          [await deliveredByCampaign(tx, ids), await deliveredByLineItem(tx, [euros.lineItemId])] as const,
      );
      expect(campaigns).toEqual(
        new Map([
          [newYork.campaignId, { impressions: 4, completes: 2, spentMicros: 80_000 }],
          [euros.campaignId, { impressions: 1, completes: 1, spentMicros: 20_000 }],
        ]),
      );
      expect(lineItems.get(euros.lineItemId)?.spentMicros).toBe(20_000);
    });
  });

  // The last: its budget is in every figure of the account from then on.
  it('has no days of a campaign that has not begun', async () => {
    const { campaignId } = await addCampaign(database, {
      accountId: app.accounts[1],
      key: 'later',
      startAt: '2026-12-20T05:00:00.000Z',
      endAt: '2026-12-27T05:00:00.000Z',
    });
    const answer = await app.call('reporting.getCampaignStats', { campaignId }, { account: 1 });
    expect(answer).toMatchObject({
      byDay: [],
      byCreative: [],
      invalidTraffic: [],
      totals: { requests: 0, impressions: 0, spentMicros: 0 },
    });
  });
});
