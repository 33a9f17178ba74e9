import { expect, it } from 'vitest';
import { axe, settled } from '../browser.ts';
import type { Stage } from '../stage.ts';

export function privacyJourneys(stage: () => Stage): void {
  it('a viewer is erased after a look at what there is, and followed to where it waits for logs', async () => {
    const page = await stage().page('/settings/privacy', /422/);
    await settled(page);
    await page.getByRole('button', { name: 'Erase a viewer' }).first().click();
    const drawer = page.getByRole('dialog', { name: 'Erase a viewer' });
    await drawer.getByLabel('Kind of id').selectOption('supplied');
    await drawer.getByLabel('Id of the viewer').fill('no id');
    await drawer.getByRole('button', { name: 'Look what there is' }).click();
    await drawer.getByText(/no id of a viewer; accepted/).waitFor();
    const reference = `DSR ${Date.now()}`;
    await drawer.getByLabel('Id of the viewer').fill('viewer-of-the-journey');
    await drawer.getByLabel('Your reference').fill(reference);
    await drawer.getByRole('button', { name: 'Look what there is' }).click();
    await drawer.getByText('This cannot be undone').waitFor();
    const { client } = stage().installation;
    const before = await client.privacy.listErasures({});
    const serious = (await axe(page)).filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious).toEqual([]);
    await drawer.getByRole('button', { name: 'Erase this viewer' }).click();
    const row = page
      .getByRole('table', { name: 'Requests for erasure' })
      .getByRole('row', { name: reference });
    await row.getByText('Erased, logs expire').waitFor({ timeout: 90_000 });
    expect((await client.privacy.listErasures({})).total).toBe((before.total ?? 0) + 1);
    await page.getByText(/The last trace is gone by/).waitFor();
  });
}
