import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type HlsPackage, locateTools, measureVideo, packageHls } from '@cuepoint/media';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser, newContext, until } from './browser.ts';
import { type SeenHls, serveHlsPage } from './hls-page.ts';

const browserPath = findBrowser();
const types: Record<string, string> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mp4': 'video/mp4',
  '.m4s': 'video/iso.segment',
};

/** What is packaged: a programme, and ads of other frame rates, one without sound, one that has to be encoded anew. */
const masters = {
  programme: { rate: '25', seconds: 8, group: 50, sound: true },
  film: { rate: '24000/1001', seconds: 5, group: 48, sound: true },
  silent: { rate: '30000/1001', seconds: 3, group: 30, sound: false },
  longGroup: { rate: '25', seconds: 5, group: 250, sound: true },
};
type Name = keyof typeof masters;

describe.skipIf(browserPath === null)('packages in hls.js', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cuepoint-hls-'));
  const packages = new Map<Name, HlsPackage>();
  let server: Server;
  let origin: string;
  let page: Awaited<ReturnType<typeof serveHlsPage>>;
  let browser: Browser;

  beforeAll(async () => {
    const tools = await locateTools({ pathVariable: process.env.PATH });
    for (const [name, { rate, seconds, group, sound }] of Object.entries(masters)) {
      const path = join(folder, `${name}.mp4`);
      const args = [
        '-v',
        'error',
        '-y',
        '-f',
        'lavfi',
        '-i',
        `testsrc=size=640x360:rate=${rate}:duration=${seconds}`,
      ];
      if (sound) args.push('-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`);
      args.push('-c:v', 'libx264', '-preset', 'veryfast', '-g', String(group), '-sc_threshold', '0');
      args.push('-pix_fmt', 'yuv420p', '-bf', '3', '-c:a', 'aac', '-movflags', '+faststart', path);
      execFileSync(tools.ffmpeg.path, args, { timeout: 60_000 });
      const made = await packageHls(path, await measureVideo(path, { tools }), join(folder, name), { tools });
      packages.set(name as Name, made);
    }
    server = createServer((request, response) => {
      const path = (request.url ?? '/').split('?')[0]!;
      response.setHeader('Access-Control-Allow-Origin', '*');
      const text =
        path === '/assets.json' ? assetList() : path.startsWith('/break/') ? withBreak(path.slice(6)) : null;
      const file = join(folder, path.replace(/^\/break/, ''));
      if (text === null && !existsSync(file)) return void response.writeHead(404).end();
      response.setHeader('Content-Type', types[extname(path)] ?? 'application/json');
      response.end(text ?? readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    page = await serveHlsPage();
    browser = await launchBrowser(browserPath!);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await page?.close();
    server?.close();
    server?.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const ads = ['film', 'silent', 'longGroup'] as const;
  const assetList = () =>
    JSON.stringify({
      ASSETS: ads.map((name) => ({
        URI: `${origin}/${name}/main.m3u8`,
        DURATION: packages.get(name)!.durationMs / 1000,
      })),
    });

  /** The programme's media playlists with a break after 4 s; its other files as they are. */
  function withBreak(path: string): string | null {
    if (extname(path) !== '.m3u8') return null;
    const text = readFileSync(join(folder, path), 'utf8');
    const attributes = [
      'ID="break-1"',
      'CLASS="com.apple.hls.interstitial"',
      'START-DATE="2026-03-01T00:00:04.000Z"',
      `X-ASSET-LIST="${origin}/assets.json"`,
      'X-RESUME-OFFSET=0',
    ].join();
    const tags = `#EXT-X-PROGRAM-DATE-TIME:2026-03-01T00:00:00.000Z\n#EXT-X-DATERANGE:${attributes}\n`;
    return text.replace('#EXT-X-MAP', `${tags}#EXT-X-MAP`);
  }

  async function play(path: string): Promise<SeenHls> {
    const context = await newContext(browser);
    try {
      const tab = await context.newPage();
      await tab.goto(page.url);
      await until(tab, 'window.ready');
      return await tab.evaluate<SeenHls>(`playHls('${origin}${path}', 2)`);
    } finally {
      await context.close();
    }
  }

  it.each(Object.keys(masters) as Name[])(
    '%s plays to its end: each picture, the exact length, no complaint',
    async (name) => {
      const { sound, seconds, rate } = masters[name];
      const made = packages.get(name)!;
      const seen = await play(`/${name}/main.m3u8`);
      expect(seen.errors).toEqual([]);
      expect(seen.levels).toMatchObject([{ width: 640, height: 360 }]);
      expect(seen.levels[0]!.videoCodec).toMatch(/^avc1\./);
      expect(seen.audioTracks).toBe(sound ? 1 : 0);
      const [frames = 0, per = 1] = rate.split('/').map(Number);
      // Chromium plays to the end of the picture or of the sound, whichever is later.
      expect(seen.played).toBeCloseTo(made.durationMs / 1000, 2);
      expect(seen.frames).toBe(Math.ceil((seconds * frames) / per));
    },
  );

  it('plays them as the ads of an asset list, in order, and then the rest of the programme', async () => {
    const seen = await play('/break/programme/main.m3u8');
    expect(seen.errors).toEqual([]);
    expect(seen.interstitials).toEqual(
      ads.flatMap((_, index) => [`started break-1 ${index}`, `ended break-1 ${index}`]),
    );
    expect(seen.played).toBeCloseTo(packages.get('programme')!.durationMs / 1000, 2);
  });
});
