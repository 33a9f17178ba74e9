import { expect, it } from 'vitest';
import { axe, settled } from '../browser.ts';
import { eventually } from '../installation.ts';
import type { Stage } from '../stage.ts';

export function lineItemJourneys(stage: () => Stage): void {
  it('a priority and a price are edited in their cells: refused with a reason, kept, and taken back', async () => {
    const { client } = stage().installation;
    const [seen] = (await client.campaigns.listLineItems({ limit: 1 })).items;
    expect(seen).toBeDefined();
    const now = () => client.campaigns.getLineItem({ lineItemId: seen!.id });
    const page = await stage().page(`/line-items?search=${seen!.id}`);
    await settled(page);
    const rows = page.getByRole('table', { name: 'Line items' }).locator('tbody tr');
    await eventually('its row', async () => (await rows.count()) === 1);

    const priority = rows.getByRole('button', { name: /^Priority of / });
    await priority.focus();
    await page.keyboard.press('e');
    await page.keyboard.type('17');
    await page.keyboard.press('Enter');
    await page.getByText('“17” is not accepted; give 1 (first) to 16 (last)').waitFor();
    await page.keyboard.press('Escape');
    expect((await now()).priority).toBe(seen!.priority);

    const other = seen!.priority === 7 ? 6 : 7;
    await priority.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type(String(other));
    await page.keyboard.press('Enter');
    await eventually('the priority', async () => (await now()).priority === other);
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually('the priority as before', async () => (await now()).priority === seen!.priority);

    await priority.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.keyboard.type('0.0001');
    await page.keyboard.press('Enter');
    await page.getByText('“0.0001” is not accepted; give 0.001 to 10,000 in steps of 0.001').waitFor();
    await page.keyboard.press('Escape');
    expect((await now()).cpmMicros).toBe(seen!.cpmMicros);
  });

  it('a line item is made, targeted by conditions and as JSON, and gets a flight', async () => {
    const { client } = stage().installation;
    const name = `Evening reach ${Date.now() % 100_000}`;
    const page = await stage().page('/line-items');
    await settled(page);
    await page.getByRole('button', { name: 'New line item' }).click();
    const drawer = page.getByRole('dialog', { name: 'New line item' });
    await drawer.getByLabel('Name').fill(name);
    await drawer.getByLabel('Price of 1,000 impressions').fill('18.50');
    await drawer.getByRole('button', { name: 'Create as draft' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByText('Without a flight the line item serves at no time.').waitFor();
    const lineItemId = new URL(page.url()).pathname.split('/').at(-1)!;
    const now = () => client.campaigns.getLineItem({ lineItemId });

    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('button', { name: 'Condition', exact: true }).click();
    await page.getByLabel('Targeting, condition 1: values, separated by commas').fill('DE, AT');
    await page.getByText('Country is DE or AT').waitFor();
    await page.getByRole('radio', { name: 'JSON' }).click();
    const json = page.getByLabel('Targeting as JSON');
    expect(JSON.parse(await json.inputValue())).toEqual({
      all: [{ dimension: 'country', operator: 'any_of', values: ['DE', 'AT'] }],
    });
    await json.fill('{"all":[{"dimension":"country","operator":"is","values":["DE"]}]}');
    await page.getByRole('button', { name: 'Save targeting' }).click();
    await page.getByText('all[0] has no operator; accepted: any_of, none_of.').waitFor();
    await json.fill('{"all":[{"dimension":"country","operator":"none_of","values":["FR"]}]}');
    await page.getByRole('button', { name: 'Save targeting' }).click();
    await eventually('the targeting', async () =>
      JSON.stringify((await now()).targeting).includes('none_of'),
    );
    await page.getByText('Country is not FR').waitFor();

    // All of the campaign's money is planned by its first line item: there must be some for this one.
    const { campaignId } = await now();
    const campaign = await client.campaigns.getCampaign({ campaignId });
    await client.campaigns.updateCampaign(
      { campaignId, budgetMicros: campaign.budgetMicros + 100_000_000 },
      { ifMatch: campaign.version },
    );
    await page.getByRole('button', { name: 'Flight', exact: true }).click();
    const flight = page.getByRole('dialog', { name: 'New flight' });
    const { startAt, endAt } = campaign;
    await flight.getByLabel('Time zone').fill('UTC');
    await flight.getByLabel('From').fill(startAt.slice(0, 16));
    await flight.getByLabel('Until, not included').fill(endAt.slice(0, 16));
    await flight.getByLabel('Budget', { exact: true }).fill('0');
    await flight.getByText('“0” is not accepted; give an amount above 0, or nothing').waitFor();
    await flight.getByLabel('Budget', { exact: true }).fill('100');
    await flight.getByRole('button', { name: 'Add flight' }).click();
    await eventually('the flight', async () => (await now()).flights.length === 1);
    expect((await now()).flights[0]).toMatchObject({ budgetMicros: 100_000_000, timeZone: 'UTC' });
  });

  it('two people who change the same line item are asked which change stays', async () => {
    const { client } = stage().installation;
    const [seen] = (await client.campaigns.listLineItems({ limit: 1 })).items;
    const lineItemId = seen!.id;
    const page = await stage().page(`/line-items?search=${lineItemId}`, /\b412\b|ERR_FAILED/);
    await settled(page);
    const cell = page.getByRole('button', { name: /^Priority of / });
    await cell.click();
    const theirs = seen!.priority === 9 ? 10 : 9;
    const { version } = await client.campaigns.getLineItem({ lineItemId });
    // The screen must not hear of it before the change is sent: that is the race this is about.
    await page.route('**/api/v1/line-items?**', (route) => route.abort());
    await client.campaigns.updateLineItem({ lineItemId, priority: theirs }, { ifMatch: version });
    await page.keyboard.type('3');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Somebody changed this line item meanwhile' });
    await dialog.waitFor();
    expect(await dialog.getByRole('row', { name: /^Priority/ }).innerText()).toContain(String(theirs));
    expect((await axe(page)).filter((one) => one.impact === 'critical')).toEqual([]);
    await dialog.getByRole('button', { name: 'Apply my change to it' }).click();
    await eventually(
      'my change',
      async () => (await client.campaigns.getLineItem({ lineItemId })).priority === 3,
    );
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    const last = await client.campaigns.getLineItem({ lineItemId });
    await client.campaigns.updateLineItem(
      { lineItemId, priority: seen!.priority },
      { ifMatch: last.version },
    );
  });
}
