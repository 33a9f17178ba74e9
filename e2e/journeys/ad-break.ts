import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BreakWorld, makeBreakWorld } from '../break-world.ts';
import { until } from '../browser.ts';
import { serveHlsPage } from '../hls-page.ts';
import { eventually } from '../installation.ts';
import { serveProgramme } from '../programme.ts';
import { servePublisherPage } from '../publisher-page.ts';
import type { Stage } from '../stage.ts';

interface SeenBreak {
  ads: { adId: string; sequence: number; events: string[]; duration: number; played: number }[];
}
interface SeenProgramme {
  interstitials: string[];
  errors: string[];
  played: number;
}
interface AssetList {
  ASSETS: { URI: string; DURATION: number }[];
}

/** Times real speed: the quartiles are those of the picture, not of the clock. */
const rate = 4;
const EVENTS = ['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete'];

export function adBreakJourneys(stage: () => Stage): void {
  let folder: string;
  let world: BreakWorld;
  beforeAll(async () => {
    await stage().demo();
    folder = mkdtempSync(join(tmpdir(), 'cuepoint-break-'));
    const { client, origin } = stage().installation;
    world = await makeBreakWorld(client, origin, folder);
  }, 900_000);
  afterAll(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('a break of four ads is played in its order, and each of its events is counted once', async () => {
    const { origin, client } = stage().installation;
    const tag = `${origin}/vast?pl=${world.placementKey}`;
    await eventually('a break of four', async () => {
      const text = await (await fetch(tag)).text();
      return text.match(/<Ad sequence="/g)?.length === 4;
    });
    const publisher = await servePublisherPage();
    const page = await stage().stranger(publisher.url);
    try {
      await until(page, 'window.ready === true');
      const { ads } = await page.evaluate<SeenBreak>(`playBreak('${tag}', ${rate})`);
      expect(ads.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
      expect(new Set(ads.map(({ adId }) => adId))).toEqual(new Set(world.creativeIds));
      for (const { events, duration, played } of ads) {
        expect(events).toEqual(EVENTS);
        expect(Math.abs(played - duration)).toBeLessThan(0.2);
      }
      for (const { adId } of ads) {
        const { campaignId } = await client.creatives.getCreative({ creativeId: adId });
        const totals = await eventually(`the events of ${adId} in the report`, async () => {
          const { totals: now } = await client.reporting.getCampaignStats({ campaignId });
          return now.completes > 0 ? now : null;
        });
        expect(totals).toMatchObject({ impressions: 1, starts: 1, midpoints: 1, completes: 1 });
      }
    } finally {
      await publisher.close();
    }
  }, 400_000);

  it('hls.js plays the same break as interstitials of a programme, and goes on behind it', async () => {
    const { origin } = stage().installation;
    const assetList = `${origin}/api/v1/interstitials?pl=${world.placementKey}`;
    const { ASSETS } = await eventually(
      'four packaged ads',
      async () => {
        const list = (await (await fetch(assetList)).json()) as AssetList;
        return list.ASSETS.length === 4 ? list : null;
      },
      300_000,
    );
    for (const { URI, DURATION } of ASSETS) {
      const playlist = await fetch(URI);
      expect([playlist.status, playlist.headers.get('content-type')]).toEqual([
        200,
        'application/vnd.apple.mpegurl',
      ]);
      expect(DURATION).toBeGreaterThan(0);
    }
    const programme = await serveProgramme(assetList, folder);
    const service = await serveHlsPage();
    const page = await stage().stranger(service.url);
    try {
      await until(page, 'window.ready === true');
      const seen = await page.evaluate<SeenProgramme>(`playHls('${programme.url}', ${rate})`);
      expect(seen.errors).toEqual([]);
      expect(seen.interstitials).toEqual(
        [0, 1, 2, 3].flatMap((number) => [`started break-1 ${number}`, `ended break-1 ${number}`]),
      );
      expect(seen.played).toBeGreaterThan(5.5);
    } finally {
      await service.close();
      await programme.close();
    }
  }, 600_000);
}
