import { expect, it } from 'vitest';
import { settled } from '../browser.ts';
import { eventually } from '../installation.ts';
import type { Stage } from '../stage.ts';

export function todayJourneys(stage: () => Stage): void {
  it('what needs attention is listed with its money and one step, as the server says', async () => {
    await stage().demo();
    const { attention } = await stage().installation.client.reporting.getDashboard({});
    expect(attention.length).toBeGreaterThan(0);
    const page = await stage().page('/');
    await settled(page);
    for (const item of attention) await page.getByTitle(item.title, { exact: true }).first().waitFor();
    for (const [severity, name] of [
      ['block', 'Blocking now'],
      ['warn', 'Will miss its goal'],
      ['info', 'Waiting for you'],
    ] as const) {
      const rows = page.getByRole('region', { name }).getByRole('listitem');
      expect(await rows.count(), name).toBe(attention.filter((item) => item.severity === severity).length);
    }
    await page.getByText('Demo data', { exact: false }).first().waitFor();
    await page
      .getByRole('link', { name: /^Open pacing/ })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: /_2026_|_20\d\d_/ }).waitFor();
  });

  it('the figures are those of the server and move when an ad is seen, without a reload', async () => {
    const { origin, client } = stage().installation;
    await stage().demo();
    const page = await stage().page('/');
    await settled(page);
    const figure = page.getByText('Impressions today', { exact: true }).locator('..');
    const shown = async () =>
      Number(/[\d,]+(?=\n|$)/.exec((await figure.innerText()).split('\n')[1] ?? '')?.[0].replaceAll(',', ''));
    const before = (await client.reporting.getDashboard({})).today.impressions;
    await eventually('the figure of the server', async () => (await shown()) === before, 15_000);

    const answer = await fetch(`${origin}/api/v1/ad-request`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ request_id: `e2e-${Date.now()}`, duration: 30 }),
    });
    const ad = (await answer.json()) as { tracking: Record<string, string> };
    await fetch(ad.tracking.impression!);
    await eventually('one impression more', async () => (await shown()) >= before + 1, 20_000);
  });
}
