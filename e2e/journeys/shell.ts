import { expect, it } from 'vitest';
import { settled, tablet } from '../browser.ts';
import type { Stage } from '../stage.ts';

const focusedName =
  "(document.activeElement?.getAttribute('title') ?? document.activeElement?.textContent ?? '').trim()";

export function shellJourneys(stage: () => Stage): void {
  it('the main navigation is walked with the keyboard alone', async () => {
    const page = await stage().page('/');
    await settled(page);
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>(focusedName)).toBe('Skip to the page');
    const reached: string[] = [];
    const open = async (name: string) => {
      for (let presses = 0; presses < 20; presses++) {
        if ((await page.evaluate<string>(focusedName)) === name) break;
        await page.keyboard.press('Tab');
      }
      expect(await page.evaluate<string>(focusedName)).toBe(name);
      expect(
        await page.evaluate<string>(
          "(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); return outlineStyle + ' ' + outlineWidth; })()",
        ),
      ).toBe('solid 2px');
      await page.keyboard.press('Enter');
      await settled(page);
      reached.push(new URL(page.url()).pathname);
      // Focus is on the page now: back to the navigation, past the banner.
      expect(await page.evaluate<string>("document.activeElement?.id ?? ''")).toBe('page');
      await page.evaluate("document.querySelector('nav[aria-label=Main] a')?.focus()");
    };
    await open('Campaigns');
    await open('Supply paths');
    await open('Today');
    expect(reached).toEqual(['/campaigns', '/supply-paths', '/']);

    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Campaigns', exact: true }).waitFor();
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByRole('combobox', { name: 'Search or run a command' }).fill('supply');
    await page.getByRole('option', { name: /Go to Supply paths/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Supply paths', exact: true }).waitFor();
  });

  it('the theme is kept for the next visit and known before the first paint', async () => {
    const page = await stage().page('/');
    const shown = () => page.evaluate<string>("document.documentElement.dataset.theme ?? 'dark'");
    const choose = async (name: string) => {
      await page.getByRole('button', { name: /^Account/ }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    await choose('Light theme');
    expect(await shown()).toBe('light');
    const response = page.waitForResponse((answer) => answer.url().endsWith('/theme.js'));
    await page.reload({ waitUntil: 'commit' });
    await response;
    await settled(page);
    expect(await shown()).toBe('light');
    await choose('Dark theme');
    await page.reload();
    expect(await shown()).toBe('dark');
  });
}

export function tabletJourneys(stage: () => Stage): void {
  it('on a tablet the navigation is icons, and nothing is wider than the screen', async () => {
    const link = await stage().installation.signInLink();
    const page = await stage().stranger(link, { viewport: tablet });
    // The link's own page has a title too: signed in is who sees the navigation.
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await settled(page);
    const { sentCreativeId, liveCampaignId } = await stage().demo();
    for (const path of [
      '/',
      '/campaigns',
      '/campaigns/new',
      `/campaigns/${liveCampaignId}`,
      `/creatives/${sentCreativeId}`,
      '/supply-paths',
      '/analytics?days=30&compare=true',
    ]) {
      await page.goto(`${stage().installation.origin}${path}`);
      await settled(page);
      const nav = await page.getByRole('navigation', { name: 'Main' }).boundingBox();
      expect(nav?.width, path).toBe(48);
      const wider = await page.evaluate<string[]>(
        "[document.documentElement, document.querySelector('main')].filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.tagName + ' ' + box.scrollWidth + ' in ' + box.clientWidth)",
      );
      expect(wider, path).toEqual([]);
    }
  });
}
