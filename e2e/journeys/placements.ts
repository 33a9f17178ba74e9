import { expect, it } from 'vitest';
import { settled } from '../browser.ts';
import { eventually } from '../installation.ts';
import type { Stage } from '../stage.ts';

export function placementJourneys(stage: () => Stage): void {
  it('a placement with a hybrid break is made, its mistakes are named, and its tags can be copied', async () => {
    const { client } = stage().installation;
    const name = `Halftime ${Date.now() % 100_000}`;
    const page = await stage().page('/placements');
    await settled(page);
    await page.getByRole('button', { name: 'New placement' }).click();
    const drawer = page.getByRole('dialog', { name: 'New placement' });
    await drawer.getByRole('button', { name: 'Create placement' }).click();
    await drawer.getByText('“” is not accepted; give 1 to 120 characters').first().waitFor();
    await drawer.getByLabel('Name').fill(name);
    await drawer.getByRole('radio', { name: 'Hybrid' }).click();
    await drawer.getByLabel('Slot 1: kind').selectOption('bumper');
    await drawer.getByLabel('Slot 1: shortest, seconds').fill('5');
    await drawer.getByLabel('Slot 1: longest, seconds').fill('6');
    await drawer.getByLabel('Length of the dynamic part').fill('90');
    await drawer.getByLabel('Most ads').fill('40');
    await drawer.getByText('“40” is not accepted; give a whole number from 1 to 32').first().waitFor();
    await drawer.getByLabel('Most ads').fill('6');
    await drawer.getByLabel('Floor, CPM').fill('12.50');
    await drawer.getByLabel('Blocked categories').fill('IAB7-39, IAB14');
    await drawer.getByRole('button', { name: 'Create placement' }).click();

    const made = await eventually('the placement', async () =>
      (await client.inventory.listPlacements({ search: name })).items.at(0),
    );
    expect(made).toMatchObject({
      floorCpmMicros: 12_500_000,
      blockedCategories: ['IAB7-39', 'IAB14'],
      pod: {
        kind: 'hybrid',
        durationMs: 90_000,
        maxAds: 6,
        slots: [{ kind: 'bumper', minDurationMs: 5000, maxDurationMs: 6000 }],
      },
    });
    const opened = page.getByRole('dialog', { name });
    await opened.getByText(made.tags.vast, { exact: true }).waitFor();
    await opened.getByRole('button', { name: 'Copy the VAST tag' }).waitFor();

    await opened.getByRole('button', { name: 'Archive' }).click();
    const confirm = page.getByRole('dialog', { name: `Archive ${name}` });
    const gone = confirm.getByRole('button', { name: 'Archive placement' });
    expect(await gone.isDisabled()).toBe(true);
    await confirm.getByLabel(`Type “${name}” to confirm`).fill(name);
    await gone.click();
    await eventually(
      'no such placement',
      async () => (await client.inventory.listPlacements({ search: name })).items.length === 0,
    );
  });

  it('publishers and apps have their own lists', async () => {
    const page = await stage().page('/placements');
    await settled(page);
    await page.getByRole('radio', { name: 'Publishers' }).click();
    await page.getByRole('table', { name: 'Publishers' }).waitFor();
    expect(new URL(page.url()).searchParams.get('view')).toBe('publishers');
    await page.getByRole('radio', { name: 'Apps' }).click();
    await page.getByRole('heading', { name: 'Apps, sites and channels' }).waitFor();
  });
}
