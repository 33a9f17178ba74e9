import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { settled } from '../browser.ts';
import { freshLineItem } from '../fresh-line-item.ts';
import { eventually } from '../installation.ts';
import type { Stage } from '../stage.ts';

const rowTexts = (table: Locator) => table.locator('tbody tr').allInnerTexts();
const press = (within: Page | Locator, name: string) =>
  within.getByRole('button', { name, exact: true }).click();

/** What a line item serves by, and what its delivery then shows. */
export function servedJourneys(stage: () => Stage): void {
  it('caps, hours and labels of competition are set in words, refused where they do not fit, and kept', async () => {
    const { client } = stage().installation;
    const { lineItemId, name, page } = await freshLineItem(stage(), 'Evening hours');
    await press(page, 'Edit');
    const form = page.getByRole('dialog', { name: `Edit ${name}` });
    const field = (label: string) => form.getByLabel(label, { exact: true });
    await press(form, 'Cap');
    await field('Cap 1: exposures at most').fill('0');
    expect(await form.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await field('Cap 1: exposures at most').fill('2');
    await field('Cap 1: of what').selectOption('creative');
    await field('Cap 1: in how many').fill('3');
    await field('Cap 1: unit').selectOption('hours');
    await press(form, 'Cap');
    await field('Cap 2: of what').selectOption('brand');
    await field('Cap 2: unit').selectOption('all');
    await press(form, 'Hours');
    await field('Hours 1: to').fill('25:00');
    expect(await form.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await field('Hours 1: from').fill('18:00');
    await field('Hours 1: to').fill('23:30');
    await press(form, 'Hours 1: Fri');
    await field('Competes under these labels').fill('automotive, beer');
    await field('Kept apart in').selectOption('the stream');
    await press(form, 'Save');
    await form.waitFor({ state: 'hidden' });
    await page.reload();
    await settled(page);
    const kept = await client.campaigns.getLineItem({ lineItemId });
    expect(kept).toMatchObject({
      frequencyCaps: [
        { scope: 'creative', limit: 2, unit: 'hour', count: 3 },
        { scope: 'brand', limit: 3, unit: 'lifetime', count: 1 },
      ],
      dayparts: [{ days: [1, 2, 3, 4], fromMinute: 1080, toMinute: 1410 }],
      separation: { scope: 'stream', labels: ['automotive', 'beer'] },
    });
    const rule = (heading: RegExp) => page.getByRole('heading', { name: heading }).locator('..');
    expect(await rule(/^Separation, in the stream$/).innerText()).toMatch(/automotive\s+beer$/);
    expect(await rule(/^Open hours/).innerText()).toContain('18:00');
  });

  it('events of no viewer are shown beside the figures, with the reason, and change none of them', async () => {
    const { client, origin } = stage().installation;
    const { liveCampaignId } = await stage().demo();
    const page = await stage().page(`/campaigns/${liveCampaignId}`);
    await settled(page);
    expect(await page.getByRole('heading', { name: 'Invalid traffic' }).count()).toBe(0);
    // Whichever campaign serves first; some ask is answered with the one that is looked at.
    const impression = await eventually('an ad of the campaign', async () => {
      const answer = await fetch(`${origin}/api/v1/ad-request`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ request_id: `prefetch-${Date.now()}`, duration: 30 }),
      });
      const ad = (await answer.json()) as { campaign_id?: string; tracking?: { impression: string } };
      return ad.campaign_id === liveCampaignId && ad.tracking?.impression;
    });
    const before = await client.reporting.getCampaignStats({ campaignId: liveCampaignId });
    const fetched = await fetch(impression, { headers: { 'Sec-Purpose': 'prefetch' } });
    expect(fetched.status).toBe(200);
    await eventually('the count of it', async () => {
      const { invalidTraffic } = await client.reporting.getCampaignStats({ campaignId: liveCampaignId });
      return invalidTraffic.some(({ event, reason }) => event === 'impression' && reason === 'prefetch');
    });
    const after = await client.reporting.getCampaignStats({ campaignId: liveCampaignId });
    expect(after.totals.impressions).toBe(before.totals.impressions);
    expect(after.totals.spentMicros).toBe(before.totals.spentMicros);
    await page.reload();
    await settled(page);
    const row = page.getByRole('table', { name: 'Invalid traffic' }).locator('tbody tr').first();
    expect(await row.innerText()).toMatch(/Impression\s+Fetched ahead of time\s+1/);
  });

  it('creatives are assigned, weighed and put in order; the shares follow', async () => {
    const { liveLineItemId, liveCampaignId } = await stage().demo();
    const { client } = stage().installation;
    const before = await client.campaigns.getLineItem({ lineItemId: liveLineItemId });
    const { id: lineItemId } = await client.campaigns.createLineItem({
      campaignId: liveCampaignId,
      name: `Weighed ${Date.now() % 100_000}`,
      cpmMicros: before.cpmMicros,
      rotation: 'weighted',
      status: 'draft',
    });
    const page = await stage().page(`/line-items/${lineItemId}`);
    await settled(page);
    const panel = page.getByRole('table', { name: 'Creatives of the line item' });
    const weights = page.getByLabel(/^Weight of /);
    await weights.first().waitFor();
    const names = await weights.evaluateAll((all) =>
      // Runs in the page.
      all.map((one) => (one as unknown as { ariaLabel: string }).ariaLabel.replace('Weight of ', '')),
    );
    const last = names.at(-1)!;
    await page.getByLabel(`Weight of ${last}`).fill('0');
    await page.getByText('A weight is above 0 and at most 1,000,000.').waitFor();
    await page.getByLabel(`Weight of ${last}`).fill('3');
    const shares = async () => (await rowTexts(panel)).map((text) => Number(/([\d.]+)\s%/.exec(text)![1]));
    const expected = names.map((_, at) => (100 * (at === names.length - 1 ? 3 : 1)) / (names.length + 2));
    const close = async (wanted: readonly number[]) => {
      const found = await shares();
      expect(found).toHaveLength(wanted.length);
      for (const [at, share] of found.entries()) expect(Math.abs(share - wanted[at]!)).toBeLessThan(0.6);
    };
    await close(expected);
    let ordered = expected;
    if (names.length > 1) {
      await press(page, `Move ${last} up`);
      ordered = [...expected.slice(0, -2), expected.at(-1)!, expected.at(-2)!];
      await close(ordered);
    }
    await press(page, 'Save creatives');
    await eventually('that it is kept', async () => {
      const { creatives } = await client.campaigns.getLineItem({ lineItemId });
      return creatives.some(({ weight, name }) => weight === 3 && name === last);
    });
    await page.reload();
    await settled(page);
    await close(ordered);
  });

  it('the pacing curve draws what is counted, and its table holds every value', async () => {
    const { liveLineItemId } = await stage().demo();
    const { client } = stage().installation;
    const { curve } = await client.delivery.getDelivery({ lineItemId: liveLineItemId });
    expect(curve.length).toBeGreaterThan(1);
    const page = await stage().page(`/line-items/${liveLineItemId}`);
    await settled(page);
    const chart = page.getByRole('slider', { name: /^Cumulative spend in [A-Z]{3} against the pacing plan/ });
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/Actual.*Expected/);
    await press(page, 'Show pacing as a table');
    const table = page.getByRole('table', { name: /^Cumulative spend in / });
    const rows = await rowTexts(table);
    expect(rows.length).toBeGreaterThanOrEqual(curve.length);
    const money = (text: string) => text.split(/\t/).map((cell) => Number(cell.replace(/[^\d.]/g, '')));
    let spent = 0;
    // What is to come has no value yet.
    const counted = rows.filter((row) => /\d/.test(row.split('\t')[1] ?? ''));
    for (const row of counted) {
      const actual = money(row)[1]!;
      expect(actual).toBeGreaterThanOrEqual(spent);
      spent = actual;
    }
    expect(spent).toBeGreaterThan(0);
  });

  it('a break is laid out in time, with what stays unsold, and its table says the same', async () => {
    await stage().demo();
    const page = await stage().page('/why?tab=preview&maxAds=4');
    await settled(page);
    const timeline = page.getByRole('region', { name: 'Timeline of the break' });
    await timeline.waitFor();
    const parts = await timeline.locator('li div[title]').evaluateAll((all) =>
      // Runs in the page.
      all.map((one) => (one as unknown as { title: string }).title),
    );
    const ads = parts.filter((title) => !title.endsWith(' unsold'));
    expect(ads.length).toBeGreaterThan(0);
    const seconds = (title: string) => Number(/([\d.]+) s(?: unsold)?$/.exec(title)![1]);
    const whole = parts.reduce((sum, title) => sum + seconds(title), 0);
    await page.getByText(new RegExp(`of ${whole} s filled`)).waitFor();
    await press(page, 'Show the break as a table');
    const rows = await rowTexts(page.getByRole('table', { name: 'Ads of the break' }));
    expect(rows).toHaveLength(ads.length);
    for (const [at, title] of ads.entries()) {
      const [, creative] = title.split(', ');
      expect(rows[at]).toContain(creative!);
    }
  });

  it('who is shut out stands with what the rule asks for and what it met', async () => {
    await stage().demo();
    const { client } = stage().installation;
    const { excluded } = await eventually('a candidate shut out', async () => {
      const answer = await client.delivery.previewDecision({ durationSeconds: 30 });
      return answer.excluded.length > 0 ? answer : null;
    });
    const row = excluded[0]!;
    const page = await stage().page(`/why?tab=preview&seconds=30&li=${row.lineItemId}`);
    await settled(page);
    const reasons = page.getByRole('list', { name: 'All reasons' });
    const [first] = row.reasons;
    await reasons.getByText(first!.reason, { exact: true }).waitFor();
    const said = await reasons.locator('li').first().locator('dd').allInnerTexts();
    expect(said).toEqual([first!.required, first!.actual]);
  });
}
