import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { settled } from '../browser.ts';
import { freshLineItem } from '../fresh-line-item.ts';
import type { Stage } from '../stage.ts';

/** What fields of a form hold, by their labels. */
async function held(form: Locator, labels: readonly string[]): Promise<Record<string, string>> {
  const entries = labels.map(async (label) => [label, await field(form, label).inputValue()] as const);
  return Object.fromEntries(await Promise.all(entries));
}
const field = (form: Locator, label: string) => form.getByLabel(label, { exact: true });

/** Presses Save and waits until the form is gone: what it showed was accepted. */
async function save(form: Locator): Promise<void> {
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await form.waitFor({ state: 'hidden' });
}

async function reloaded(page: Page): Promise<void> {
  await page.reload();
  await settled(page);
}

export function ruleJourneys(stage: () => Stage): void {
  it('a sponsorship gets its fee, its share and its place in a break; each is kept, and bad ones are named', async () => {
    const { client } = stage().installation;
    const { lineItemId, name, page } = await freshLineItem(stage(), 'Opening night');
    const form = page.getByRole('dialog', { name: `Edit ${name}` });
    const edit = () => page.getByRole('button', { name: 'Edit', exact: true }).click();
    const place = page.getByRole('heading', { name: 'Place in a break' }).locator('..');

    await edit();
    await field(form, 'Type').selectOption('Sponsorship');
    await field(form, 'Price model').selectOption('Flat fee');
    await field(form, 'Fee').fill('0');
    await form.getByText('“0” is not accepted; give an amount above 0').waitFor();
    await field(form, 'Share of eligible requests').fill('101');
    await form.getByText('“101” is not accepted; give a whole number from 1 to 100').waitFor();
    expect(await form.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await field(form, 'Fee').fill('1,500');
    await field(form, 'Share of eligible requests').fill('25');
    await field(form, 'Place in a break').selectOption('First');
    await save(form);

    await reloaded(page);
    await page.getByText('25 % of eligible requests').waitFor();
    expect(await place.innerText()).toMatch(/First$/);
    await edit();
    expect(
      await held(form, ['Type', 'Price model', 'Fee', 'Share of eligible requests', 'Place in a break']),
    ).toEqual({
      Type: 'sponsorship',
      'Price model': 'flat',
      Fee: '1,500',
      'Share of eligible requests': '25',
      'Place in a break': 'first',
    });

    for (const word of ['Last', 'First or last', 'Anywhere']) {
      await field(form, 'Place in a break').selectOption(word);
      await save(form);
      await reloaded(page);
      expect(await place.innerText()).toMatch(new RegExp(`\\n${word}$`));
      await edit();
    }
    expect(await client.campaigns.getLineItem({ lineItemId })).toMatchObject({
      type: 'sponsorship',
      priceModel: 'flat',
      flatMicros: 1_500_000_000,
      sharePercent: 25,
      podPosition: 'any',
    });
  });

  it('a placement says which files it takes, from which price, and what its ends are worth; bad ones are named', async () => {
    const { client } = stage().installation;
    const [publisher] = (await client.inventory.listPublishers({})).items;
    const { id: placementId, name } = await client.inventory.createPlacement({
      publisherId: publisher!.id,
      name: `Second screen ${Date.now() % 100_000}`,
      position: 'mid',
      pod: { kind: 'dynamic', durationMs: 90_000, maxAds: 4 },
    });
    const page = await stage().page(`/placements?open=${placementId}`);
    await settled(page);
    const form = page.getByRole('dialog', { name });
    const refused: [label: string, bad: string, message: string, good: string][] = [
      ['Media types', 'video', '“video” is not accepted; give media types such as video/mp4', 'video/mp4'],
      ['Codecs', 'H/264', '“H/264” is not accepted; give the starts of codecs such as avc1', 'avc1, hvc1'],
      ['Lowest bit rate', '2.5', '“2.5” is not accepted; give a whole number from 0 to 100000', '2500'],
      ['Highest bit rate', '800', '“800” is not accepted; give no less than the lowest, 2500', '20000'],
      ['Floor, CPM', 'cheap', '“cheap” is not accepted; give an amount from 0 to 10,000', '12.50'],
      ['Floor of a second, CPM', '10,001', '“10,001” is not accepted; give an amount', '0.40'],
      ['First place is worth', '0', '“0” is not accepted; give 0.1 to 10, such as 1.15', '1.25'],
      ['Last place is worth', '11', '“11” is not accepted; give 0.1 to 10, such as 1.15', '1.1'],
    ];
    for (const [label, bad, message, good] of refused) {
      await field(form, label).fill(bad);
      await form.getByText(message).first().waitFor();
      await field(form, label).fill(good);
      await form.getByText(message).first().waitFor({ state: 'hidden' });
    }
    await form.getByRole('button', { name: 'Floor for a length' }).click();
    await field(form, 'Floor 1: from, seconds').fill('15');
    await field(form, 'Floor 1: to, seconds').fill('30');
    await field(form, 'Floor 1: CPM').fill('14');
    await save(form);

    await page.goto(`${stage().installation.origin}/placements?open=${placementId}`);
    await settled(page);
    const rules = {
      'Media types': 'video/mp4',
      Codecs: 'avc1, hvc1',
      'Lowest bit rate': '2500',
      'Highest bit rate': '20000',
      'Floor, CPM': '12.50',
      'Floor of a second, CPM': '0.40',
      'Floor 1: from, seconds': '15',
      'Floor 1: to, seconds': '30',
      'Floor 1: CPM': '14',
      'First place is worth': '1.25',
      'Last place is worth': '1.1',
    };
    expect(await held(form, Object.keys(rules))).toEqual(rules);
    expect(await client.inventory.getPlacement({ placementId })).toMatchObject({
      mimes: ['video/mp4'],
      codecs: ['avc1', 'hvc1'],
      minBitrateKbps: 2500,
      maxBitrateKbps: 20_000,
      floorCpmMicros: 12_500_000,
      minCpmPerSecondMicros: 400_000,
      durationFloors: [{ minDurationMs: 15_000, maxDurationMs: 30_000, floorCpmMicros: 14_000_000 }],
      pod: { firstPermille: 1250, lastPermille: 1100 },
    });
  });
}
