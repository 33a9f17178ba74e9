import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { settled, until } from '../browser.ts';
import { eventually } from '../installation.ts';
import type { Stage } from '../stage.ts';
import { makeTestClip, testClip } from '../test-clip.ts';

const currentTime = "document.querySelector('video').currentTime";

export function creativeJourneys(stage: () => Stage): void {
  let creativeId: string | undefined;
  const open = async (): Promise<Page> => {
    if (!creativeId) throw new Error('the upload before this did not finish');
    const page = await stage().page(`/creatives/${creativeId}`);
    await settled(page);
    return page;
  };
  const approvalOf = async () =>
    (await stage().installation.client.creatives.getCreative({ creativeId: creativeId! })).approval;

  it('a file is brought, measured while one watches, and its findings appear by themselves', async () => {
    const { client } = stage().installation;
    const { items } = await client.campaigns.listCampaigns({ search: 'Retarget' });
    const folder = mkdtempSync(join(tmpdir(), 'cuepoint-clip-'));
    try {
      const file = join(folder, 'harbour.mp4');
      await makeTestClip(file);
      const page = await stage().page(`/campaigns/${items[0]!.id}?tab=creatives`);
      await settled(page);
      await page.locator('input[type=file]').setInputFiles(file);
      await page.waitForURL(/\/creatives\/crv_/);
      creativeId = new URL(page.url()).pathname.split('/').at(-1)!;
      await page.getByLabel('Destination pack').waitFor({ timeout: 60_000 });
      await showOwnPack(page);
      await page.getByRole('row', { name: /black from 0:02/ }).waitFor();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('the player plays, steps by frames, and goes to a finding that is pressed', async () => {
    const page = await open();
    expect(await page.evaluate<boolean>("document.querySelector('video').muted")).toBe(true);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await until(page, `${currentTime} > 0.5`);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();

    await showOwnPack(page);
    const row = page.getByRole('row', { name: /black from/ });
    await row.getByRole('button', { name: /^Go to 00:00:02:00/ }).click();
    await until(page, `Math.abs(${currentTime} - ${testClip.blackFromMs / 1000}) < 0.04`);
    expect(await row.getAttribute('aria-selected')).toBe('true');
    await page.getByText('00:00:02:00', { exact: true }).first().waitFor();
    await page.keyboard.press('.');
    await until(page, `${currentTime} > 2.03 && ${currentTime} < 2.08`);
    await page.keyboard.press(',');
    await until(page, `${currentTime} < 2.04`);
    await page.getByRole('slider', { name: 'Position in the video' }).focus();
    await page.keyboard.press('Home');
    await until(page, `${currentTime} === 0`);
  });

  it('it is submitted and rejected with a reason by mouse, never without one', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Submit for review' }).click();
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await page.getByText('Say why, so that the next version can answer it').waitFor();
    expect(await approvalOf()).toBe('submitted');
    await page.getByLabel('Reason, required to reject or send back').fill('Two seconds of black at 0:02.');
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await page.getByText('“Two seconds of black at 0:02.”').waitFor();
    expect(await approvalOf()).toBe('rejected');
  });

  it('it is sent back and approved with the keyboard alone', async () => {
    const page = await open();
    const submit = page.getByRole('button', { name: 'Submit for review' });
    await submit.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    await page.evaluate('document.activeElement?.blur()');
    await page.keyboard.press('r');
    const reason = page.getByLabel('Reason, required to reject or send back');
    await eventually('the reason to be asked for', () =>
      reason.evaluate((field) => field.ownerDocument.activeElement === field),
    );
    await page.keyboard.type('Shorten the black.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>('document.activeElement.textContent');
    expect(focused).toMatch(/^Send back/);
    await page.keyboard.press('Enter');
    await page.getByText('“Shorten the black.”').waitFor();
    expect(await approvalOf()).toBe('changes_requested');

    await submit.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    await page.evaluate('document.activeElement?.blur()');
    await page.keyboard.press('a');
    await eventually('the approval', async () => (await approvalOf()) === 'approved');
    await page.getByText('Approved', { exact: true }).first().waitFor();
  });

  it('the tag is copied as it is shown, in the version that is asked for', async () => {
    const page = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const shown = page.locator('pre').filter({ hasText: '<VAST' });
    await shown.waitFor();
    for (const version of ['4.2', '3.0']) {
      await page.getByLabel('VAST version').selectOption(version);
      await eventually('the tag', async () => (await shown.innerText()).includes(`version="${version}"`));
      await page
        .getByRole('button', { name: /^Cop/ })
        .filter({ hasText: /XML|Copied/ })
        .click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      const copied = await page.evaluate<string>('navigator.clipboard.readText()');
      expect(copied.trim()).toBe((await shown.textContent())?.trim());
      expect(copied).toContain(`version="${version}"`);
      await page.getByRole('button', { name: 'Copy XML' }).waitFor();
    }
  });

  it('a deployment opens with every attempt, its bodies, and says that it is simulated', async () => {
    const { client } = stage().installation;
    const { deploymentId, sentCreativeId } = await stage().demo();
    const { attempts } = await client.trafficking.getDeployment({ deploymentId });
    const page = await stage().page(`/creatives/${sentCreativeId}`);
    await settled(page);
    const opener = page.getByRole('button', { name: 'Amazon DSP', exact: true });
    await opener.click();
    const drawer = page.getByRole('dialog', { name: 'Amazon DSP' });
    await drawer.getByRole('heading', { name: 'Attempts' }).waitFor();
    await drawer.getByText('Simulated').first().waitFor();
    const rows = drawer.locator('ol > li');
    expect(await rows.count()).toBe(attempts.length);
    await rows.first().getByRole('button').first().click();
    expect(await rows.first().innerText()).toContain(attempts[0]!.url);
    await rows.first().getByText('Answer').waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await eventually('the focus to return', () =>
      opener.evaluate((button) => button.ownerDocument.activeElement === button),
    );

    await page.goto(`${stage().installation.origin}/deployments/${deploymentId}`);
    await page.waitForURL(/\/campaigns\/cmp_.*deployment=/);
    await page.getByRole('dialog', { name: 'Amazon DSP' }).waitFor();
  });
}

/** The pack with most to do is shown first; the black stretch is a finding of this server's own. */
async function showOwnPack(page: Page): Promise<void> {
  const field = page.getByLabel('Destination pack');
  const labels = await field.locator('option').allInnerTexts();
  const own = labels.find((label) => label.startsWith('Cuepoint serving'));
  if (!own) throw new Error(`no pack of this server among ${labels.join('; ')}`);
  await field.selectOption({ label: own });
}
