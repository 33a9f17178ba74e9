import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureVideo } from '../measure-video.ts';
import type { VideoMeasurement } from '../measurement.ts';
import { requireSuccess, runProcess } from '../run-process.ts';
import { availableBuilds, failureOf, scratch } from '../testing.ts';
import type { MediaTools } from '../tools.ts';
import { checkPackage } from './check-package.ts';
import { type HlsPackage, type PackageOptions, packageHls } from './package-hls.ts';

const builds = await availableBuilds(process.env.PATH ?? '');
let space: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  space = await scratch();
});
afterAll(() => space.remove());

const picture = (seconds: number, rate = '25') => [
  ...['-f', 'lavfi', '-i', `testsrc=size=320x180:rate=${rate}:duration=${seconds}`],
];
const tone = (seconds: number, rate = 48_000) => [
  ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=${rate}:duration=${seconds}`],
];
const h264 = (...more: string[]) => [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-pix_fmt',
  'yuv420p',
  ...more,
];

const masters = {
  film: [...picture(9, '24000/1001'), ...tone(9, 44_100), ...h264('-g', '48', '-bf', '3'), '-c:a', 'aac'],
  silent: [...picture(5, '30000/1001'), ...h264('-g', '15')],
  intra: [...picture(3), ...tone(3), ...h264('-g', '1'), '-c:a', 'aac', '-ac', '1'],
  short: [...picture(0.4), ...h264()],
  longGroup: [
    ...picture(9),
    ...tone(9),
    ...h264('-g', '250', '-keyint_min', '250', '-sc_threshold', '0'),
    '-c:a',
    'aac',
  ],
  openGroup: [
    ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=6'],
    ...h264('-g', '25', '-x264-params', 'open-gop=1:bframes=3:scenecut=0'),
  ],
  lateSound: [...picture(5), '-itsoffset', '0.4', ...tone(3), ...h264('-g', '50'), '-c:a', 'aac'],
  others: [...picture(3), ...tone(3), '-c:v', 'mpeg4', '-c:a', 'mp3'],
};
type Master = keyof typeof masters;

type Build = (typeof builds)[number];
const masterFiles = new Map<string, Promise<string>>();
const measured = new Map<string, Promise<VideoMeasurement>>();

/** The master of this name, made by this build, once. */
function make({ name: build, tools }: Build, name: Master): Promise<string> {
  const path = space.file(`${build}-${name}.mp4`);
  const write = async () => {
    const args = ['-hide_banner', '-nostdin', '-v', 'error', '-y', ...masters[name]];
    const run = runProcess(tools.ffmpeg.path, [...args, '-movflags', '+faststart', path], {
      timeoutMs: 60_000,
    });
    requireSuccess('ffmpeg', await run);
    return path;
  };
  return remember(masterFiles, path, write);
}

const measure = (path: string, tools: MediaTools) =>
  remember(measured, path, () => measureVideo(path, { tools }));

function remember<T>(all: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const known = all.get(key) ?? work();
  all.set(key, known);
  return known;
}

async function pack(path: string, tools: MediaTools, folder = `${path}.hls`) {
  const measurement = await measure(path, tools);
  const made = await packageHls(path, measurement, folder, { tools });
  return { made, measurement, folder, checked: checkPackage(folder, made.hash) };
}

/** One track of a package as one file: what a player has appended when it has played it all. */
async function appended(
  folder: string,
  playlist: { init: string; segments: { uri: string }[] },
): Promise<string> {
  const names = [playlist.init, ...playlist.segments.map((one) => one.uri)];
  const path = join(folder, `${playlist.init}.whole`);
  await writeFile(path, Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name))))));
  return path;
}

/** Checksums of everything decoded: one line a picture, or the samples of the sound. */
async function decoded(path: string, tools: MediaTools, stream: 'v' | 'a'): Promise<string[]> {
  const format = stream === 'v' ? ['-vsync', '0', '-f', 'framemd5', '-'] : ['-f', 's16le', '-ac', '1', '-'];
  const chunks: Buffer[] = [];
  const args = ['-v', 'error', '-i', path, '-map', `0:${stream}:0`, ...format];
  const onStdout = (chunk: Buffer) => void chunks.push(chunk);
  requireSuccess('ffmpeg', await runProcess(tools.ffmpeg.path, args, { timeoutMs: 60_000, onStdout }));
  const all = Buffer.concat(chunks);
  if (stream === 'a') return [all.toString('base64')];
  const rows = all
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return rows.map((line) => line.split(',').at(-1)!.trim());
}

const modes = (made: HlsPackage) => made.renditions.map((one) => `${one.kind} ${one.mode}`);

describe.each(builds)('packaging with the $name build', (build) => {
  const { tools } = build;

  it('keeps every picture and sample of a master that suits, to the millisecond', async () => {
    const path = await make(build, 'film');
    const { made, measurement, folder, checked } = await pack(path, tools);
    expect(modes(made)).toEqual(['video copy', 'audio copy']);
    expect(made).toMatchObject({ reasons: [], durationMs: measurement.durationMs });
    const [{ attributes, playlist }] = checked.variants as [(typeof checked.variants)[0]];
    expect(attributes).toMatchObject({ RESOLUTION: '320x180', 'FRAME-RATE': '23.976', AUDIO: 'audio' });
    expect(attributes.CODECS).toMatch(/^avc1\.6400[0-9a-f]{2},mp4a\.40\.2$/);
    expect(playlist.totalMs).toBe(measurement.video!.durationMs);
    expect(checked.audio).toMatchObject([
      {
        attributes: { TYPE: 'AUDIO', DEFAULT: 'YES', CHANNELS: '1' },
        playlist: { totalMs: measurement.audio!.durationMs },
      },
    ]);
    expect(
      playlist.segments.every(
        (one, at) => at === playlist.segments.length - 1 || (one.seconds >= 2 && one.seconds <= 4),
      ),
    ).toBe(true);
    expect(checked.strays).toEqual([]);
    expect(made.files.map((file) => file.name)).toContain('main.m3u8');
    expect(made.sizeBytes).toBe(made.files.reduce((sum, file) => sum + file.sizeBytes, 0));

    const video = await appended(folder, playlist);
    expect(await decoded(video, tools, 'v')).toEqual(await decoded(path, tools, 'v'));
    const audio = await appended(folder, checked.audio[0]!.playlist);
    const [heard] = await decoded(audio, tools, 'a');
    const [original] = await decoded(path, tools, 'a');
    const [sound, source] = [Buffer.from(heard!, 'base64'), Buffer.from(original!, 'base64')];
    // Decoders may show the priming that the edit list names; behind it every sample is the same.
    const extra = sound.length - source.length;
    expect([0, 2 * 1024]).toContain(extra);
    expect(sound.subarray(extra).equals(source)).toBe(true);
  });

  it('begins each segment with a picture that can be decoded alone', async () => {
    const { folder, checked } = await pack(await make(build, 'film'), tools);
    const { init, segments } = checked.variants[0]!.playlist;
    expect(segments.length).toBeGreaterThan(3);
    for (const one of segments) {
      const alone = await appended(folder, { init, segments: [one] });
      const args = ['-v', 'error', '-show_entries', 'packet=flags', '-of', 'csv=p=0', alone];
      const { stdout } = await runProcess(tools.ffprobe.path, args, { timeoutMs: 20_000 });
      expect(stdout[0]).toBe('K');
      expect((await decoded(alone, tools, 'v')).length).toBe(Math.round((one.seconds * 24_000) / 1001));
    }
  });

  it('takes video without sound, all key pictures, and less than a second', async () => {
    for (const [name, codec, seconds] of [
      ['silent', /^avc1\.[0-9a-f]{6}$/, [2.002, 2.002, 1.001]],
      ['intra', /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/, [2, 1]],
      ['short', /^avc1\.[0-9a-f]{6}$/, [0.4]],
    ] as const) {
      const { made, checked, measurement } = await pack(await make(build, name), tools);
      expect(made.reasons).toEqual([]);
      expect(made.durationMs).toBe(measurement.durationMs);
      expect(checked.variants[0]!.attributes.CODECS).toMatch(codec);
      expect(checked.audio).toHaveLength(name === 'intra' ? 1 : 0);
      expect(checked.variants[0]!.playlist.segments.map((one) => one.seconds)).toEqual(seconds);
    }
  });

  it('encodes only what does not suit, and says why', async () => {
    for (const [name, expected, reason] of [
      ['longGroup', ['video encode', 'audio copy'], 'picture: key pictures are 8960 ms apart'],
      ['openGroup', ['video encode'], 'picture: its groups of pictures are open'],
      ['lateSound', ['video copy', 'audio encode'], 'sound: it starts at'],
      ['others', ['video encode', 'audio encode'], 'picture: its codec is mpeg4'],
    ] as const) {
      const { made, checked, measurement } = await pack(await make(build, name), tools);
      expect(modes(made), name).toEqual(expected);
      expect(made.reasons[0], name).toContain(reason);
      expect(made.durationMs, name).toBe(measurement.durationMs);
      const { segments } = checked.variants[0]!.playlist;
      expect(
        segments.slice(0, -1).every((one) => one.seconds === 2),
        name,
      ).toBe(true);
    }
  });

  it('finds out by its result that a turned picture cannot be kept', async () => {
    const path = await make(build, 'silent');
    const bytes = await readFile(path);
    const matrix = bytes.indexOf('tkhd', 0, 'latin1') + 4 + 40;
    for (const [index, value] of [0, 0x1_0000, 0, -0x1_0000, 0, 0, 180 << 16, 0].entries()) {
      bytes.writeInt32BE(value, matrix + 4 * index);
    }
    const turned = space.file(`${build.name}-turned.mp4`);
    await writeFile(turned, bytes);
    const { made, checked } = await pack(turned, tools);
    expect(modes(made)).toEqual(['video encode']);
    expect(made.reasons).toEqual(['the picture has an edit list or is turned']);
    expect(checked.variants[0]!.attributes.RESOLUTION).toBe('180x320');
  });

  it('gives the same package for the same master', async () => {
    const path = await make(build, 'intra');
    const [one, two] = [await pack(path, tools), await pack(path, tools, `${path}.again`)];
    expect(two.made.hash).toBe(one.made.hash);
    expect(two.made.files.map((file) => file.name)).toEqual(one.made.files.map((file) => file.name));
  });

  it('stops at its limits, when told to, and at a file that is no video; nothing of its own stays', async () => {
    const path = await make(build, 'intra');
    const measurement = await measure(path, tools);
    const attempt = (more: Partial<PackageOptions>) =>
      failureOf(packageHls(path, measurement, `${path}.refused`, { tools, ...more }));
    expect(await attempt({ maxSeconds: 2 })).toMatchObject({
      code: 'media.too_large',
      message: expect.stringContaining('3000 ms'),
    });
    expect((await attempt({ maxBytes: 1000 })).code).toBe('media.too_large');
    expect((await attempt({ signal: AbortSignal.abort() })).code).toBe('media.cancelled');
    expect((await attempt({ timeoutMs: 1 })).code).toBe('media.timed_out');
    await writeFile(space.file('words.mp4'), 'words');
    expect(
      (await failureOf(packageHls(space.file('words.mp4'), measurement, `${path}.refused`, { tools }))).code,
    ).toBe('media.not_a_video');
    expect(await readFile(join(`${path}.refused`, '.whole.mp4')).catch(() => 'gone')).toBe('gone');
  });

  it('does not believe a measurement of another file', async () => {
    const path = await make(build, 'intra');
    const measurement = await measure(await make(build, 'film'), tools);
    const failure = await failureOf(packageHls(path, measurement, `${path}.other`, { tools }));
    expect(failure).toMatchObject({
      code: 'media.unreadable',
      message: expect.stringContaining('measured with 9009 ms'),
    });
  });
});

it('keeps the same samples whichever build cuts them', async () => {
  const path = await make(builds[0]!, 'film');
  const segments = [];
  for (const { name, tools } of builds) {
    const { checked } = await pack(path, tools, `${path}.${name}`);
    segments.push([...checked.variants, ...checked.audio].map((one) => one.playlist.segments));
  }
  for (const one of segments) expect(one).toEqual(segments[0]);
});
