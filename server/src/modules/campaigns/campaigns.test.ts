import type { Campaign, CampaignDetail, LineItem, Role } from '@cuepoint/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addStartingCatalogue, createGovernance } from '#modules/governance';
import { AppError } from '../../kernel/app-error.ts';
import { openEmbeddedTestDatabase } from '../../testing/database-suite.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { type CreativeFact, createCampaigns, type DeliveredTotals, isCampaignNameTaken } from './index.ts';

let app: TestApp;
let axes: { brandId: string; marketId: string; channelId: string };
/** What the other modules would say. */
const delivered = new Map<string, DeliveredTotals>();
const creatives = new Map<string, { creatives: number; blockingFindings: number }>();
/** Creatives that the campaigns would have. */
const facts: CreativeFact[] = [];
let count = 0;

beforeAll(async () => {
  const database = await openEmbeddedTestDatabase();
  app = await createTestApp(database, ({ ids }) => [
    ...createGovernance({ ids, isCampaignNameTaken }).operations,
    ...createCampaigns({
      ids,
      deliveredByCampaign: async () => delivered,
      deliveredByLineItem: async () => delivered,
      deliveredByFlight: async () => delivered,
      creativesOfCampaigns: async (_tx, campaignIds) =>
        facts.filter((fact) => campaignIds.includes(fact.campaignId)),
      creativeCounts: async () => creatives,
    }).operations,
  ]);
  for (const accountId of app.accounts) {
    await database.withTransaction({ role: 'app', accountId }, (tx) =>
      addStartingCatalogue(tx, accountId, app.ids, app.clock.now()),
    );
  }
  axes = await axesOf(0);
});
beforeEach(() => {
  app.clock.set('2026-11-21T09:00:00.000Z');
  delivered.clear();
  creatives.clear();
});
afterAll(() => app?.database.close());

async function axesOf(account: 0 | 1) {
  const list = async (operation: string, code: string) => {
    const { items } = (await app.call(operation, {}, { account })) as {
      items: Array<{ id: string; code: string }>;
    };
    return items.find((row) => row.code === code)!.id;
  };
  const brand = { code: 'FRN', name: 'Fernwhistle', domain: 'fernwhistle.example' };
  return {
    brandId: ((await app.call('governance.createBrand', brand, { account })) as { id: string }).id,
    marketId: await list('governance.listMarkets', 'US'),
    channelId: await list('governance.listChannels', 'CTV'),
  };
}
const inputOf = (over: object = {}) => ({
  ...axes,
  label: `Ridge ${++count}`,
  budgetMicros: 5_000_000_000,
  cpmMicros: 24_000_000,
  startOn: '2026-11-22',
  endOn: '2026-12-21',
  ...over,
});
const create = async (over: object = {}) =>
  (await app.call('campaigns.createCampaign', inputOf(over))) as CampaignDetail;
const update = async (campaign: CampaignDetail, over: object) =>
  (await app.call(
    'campaigns.updateCampaign',
    { campaignId: campaign.id, ...over },
    { ifMatch: campaign.version },
  )) as CampaignDetail;
const move = async (campaign: CampaignDetail, status: string) =>
  (await app.call(
    'campaigns.setCampaignStatus',
    { campaignId: campaign.id, status },
    { ifMatch: campaign.version },
  )) as CampaignDetail;
async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return error.code;
  }
}

describe('creating a campaign', () => {
  it('makes its line item and flight, in the days of its zone', async () => {
    const campaign = await create({ label: 'First Light', countries: ['US'] });
    expect(campaign).toMatchObject({
      name: 'FRN_US_CTV_2026_FirstLight',
      status: 'draft',
      currency: 'USD',
      timeZone: 'America/New_York',
      startAt: '2026-11-22T05:00:00.000Z',
      // The last day is included.
      endAt: '2026-12-22T05:00:00.000Z',
      spentMicros: 0,
      expectedMicros: 0,
      version: 1,
    });
    const [item] = campaign.lineItems;
    expect(item).toMatchObject({
      status: 'active',
      cpmMicros: 24_000_000,
      budgetMicros: campaign.budgetMicros,
      targeting: { all: [{ dimension: 'country', operator: 'any_of', values: ['US'] }] },
      countries: ['US'],
      deviceTypes: [],
      usesCampaignCreatives: true,
    });
    expect(item!.flights).toMatchObject([
      { startAt: campaign.startAt, endAt: campaign.endAt, budgetMicros: 5_000_000_000 },
    ]);
  });

  it('follows daylight saving: a day may last 25 hours', async () => {
    const campaign = await create({ startOn: '2027-10-31', endOn: '2027-10-31', timeZone: 'Europe/Berlin' });
    expect(Date.parse(campaign.endAt) - Date.parse(campaign.startAt)).toBe(25 * 3_600_000);
  });

  it.each<[string, () => object | Promise<object>]>([
    ['brand.not_found', () => ({ brandId: 'brd_00000000000000000000' })],
    ['market.not_found', () => ({ marketId: 'mkt_00000000000000000000' })],
    ['channel.not_found', () => ({ channelId: 'chn_00000000000000000000' })],
    ['campaign.dates_invalid', () => ({ startOn: '2026-12-02', endOn: '2026-12-01' })],
    ['campaign.dates_invalid', () => ({ startOn: '2026-11-01', endOn: '2026-11-20' })],
    ['campaign.budget_invalid', () => ({ budgetMicros: 23_999, cpmMicros: 24_000_000 })],
    ['name.invalid', () => ({ label: '!!!' })],
    ['brand.not_found', async () => ({ brandId: (await axesOf(1)).brandId })],
    ['input.invalid', () => ({ budgetMicros: 0 })],
    ['input.invalid', () => ({ budgetMicros: 1.5 })],
    ['input.invalid', () => ({ cpmMicros: 24_000_001 })],
    ['input.invalid', () => ({ startOn: '2026-02-30' })],
    ['input.invalid', () => ({ timeZone: 'Mars/Olympus' })],
    ['input.invalid', () => ({ label: '   ' })],
    ['input.invalid', () => ({ countries: ['usa'] })],
  ])('refuses with %s', async (code, over) => {
    const rows = async () => (await app.database.ownerQuery('SELECT count(*)::int AS n FROM campaign')).rows;
    const before = await rows();
    expect(await codeOf(create(await over()))).toBe(code);
    expect(await rows()).toEqual(before);
  });

  it('takes the last day while it lasts, in its own zone', async () => {
    // 04:30 UTC on the 22nd is still the 21st in New York.
    app.clock.set('2026-11-22T04:30:00.000Z');
    expect(await codeOf(create({ startOn: '2026-11-21', endOn: '2026-11-21' }))).toBe('done');
    app.clock.set('2026-11-22T05:00:00.000Z');
    expect(await codeOf(create({ startOn: '2026-11-21', endOn: '2026-11-21' }))).toBe(
      'campaign.dates_invalid',
    );
  });

  it('gives a name once, in its account', async () => {
    await create({ label: 'Same Name' });
    expect(await codeOf(create({ label: 'Same Name' }))).toBe('name.taken');
    expect(await codeOf(create({ label: 'Same Name', startOn: '2027-01-01', endOn: '2027-01-31' }))).toBe(
      'done',
    );
  });
});

describe('changing a campaign', () => {
  it('keeps what is left out, and moves its only flight with it', async () => {
    const campaign = await create();
    const after = await update(campaign, { budgetMicros: 7_000_000_000, endOn: '2026-12-24' });
    expect(after).toMatchObject({
      name: campaign.name,
      label: campaign.label,
      budgetMicros: 7_000_000_000,
      version: 2,
    });
    expect(after.lineItems[0]!.flights[0]).toMatchObject({
      endAt: '2026-12-25T05:00:00.000Z',
      budgetMicros: 7_000_000_000,
      version: 2,
    });
  });

  it('makes its name anew when the label or the year changes', async () => {
    const campaign = await create({ label: 'Old Words' });
    const renamed = await update(campaign, { label: 'New Words' });
    expect(renamed.name).toBe('FRN_US_CTV_2026_NewWords');
    const moved = await update(renamed, { startOn: '2027-01-05', endOn: '2027-02-01' });
    expect(moved.name).toBe('FRN_US_CTV_2027_NewWords');
    await create({ label: 'Taken Words' });
    const other = await create();
    expect(await codeOf(update(other, { label: 'Taken Words' }))).toBe('name.taken');
    expect(await codeOf(update(other, { label: '???' }))).toBe('name.invalid');
  });

  it('refuses dates that turn round, and a budget below what is spent', async () => {
    const campaign = await create();
    expect(await codeOf(update(campaign, { endOn: '2026-11-01' }))).toBe('campaign.dates_invalid');
    delivered.set(campaign.id, { impressions: 9, completes: 0, spentMicros: 216_000 });
    expect(await codeOf(update(campaign, { budgetMicros: 215_999 }))).toBe('campaign.budget_invalid');
    expect((await update(campaign, { budgetMicros: 216_000 })).budgetMicros).toBe(216_000);
  });

  it('with several flights keeps them inside its money and its days', async () => {
    const campaign = await create();
    const { id: lineItemId } = campaign.lineItems[0]!;
    await app.database.ownerQuery(
      `INSERT INTO flight (id, account_id, line_item_id, name, start_at, end_at, time_zone, budget_micros)
       VALUES ($1, $2, $3, 'Flight 2', $4, $5, 'America/New_York', 1000000)`,
      [app.ids.next('flight'), app.accounts[0], lineItemId, campaign.startAt, campaign.endAt],
    );
    expect(await codeOf(update(campaign, { budgetMicros: 5_000_000_000 }))).toBe('campaign.budget_invalid');
    expect(await codeOf(update(campaign, { budgetMicros: 6_000_000_000, endOn: '2026-12-20' }))).toBe(
      'campaign.dates_invalid',
    );
    expect(await codeOf(update(campaign, { budgetMicros: 6_000_000_000, endOn: '2026-12-25' }))).toBe('done');
  });

  it('asks for the version seen, and refuses an old one', async () => {
    const campaign = await create();
    await update(campaign, { description: 'first' });
    expect(await codeOf(update(campaign, { description: 'second' }))).toBe('version.conflict');
    expect(await codeOf(app.call('campaigns.updateCampaign', { campaignId: campaign.id }))).toBe(
      'version.required',
    );
  });

  it('leaves a difference an object, each leading back', async () => {
    const campaign = await create({ description: 'before' });
    const second = await update(campaign, { description: 'after' });
    await update(second, { budgetMicros: 6_000_000_000 });
    const flightId = campaign.lineItems[0]!.flights[0]!.id;
    const { rows } = await app.database.ownerQuery(
      `SELECT entity_id, fields FROM audit_record WHERE entity_id IN ($1, $2) AND change = 'updated' ORDER BY id`,
      [campaign.id, flightId],
    );
    const money = { field: 'budgetMicros', before: 5_000_000_000, after: 6_000_000_000 };
    expect(rows).toHaveLength(3);
    expect(rows).toEqual(
      expect.arrayContaining([
        { entity_id: campaign.id, fields: [{ field: 'description', before: 'before', after: 'after' }] },
        { entity_id: campaign.id, fields: [money] },
        { entity_id: flightId, fields: [money] },
      ]),
    );
  });
});

describe('the status of a campaign', () => {
  it('moves as people expect, and says what is possible instead', async () => {
    const active = await move(await create(), 'active');
    const paused = await move(active, 'paused');
    const completed = await move(paused, 'completed');
    expect((await move(completed, 'active')).status).toBe('active');
    expect(await codeOf(move(await create(), 'paused'))).toBe('campaign.transition_denied');
    const past = await create();
    app.clock.set('2027-06-01T00:00:00.000Z');
    expect(await codeOf(move(past, 'active'))).toBe('campaign.transition_denied');
  });

  it('tells screens and serving', async () => {
    const campaign = await create();
    app.events.length = 0;
    await move(campaign, 'active');
    expect(app.events).toEqual([
      { type: 'campaign.changed', accountId: app.accounts[0], entity: { kind: 'campaign', id: campaign.id } },
    ]);
  });
});

describe('deleting a campaign', () => {
  const remove = (campaign: CampaignDetail, options = {}) =>
    app.call('campaigns.deleteCampaign', { campaignId: campaign.id }, options);
  const find = (campaign: CampaignDetail) =>
    codeOf(app.call('campaigns.getCampaign', { campaignId: campaign.id }));

  it('removes what never ran, archives what has history, and refuses what runs', async () => {
    const unused = await create();
    expect(await remove(unused, { dryRun: true })).toMatchObject({ outcome: 'deleted' });
    expect(await find(unused)).toBe('done');
    expect(await remove(unused)).toEqual({ campaignId: unused.id, outcome: 'deleted' });
    expect(await find(unused)).toBe('campaign.not_found');

    const used = await create();
    creatives.set(used.id, { creatives: 1, blockingFindings: 0 });
    expect(await remove(used)).toMatchObject({ outcome: 'archived' });
    expect(await app.call('campaigns.getCampaign', { campaignId: used.id })).toMatchObject({
      status: 'archived',
    });

    const running = await move(await create(), 'active');
    expect(await codeOf(remove(running))).toBe('campaign.transition_denied');
  });
});

describe('a line item', () => {
  const change = async (item: LineItem, over: object) =>
    (await app.call(
      'campaigns.updateLineItem',
      { lineItemId: item.id, ...over },
      { ifMatch: item.version },
    )) as LineItem;

  it('changes price, priority and targeting', async () => {
    const item = (await create()).lineItems[0]!;
    const after = await change(item, {
      cpmMicros: 30_000_000,
      priority: 2,
      deviceTypes: ['ctv'],
      countries: ['US', 'CA'],
    });
    expect(after).toMatchObject({
      cpmMicros: 30_000_000,
      priority: 2,
      version: 2,
      countries: ['US', 'CA'],
      deviceTypes: ['ctv', 'console'],
    });
    expect((await change(after, { countries: [] })).targeting).toEqual({
      all: [{ dimension: 'device', operator: 'any_of', values: ['ctv', 'console'] }],
    });
  });

  it('is found in its account only, and stays completed', async () => {
    const item = (await create()).lineItems[0]!;
    const from = (account: 0 | 1, lineItemId = item.id) =>
      codeOf(app.call('campaigns.updateLineItem', { lineItemId, priority: 1 }, { account, ifMatch: 1 }));
    expect(await from(1)).toBe('line_item.not_found');
    expect(await from(0, 'li_00000000000000000000')).toBe('line_item.not_found');
    await app.database.ownerQuery(`UPDATE line_item SET status = 'completed' WHERE id = $1`, [item.id]);
    expect(await codeOf(change(item, { status: 'active' }))).toBe('campaign.transition_denied');
    expect(await codeOf(change(item, { priority: 4 }))).toBe('done');
  });
});

describe('the list of campaigns', () => {
  type List = { items: Campaign[]; nextCursor: string | null; total: number };
  const list = async (input: object = {}, role: Role = 'viewer') =>
    (await app.call('campaigns.listCampaigns', input, { role })) as List;

  it('goes through every page once, in every order', async () => {
    for (let i = 0; i < 4; i++) await create({ budgetMicros: 1_000_000_000 * (1 + (i % 2)) });
    for (const sort of ['name', 'startAt', 'endAt', 'budgetMicros', 'createdAt'] as const) {
      for (const order of ['asc', 'desc'] as const) {
        const seen: Campaign[] = [];
        let cursor: string | null = null;
        let total = -1;
        do {
          const page: List = await list({ sort, order, limit: 3, ...(cursor ? { cursor } : {}) });
          seen.push(...page.items);
          ({ total, nextCursor: cursor } = page);
        } while (cursor);
        expect(new Set(seen.map(({ id }) => id)).size, `${sort} ${order}`).toBe(total);
        expect(seen).toHaveLength(total);
      }
    }
  });

  it('finds by text, where % and _ are only characters', async () => {
    const { id } = await create({ label: 'Needle Work' });
    const found = async (search: string) => (await list({ search, limit: 200 })).items.map((item) => item.id);
    expect(await found('needle')).toEqual([id]);
    expect((await found('fernWHISTLE')).length).toBeGreaterThan(5);
    expect(await found('%')).toEqual([]);
    expect(await found('n__dle')).toEqual([]);
    expect(await found("'; DROP TABLE campaign; --")).toEqual([]);
  });

  it('leaves out the archived unless asked, and what is of others', async () => {
    const used = await create();
    creatives.set(used.id, { creatives: 2, blockingFindings: 1 });
    await app.call('campaigns.deleteCampaign', { campaignId: used.id });
    const ids = async (input: object) => (await list({ ...input, limit: 200 })).items.map(({ id }) => id);
    expect(await ids({})).not.toContain(used.id);
    expect(await ids({ status: ['archived'] })).toContain(used.id);
    const other = (await app.call('campaigns.listCampaigns', {}, { account: 1 })) as List;
    expect(other).toEqual({ items: [], nextCursor: null, total: 0 });
  });

  it('shows what was delivered, and what the pacing plan would have spent', async () => {
    const campaign = await move(await create({ startOn: '2026-11-22', endOn: '2026-11-23' }), 'active');
    app.clock.set('2026-11-23T05:00:00.000Z');
    delivered.set(campaign.id, { impressions: 100, completes: 90, spentMicros: 2_400_000 });
    const found = (await list({ search: campaign.label, limit: 200 })).items.find(
      ({ id }) => id === campaign.id,
    );
    expect(found).toMatchObject({
      impressions: 100,
      completes: 90,
      spentMicros: 2_400_000,
    });
    // One of two days: half, and a little more, for the plan ends early so that the end can catch up.
    expect(found!.expectedMicros / 5_000_000_000).toBeCloseTo(0.5, 1);
    expect(found!.expectedMicros).toBeGreaterThan(2_500_000_000);
    expect(found!.expectedLeastMicros).toBe(found!.expectedMicros);
    const { items } = (await app.call('campaigns.listLineItems', { campaignId: campaign.id })) as {
      items: LineItem[];
    };
    expect(items[0]!.flights[0]!.expectedMicros).toBe(found!.expectedMicros);
  });
});
