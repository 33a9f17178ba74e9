import { expect, it } from 'vitest';
import { until } from '../browser.ts';
import { eventually } from '../installation.ts';
import { servePublisherPage } from '../publisher-page.ts';
import type { Stage } from '../stage.ts';

interface Seen {
  events: string[];
  adId: string;
  duration: number;
  mimeType: string;
  clickUrl: string | null;
  width: number;
  played: number;
}

/** Times real speed: the quartiles are those of the picture, not of the clock. */
const rate = 3;

export function playerJourneys(stage: () => Stage): void {
  it('a tag from /vast is parsed and played by a video element on another origin; each event is counted once', async () => {
    const { origin, client } = stage().installation;
    await stage().demo();
    const publisher = await servePublisherPage();
    const page = await stage().stranger(publisher.url);
    try {
      await until(page, 'window.ready === true');
      const served = await client.creatives.listCreatives({});
      const totals = new Map(
        await Promise.all(
          [...new Set(served.items.map((one) => one.campaignId))].map(
            async (campaignId) =>
              [campaignId, (await client.reporting.getCampaignStats({ campaignId })).totals] as const,
          ),
        ),
      );
      const seen = await page.evaluate<Seen>(`playAd('${origin}/vast?dur=30', ${rate})`);
      expect(seen.events).toEqual(['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete']);
      expect(seen.mimeType).toBe('video/mp4');
      expect(seen.width).toBeGreaterThanOrEqual(640);
      expect(Math.abs(seen.played - seen.duration)).toBeLessThan(0.2);
      const creative = served.items.find((one) => one.id === seen.adId);
      expect(creative, `${seen.adId} is a creative of this account`).toBeDefined();

      const before = totals.get(creative!.campaignId)!;
      const after = await eventually('the events in the report', async () => {
        const { totals: now } = await client.reporting.getCampaignStats({ campaignId: creative!.campaignId });
        return now.completes > before.completes && now.clicks >= before.clicks ? now : null;
      });
      const more = (
        name: 'impressions' | 'starts' | 'firstQuartiles' | 'midpoints' | 'thirdQuartiles' | 'completes',
      ) => after[name] - before[name];
      expect({
        impressions: more('impressions'),
        starts: more('starts'),
        firstQuartiles: more('firstQuartiles'),
        midpoints: more('midpoints'),
        thirdQuartiles: more('thirdQuartiles'),
        completes: more('completes'),
      }).toEqual({
        impressions: 1,
        starts: 1,
        firstQuartiles: 1,
        midpoints: 1,
        thirdQuartiles: 1,
        completes: 1,
      });
      expect(after.spentMicros).toBeGreaterThan(before.spentMicros);

      expect(seen.clickUrl).toMatch(new RegExp(`^${origin}/c/`));
      const click = await fetch(seen.clickUrl!, { redirect: 'manual' });
      expect(click.status).toBe(302);
      expect(click.headers.get('location')).toBe(creative!.clickThroughUrl);
      await eventually('the click in the report', async () => {
        const { totals: now } = await client.reporting.getCampaignStats({ campaignId: creative!.campaignId });
        return now.clicks === before.clicks + 1;
      });
    } finally {
      await publisher.close();
    }
  });
}
