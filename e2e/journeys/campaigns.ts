import { expect, it } from 'vitest';
import { settled } from '../browser.ts';
import { eventually } from '../installation.ts';
import type { Stage } from '../stage.ts';

export function campaignJourneys(stage: () => Stage): void {
  it('a campaign is created: the name grows while typing, mistakes are named, the draft opens', async () => {
    const label = `Harbour Lights ${Date.now() % 100_000}`;
    const page = await stage().page('/campaigns');
    await page.getByRole('link', { name: 'New campaign' }).click();
    await page.getByRole('heading', { name: 'New campaign' }).waitFor();
    await page.getByLabel('Brand', { exact: true }).selectOption({ label: 'Fernwhistle (FRN)' });
    await page.getByLabel('Market', { exact: true }).selectOption({ index: 1 });
    await page.getByLabel('Channel', { exact: true }).selectOption({ index: 1 });
    await page.getByLabel('Campaign label').fill(label);
    const name = page.getByText(new RegExp(`^FRN_.*_${label.replaceAll(' ', '')}$`));
    await name.waitFor();
    await page.getByText('Free', { exact: true }).waitFor();

    await page.getByLabel('Budget', { exact: true }).fill('0');
    await page.getByLabel('Price of 1,000 impressions').fill('24.1005');
    await page.getByLabel('First day').fill('2027-03-10');
    await page.getByLabel('Last day, included').fill('2027-03-01');
    await page.getByRole('button', { name: 'Create draft' }).click();
    await page.getByText('“0” is not accepted; give an amount above 0').waitFor();
    await page.getByText('“24.1005” is not accepted; give a price in steps of 0.001').waitFor();
    await page.getByText('2027-03-01 lies before the first day; choose 2027-03-10 or later').waitFor();
    expect(await page.getByLabel('Budget', { exact: true }).getAttribute('aria-invalid')).toBe('true');

    await page.getByLabel('Budget', { exact: true }).fill('25,000');
    await page.getByLabel('Price of 1,000 impressions').fill('24.10');
    await page.getByLabel('Last day, included').fill('2027-03-31');
    await page.getByText(/^FRN_.*_2027_HarbourLights/).waitFor();
    const generated = await name.innerText();
    await page.getByRole('button', { name: 'Create draft' }).click();
    await page.getByRole('heading', { name: generated, level: 1 }).waitFor();
    expect(new URL(page.url()).searchParams.get('tab')).toBe('creatives');
    const { items } = await stage().installation.client.campaigns.listCampaigns({ search: label });
    expect(items.map((one) => [one.name, one.budgetMicros, one.status])).toEqual([
      [generated, 25_000_000_000, 'draft'],
    ]);
  });

  it('the list is searched and filtered, the address keeps it, and a row opens', async () => {
    const page = await stage().page('/campaigns');
    await settled(page);
    const rows = page.getByRole('table', { name: 'Campaigns' }).locator('tbody tr');
    const all = await rows.count();
    expect(all).toBeGreaterThanOrEqual(5);
    await page.keyboard.press('/');
    await page.keyboard.type('Slow Morning');
    await eventually('two rows', async () => (await rows.count()) === 2);
    await page.getByLabel('Market', { exact: true }).selectOption({ label: 'Germany' });
    await eventually('one row', async () => (await rows.count()) === 1);
    expect(await rows.innerText()).toContain('QLM_DE_CTV_');

    const shared = page.url();
    await page.goto('about:blank');
    await page.goto(shared);
    await settled(page);
    expect(await rows.count()).toBe(1);
    await page.getByLabel('Search campaigns').fill('nothing is called this');
    await page.getByText('No campaign matches').waitFor();
    await page.getByRole('button', { name: 'Clear search and filters' }).click();
    await eventually('all rows', async () => (await rows.count()) === all);

    await rows.filter({ hasText: 'QLM_DE_CTV_' }).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: /^QLM_DE_CTV_/ }).waitFor();
    for (const tab of ['Flights', 'Creatives', 'Deployments', 'History', 'Overview']) {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      await page.getByRole('tabpanel', { name: new RegExp(`^${tab}`) }).waitFor();
    }
  });

  it('what somebody else changes appears without a reload', async () => {
    const { client } = stage().installation;
    const [brands, markets, channels] = await Promise.all([
      client.governance.listBrands({}),
      client.governance.listMarkets({}),
      client.governance.listChannels({}),
    ]);
    const before = await client.campaigns.createCampaign({
      brandId: brands.items[0]!.id,
      marketId: markets.items[0]!.id,
      channelId: channels.items[0]!.id,
      label: `Pier Opening ${Date.now() % 100_000}`,
      budgetMicros: 1_000_000_000,
      cpmMicros: 20_000_000,
      startOn: '2027-05-01',
      endOn: '2027-05-31',
    });
    const page = await stage().page('/campaigns');
    await settled(page);
    await page.evaluate('window.notReloaded = true');
    const row = page.getByRole('row', { name: new RegExp(before.name) });
    expect(await row.innerText()).toContain('Draft');
    const changedAt = performance.now();
    await client.campaigns.setCampaignStatus(
      { campaignId: before.id, status: 'active' },
      { ifMatch: before.version },
    );
    await row.getByText('Scheduled').waitFor({ timeout: 10_000 });
    console.info(`live update: on the screen after ${Math.round(performance.now() - changedAt)} ms`);
    expect(await page.evaluate('window.notReloaded')).toBe(true);
  });
}
