/**
 * Makes the pictures of docs/screens from a running installation with the demo data:
 *   node --import tsx --conditions=@cuepoint/source e2e/screenshots.ts [folder]
 * With E2E_DATA_DIR the installation of that data directory is used, else one is started for it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateTools } from '@cuepoint/media';
import type { Page } from 'playwright-core';
import {
  desktop,
  findBrowser,
  launchBrowser,
  newContext,
  settled,
  signedInContext,
  tablet,
  until,
} from './browser.ts';
import { demoWorld, startTestInstallation } from './installation.ts';

/** A picture larger than this is too much for the repository. */
const largestBytes = 200_000;

const folder = process.argv[2] ?? fileURLToPath(new URL('../docs/screens', import.meta.url));
mkdirSync(folder, { recursive: true });
const browserPath = findBrowser();
if (!browserPath) process.exit(1);
const { ffmpeg } = await locateTools({ pathVariable: process.env.PATH });
const installation = await startTestInstallation();
const browser = await launchBrowser(browserPath);
try {
  const world = await demoWorld(installation.client);
  const screens: Record<string, { path: string; before?: (page: Page) => Promise<void> }> = {
    today: { path: '/' },
    campaigns: { path: '/campaigns' },
    'new-campaign': { path: '/campaigns/new', before: fillCampaign },
    'campaign-detail': { path: `/campaigns/${world.liveCampaignId}` },
    'campaign-creatives': { path: `/campaigns/${world.liveCampaignId}?tab=creatives` },
    creative: { path: `/creatives/${world.submittedCreativeId}`, before: toMiddle },
    deployment: {
      path: `/campaigns/${world.liveCampaignId}?tab=deployments&deployment=${world.deploymentId}`,
      before: (page) => page.getByRole('heading', { name: 'Attempts' }).waitFor(),
    },
    'line-items': { path: '/line-items' },
    'line-item': { path: `/line-items/${world.liveLineItemId}` },
    placements: {
      path: '/placements',
      before: async (page) => {
        await page.getByRole('table', { name: 'Placements' }).locator('tbody button').first().click();
        await page.getByRole('heading', { name: 'Tags' }).waitFor();
      },
    },
    'why-newest': { path: '/why' },
    why: { path: `/why?tab=preview&li=${world.liveLineItemId}` },
    'why-tag': {
      path: '/why?tab=vast',
      before: async (page) => {
        await page.getByLabel('VAST XML or address of a tag').fill(`${installation.origin}/vast?dur=30`);
        await page.getByRole('button', { name: 'Inspect' }).click();
        await page.getByRole('table', { name: 'Trackers' }).waitFor();
        await until(page, "document.querySelector('video')?.readyState >= 2");
      },
    },
    'why-history': { path: '/why?tab=history' },
    live: {
      path: '/live',
      before: async (page) => {
        await page.getByText(/records\/s/).waitFor();
        for (let n = 0; n < 6; n++) await playAd(`screen-${n}`);
        await page.getByRole('table', { name: 'Live records' }).locator('tbody a').nth(2).click();
        await page.getByRole('list', { name: 'Events of the decision' }).first().waitFor();
      },
    },
    health: { path: '/health' },
    privacy: {
      path: '/settings/privacy',
      before: async (page) => {
        await page.getByRole('button', { name: 'Erase a viewer' }).first().click();
        await page.getByLabel('Id of the viewer').fill('viewer-4711');
        await page.getByRole('button', { name: 'Look what there is' }).click();
        await page.getByRole('list', { name: 'Places' }).waitFor();
      },
    },
    analytics: { path: '/analytics?days=30' },
    'supply-paths': { path: '/supply-paths' },
    'supply-paths-additive': { path: '/supply-paths?mode=additive' },
  };
  for (const theme of ['dark', 'light'] as const) {
    const visitor = await (await newContext(browser)).newPage();
    await visitor.emulateMedia({ colorScheme: theme });
    await visitor.goto(`${installation.origin}/sign-in`);
    await shoot(visitor, `sign-in-${theme}`);
    await visitor.context().close();

    for (const [size, viewport, names] of [
      ['', desktop, Object.keys(screens)],
      ['-tablet', tablet, ['today', 'creative', 'why']],
    ] as const) {
      const context = await signedInContext(browser, await installation.signInLink(), viewport);
      const page = await context.newPage();
      await page.addInitScript(`localStorage.setItem('cuepoint.theme', '${theme}')`);
      for (const name of names) {
        const screen = screens[name]!;
        await page.goto(`${installation.origin}${screen.path}`);
        await settled(page);
        await screen.before?.(page);
        await shoot(page, `${name}${size}-${theme}`);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await installation.stop();
}

/** Fonts and pictures are waited for; the blinking caret is hidden. */
async function shoot(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.evaluate(
    'Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode().catch(() => undefined))])',
  );
  await page.evaluate('document.activeElement?.blur()');
  await page.waitForTimeout(400);
  const path = join(folder, `${name}.png`);
  const picture = await page.screenshot({ caret: 'hide', animations: 'disabled' });
  // A palette of 256 colours is enough for a screen and a third of the size.
  execFileSync(
    ffmpeg.path,
    [
      ...['-v', 'error', '-y', '-f', 'png_pipe', '-i', '-'],
      ...['-vf', 'split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse=dither=none'],
      path,
    ],
    { input: picture },
  );
  const { size } = statSync(path);
  console.info(`${name}.png ${Math.round(size / 1000)} kB`);
  if (size > largestBytes) throw new Error(`${name}.png is ${size} bytes; at most ${largestBytes} are kept`);
}

async function fillCampaign(page: Page): Promise<void> {
  await page.getByLabel('Brand', { exact: true }).selectOption({ index: 1 });
  await page.getByLabel('Market', { exact: true }).selectOption({ index: 1 });
  await page.getByLabel('Channel', { exact: true }).selectOption({ index: 1 });
  await page.getByLabel('Campaign label', { exact: true }).fill('Harbour Lights');
  await page.getByLabel('Budget', { exact: true }).fill('25,000');
  await page.getByLabel('Price of 1,000 impressions').fill('24.10');
  await page.getByText(/_HarbourLights$/).waitFor();
}

/** One ad that is asked for and seen in part. */
async function playAd(requestId: string): Promise<void> {
  const answer = await fetch(`${installation.origin}/vast?dur=30&rid=${requestId}&sid=screen`);
  for (const [, address] of (await answer.text()).matchAll(
    /<(?:Impression id="cuepoint"|Tracking event="(?:start|firstQuartile)")>([^<]+)/g,
  ))
    await fetch(address!.replaceAll('&amp;', '&'));
}

/** A frame in the middle says more than the first. */
async function toMiddle(page: Page): Promise<void> {
  await page.getByRole('slider', { name: 'Position in the video' }).focus();
  for (let second = 0; second < 7; second++) await page.keyboard.press('PageDown');
  await until(
    page,
    "(() => { const video = document.querySelector('video'); return !video.seeking && video.currentTime > 6 && video.readyState >= 2; })()",
  );
}
