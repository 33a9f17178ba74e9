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

  it('exports what it shows as CSV, as a workbook and as Parquet', async () => {
    await stage().demo();
    const page = await stage().page('/analytics?days=30&rows=device');
    await page.getByRole('button', { name: 'Only ctv' }).waitFor();
    for (const [label, ending, start] of [
      ['Export as CSV', '.csv', 'day (America/New_York),device,requests,'],
      ['Export as XLSX', '.xlsx', 'PK'],
      ['Export as PARQUET', '.parquet', 'PAR1'],
    ] as const) {
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: label }).click();
      const file = await download;
      expect(file.suggestedFilename()).toMatch(new RegExp(`^delivery-day-device-[\\d-]+\\${ending}$`));
      expect(readFileSync(await file.path(), 'latin1').startsWith(start)).toBe(true);
    }
  });

  it('shows the hours of the week as a heatmap that is read by keys and as a table', async () => {
    await stage().demo();
    const page = await stage().page('/analytics?days=30');
    const map = page.getByRole('slider', { name: /^Impressions by weekday and hour of day/ });
    await map.waitFor();
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await map.getAttribute('aria-valuetext')).toMatch(/^Mon, 01: [\d,]+$/);
    await page.getByRole('button', { name: 'Show when as a table' }).click();
    const table = page.getByRole('table', { name: 'Impressions by weekday and hour of day' });
    expect(await table.locator('tbody tr').count()).toBe(7);
    await page.getByLabel('Rows of the heatmap').selectOption('campaign');
    await page.getByLabel('Columns of the heatmap').selectOption('device');
    await page.getByRole('table', { name: 'Impressions by campaign and device' }).waitFor();
    expect(new URL(page.url()).searchParams.get('heatRows')).toBe('campaign');
  });

  it('saves a question as a view, which its address alone opens again, and sends it', async () => {
    await stage().demo();
    const page = await stage().page('/analytics?rows=device&days=30', /409/);
    await page.getByRole('button', { name: 'Only ctv' }).waitFor();
    await page.getByRole('button', { name: 'View', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Save as…' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Devices of a month');
    await page.getByRole('button', { name: 'Save view' }).click();
    await page.getByText('Devices of a month is saved.').waitFor();
    const id = new URL(page.url()).searchParams.get('view')!;
    expect(id).toMatch(/^rvw_/);
    // The address moves first, the screen follows.
    await expect.poll(() => page.getByLabel('Saved view').inputValue(), { timeout: 20_000 }).toBe(id);

    // Changed and saved again.
    await page.getByLabel('Days', { exact: true }).selectOption('month_to_date');
    await page.getByText('changed', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'View', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Save changes' }).click();
    await page.getByText('changed', { exact: true }).waitFor({ state: 'detached' });
    const other = await stage().page(`/analytics?view=${id}`);
    await other.getByRole('heading', { name: 'Delivery by device', exact: true }).waitFor();
    await other.waitForURL(/period=month_to_date/);
    await other.close();

    // Sent to storage, now and every week.
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    await page.getByLabel('How often').selectOption('weekly');
    await page.getByLabel('File', { exact: true }).selectOption('parquet');
    await page.getByRole('button', { name: 'Create schedule' }).click();
    const row = page.getByRole('table', { name: 'Schedules' }).getByRole('row', { name: /Mondays 06:00/ });
    await row.waitFor();
    await row.getByRole('button', { name: 'Run Devices of a month now' }).click();
    await row.getByText('Succeeded').waitFor({ timeout: 60_000 });
    await row.getByRole('button', { name: 'Runs of Devices of a month' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: /^Download devices-of-a-month/ }).click();
    expect(readFileSync(await (await download).path(), 'latin1').startsWith('PAR1')).toBe(true);
    await page.getByRole('button', { name: 'Close', exact: true }).click();

    // E-mail is not set up here, and the screen says so instead of taking it.
    await page.getByRole('button', { name: 'Change the schedule of Devices of a month' }).click();
    await page.getByLabel('Sent to').selectOption('email');
    await page.getByLabel('Recipients').fill('desk@fernwhistle.example');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(/email is not set up on this server/).waitFor();
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await page.getByText('Nothing is sent yet').waitFor();
  });

  it("compares with a third party's file, and says what is beyond the limit and why", async () => {
    await stage().demo();
    const page = await stage().page('/analytics?days=30&rows=campaign');
    const pivot = page.getByRole('table', { name: 'Delivery by campaign' });
    const name = (
      await pivot
        .getByRole('button', { name: /^Only FRN/ })
        .first()
        .innerText()
    ).trim();
    const on = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('File of a third party').setInputFiles({
      name: 'theirs.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`day,key,impressions\n${on},${name},1\n${on},Nobody here,5\n`),
    });
    const table = page.getByRole('table', { name: 'Discrepancy by day' });
    await table
      .getByText(/beyond the limit/)
      .first()
      .waitFor();
    await page.getByText(/1 keys name nothing here: Nobody here/).waitFor();
  });
}
