import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newContext, signedInContext } from './browser.ts';
import { type DemoWorld, demoWorld, type TestInstallation } from './installation.ts';

/** What every journey works with: one installation, one browser, one person signed in. */
export class Stage {
  readonly installation: TestInstallation;
  readonly browser: Browser;
  /** What pages said that they should not have said. Empty at the end, or the run fails. */
  readonly complaints: string[] = [];
  private person: BrowserContext | null = null;
  private world: Promise<DemoWorld> | null = null;

  constructor(installation: TestInstallation, browser: Browser) {
    this.installation = installation;
    this.browser = browser;
  }

  /** The demo data, waited for by the first journey that needs it. */
  demo(): Promise<DemoWorld> {
    this.world ??= demoWorld(this.installation.client);
    return this.world;
  }

  /** A page of the person who is signed in. `expected` are complaints that the journey provokes. */
  async page(path: string, expected?: RegExp): Promise<Page> {
    this.person ??= await signedInContext(this.browser, await this.installation.signInLink());
    const page = await this.person.newPage();
    this.listen(page, expected);
    await page.goto(`${this.installation.origin}${path}`);
    return page;
  }

  /** A page of somebody who has never been here. `expected` are complaints that the journey provokes. */
  async stranger(
    path: string,
    options: { expected?: RegExp; viewport?: { width: number; height: number } } = {},
  ): Promise<Page> {
    const context = await newContext(this.browser, options.viewport);
    const page = await context.newPage();
    this.listen(page, options.expected);
    await page.goto(path.startsWith('http') ? path : `${this.installation.origin}${path}`);
    return page;
  }

  /** Errors in the console of the browser, uncaught exceptions, and what the page's policy refused. */
  listen(page: Page, expected?: RegExp): void {
    const note = (text: string) => {
      if (!expected?.test(text)) this.complaints.push(`${new URL(page.url()).pathname}: ${text}`);
    };
    page.on('console', (message) => {
      if (message.type() === 'error' || message.text().includes('Content Security Policy')) {
        note(`console ${message.type()}: ${message.text()} ${message.location().url}`);
      }
    });
    page.on('pageerror', (error) => note(`exception: ${error.message}`));
  }

  /** Closes what a journey left open: each open page holds one of the few connections a browser has to a server. */
  async tidy(): Promise<void> {
    for (const context of this.browser.contexts()) {
      if (context !== this.person) await context.close();
      else for (const page of context.pages()) await page.close();
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
