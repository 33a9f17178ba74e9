import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Where Chromium is on this machine; null, with the reason printed, when it has none.
 * @throws when a browser is required (CI=true or CUEPOINT_REQUIRE_BROWSER=1) and missing
 */
export function findBrowser(): string | null {
  const found = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
  if (found) return found;
  const reason = `no browser: none of ${names.join(', ')} is in /usr/bin or on PATH (Debian: apt install chromium)`;
  if (process.env.CI === 'true' || process.env.CUEPOINT_REQUIRE_BROWSER === '1') {
    throw new Error(`${reason}; a browser is required here`);
  }
  console.warn(`Browser tests are skipped: ${reason}.`);
  return null;
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const desktop = { width: 1440, height: 900 };
export const tablet = { width: 820, height: 1180 };

/** How long a page may take over one step. Generous: other tests run beside these. */
const stepLimitMs = 20_000;

/** A browser profile that has never been here. */
export async function newContext(
  browser: Browser,
  viewport: { width: number; height: number } = desktop,
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'Europe/London' });
  context.setDefaultTimeout(stepLimitMs);
  return context;
}

/** A browser profile signed in by a one-time link. */
export async function signedInContext(
  browser: Browser,
  link: string,
  viewport: { width: number; height: number } = desktop,
): Promise<BrowserContext> {
  const context = await newContext(browser, viewport);
  const page = await context.newPage();
  await page.goto(link);
  await page.locator('main#page h1').waitFor();
  await page.close();
  return context;
}

/** Waits until the screen shows what it has: a title, and nothing that is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await until(page, "document.querySelector('main [aria-busy=true]') === null");
}

/**
 * Waits until an expression holds in the page. Playwright's own way evaluates it from inside the page, which the
 * console's policy refuses.
 */
export async function until(page: Page, expression: string, limitMs = stepLimitMs): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > end)
      throw new Error(`${page.url()}: waited ${limitMs / 1000} s in vain for ${expression}`);
    await page.waitForTimeout(50);
  }
}

export interface AxeViolation {
  id: string;
  impact: string | null;
  help: string;
  nodes: { target: string[]; html: string; failureSummary?: string }[];
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds on the page as it is now. The script comes past the page's policy, which refuses it rightly. */
export async function axe(page: Page): Promise<AxeViolation[]> {
  // Half faded in, everything lacks contrast.
  await until(
    page,
    "document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getComputedTiming().iterations === Infinity)",
  );
  await page.evaluate(`if (!window.axe) { ${axeSource} }`);
  return page.evaluate<AxeViolation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)",
  );
}
