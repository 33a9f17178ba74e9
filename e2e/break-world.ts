import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@cuepoint/client';
import { locateTools } from '@cuepoint/media';
import { eventually } from './installation.ts';

/** What a break of four ads is made from. */
export interface BreakWorld {
  /** Key of a placement that takes four ads of any advertiser. */
  readonly placementKey: string;
  readonly creativeIds: readonly string[];
}

/** Degrees by which the colours of the spot are turned: another picture each, with the sound and form that passed. */
const HUES = [45, 120, 200, 290];
const MINUTE_MS = 60_000;
/** Long enough for every quartile; a break of four is played in real time. */
const AD_SECONDS = 6;

/**
 * Four campaigns with a spot each, made from one that serves already so that they pass the same checks, approved and
 * packaged; and a placement whose breaks have room for them. `folder` takes the files.
 */
export async function makeBreakWorld(client: Client, origin: string, folder: string): Promise<BreakWorld> {
  const [brands, markets, channels, approved, publishers] = await Promise.all([
    client.governance.listBrands({}),
    client.governance.listMarkets({}),
    client.governance.listChannels({}),
    client.creatives.listCreatives({ approval: 'approved' }),
    client.inventory.listPublishers({}),
  ]);
  const spot = approved.items.find(({ videoUrl, status }) => videoUrl !== null && status === 'active');
  if (!spot) throw new Error('no approved spot to make others from');
  const original = join(folder, 'spot.mp4');
  await writeFile(original, Buffer.from(await (await fetch(new URL(spot.videoUrl!, origin))).arrayBuffer()));
  const creativeIds: string[] = [];
  for (const { hue, file } of await turned(original, folder)) {
    const campaign = await client.campaigns.createCampaign({
      brandId: brands.items[0]!.id,
      marketId: markets.items[0]!.id,
      channelId: channels.items[0]!.id,
      label: `Break ${hue} ${Date.now() % 100_000}`,
      budgetMicros: 1_000_000_000,
      cpmMicros: 90_000_000,
      startOn: day(-1),
      endOn: day(30),
    });
    const { id } = await client.creatives.uploadCreative({
      campaignId: campaign.id,
      name: `Break ${hue}`,
      clickThroughUrl: spot.clickThroughUrl,
      file: Object.assign(new Blob([new Uint8Array(await readFile(file))], { type: 'video/mp4' }), {
        name: `break-${hue}.mp4`,
      }) as never,
    });
    creativeIds.push(id);
    await eventually(
      `the measurement of spot ${hue}`,
      async () => (await client.creatives.getCreative({ creativeId: id })).status === 'active',
      3 * MINUTE_MS,
    );
    await client.creatives.changeApproval({ creativeId: id, action: 'submit' });
    await client.creatives.changeApproval({ creativeId: id, action: 'approve' });
    const { version } = await client.campaigns.getCampaign({ campaignId: campaign.id });
    await client.campaigns.setCampaignStatus(
      { campaignId: campaign.id, status: 'active' },
      { ifMatch: version },
    );
  }
  const placement = await client.inventory.createPlacement({
    publisherId: publishers.items[0]!.id,
    name: `Break of four ${Date.now() % 100_000}`,
    position: 'mid',
    pod: {
      kind: 'dynamic',
      durationMs: 10 * MINUTE_MS,
      maxAds: 4,
      maxAdsPerAdvertiser: 4,
      categorySeparation: 'none',
      backups: 0,
    },
  });
  return { placementKey: placement.key, creativeIds };
}

/**
 * The beginning of the same spot, small and in each of the colours; all at once, for the original is the most work. A
 * key picture every second: they are packaged as they are.
 */
async function turned(original: string, folder: string): Promise<readonly { hue: number; file: string }[]> {
  const { ffmpeg } = await locateTools({ pathVariable: process.env.PATH });
  const spots = HUES.map((hue) => ({ hue, file: join(folder, `spot-${hue}.mp4`) }));
  const split = `[0:v]scale=640:360,split=${HUES.length}${HUES.map((hue) => `[small${hue}]`).join('')}`;
  const colours = HUES.map((hue) => `[small${hue}]hue=h=${hue}[spot${hue}]`);
  execFileSync(
    ffmpeg.path,
    [
      ...['-v', 'error', '-y', '-t', String(AD_SECONDS), '-i', original],
      ...['-filter_complex', [split, ...colours].join(';')],
      ...spots.flatMap(({ hue, file }) => [
        ...['-map', `[spot${hue}]`, '-map', '0:a'],
        ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-pix_fmt', 'yuv420p'],
        ...['-force_key_frames', 'expr:gte(t,n_forced)', '-flags', '+cgop', '-c:a', 'aac', '-b:a', '128k'],
        ...['-movflags', '+faststart', file],
      ]),
    ],
    { timeout: 2 * MINUTE_MS },
  );
  return spots;
}

function day(fromToday: number): string {
  return new Date(Date.now() + fromToday * 24 * 60 * MINUTE_MS).toISOString().slice(0, 10);
}
