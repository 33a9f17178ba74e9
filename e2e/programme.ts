import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { locateTools } from '@cuepoint/media';

const SECONDS = 6;
/** Where the break is, in seconds of the programme. */
const BREAK_AT = 3;
const STARTS = '2026-01-01T00:00:00.000Z';
const TYPES: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
};

/**
 * A short programme as HLS with one interstitial break in the middle whose ads `assetListUrl` names, on an origin of its
 * own. `folder` takes the files.
 */
export async function serveProgramme(
  assetListUrl: string,
  folder: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const { ffmpeg } = await locateTools({ pathVariable: process.env.PATH });
  execFileSync(
    ffmpeg.path,
    [
      ...['-v', 'error', '-y'],
      ...['-f', 'lavfi', '-i', `testsrc=size=640x360:rate=25:duration=${SECONDS}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=330:sample_rate=48000:duration=${SECONDS}`],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        '-g',
        '25',
        '-c:a',
        'aac',
        '-ac',
        '2',
      ],
      ...['-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'],
      join(folder, 'programme.m3u8'),
    ],
    { cwd: folder, timeout: 60_000 },
  );
  const start = new Date(Date.parse(STARTS) + BREAK_AT * 1000).toISOString();
  const tags = [
    `#EXT-X-PROGRAM-DATE-TIME:${STARTS}`,
    `#EXT-X-DATERANGE:ID="break-1",CLASS="com.apple.hls.interstitial",START-DATE="${start}",X-ASSET-LIST="${assetListUrl}",X-RESUME-OFFSET=0`,
  ].join('\n');
  const playlist = readFileSync(join(folder, 'programme.m3u8'), 'utf8').replace(
    '#EXTINF',
    `${tags}\n#EXTINF`,
  );
  const server = createServer((request, response) => {
    const name = basename((request.url ?? '/').split('?')[0]!);
    const headers = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' };
    try {
      const body = name === 'programme.m3u8' ? Buffer.from(playlist) : readFileSync(join(folder, name));
      response.writeHead(200, { ...headers, 'Content-Type': TYPES[name.split('.').at(-1)!] ?? 'text/plain' });
      response.end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/programme.m3u8`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
