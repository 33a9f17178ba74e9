import { expect, it } from 'vitest';
import { axe, settled, until } from '../browser.ts';
import { eventually } from '../installation.ts';
import type { Stage } from '../stage.ts';

/** Asks the default placement for one ad, as a player would, and gives the newest decision back. */
async function decide(stage: Stage): Promise<{ decisionId: string; requestId: string }> {
  const { origin, client } = stage.installation;
  const before = (await client.delivery.listDecisions({ limit: 1 })).decisions[0]?.decisionId;
  const answer = await fetch(`${origin}/vast?dur=30&rid=journey-${Date.now()}`);
  expect(answer.status).toBe(200);
  await answer.text();
  return eventually('the decision in the log', async () => {
    const [newest] = (await client.delivery.listDecisions({ limit: 1 })).decisions;
    return newest && newest.decisionId !== before ? newest : null;
  });
}

export function whyJourneys(stage: () => Stage): void {
  it('a request is found among the newest, replayed exactly, and every candidate is accounted for', async () => {
    await stage().demo();
    const { decisionId, requestId } = await decide(stage());
    const page = await stage().page('/why');
    await settled(page);
    await page
      .getByRole('table', { name: 'Newest requests' })
      .getByRole('button', { name: requestId })
      .click();
    await page.getByText(/^Replayed exactly, /).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe(decisionId);

    const explained = await stage().installation.client.delivery.explainDecision({ decisionId });
    await page.getByRole('button', { name: 'Show the funnel as a table' }).click();
    const rows = page.getByRole('table', { name: 'Candidates left at each step' }).locator('tbody tr');
    expect(await rows.count()).toBe(explained.funnel.length);
    for (const [at, step] of explained.funnel.entries()) {
      expect(await rows.nth(at).locator('td').nth(1).innerText()).toBe(step.count.toLocaleString('en-US'));
    }
    await page.getByRole('button', { name: 'Show the funnel as a chart' }).click();
    const steps = page.getByRole('list', { name: 'Candidates left at each step' }).getByRole('button');
    await steps.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await steps.nth(1).getAttribute('aria-pressed')).toBe('true');
  });

  it('from "it is not running" to the rule that blocks it: the fix is applied and the same request serves', async () => {
    await stage().demo();
    const { client } = stage().installation;
    const serving = await eventually('a preview that serves', async () => {
      const answer = await client.delivery.previewDecision({ durationSeconds: 30 });
      return answer.pod.ads[0];
    });
    const lineItem = await client.campaigns.getLineItem({ lineItemId: serving.lineItemId });
    await client.campaigns.updateLineItem(
      { lineItemId: lineItem.id, status: 'paused' },
      { ifMatch: lineItem.version },
    );
    await eventually('that it is paused', async () => {
      const answer = await client.delivery.previewDecision({ lineItemId: lineItem.id, durationSeconds: 30 });
      return answer.focus && !answer.focus.served;
    });
    const page = await stage().page(`/why?tab=preview&seconds=30&li=${lineItem.id}`);
    await settled(page);
    await page.getByRole('region', { name: 'Verdict' }).getByText(`${lineItem.name} did not serve`).waitFor();
    await page.getByRole('region', { name: 'Verdict' }).getByText('paused', { exact: true }).waitFor();
    await page.getByText('Verified: applied to a copy and decided again, it served.').waitFor();
    expect((await axe(page)).filter((one) => one.impact === 'serious' || one.impact === 'critical')).toEqual(
      [],
    );

    await page.getByRole('button', { name: 'Apply edit' }).click();
    const dialog = page.getByRole('dialog', { name: /^Apply 1 edit to / });
    await dialog.getByText(/^On version \d+, as it is now/).waitFor();
    await dialog.getByRole('button', { name: 'Apply edit' }).click();
    await dialog.getByText('It serves.').waitFor();
    expect((await client.campaigns.getLineItem({ lineItemId: lineItem.id })).status).toBe('active');
  });

  it('facts are changed and the request decided again; the address keeps the question', async () => {
    await stage().demo();
    const { decisionId } = await decide(stage());
    const page = await stage().page(`/why?q=${decisionId}`);
    await settled(page);
    await page.getByRole('button', { name: 'Change, replay' }).click();
    await page.getByLabel('Add a fact').selectOption('genre');
    await page.getByLabel('Genre', { exact: true }).fill('drama, news');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByRole('button', { name: /drama, news/ }).waitFor();
    const shared = page.url();
    await page.goto('about:blank');
    await page.goto(shared);
    await settled(page);
    await page.getByRole('button', { name: /drama, news/ }).waitFor();
    await page.getByRole('button', { name: 'Back to the logged facts' }).click();
    await page.getByText(/^Replayed exactly, /).waitFor();
  });

  it('lost requests stand by day and reason, with what was changed; a day is selected by keyboard and kept', async () => {
    await stage().demo();
    await decide(stage());
    const { client } = stage().installation;
    const page = await stage().page('/why');
    await settled(page);
    await page.getByRole('radio', { name: 'History' }).click();
    await page.getByRole('heading', { name: 'Requests lost, 45 days' }).waitFor();
    const answer = await client.delivery.getLossHistory({ timeZone: 'Europe/London' });
    await page.getByText(/^All [\d,]+ requests are counted\.$/).waitFor();
    expect(answer.changes!.length).toBeGreaterThan(0);
    const days = page
      .getByRole('group', { name: 'Share of requests lost by reason, 45 days' })
      .getByRole('button');
    expect(await days.count()).toBe(45);
    await days.last().focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toContain(
      String(Number(answer.days.at(-2)!.day.slice(8))),
    );
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('day')?.includes(answer.to) === true);
    const changes = page.getByRole('region', { name: /^Changes of / });
    const today = answer.changes!.filter(({ day }) => day === answer.to).length;
    expect(await changes.locator('tbody tr').count()).toBeGreaterThanOrEqual(Math.min(1, today));
    expect((await axe(page)).filter((one) => one.impact === 'serious' || one.impact === 'critical')).toEqual(
      [],
    );
    await page.getByRole('button', { name: 'Show lost requests as a table' }).click();
    await page.getByRole('table', { name: 'Lost requests by day' }).locator('tbody tr').first().waitFor();
    await page.getByRole('button', { name: 'All days' }).click();
    await page.getByRole('region', { name: 'Newest changes' }).waitFor();

    const { liveLineItemId } = await stage().demo();
    await page.goto(`${stage().installation.origin}/line-items/${liveLineItemId}`);
    await page.getByRole('heading', { name: 'Requests lost, 45 days' }).waitFor();
    await page.getByText(/^Explained [\d,]+ of [\d,]+ requests/).waitFor();
  });

  it('one of our tags is linted and played; its events are written down and none is sent', async () => {
    await stage().demo();
    const { origin } = stage().installation;
    const page = await stage().page('/why?tab=vast');
    await settled(page);
    const source = page.getByLabel('VAST XML or address of a tag');
    await source.fill('https://elsewhere.example/vast');
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page.getByText(/“https:\/\/elsewhere\.example\/vast” is not accepted/).waitFor();

    const sent: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (/^\/[a-z]\//.test(pathname)) sent.push(pathname);
    });
    await source.fill(`${origin}/vast?dur=30`);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page.getByRole('heading', { name: 'Lint' }).waitFor();
    await page.getByRole('table', { name: 'Trackers' }).locator('tbody tr').first().waitFor();
    await until(page, "document.querySelector('video')?.readyState >= 1");
    await page.evaluate(
      "(() => { const video = document.querySelector('video'); video.playbackRate = 8; return video.play(); })()",
    );
    const log = page.getByRole('log', { name: 'Events' });
    await log.getByText('complete', { exact: true }).waitFor();
    const lines = (await log.innerText()).split('\n');
    for (const event of ['impression', 'start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete']) {
      expect(
        lines.filter((line) => line === event),
        event,
      ).toHaveLength(1);
    }
    expect(sent).toEqual([]);

    await source.fill('<VAST version="4.2"><Ad></VAST>');
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page.getByText(/^No player can read this, error 100/).waitFor();
  });
}
