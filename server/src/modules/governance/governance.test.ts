import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { addStartingCatalogue, createGovernance } from './index.ts';

interface Row {
  id: string;
  code: string;
}

let app: TestApp;

beforeAll(async () => {
  const database = await openEmbeddedTestDatabase();
  app = await createTestApp(
    database,
    ({ ids }) => createGovernance({ ids, isCampaignNameTaken: async () => false }).operations,
  );
  for (const accountId of app.accounts) {
    await database.withTransaction({ role: 'app', accountId }, (tx) =>
      addStartingCatalogue(tx, accountId, app.ids, app.clock.now()),
    );
  }
});
afterAll(() => app.database.close());

const brand = { code: 'FRN', name: 'Fernwhistle', domain: 'fernwhistle.example' };

describe('governance', () => {
  it('previews the name that the codes give', async () => {
    const { id: brandId } = (await app.call('governance.createBrand', brand)) as Row;
    const markets = (await app.call('governance.listMarkets', {})) as { items: Row[] };
    const channels = (await app.call('governance.listChannels', {})) as { items: Row[] };
    const preview = await app.call('governance.previewName', {
      brandId,
      marketId: markets.items.find((row) => row.code === 'US')!.id,
      channelId: channels.items.find((row) => row.code === 'META')!.id,
      year: 2026,
      label: 'Ridge season',
    });
    expect(preview).toMatchObject({ name: 'FRN_US_META_2026_RidgeSeason', taken: false });
  });

  it('refuses a code that is taken, in this account only', async () => {
    await expect(app.call('governance.createBrand', brand)).rejects.toMatchObject({ code: 'code.taken' });
    await expect(app.call('governance.createBrand', brand, { account: 1 })).resolves.toMatchObject({
      code: 'FRN',
    });
  });

  it('refuses a market with codes that names cannot carry, field by field', async () => {
    const wrong = {
      code: 'u s',
      name: 'X',
      countryCode: 'USA',
      currency: 'usd',
      timeZone: 'Mars/Olympus',
      language: 'english',
    };
    await expect(app.call('governance.createMarket', wrong)).rejects.toMatchObject({
      code: 'input.invalid',
      fields: expect.arrayContaining([
        expect.objectContaining({ field: 'code', value: 'u s' }),
        expect.objectContaining({ field: 'timeZone', value: 'Mars/Olympus' }),
      ]),
    });
  });

  it.each(['brand', 'market', 'channel'] as const)(
    'names the %s that the account does not have',
    async (axis) => {
      const brands = (await app.call('governance.listBrands', {})) as { items: Row[] };
      const markets = (await app.call('governance.listMarkets', {})) as { items: Row[] };
      const channels = (await app.call('governance.listChannels', {})) as { items: Row[] };
      const foreign = (await app.call(
        `governance.list${axis === 'brand' ? 'Brands' : axis === 'market' ? 'Markets' : 'Channels'}`,
        {},
        { account: 1 },
      )) as { items: Row[] };
      const input = {
        brandId: brands.items[0]!.id,
        marketId: markets.items[0]!.id,
        channelId: channels.items[0]!.id,
        year: 2026,
        label: 'x',
        [`${axis}Id`]: foreign.items[0]!.id,
      };
      await expect(app.call('governance.previewName', input)).rejects.toMatchObject({
        code: `${axis}.not_found`,
      });
    },
  );

  it('keeps nothing of a dry run, and records a change with its difference', async () => {
    const market = {
      code: 'FR',
      name: 'France',
      countryCode: 'FR',
      currency: 'EUR',
      timeZone: 'Europe/Paris',
      language: 'fr-FR',
    };
    await app.call('governance.createMarket', market, { dryRun: true });
    const before = (await app.call('governance.listMarkets', {})) as { total: number };
    expect(before.total).toBe(3);
    const made = (await app.call('governance.createMarket', market)) as Row;
    const audit = (await app.call('accounts.listAudit', { entityId: made.id })) as {
      items: Array<{ change: string; fields: unknown[] }>;
    };
    expect(audit.items).toHaveLength(1);
    expect(audit.items[0]).toMatchObject({ change: 'created' });
    expect(audit.items[0]!.fields).toContainEqual({ field: 'code', after: 'FR' });
  });

  it('repeats the answer for the same idempotency key and refuses the key for other input', async () => {
    const input = { code: 'QLM', name: 'Quillmoor', domain: 'quillmoor.example' };
    const first = await app.call('governance.createBrand', input, { idempotencyKey: 'k1' });
    const second = await app.call('governance.createBrand', input, { idempotencyKey: 'k1' });
    expect(second).toEqual(first);
    await expect(
      app.call('governance.createBrand', { ...input, code: 'QLN' }, { idempotencyKey: 'k1' }),
    ).rejects.toMatchObject({ code: 'idempotency.mismatch' });
  });
});
