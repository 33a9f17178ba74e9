import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Client, createClient } from '@cuepoint/client';
import type { Creative } from '@cuepoint/contract';
import { locateTools } from '@cuepoint/media';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config.ts';
import { DataDirectoryLockedError, readLock } from '../platform/database/index.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { type Child, startChild } from '../testing/child.ts';
import { startInstallation } from './supervisor.ts';

interface Pids {
  publicUrl: string;
  control?: number;
  delivery?: number;
  sandbox?: number;
}

const dataDir = mkdtempSync(join(tmpdir(), 'cuepoint-installation-'));
let installation: Child;
let client: Client;
let publicUrl: string;
let campaignId: string;
let tagUrl: string;
/** Impressions that were answered as kept. */
let acknowledged = 0;

async function start(): Promise<void> {
  installation = startChild(new URL('./testing/installation.child.ts', import.meta.url), [dataDir]);
  const line = await installation.waitFor((text) => text.includes('"publicUrl"'));
  ({ publicUrl } = JSON.parse(line) as Pids);
  connect();
}
/** The lock's token is made anew by every control process. */
function connect(): void {
  client = createClient({ origin: publicUrl, token: readLock(dataDir)?.token ?? '' });
}
const pids = (): Pids =>
  JSON.parse(installation.lines.filter((line) => line.includes('publicUrl')).at(-1)!) as Pids;
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A process that ended and was not collected by its parent yet answers too.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

async function askForAd(): Promise<string> {
  const answer = await fetch(`${publicUrl}${new URL(tagUrl).pathname}${new URL(tagUrl).search}`);
  expect(answer.status).toBe(200);
  return answer.text();
}
const impressionOf = (vast: string): string =>
  /<Impression[^>]*>\s*(?:<!\[CDATA\[)?([^\]<\s]+)/.exec(vast)![1]!.replaceAll('&amp;', '&');
/** A television's: what a bare HTTP client reports is no viewer's. */
const headers = { 'User-Agent': 'Roku/DVP-12.0 (12.0.0.4182-46)' };
/** Shows an ad once; answers the address that counts it. */
async function show(): Promise<string> {
  const vast = await askForAd();
  expect(vast).toContain('<Ad ');
  const url = impressionOf(vast);
  const answer = await fetch(url, { headers });
  expect(answer.ok).toBe(true);
  acknowledged += 1;
  return url;
}
async function counted(): Promise<number> {
  const stats = await client.reporting.getCampaignStats({ campaignId });
  return stats.totals.impressions;
}
const everythingCounted = () => expect.poll(counted, { timeout: 30_000, interval: 250 }).toBe(acknowledged);

/** A served ad: campaign, uploaded video, approval. */
async function prepareAd(): Promise<void> {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const market = (await client.governance.listMarkets({})).items.find(({ code }) => code === 'GB')!;
  const channel = (await client.governance.listChannels({})).items.find(({ code }) => code === 'CTV')!;
  const brand = await client.governance.createBrand({
    code: 'FRN',
    name: 'Fernwhistle',
    domain: 'fernwhistle.example',
  });
  const campaign = await client.campaigns.createCampaign({
    brandId: brand.id,
    marketId: market.id,
    channelId: channel.id,
    label: 'Kill Nine',
    budgetMicros: 900_000_000_000,
    cpmMicros: 10_000_000,
    startOn: day(-10),
    endOn: day(1),
  });
  campaignId = campaign.id;
  await client.campaigns.setCampaignStatus({ campaignId, status: 'active' }, { ifMatch: campaign.version });
  const video = join(dataDir, 'spot.mp4');
  const { ffmpeg } = await locateTools({ pathVariable: process.env.PATH });
  const source = [
    'testsrc=size=640x360:rate=25:duration=5',
    'sine=frequency=440:sample_rate=48000:duration=5',
  ];
  const inputs = source.flatMap((text) => ['-f', 'lavfi', '-i', text]);
  const codecs = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-profile:v',
    'baseline',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
  ];
  await promisify(execFile)(ffmpeg.path, [
    '-v',
    'error',
    '-y',
    ...inputs,
    ...codecs,
    '-movflags',
    '+faststart',
    video,
  ]);
  const file = Object.assign(new Blob([new Uint8Array(readFileSync(video))]), { name: 'spot.mp4' });
  const { id: creativeId } = await client.creatives.uploadCreative({ campaignId, file: file as never });
  let creative: Creative | undefined;
  await expect
    .poll(
      async () => {
        creative = await client.creatives.getCreative({ creativeId });
        return creative.status;
      },
      { timeout: 60_000, interval: 250 },
    )
    .toBe('active');
  await client.creatives.changeApproval({ creativeId, action: 'submit' });
  await client.creatives.changeApproval({ creativeId, action: 'approve' });
  ({ tagUrl } = await client.creatives.getVastTag({ creativeId }));
  await expect.poll(askForAd, { timeout: 20_000, interval: 200 }).toContain('<Ad ');
}

/** From the answer of the operation to its effect on the public port. */
const PROMISED_PAUSE_MS = 1000;
const PROMISED_EDIT_MS = 10_000;

interface Changes {
  pauses: number[];
  /** Resumptions, and edits of what is targeted. */
  edits: number[];
}
const isKept = ({ pauses, edits }: Changes) =>
  Math.max(...pauses) < PROMISED_PAUSE_MS && Math.max(...edits) < PROMISED_EDIT_MS;

/** How long three pauses, resumptions and edits take until the node serves by them. */
async function measureChanges(): Promise<Changes> {
  const changes: Changes = { pauses: [], edits: [] };
  const { lineItems } = await client.campaigns.getCampaign({ campaignId });
  const lineItemId = lineItems[0]!.id;
  const setStatus = async (status: 'paused' | 'active') => {
    const { version } = await client.campaigns.getCampaign({ campaignId });
    await client.campaigns.setCampaignStatus({ campaignId, status }, { ifMatch: version });
  };
  const setCountries = async (countries: string[]) => {
    const { version } = await client.campaigns.getLineItem({ lineItemId });
    await client.campaigns.updateLineItem({ lineItemId, countries }, { ifMatch: version });
  };
  const untilServing = async (isServed: boolean) => {
    const since = performance.now();
    const isServing = async () => (await askForAd()).includes('<Ad ');
    await expect.poll(isServing, { timeout: 30_000, interval: 10 }).toBe(isServed);
    return performance.now() - since;
  };
  for (let round = 0; round < 3; round++) {
    await setStatus('paused');
    changes.pauses.push(await untilServing(false));
    await setStatus('active');
    changes.edits.push(await untilServing(true));
    // Requests of this test come from no known country.
    await setCountries(['DE']);
    changes.edits.push(await untilServing(false));
    await setCountries([]);
    changes.edits.push(await untilServing(true));
  }
  const text = (waited: number[]) => waited.map((ms) => `${ms.toFixed(0)} ms`).join(', ');
  console.log(`until served by: pauses ${text(changes.pauses)}; edits ${text(changes.edits)}`);
  return changes;
}

beforeAll(start, 120_000);
afterAll(async () => {
  await installation?.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('an installation on one machine', () => {
  it('serves an ad that was uploaded and approved', async () => {
    await prepareAd();
    await show();
    await everythingCounted();
  }, 120_000);

  it('takes a pause to the node within a second, and every other change within ten', async () => {
    let measured = await measureChanges();
    // Other tests share the machine: a measure that they disturbed is taken again as a whole, by the same bounds.
    for (let again = 0; again < 4 && !isKept(measured); again++) measured = await measureChanges();
    expect(Math.max(...measured.pauses)).toBeLessThan(PROMISED_PAUSE_MS);
    expect(Math.max(...measured.edits)).toBeLessThan(PROMISED_EDIT_MS);
  }, 300_000);

  it('serves ads while the control plane is dead, starts it again, and counts what was shown meanwhile', async () => {
    await show();
    const { control } = pids();
    process.kill(control!, 'SIGKILL');
    await expect.poll(() => alive(control!)).toBe(false);
    for (let i = 0; i < 5; i++) await show();
    const away = await fetch(`${publicUrl}/api/v1/status`);
    expect([401, 503]).toContain(away.status);
    await expect
      .poll(
        () => {
          connect();
          return client.system.getStatus({}).then(
            (status) => status.database.ok,
            () => false,
          );
        },
        { timeout: 30_000, interval: 200 },
      )
      .toBe(true);
    expect(pids().control).not.toBe(control);
    await everythingCounted();
  }, 90_000);

  it('starts a dead delivery plane again, and counts each acknowledged impression once', async () => {
    const urls: string[] = [];
    for (let i = 0; i < 5; i++) urls.push(await show());
    const { delivery } = pids();
    process.kill(delivery!, 'SIGKILL');
    await expect
      .poll(
        () =>
          askForAd().then(
            (vast) => vast.includes('<Ad '),
            () => false,
          ),
        { timeout: 30_000, interval: 100 },
      )
      .toBe(true);
    expect(pids().delivery).not.toBe(delivery);
    // Players that heard no answer send again.
    for (const url of urls) expect((await fetch(url, { headers })).ok).toBe(true);
    await show();
    await everythingCounted();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await counted()).toBe(acknowledged);
  }, 90_000);

  it('refuses a second start on its data directory, and says where the first one is', async () => {
    const { config } = loadConfig({ env: {}, flags: { dataDir, publicPort: 0 }, workingDir: dataDir });
    const second = startInstallation({ config, log: createLogger('start', 'silent'), sandboxEntry: null });
    await expect(second).rejects.toThrow(DataDirectoryLockedError);
    await expect(second).rejects.toThrow(publicUrl);
    expect(await askForAd()).toContain('<Ad ');
  });

  it('ends with all its processes on SIGTERM, and has everything acknowledged after the next start', async () => {
    await show();
    const { control, delivery, sandbox } = pids();
    installation.process.kill('SIGTERM');
    expect(await installation.exited).toBe(0);
    expect(installation.lines.at(-1)).toBe('{"stopped":null}');
    for (const pid of [control!, delivery!, sandbox!]) expect(alive(pid)).toBe(false);
    expect(readLock(dataDir)).toBeNull();
    await start();
    await everythingCounted();
    await expect.poll(askForAd, { timeout: 20_000, interval: 200 }).toContain('<Ad ');
  }, 90_000);

  it('whose supervisor is killed ends by itself', async () => {
    const { control, delivery, sandbox } = pids();
    await installation.kill();
    for (const pid of [control!, delivery!, sandbox!])
      await expect.poll(() => alive(pid), { timeout: 25_000, interval: 100 }).toBe(false);
    expect(readLock(dataDir)).toBeNull();
  }, 60_000);
});
