import type { CampaignDetail, LineItem, Page } from '@cuepoint/contract';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { addStartingCatalogue, createGovernance } from '#modules/governance';
import { AppError } from '../../kernel/app-error.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { databaseSuite } from '../../testing/database-suite.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import {
  type CreativeFact,
  createCampaigns,
  type DeliveredTotals,
  isCampaignNameTaken,
  lineItemsForServing,
} from './index.ts';

databaseSuite('line items', (open) => {
  let app: TestApp;
  let axes: Record<string, string>;
  const delivered = new Map<string, DeliveredTotals>();
  const facts: CreativeFact[] = [];
  let count = 0;

  beforeAll(async () => {
    const database = await open();
    app = await createTestApp(database, ({ ids }) => [
      ...createGovernance({ ids, isCampaignNameTaken }).operations,
      ...createCampaigns({
        ids,
        deliveredByCampaign: async () => new Map(),
        deliveredByLineItem: async () => delivered,
        deliveredByFlight: async () => delivered,
        creativesOfCampaigns: async (_tx, campaignIds) =>
          facts.filter((fact) => campaignIds.includes(fact.campaignId)),
        creativeCounts: async () => new Map(),
      }).operations,
    ]);
    await database.withTransaction({ role: 'app', accountId: app.accounts[0] }, (tx) =>
      addStartingCatalogue(tx, app.accounts[0], app.ids, app.clock.now()),
    );
    const first = async (operation: string, code: string) =>
      ((await app.call(operation, {})) as { items: Array<{ id: string; code: string }> }).items.find(
        (row) => row.code === code,
      )!.id;
    const brand = await app.call('governance.createBrand', {
      code: 'FRN',
      name: 'Fernwhistle',
      domain: 'fernwhistle.example',
    });
    axes = {
      brandId: (brand as { id: string }).id,
      marketId: await first('governance.listMarkets', 'US'),
      channelId: await first('governance.listChannels', 'CTV'),
    };
  });

  /** A campaign whose first line item leaves half of the money, and the days from 12 December on. */
  async function campaign(): Promise<CampaignDetail> {
    const made = (await app.call('campaigns.createCampaign', {
      ...axes,
      label: `Ridge ${++count}`,
      budgetMicros: 5_000_000_000,
      cpmMicros: 24_000_000,
      startOn: '2026-11-22',
      endOn: '2026-12-21',
      timeZone: 'UTC',
    })) as CampaignDetail;
    const [flight] = made.lineItems[0]!.flights;
    await app.call(
      'campaigns.updateFlight',
      { flightId: flight!.id, budgetMicros: 2_500_000_000, endAt: '2026-12-12T00:00:00.000Z' },
      { ifMatch: flight!.version },
    );
    return (await app.call('campaigns.getCampaign', { campaignId: made.id })) as CampaignDetail;
  }
  const december = { startAt: '2026-12-01T00:00:00.000Z', endAt: '2026-12-10T00:00:00.000Z' };
  const create = async (over: object = {}, from?: CampaignDetail) =>
    (await app.call('campaigns.createLineItem', {
      campaignId: (from ?? (await campaign())).id,
      cpmMicros: 20_000_000,
      flights: [{ ...december, budgetMicros: 1_000_000_000 }],
      ...over,
    })) as LineItem;
  const update = async (item: LineItem, over: object) =>
    (await app.call(
      'campaigns.updateLineItem',
      { lineItemId: item.id, ...over },
      { ifMatch: item.version },
    )) as LineItem;
  async function refusal(call: Promise<unknown>): Promise<AppError> {
    const error = await call.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!AppError.is(error)) throw error ?? new Error('was not refused');
    return error;
  }
  const inAccount = <T>(work: (tx: Tx) => Promise<T>) =>
    app.database.withTransaction({ role: 'app', accountId: app.accounts[0] }, work);
  const codeOf = async (call: Promise<unknown>) => (await refusal(call)).code;

  it('is created with all its settings, in the words it is read in', async () => {
    const item = await create({
      name: 'Evenings',
      type: 'guaranteed',
      status: 'active',
      pacing: 'front_loaded',
      targeting: { all: [{ dimension: 'genre', operator: 'any_of', values: ['drama'] }] },
      countries: ['US'],
      dayparts: [{ days: [6, 7], fromMinute: 1200, toMinute: 60 }],
      frequencyCaps: [{ scope: 'brand', limit: 3, unit: 'week', count: 2 }],
      separation: { scope: 'stream', labels: ['outdoor'] },
      podPosition: 'last',
      rotation: 'sequential',
      flights: [{ ...december, impressionGoal: 1000, dailyBudgetMicros: 500_000 }],
    });
    expect(item).toMatchObject({
      name: 'Evenings',
      priority: 4,
      currency: 'USD',
      budgetMicros: null,
      targeting: {
        all: [
          { dimension: 'genre', operator: 'any_of', values: ['drama'] },
          { dimension: 'country', operator: 'any_of', values: ['US'] },
        ],
      },
      flights: [{ name: 'Flight 1', budgetMicros: null, impressionGoal: 1000, timeZone: 'UTC' }],
      usesCampaignCreatives: true,
      podPosition: 'last',
    });
    expect(await app.call('campaigns.getLineItem', { lineItemId: item.id })).toEqual(item);
    expect(app.events.at(-1)).toMatchObject({ type: 'line_item.changed', entity: { id: item.id } });
  });

  it.each<[string, object]>([
    ['line_item.invalid', { priceModel: 'flat' }],
    ['line_item.invalid', { sharePercent: 10 }],
    ['line_item.invalid', { currency: 'EUR' }],
    ['targeting.invalid', { targeting: { any: [] } }],
    ['targeting.invalid', { targeting: { dimension: 'mood', operator: 'any_of', values: ['happy'] } }],
    ['flight.invalid', { flights: [{ ...december }] }],
    ['flight.invalid', { type: 'house', flights: [december, december] }],
    [
      'campaign.dates_invalid',
      { flights: [{ ...december, endAt: '2027-01-01T00:00:00.000Z', budgetMicros: 1 }] },
    ],
    ['campaign.budget_invalid', { flights: [{ ...december, budgetMicros: 2_500_000_001 }] }],
    ['campaign.budget_invalid', { flights: [{ ...december, impressionGoal: 125_001 }] }],
    ['campaign.not_found', { campaignId: 'cmp_00000000000000000000' }],
    ['input.invalid', { frequencyCaps: [{ scope: 'line_item', limit: 0, unit: 'day', count: 1 }] }],
    ['input.invalid', { dayparts: [{ days: [8], fromMinute: 0, toMinute: 1440 }] }],
    ['input.invalid', { targeting: 'everybody' }],
    ['input.invalid', { podPosition: 'middle' }],
  ])('is refused with %s', async (code, over) => {
    const error = await refusal(create(over));
    expect(error.code).toBe(code);
    expect(error.message).toContain(':');
  });

  it('names the path of what is wrong in targeting', async () => {
    const targeting = { all: [{ not: { dimension: 'country', operator: 'any_of', values: [] } }] };
    const error = await refusal(create({ targeting }));
    expect(error.fields).toMatchObject([{ field: 'targeting.all[0].not.values' }]);
  });

  it('changes what is said and keeps the rest; its place goes with its type', async () => {
    const item = await create({ countries: ['US'] });
    const bulk = await update(item, { type: 'bulk' });
    expect(bulk).toMatchObject({ type: 'bulk', priority: 12, countries: ['US'], version: 2 });
    expect(bulk.podPosition).toBe('any');
    expect((await update(await create(), { podPosition: 'edge' })).podPosition).toBe('edge');
    const placed = await update(await update(bulk, { priority: 5 }), { type: 'standard' });
    expect(placed.priority).toBe(5);
    const flat = await update(placed, { priceModel: 'flat', flatMicros: 9_000_000 });
    expect(await codeOf(update(flat, { priceModel: 'cpm' }))).toBe('line_item.invalid');
    expect((await update(flat, { priceModel: 'cpm', flatMicros: null })).flatMicros).toBeNull();
    const house = await create({ type: 'house', flights: [december] });
    expect(await codeOf(update(house, { type: 'standard' }))).toBe('flight.invalid');
    const { rows } = await inAccount((tx) =>
      tx.execute<{ fields: unknown[] }>(
        sql`SELECT fields FROM audit_record WHERE entity_id = ${item.id} AND change = 'updated'`,
      ),
    );
    expect(rows.flatMap(({ fields }) => fields)).toContainEqual({
      field: 'type',
      before: 'standard',
      after: 'bulk',
    });
  });

  it('starts, pauses and completes; completed stays', async () => {
    const paused = await update(await update(await create(), { status: 'active' }), { status: 'paused' });
    const completed = await update(paused, { status: 'completed' });
    expect(await codeOf(update(completed, { status: 'active' }))).toBe('campaign.transition_denied');
    expect(await codeOf(update(await create(), { status: 'paused' }))).toBe('campaign.transition_denied');
    const ended = await campaign();
    for (const [status, ifMatch] of [
      ['active', 1],
      ['completed', 2],
    ] as const)
      await app.call('campaigns.setCampaignStatus', { campaignId: ended.id, status }, { ifMatch });
    expect(await codeOf(create({}, ended))).toBe('campaign.transition_denied');
  });

  it('is deleted when it never ran, and completed when it did', async () => {
    const [unused, used] = [await create(), await create()];
    const remove = (item: LineItem) => app.call('campaigns.deleteLineItem', { lineItemId: item.id });
    expect(await remove(unused)).toEqual({ lineItemId: unused.id, outcome: 'deleted' });
    expect(await codeOf(remove(unused))).toBe('line_item.not_found');
    delivered.set(used.id, { impressions: 1, completes: 0, spentMicros: 20_000 });
    expect(await remove(used)).toMatchObject({ outcome: 'completed' });
    expect(await app.call('campaigns.getLineItem', { lineItemId: used.id })).toMatchObject({
      status: 'completed',
      impressions: 1,
    });
  });

  it('is listed by campaign, type, status and words, page by page', async () => {
    const from = await campaign();
    const flights = [{ ...december, budgetMicros: 1_000_000 }];
    for (const name of ['100% Drama', 'Drama 2', 'Sport'])
      await create({ name, type: 'bulk', flights }, from);
    const list = async (input: object) =>
      (await app.call('campaigns.listLineItems', { campaignId: from.id, ...input })) as Page<LineItem>;
    const names = async (input: object) => (await list(input)).items.map(({ name }) => name);
    // Made within one millisecond: their order is open.
    expect((await names({ search: 'drama' })).sort()).toEqual(['100% Drama', 'Drama 2']);
    expect(await names({ search: '0%' })).toEqual(['100% Drama']);
    expect((await list({ type: ['bulk'] })).total).toBe(3);
    expect(await names({ status: ['active'] })).toEqual([from.lineItems[0]!.name]);
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ id }) => id)).toHaveLength(4);
    expect(second.nextCursor).toBeNull();
  });

  describe('its flights', () => {
    const add = async (item: LineItem, over: object) =>
      (await app.call('campaigns.createFlight', { lineItemId: item.id, ...over })) as LineItem;
    const later = { startAt: '2026-12-12T00:00:00.000Z', endAt: '2026-12-15T00:00:00.000Z' };

    it('join it, change and leave again', async () => {
      const item = await create();
      const two = await add(item, { ...later, budgetMicros: 500_000_000 });
      expect(two).toMatchObject({ budgetMicros: 1_500_000_000, flights: [{}, { name: 'Flight 2' }] });
      const second = two.flights[1]!;
      const change = (over: object, ifMatch = second.version) =>
        app.call('campaigns.updateFlight', { flightId: second.id, ...over }, { ifMatch });
      expect(await codeOf(change({ startAt: december.startAt }))).toBe('flight.invalid');
      expect(await codeOf(change({ endAt: later.startAt }))).toBe('campaign.dates_invalid');
      expect(await codeOf(change({ budgetMicros: null }))).toBe('flight.invalid');
      expect(await codeOf(change({ budgetMicros: 1_500_000_001 }))).toBe('campaign.budget_invalid');
      const after = (await change({ impressionGoal: 10, budgetMicros: null })) as LineItem;
      expect(after.flights[1]).toMatchObject({ impressionGoal: 10, budgetMicros: null, version: 2 });
      const remove = () => app.call('campaigns.deleteFlight', { flightId: second.id });
      delivered.set(second.id, { impressions: 3, completes: 0, spentMicros: 60_000 });
      expect(await codeOf(remove())).toBe('flight.has_delivery');
      expect(await codeOf(change({ budgetMicros: 59_999 }, 2))).toBe('campaign.budget_invalid');
      delivered.delete(second.id);
      expect(((await remove()) as LineItem).flights).toHaveLength(1);
      expect(await codeOf(remove())).toBe('flight.not_found');
      expect(await codeOf(add({ ...item, id: 'li_00000000000000000000' }, later))).toBe(
        'line_item.not_found',
      );
    });
  });

  describe('its creatives', () => {
    async function creative(campaignId: string, lineItemId: string | null = null): Promise<string> {
      const id = app.ids.next('creative');
      await inAccount((tx) =>
        tx.execute(sql`
          INSERT INTO creative (id, account_id, campaign_id, line_item_id, name, status, source, universal_ad_id,
            click_through_url) VALUES (${id}, ${app.accounts[0]}, ${campaignId}, ${lineItemId}, ${id}, 'active',
            'uploaded', ${id}, 'https://fernwhistle.example/')`),
      );
      facts.push({ id, campaignId, lineItemId, name: id, durationMs: 15_000, approval: 'approved' });
      return id;
    }
    const set = async (item: LineItem, creatives: object[]) =>
      (await app.call(
        'campaigns.setCreativeWeights',
        { lineItemId: item.id, creatives },
        { ifMatch: item.version },
      )) as LineItem;

    it('are those of the campaign until some are assigned, and again when none is', async () => {
      const from = await campaign();
      const item = await create({}, from);
      const [one, two, other] = [
        await creative(from.id),
        await creative(from.id),
        await creative(from.id, from.lineItems[0]!.id),
      ];
      const shown = (await app.call('campaigns.getLineItem', { lineItemId: item.id })) as LineItem;
      expect(shown.creatives.map(({ creativeId, weight }) => [creativeId, weight])).toEqual([
        [one, 1],
        [two, 1],
      ]);
      const assigned = await set(item, [
        { creativeId: two, weight: 0.25, endAt: '2026-12-05T00:00:00.000Z' },
      ]);
      expect(assigned).toMatchObject({
        usesCampaignCreatives: false,
        creatives: [{ creativeId: two, weight: 0.25, sequence: 1, endAt: '2026-12-05T00:00:00.000Z' }],
        version: 2,
      });
      expect(await codeOf(set(assigned, [{ creativeId: other }]))).toBe('line_item.invalid');
      expect(await codeOf(set(assigned, [{ creativeId: one }, { creativeId: one }]))).toBe(
        'line_item.invalid',
      );
      expect(await codeOf(set(assigned, [{ creativeId: one, weight: 0 }]))).toBe('input.invalid');
      expect(
        await codeOf(set(assigned, [{ creativeId: one, startAt: december.endAt, endAt: december.startAt }])),
      ).toBe('line_item.invalid');
      const elsewhere = await creative((await campaign()).id);
      expect(await codeOf(set(assigned, [{ creativeId: elsewhere }]))).toBe('creative.not_found');
      const serving = await app.database.withTransaction({ role: 'snapshot_builder' }, (tx) =>
        lineItemsForServing(tx, { changedSince: new Date(0) }),
      );
      expect(serving.find(({ id }) => id === item.id)).toMatchObject({
        plannedMicros: 1_000_000_000,
        campaignPlannedMicros: 3_500_000_000,
        campaignOpenLineItems: 0,
        assignments: [{ creativeId: two, weight: 0.25 }],
      });
      expect((await set(assigned, [])).usesCampaignCreatives).toBe(true);
    });
  });
});
