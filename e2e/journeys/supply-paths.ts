import { expect, it } from 'vitest';
import { settled } from '../browser.ts';
import type { Stage } from '../stage.ts';

export function supplyPathJourneys(stage: () => Stage): void {
  it('the reference case stands on the screen to the micro, in both modes', async () => {
    const page = await stage().page('/supply-paths');
    await settled(page);
    await page.getByLabel('Base CPM, USD').fill('10');
    const rows = page.getByRole('table', { name: 'Supply paths' }).locator('tbody tr');
    expect(await rows.count()).toBe(11);
    const waterfall = (mode: string) => page.getByRole('img', { name: `Fees of two paths, ${mode}` });
    const cell = (row: number, column: string) =>
      rows
        .nth(row)
        .locator('td')
        .nth(column === 'additive' ? 7 : 8)
        .innerText();

    await page.getByRole('radio', { name: 'Additive' }).click();
    await waterfall('additive').waitFor();
    expect([await cell(0, 'additive'), await cell(1, 'additive')]).toEqual(['$7.020000', '$6.720000']);
    expect(await waterfall('additive').getAttribute('aria-label')).toContain('$7.020000 and $6.720000');

    await page.getByRole('radio', { name: 'Cascading' }).click();
    await waterfall('cascading').waitFor();
    expect([await cell(0, 'cascading'), await cell(1, 'cascading')]).toEqual(['$7.263760', '$7.013860']);
    expect(await waterfall('cascading').getAttribute('aria-label')).toContain('$7.263760 and $7.013860');
    await page.getByText('2.499 points').waitFor();
    expect(new URL(page.url()).searchParams.get('mode')).toBe('cascading');

    await page.getByLabel('Base CPM, USD').fill('free');
    await page.getByText('“free” is not accepted').waitFor();
  });
}
