import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axe, settled, until } from '../browser.ts';
import type { DemoWorld } from '../installation.ts';
import type { Stage } from '../stage.ts';

const limitMs = 2000;
/** A machine that runs other tests beside this is slow at times; a page that is too slow is so each time. */
const loads = 4;

/** Notes, in the page's own clock, when the screen first shows what it has. */
const stopwatch = `(() => {
  const done = () => {
    const title = document.querySelector('main h1');
    if (!title || title.getBoundingClientRect().height === 0 || document.querySelector('main [aria-busy=true]')) return false;
    window.usableAt = performance.now();
    return true;
  };
  new MutationObserver((_changes, observer) => { if (done()) observer.disconnect(); })
    .observe(document, { childList: true, subtree: true, attributes: true });
})()`;

function screens(world: DemoWorld): Record<string, string> {
  return {
    today: '/',
    campaigns: '/campaigns',
    'new campaign': '/campaigns/new',
    'campaign, overview': `/campaigns/${world.liveCampaignId}`,
    'campaign, flights': `/campaigns/${world.liveCampaignId}?tab=flights`,
    'campaign, creatives': `/campaigns/${world.liveCampaignId}?tab=creatives`,
    'campaign, deployments': `/campaigns/${world.liveCampaignId}?tab=deployments`,
    'campaign, history': `/campaigns/${world.liveCampaignId}?tab=history`,
    deployment: `/campaigns/${world.liveCampaignId}?tab=deployments&deployment=${world.deploymentId}`,
    'creative, in review': `/creatives/${world.submittedCreativeId}`,
    'creative, sent': `/creatives/${world.sentCreativeId}`,
    'line items': '/line-items',
    'line item': `/line-items/${world.liveLineItemId}`,
    placements: '/placements',
    'placement, open': '/placements?open=new',
    apps: '/placements?view=apps',
    publishers: '/placements?view=publishers',
    why: '/why',
    'why, preview': `/why?tab=preview&li=${world.liveLineItemId}`,
    'why, tag': '/why?tab=vast',
    'why, history': '/why?tab=history',
    'why, history of a line item': `/why?tab=history&li=${world.liveLineItemId}`,
    live: '/live',
    health: '/health',
    analytics: '/analytics?days=30',
    'analytics, a device': '/analytics?days=30&chart=rows&compare=true&only=%7B%22device%22%3A%22ctv%22%7D',
    privacy: '/settings/privacy',
    'supply paths, additive': '/supply-paths?mode=additive',
    'supply paths, cascading': '/supply-paths?mode=cascading',
  };
}

export function qualityJourneys(stage: () => Stage): void {
  /** The shortest time to each screen's use, over all times it was opened. */
  const took = new Map<string, number>();
  const open = async (page: Page, name: string, path: string) => {
    await page.goto(`${stage().installation.origin}${path}`);
    await settled(page);
    await until(page, 'window.usableAt !== undefined');
    const ms = Math.round(await page.evaluate<number>('window.usableAt'));
    took.set(name, Math.min(took.get(name) ?? Number.POSITIVE_INFINITY, ms));
  };
  const judge = async (page: Page, where: string, found: string[]) => {
    for (const { id, impact, help, nodes } of await axe(page)) {
      found.push(
        `${impact} ${id} on ${where}: ${help}; ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
      );
    }
  };

  for (const theme of ['dark', 'light'] as const) {
    it(`axe-core has nothing serious to say, ${theme}`, async () => {
      const found: string[] = [];
      const visitor = await stage().stranger('/sign-in');
      await visitor.emulateMedia({ colorScheme: theme });
      await settled(visitor);
      await judge(visitor, `sign-in, ${theme}`, found);

      const page = await stage().page('/');
      await settled(page);
      await page.evaluate(`localStorage.setItem('cuepoint.theme', '${theme}')`);
      await page.addInitScript(stopwatch);
      for (const [name, path] of Object.entries(screens(await stage().demo()))) {
        await open(page, name, path);
        if (name === 'deployment') await page.getByRole('heading', { name: 'Attempts' }).waitFor();
        expect(await page.evaluate("document.documentElement.dataset.theme ?? 'dark'")).toBe(theme);
        await judge(page, `${name}, ${theme}`, found);
      }
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('combobox', { name: 'Search or run a command' }).waitFor();
      await judge(page, `command palette, ${theme}`, found);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Help and shortcuts' }).waitFor();
      await judge(page, `help, ${theme}`, found);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'What is simulated' }).click();
      await page.getByRole('dialog', { name: /simulated/i }).waitFor();
      await judge(page, `simulated, ${theme}`, found);
      const serious = found.filter((line) => line.startsWith('serious') || line.startsWith('critical'));
      const lesser = found.filter((line) => !serious.includes(line));
      if (lesser.length > 0) console.info(`axe, lesser findings:\n  ${lesser.join('\n  ')}`);
      expect(serious).toEqual([]);
    });
  }

  it('every screen is usable within two seconds of its address being opened', async () => {
    const page = await stage().page('/');
    await page.addInitScript(stopwatch);
    const world = Object.entries(screens(await stage().demo()));
    // Those that were opened in time for axe need no further visit.
    const isSlow = (name: string) => (took.get(name) ?? limitMs) >= limitMs;
    for (const [name, path] of world) {
      for (let load = 0; load < loads && isSlow(name); load++) await open(page, name, path);
    }
    const lines = world.map(([name]) => `  ${name}: ${took.get(name)} ms`);
    console.info(`usable after, from the start of the navigation:\n${lines.join('\n')}`);
    expect([...took].filter(([, ms]) => ms >= limitMs)).toEqual([]);
  });
}
