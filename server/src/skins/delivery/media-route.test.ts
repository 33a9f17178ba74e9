import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSnapshot } from '../../kernel/delivery-protocol.ts';
import { hlsUrl } from './serving-state.ts';
import { call, until } from './testing/call.ts';
import { type FakeControl, startFakeControl } from './testing/fake-control.ts';
import { NO_SPEND, sampleCreative, sampleSnapshot } from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';

let control: FakeControl;
let mediaDir: string;
let node: Awaited<ReturnType<typeof startNode>>;
let shown: TestPackage;
let gone: TestPackage;
let half: TestPackage;

interface TestPackage {
  hash: string;
  path: string;
  playlist: string;
  init: string;
  segment: string;
  segmentBytes: Buffer;
}

/** Puts a file where the object store would. */
async function put(bytes: Buffer | string, extension: string): Promise<string> {
  const name = `${createHash('sha256').update(bytes).digest('hex')}.${extension}`;
  await mkdir(join(mediaDir, name.slice(0, 2)), { recursive: true });
  await writeFile(join(mediaDir, name.slice(0, 2), name), bytes);
  return name;
}

async function putPackage(seed: string): Promise<TestPackage> {
  const segmentBytes = Buffer.from(`${seed} segment `.repeat(300));
  const segment = await put(segmentBytes, 'm4s');
  const init = await put(`${seed} header`, 'mp4');
  const list = ['#EXTM3U', `#EXT-X-MAP:URI="${init}"`, '#EXTINF:2.000000,', segment, '#EXT-X-ENDLIST', ''];
  const playlist = await put(list.join('\n'), 'm3u8');
  const main = await put(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${playlist}\n`, 'm3u8');
  return {
    hash: main.slice(0, 64),
    path: `${main.slice(0, 2)}/${main}`,
    playlist,
    init,
    segment,
    segmentBytes,
  };
}

const hls = ({ path }: TestPackage) => ({ path, durationMs: 2000 });

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), 'cuepoint-hls-'));
  [shown, gone, half] = [await putPackage('shown'), await putPackage('gone'), await putPackage('half')];
  await rm(join(mediaDir, half.playlist.slice(0, 2), half.playlist));
  control = await startFakeControl();
  control.publish(
    sampleSnapshot({
      creatives: [
        sampleCreative({ id: 'crv_1', hls: hls(shown) }),
        sampleCreative({ id: 'crv_2', hls: hls(half) }),
        sampleCreative({ id: 'crv_3' }),
      ],
    }),
  );
  node = await startNode({ controlOrigin: control.origin, mediaDir });
  await until(async () => (await call(node.publicPort, `/media/hls/${shown.hash}/main.m3u8`)).status === 200);
});
afterAll(async () => {
  await node.close();
  await control.close();
  await rm(mediaDir, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  call(node.publicPort, path, { headers, method });

describe('an HLS package of the snapshot', () => {
  it('is served file by file: typed, readable anywhere, for ever', async () => {
    for (const [file, type] of [
      ['main.m3u8', 'application/vnd.apple.mpegurl'],
      [shown.playlist, 'application/vnd.apple.mpegurl'],
      [shown.init, 'video/mp4'],
      [shown.segment, 'video/iso.segment'],
    ] as const) {
      const answer = await get(`/media/hls/${shown.hash}/${file}`, { Origin: 'https://tv.example' });
      expect([answer.status, answer.headers['content-type']], file).toEqual([200, type]);
      const hash = file === 'main.m3u8' ? shown.hash : file.slice(0, 64);
      expect(createHash('sha256').update(answer.bytes).digest('hex')).toBe(hash);
      expect(answer.headers).toMatchObject({
        etag: `"${hash}"`,
        'cache-control': 'public, max-age=31536000, immutable',
        'access-control-allow-origin': 'https://tv.example',
        'cross-origin-resource-policy': 'cross-origin',
        'accept-ranges': 'bytes',
      });
    }
  });

  it('answers ranges, HEAD, preflight and what has not changed', async () => {
    const path = `/media/hls/${shown.hash}/${shown.segment}`;
    const part = await get(path, { Range: 'bytes=10-19' });
    expect([part.status, part.headers['content-range']]).toEqual([
      206,
      `bytes 10-19/${shown.segmentBytes.length}`,
    ]);
    expect(part.bytes.equals(shown.segmentBytes.subarray(10, 20))).toBe(true);
    expect((await get(path, { Range: 'bytes=999999-' })).status).toBe(416);
    const head = await get(path, {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body]).toEqual([
      200,
      String(shown.segmentBytes.length),
      '',
    ]);
    const preflight = await get(
      path,
      { Origin: 'https://tv.example', 'Access-Control-Request-Method': 'GET' },
      'OPTIONS',
    );
    expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
    ]);
    expect((await get(path, { 'If-None-Match': `"${shown.segment.slice(0, 64)}"` })).status).toBe(304);
    expect((await get(path, {}, 'POST')).status).toBe(405);
  });

  it('has no other files, whatever else lies in the media directory', async () => {
    const stranger = await put('not of this package', 'm4s');
    const { hash } = shown;
    for (const path of [
      `hls/${gone.hash}/main.m3u8`,
      `hls/${gone.hash}/${gone.segment}`,
      `hls/${hash}/${stranger}`,
      `hls/${hash}/${gone.segment}`,
      `hls/${hash}/${hash}.m3u8`,
      `hls/${hash}/${shown.segment.replace('.m4s', '.mp4')}`,
      `hls/${hash}/`,
      `hls/${hash}`,
      'hls/',
      `hls/${hash}/../${hash}/main.m3u8`,
      `hls/${hash}/%2e%2e/main.m3u8`,
      `hls/${hash}/..%2f..%2fetc%2fpasswd`,
      `hls/${hash.toUpperCase()}/main.m3u8`,
      `hls/${hash}/main.m3u8%00`,
      `hls/${hash}/main.m3u8/`,
      `hls//${hash}/main.m3u8`,
      `${hash}.m3u8`,
      shown.segment,
    ]) {
      const answer = await get(`/media/${path}`);
      expect([answer.status, answer.json<{ code: string }>().code], path).toEqual([404, 'media.not_found']);
    }
  });

  it('that is half on the node is served once it is whole', async () => {
    const path = `/media/hls/${half.hash}/${half.segment}`;
    expect((await get(path)).status).toBe(404);
    const list = [
      '#EXTM3U',
      `#EXT-X-MAP:URI="${half.init}"`,
      '#EXTINF:2.000000,',
      half.segment,
      '#EXT-X-ENDLIST',
      '',
    ];
    expect(await put(list.join('\n'), 'm3u8')).toBe(half.playlist);
    expect((await get(path)).status).toBe(200);
  });

  it('is gone with the snapshot that named it', async () => {
    control.publish(sampleSnapshot({ creatives: [sampleCreative({ id: 'crv_1' })] }));
    await until(async () => (await get(`/media/hls/${shown.hash}/main.m3u8`)).status === 404);
    expect((await get(`/media/hls/${shown.hash}/${shown.segment}`)).status).toBe(404);
  });
});

describe('the address of a package', () => {
  const creative = { hls: { path: `ab/${'ab'.repeat(32)}.m3u8`, durationMs: 1 } };

  it('is on the node or where a CDN serves media', () => {
    const below = `hls/${'ab'.repeat(32)}/main.m3u8`;
    expect(hlsUrl(creative, undefined, 'https://ads.example')).toBe(`https://ads.example/media/${below}`);
    expect(hlsUrl(creative, 'https://cdn.example/m', 'https://ads.example')).toBe(
      `https://cdn.example/m/${below}`,
    );
    expect(hlsUrl({}, undefined, 'https://ads.example')).toBeNull();
  });

  it.each([
    '../../etc/passwd.m3u8',
    `ab/${'cd'.repeat(32)}.m3u8`,
    `ab/${'ab'.repeat(32)}.mp4`,
    `x/ab/${'ab'.repeat(32)}.m3u8`,
    'ab/main.m3u8',
  ])('cannot be %s', (path) => {
    const creatives = [sampleCreative({ id: 'crv_1', hls: { path, durationMs: 1 } })];
    expect(() => encodeSnapshot(sampleSnapshot({ creatives }), NO_SPEND, '2026-03-01T00:00:00Z')).toThrow(
      'm3u8',
    );
  });
});
