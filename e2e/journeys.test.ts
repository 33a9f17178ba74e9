import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from './browser.ts';
import { demoLimitMs, startTestInstallation, type TestInstallation } from './installation.ts';
import { adBreakJourneys } from './journeys/ad-break.ts';
import { analyticsJourneys } from './journeys/analytics.ts';
import { campaignJourneys } from './journeys/campaigns.ts';
import { creativeJourneys } from './journeys/creatives.ts';
import { lineItemJourneys } from './journeys/line-items.ts';
import { liveJourneys } from './journeys/live.ts';
import { placementJourneys } from './journeys/placements.ts';
import { playerJourneys } from './journeys/player.ts';
import { privacyJourneys } from './journeys/privacy.ts';
import { qualityJourneys } from './journeys/quality.ts';
import { ruleJourneys } from './journeys/rules.ts';
import { servedJourneys } from './journeys/served.ts';
import { shellJourneys, tabletJourneys } from './journeys/shell.ts';
import { signInJourneys } from './journeys/sign-in.ts';
import { supplyPathJourneys } from './journeys/supply-paths.ts';
import { todayJourneys } from './journeys/today.ts';
import { whyJourneys } from './journeys/why.ts';
import { Stage } from './stage.ts';

const browserPath = findBrowser();

// One installation for all journeys: it takes longer to make than they take to run.
describe.skipIf(browserPath === null)('the console in Chromium', { timeout: 120_000 }, () => {
  let installation: TestInstallation | undefined;
  let stage: Stage | undefined;
  const current = (): Stage => {
    if (!stage) throw new Error('the installation did not start');
    return stage;
  };
  beforeAll(async () => {
    // Small clips make the same full-size spots, in a third of the time.
    installation = await startTestInstallation({
      CUEPOINT_SANDBOX_CLIP_LINES: '270',
      // A browser without a head is a robot, and journeys report as fast as they can.
      CUEPOINT_TRAFFIC_CHECKS: 'prefetch,impossible_order',
    });
    stage = new Stage(installation, await launchBrowser(browserPath!));
  }, 150_000);
  afterEach(() => stage?.tidy());
  afterAll(async () => {
    await stage?.close();
    await installation?.stop();
  }, 60_000);

  // What needs no spots comes first: they are being made meanwhile.
  describe('signing in and out', () => signInJourneys(current));
  describe('supply paths', () => supplyPathJourneys(current));
  describe('campaigns', () => campaignJourneys(current));
  describe('placements', () => placementJourneys(current));
  describe('privacy', () => privacyJourneys(current));
  describe('rules of a sale', () => ruleJourneys(current));
  describe('the shell', () => shellJourneys(current));
  it('the demo data is complete', () => current().demo(), demoLimitMs + 10_000);
  describe('a tablet', () => tabletJourneys(current));
  describe('today', () => todayJourneys(current));
  describe('a creative', () => creativeJourneys(current));
  describe('line items', () => lineItemJourneys(current));
  describe('what a line item serves by', () => servedJourneys(current));
  describe('analytics', () => analyticsJourneys(current));
  describe('why', () => whyJourneys(current));
  describe('live', () => liveJourneys(current));
  describe('a player', () => playerJourneys(current));
  describe('a break', () => adBreakJourneys(current));
  describe('every screen', () => qualityJourneys(current));

  it('no page logged an error or was refused something by its policy', () => {
    expect(current().complaints).toEqual([]);
  });
});
