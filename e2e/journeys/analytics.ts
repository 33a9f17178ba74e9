import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settled } from '../browser.ts';
import type { Stage } from '../stage.ts';

export function analyticsJourneys(stage: () => Stage): void {
  it('shows delivery by row and over time, goes into a row by a filter, and keeps it all in the address', async () => {
    await stage().demo();
    const page = await stage().page('/');
    await settled(page);
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: 'Delivery by campaign', exact: true }).waitFor();
    const params = () => new URL(page.url()).searchParams;
    await page.getByLabel('Days', { exact: true }).selectOption('30');
    const pivot = page.getByRole('table', { name: 'Delivery by campaign' });
    await pivot.locator('tbody tr').first().waitFor();
    expect(params().get('days')).toBe('30');
    // What figures mean stands beside them.
    await page.getByText(/days of America\/New_York/).waitFor();
    await page.getByText(/fresh to \d\d:\d\d:\d\d/).waitFor();
    await page.getByText('GBP, USD', { exact: true }).waitFor();

    await page.getByRole('slider', { name: /^Impressions per day/ }).waitFor();
    await page.getByRole('button', { name: 'Show impressions as a table' }).click();
    await page.getByRole('table', { name: 'Impressions per day' }).waitFor();
    await page.getByRole('button', { name: 'Show impressions as a chart' }).click();
    await page.getByRole('radio', { name: 'By row' }).click();
    await page.getByRole('img', { name: /^Impressions by campaign: / }).waitFor();
    expect(params().get('chart')).toBe('rows');
    await page.getByRole('radio', { name: 'Over time' }).click();

    await page.getByRole('radio', { name: 'Against days before' }).click();
    await page.getByText(/^against \d{4}-\d\d-\d\d to/).waitFor();
    await pivot.getByRole('columnheader', { name: 'Change' }).waitFor();
    await page.getByRole('radio', { name: 'Alone' }).click();

    const first = pivot.getByRole('button', { name: /^Only FRN/ }).first();
    const name = (await first.innerText()).trim();
    await first.click();
    await page.getByRole('heading', { name: 'Delivery by line item', exact: true }).waitFor();
    await page.getByText(name, { exact: true }).first().waitFor();
    await page.getByRole('table', { name: 'Delivery by line item' }).locator('tbody tr').first().waitFor();
    // The address alone gives the same screen.
    await page.reload();
    await page.getByRole('heading', { name: 'Delivery by line item', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove the filter by campaign' }).click();
    expect(params().get('only')).toBeNull();
    await page.getByLabel('Rows of the pivot').selectOption('device');
    await page.getByRole('button', { name: 'Only ctv' }).waitFor();
    await page.getByText('by campaign and line item only').waitFor({ state: 'detached' });
  });

  it('exports what it shows as CSV and as a workbook', async () => {
    await stage().demo();
    const page = await stage().page('/analytics?days=30&rows=device');
    await page.getByRole('button', { name: 'Only ctv' }).waitFor();
    for (const [label, ending, start] of [
      ['Export as CSV', '.csv', 'day (America/New_York),device,requests,'],
      ['Export as XLSX', '.xlsx', 'PK'],
    ] as const) {
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: label }).click();
      const file = await download;
      expect(file.suggestedFilename()).toMatch(new RegExp(`^delivery-day-device-[\\d-]+\\${ending}$`));
      expect(readFileSync(await file.path(), 'latin1').startsWith(start)).toBe(true);
    }
  });
}
