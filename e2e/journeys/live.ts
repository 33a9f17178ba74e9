import { expect, it } from 'vitest';
import { axe, settled } from '../browser.ts';
import type { Stage } from '../stage.ts';

/** Asks the default placement for an ad in a viewing session, and reports these events of it. */
async function play(stage: Stage, requestId: string, ...events: string[]): Promise<void> {
  const { origin } = stage.installation;
  const answer = await fetch(`${origin}/vast?dur=30&rid=${requestId}&sid=session-of-${requestId}`);
  const text = await answer.text();
  for (const event of events) {
    const pattern =
      event === 'impression'
        ? /<Impression id="cuepoint">([^<]+)/
        : new RegExp(`<Tracking event="${event}">([^<]+)`);
    const address = pattern.exec(text)?.[1]?.replaceAll('&amp;', '&');
    if (address === undefined) throw new Error(`${requestId} got no ad with ${event}: ${text.slice(0, 400)}`);
    expect((await fetch(address)).status).toBe(200);
  }
}

export function liveJourneys(stage: () => Stage): void {
  it('what a player does appears, pausing holds and counts it, and a row opens its whole timeline', async () => {
    await stage().demo();
    const page = await stage().page('/');
    await settled(page);
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Live', exact: true }).waitFor();
    await page.getByText('Following', { exact: true }).waitFor();
    await page.getByText(/records\/s/).waitFor();

    const first = `live-${Date.now()}`;
    await page.getByLabel('Decision, request, session or any other id').fill(first);
    await page.waitForURL(/id=live-/);
    await page.getByText('Following', { exact: true }).waitFor();
    await page.getByText(/records\/s/).waitFor();
    await play(stage(), first, 'impression', 'start', 'start');
    const table = page.getByRole('table', { name: 'Live records' });
    await expect.poll(() => table.locator('tbody tr').count(), { timeout: 20_000 }).toBe(4);
    await table.getByText('duplicate').waitFor();

    // The space bar pauses: what stands there stands still, what comes is counted.
    await page.locator('main').click({ position: { x: 4, y: 4 } });
    await page.keyboard.press('Space');
    await page.getByText('Nothing has come since.').waitFor();
    await play(stage(), first, 'impression');
    await page.getByText('2 records have come since; all are shown on resume.').waitFor();
    expect(await table.locator('tbody tr').count()).toBe(4);
    await page.keyboard.press('Space');
    await expect.poll(() => table.locator('tbody tr').count()).toBe(6);

    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.evaluate('document.activeElement.closest("tr").rowIndex')).toBe(1);
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Timeline' });
    await drawer.getByText('Impression', { exact: true }).first().waitFor();
    // Both requests are of one viewing session.
    await drawer.getByText('2 requests').waitFor();
    await drawer.getByText('duplicate').first().waitFor();
    const serious = (await axe(page)).filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious).toEqual([]);

    // The address keeps it; from there it is one step to why.
    await page.reload();
    await settled(page);
    await page
      .getByRole('dialog', { name: 'Timeline' })
      .getByRole('link', { name: 'Why this answer' })
      .click();
    await page.getByText(/^Replayed exactly, /).waitFor();
  });

  it('health shows the node that serves, and how far its events are counted', async () => {
    await stage().demo();
    const page = await stage().page('/health');
    await settled(page);
    const { client } = stage().installation;
    const { nodes } = await client.events.getDeliveryHealth({});
    expect(nodes).toHaveLength(1);
    const panel = page.getByRole('region', { name: nodes[0]!.node!, exact: true });
    await panel.getByText('Serving', { exact: true }).first().waitFor();
    await panel.getByText('Current', { exact: true }).waitFor();
    await panel.getByText(nodes[0]!.snapshot!.hash!.slice(0, 12)).waitFor();
    const before = nodes[0]!.events!.acknowledged;
    await play(stage(), `health-${Date.now()}`, 'impression');
    await panel.getByText((before + 1).toLocaleString('en-US'), { exact: true }).waitFor();
    await page.getByText('All is well').waitFor();
  });

  it('a filter keeps out what it does not want', async () => {
    await stage().demo();
    const page = await stage().page('/live?event=complete');
    await page.getByText(/records\/s/).waitFor();
    const rid = `filtered-${Date.now()}`;
    await play(stage(), rid, 'impression', 'start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete');
    const rows = page.getByRole('table', { name: 'Live records' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.getByText(/records\/s/).waitFor();
    await play(stage(), `${rid}-2`, 'impression');
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(2);
  });
}
