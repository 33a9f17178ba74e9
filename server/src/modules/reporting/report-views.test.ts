import type { DeliveryReport, ReportFile, ReportView } from '@cuepoint/contract';
import { beforeAll, expect, it } from 'vitest';
import { addCampaign, adOf, deliver } from '../../testing/delivered-world.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { createReporting } from './index.ts';

let app: TestApp;
type Who = NonNullable<Parameters<TestApp['call']>[2]>;
const call = <T>(operation: string, input: object, who?: Who) =>
  app.call(`reporting.${operation}`, input, who) as Promise<T>;
const create = (input: object, who?: Who) => call<ReportView>('createReportView', input, who);
const refusal = (code: string, message: RegExp = /./) => ({
  code,
  message: expect.stringMatching(message),
});

databaseSuite('saved views', (open) => {
  let campaignId: string;
  beforeAll(async () => {
    const database = await open();
    const none = async () => new Map<string, string>();
    app = await createTestApp(
      database,
      ({ ids }) =>
        createReporting({
          ids,
          creativesForReport: async () => [],
          creativeNames: none,
          placementNames: none,
          deploymentsForReport: async () => [],
          freshAt: () => new Date('2026-11-21T09:00:00.000Z'),
        }).operations,
    );
    const [accountId] = app.accounts;
    const campaign = await addCampaign(database, {
      accountId,
      key: 'autumn',
      startAt: '2026-10-01T04:00:00.000Z',
      endAt: '2026-12-01T05:00:00.000Z',
    });
    ({ campaignId } = campaign);
    await deliver(database, [
      ...adOf(campaign, '2026-11-20T10:00:00.000Z'),
      // Still the 20th in New York, the 21st in UTC.
      ...adOf(campaign, '2026-11-21T03:00:00.000Z'),
      ...adOf(campaign, '2026-11-21T08:00:00.000Z'),
    ]);
  });

  it("keeps a question, in the account's time zone when none is said", async () => {
    const view = await create({ name: 'Week', dimensions: ['day', 'campaign'], campaignId: [campaignId] });
    expect(view).toMatchObject({
      name: 'Week',
      visibility: 'private',
      isOwn: true,
      period: 'last_days',
      days: 7,
      timeZone: 'America/New_York',
      resolved: { from: '2026-11-14', to: '2026-11-20' },
      version: 1,
      archived: false,
    });
    expect(await call('getReportView', { reportViewId: view.id })).toEqual(view);
  });

  it('asks the days it means when it is looked at, in its own zone', async () => {
    const yesterday = await create({ name: 'Yesterday', dimensions: ['campaign'], period: 'yesterday' });
    const run = (id: string) => call<DeliveryReport>('runReportView', { reportViewId: id });
    const report = await run(yesterday.id);
    expect(report).toMatchObject({ from: '2026-11-20', to: '2026-11-20', timeZone: 'America/New_York' });
    expect(report.totals.metrics.impressions).toBe(2);
    const inUtc = await create({ name: 'UTC', dimensions: ['day'], period: 'yesterday', timeZone: 'UTC' });
    expect((await run(inUtc.id)).totals.metrics.impressions).toBe(1);
    app.clock.set('2026-11-22T09:00:00.000Z');
    const later = await run(yesterday.id);
    expect(later).toMatchObject({ from: '2026-11-21', to: '2026-11-21' });
    expect(later.totals.metrics.impressions).toBe(1);
    app.clock.set('2026-11-21T09:00:00.000Z');
    const narrowed = await create({ name: 'None', period: 'month_to_date', campaignId: ['cmp_00000000'] });
    expect((await run(narrowed.id)).totals.metrics.impressions).toBe(0);
  });

  it('is a file with the figures it names', async () => {
    const { id } = await create({
      name: 'Clicks',
      dimensions: ['day'],
      period: 'fixed',
      from: '2026-11-19',
      to: '2026-11-21',
      figures: ['clicks', 'impressions'],
    });
    const file = await call<ReportFile>('exportReportView', { reportViewId: id, format: 'csv' });
    expect(file.fileName).toBe('delivery-day-2026-11-19-2026-11-21.csv');
    expect(file.content.split('\r\n')[0]).toBe('day (America/New_York),impressions,clicks,fresh_at');
  });

  it('is seen by its owner and administrators until it is shared', async () => {
    const planner = { role: 'planner' } as const;
    const reviewer = { role: 'reviewer' } as const;
    const view = await create({ name: 'Mine', period: 'yesterday' }, planner);
    const seen = async (who: Who) =>
      (await call<{ items: ReportView[] }>('listReportViews', { search: 'Mine' }, who)).items.length;
    expect([await seen(planner), await seen(reviewer), await seen({ role: 'admin' })]).toEqual([1, 0, 1]);
    for (const operation of ['getReportView', 'runReportView', 'exportReportView', 'archiveReportView'])
      await expect(call(operation, { reportViewId: view.id }, reviewer), operation).rejects.toMatchObject(
        refusal('report_view.not_found'),
      );
    const update = (input: object, who: Who) =>
      call<ReportView>('updateReportView', { reportViewId: view.id, ...input }, who);
    await expect(update({ name: 'Theirs' }, { ...reviewer, ifMatch: 1 })).rejects.toMatchObject(
      refusal('report_view.not_found'),
    );
    await update({ visibility: 'account' }, { ...planner, ifMatch: 1 });
    expect([await seen(reviewer), await seen({ role: 'viewer' })]).toEqual([1, 1]);
    const renamed = await update({ name: 'Mine and ours' }, { ...reviewer, ifMatch: 2 });
    expect(renamed).toMatchObject({ isOwn: false, ownerId: view.ownerId, version: 3 });
    await expect(update({ visibility: 'private' }, { ...reviewer, ifMatch: 3 })).rejects.toMatchObject(
      refusal('report_view.not_owner', /shared this view/),
    );
    await expect(call('createReportView', { name: 'No' }, { role: 'viewer' })).rejects.toMatchObject(
      refusal('auth.forbidden'),
    );
  });

  it('refuses a change of what somebody else has changed', async () => {
    const { id } = await create({ name: 'Twice', period: 'yesterday' });
    const update = (name: string, ifMatch: number) =>
      call('updateReportView', { reportViewId: id, name }, { ifMatch });
    await update('First', 1);
    await expect(update('Second', 1)).rejects.toMatchObject(refusal('version.conflict'));
    await expect(call('updateReportView', { reportViewId: id, name: 'None' })).rejects.toMatchObject(
      refusal('version.required'),
    );
  });

  it('drops what its new period has no use for, and refuses by name what does not fit', async () => {
    const { id } = await create({ name: 'Fixed', period: 'fixed', from: '2026-11-01', to: '2026-11-02' });
    const update = (input: object, ifMatch: number) =>
      call<ReportView>('updateReportView', { reportViewId: id, ...input }, { ifMatch });
    expect(await update({ period: 'last_days', days: 30, includesToday: true }, 1)).toMatchObject({
      from: null,
      to: null,
      resolved: { from: '2026-10-23', to: '2026-11-21' },
    });
    expect(await update({ period: 'last_month' }, 2)).toMatchObject({ days: null, includesToday: false });
    const refusals: [object, RegExp][] = [
      [{ period: 'yesterday', days: 3 }, /days: 3 goes with the period last_days/],
      [{ period: 'yesterday', from: '2026-11-01' }, /from: 2026-11-01 goes with the period fixed/],
      [{ period: 'fixed', to: '2026-11-01' }, /from: the period fixed needs a first day/],
      [{ period: 'fixed', from: '2026-11-01' }, /to: the period fixed needs a last day/],
      [{ period: 'fixed', from: '2026-11-03', to: '2026-11-01' }, /to: 2026-11-01 is before/],
      [{ period: 'last_days', days: 93, dimensions: ['hour'] }, /93 days .*by hour; accepted: at most 92/],
      [{ period: 'today', includesToday: true }, /includesToday: true goes with/],
    ];
    for (const [input, message] of refusals)
      await expect(create({ name: 'No', ...input }), JSON.stringify(input)).rejects.toMatchObject(
        refusal('report_view.invalid', message),
      );
  });

  it('is archived and listed apart, changes no more, and leaves a trail', async () => {
    const { id } = await create({ name: 'Old', period: 'yesterday' });
    await call('archiveReportView', { reportViewId: id });
    const listed = async (archived: boolean) =>
      (await call<{ items: ReportView[] }>('listReportViews', { archived, limit: 200 })).items.some(
        (view) => view.id === id,
      );
    expect([await listed(false), await listed(true)]).toEqual([false, true]);
    await expect(
      call('updateReportView', { reportViewId: id, name: 'New' }, { ifMatch: 2 }),
    ).rejects.toMatchObject(refusal('report_view.archived'));
    const { rows } = await app.database.ownerQuery(
      'SELECT operation, change FROM audit_record WHERE entity_id = $1 ORDER BY change',
      [id],
    );
    expect(rows).toEqual([
      { operation: 'reporting.createReportView', change: 'created' },
      { operation: 'reporting.archiveReportView', change: 'updated' },
    ]);
  });

  it('does not show views to another account', async () => {
    const view = await create({ name: 'Ours', visibility: 'account', period: 'yesterday' });
    await expect(call('getReportView', { reportViewId: view.id }, { account: 1 })).rejects.toMatchObject(
      refusal('report_view.not_found'),
    );
    const theirs = await call<{ total: number }>('listReportViews', {}, { account: 1 });
    expect(theirs.total).toBe(0);
  });
});
