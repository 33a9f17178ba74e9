import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pcm } from './audio/bed.ts';
import { encodeMp4 } from './encode.ts';
import { frameRate } from './frame-rate.ts';
import { measureVideo } from './measure-video.ts';
import { requireSuccess, runProcess } from './run-process.ts';
import { availableBuilds, failureOf, scratch } from './testing.ts';
import type { MediaTools } from './tools.ts';

const builds = await availableBuilds(process.env.PATH ?? '');
const FPS = 24;
const [W, H] = [192, 108];
let space: Awaited<ReturnType<typeof scratch>>;

/** 9 s: moving, 1-2 s black, moving, 4-7 s frozen, moving; sound is silent from 2 s to 3.5 s. */
async function writeKnown(tools: MediaTools, path: string): Promise<void> {
  const rate = 48_000;
  const side = Float32Array.from({ length: 9 * rate }, (_, i) =>
    i >= 2 * rate && i < 3.5 * rate ? 0 : 0.1 * Math.sin((2 * Math.PI * 440 * i) / rate),
  );
  const sound: Pcm = { sampleRate: rate, left: side, right: side };
  const frame = new Uint8Array((W * H * 3) / 2);
  await encodeMp4(
    {
      tools,
      outPath: path,
      widthPx: W,
      heightPx: H,
      rate: frameRate(FPS),
      pixelFormat: 'yuv420p',
      filters: [],
      videoArgs: ['-preset', 'ultrafast', '-x264-params', 'cabac=1:8x8dct=1', '-crf', '12'],
      sound,
      audioBitrateBps: 128_000,
      timeoutMs: 60_000,
    },
    async (encoder) => {
      for (let n = 0; n < 9 * FPS; n++) {
        const at = n / FPS;
        const shown = at >= 4 && at < 7 ? 4 * FPS : n;
        frame.fill(128);
        for (let i = 0; i < W * H; i++)
          frame[i] = at >= 1 && at < 2 ? 16 : 60 + (((i % W) + shown * 3) % 100);
        await encoder.write(frame);
      }
    },
  );
}

beforeAll(async () => {
  space = await scratch();
  for (const { name, tools } of builds) await writeKnown(tools, space.file(`${name}.mp4`));
});
afterAll(() => space.remove());

async function ffmpeg(tools: MediaTools, args: string[]): Promise<void> {
  requireSuccess(
    'ffmpeg',
    await runProcess(tools.ffmpeg.path, ['-nostdin', '-v', 'error', '-y', ...args], { timeoutMs: 60_000 }),
  );
}

describe.each(builds)('measureVideo with the $name build', ({ name, tools }) => {
  const known = (): string => space.file(`${name}.mp4`);

  it('reads streams, rates and order of boxes', async () => {
    const m = await measureVideo(known(), { tools });
    expect(m).toMatchObject({ container: 'mp4', durationMs: 9000, moovFirst: true, audioTrackCount: 1 });
    expect(m.video).toMatchObject({
      codec: 'h264',
      profile: 'High',
      width: W,
      height: H,
      sampleAspect: '1:1',
      pixelFormat: 'yuv420p',
      colorPrimaries: 'bt709',
      fps: 24,
      fpsConstant: true,
      interlaced: false,
      durationMs: 9000,
      frameCount: 216,
    });
    expect(m.audio).toMatchObject({ codec: 'aac', sampleRateHz: 48000, channels: 2, durationMs: 9000 });
    expect(m.audio?.integratedLufs).toBeCloseTo(-20.7, 0);
    expect(m.totalBitrateBps).toBe(Math.round((m.sizeBytes * 8000) / 9000));
    expect(m.tools).toEqual([`ffmpeg ${tools.ffmpeg.version}`, `ffprobe ${tools.ffprobe.version}`]);
  });

  it('finds black, frozen and silent stretches at their time codes', async () => {
    const { stretches } = await measureVideo(known(), { tools });
    expect(stretches.map((s) => s.kind)).toEqual(['black', 'silent', 'frozen']);
    const expected = [
      [1000, 2000],
      [2000, 3500],
      [4000, 7000],
    ] as const;
    for (const [i, [start, end]] of expected.entries()) {
      expect(Math.abs(stretches[i]!.startMs - start)).toBeLessThanOrEqual(45);
      expect(Math.abs(stretches[i]!.endMs - end)).toBeLessThanOrEqual(45);
    }
  });

  it('sees stretches that last until the end, and no loudness in silence', async () => {
    const dark = space.file(`${name}-dark.mp4`);
    const sources = [
      '-f',
      'lavfi',
      '-i',
      'color=c=black:s=192x108:r=24',
      '-f',
      'lavfi',
      '-i',
      'anullsrc=r=48000:cl=stereo',
    ];
    await ffmpeg(tools, [...sources, '-t', '3', '-pix_fmt', 'yuv420p', '-preset', 'ultrafast', dark]);
    const m = await measureVideo(dark, { tools });
    expect(m.stretches).toEqual([
      { kind: 'black', startMs: 0, endMs: 3000 },
      { kind: 'frozen', startMs: 0, endMs: 3000 },
      { kind: 'silent', startMs: 0, endMs: 3000 },
    ]);
    expect(m.audio).toMatchObject({ integratedLufs: null, truePeakDbtp: null });
  });

  it('looks at the pictures when the file does not say whether they are interlaced', async () => {
    const silent = space.file(`${name}.avi`);
    await ffmpeg(tools, ['-i', known(), '-an', '-c:v', 'mjpeg', '-q:v', '3', silent]);
    const m = await measureVideo(silent, { tools });
    expect(m).toMatchObject({ container: 'avi', audio: null });
    expect(m.video).toMatchObject({ codec: 'other', interlaced: false, fps: 24, fpsConstant: true });
    const woven = space.file(`${name}-woven.avi`);
    await ffmpeg(tools, [
      '-i',
      known(),
      '-an',
      '-vf',
      'tinterlace=mode=interleave_top',
      '-c:v',
      'rawvideo',
      woven,
    ]);
    expect((await measureVideo(woven, { tools })).video?.interlaced).toBe(true);
  });

  it('sees an index that comes last', async () => {
    const last = space.file(`${name}-last.mp4`);
    await ffmpeg(tools, ['-i', known(), '-c', 'copy', last]);
    expect((await measureVideo(last, { tools })).moovFirst).toBe(false);
  });

  it('sees a rate that is not constant', async () => {
    const varying = space.file(`${name}-varying.mp4`);
    await ffmpeg(tools, [
      '-i',
      known(),
      '-an',
      '-vf',
      "select='not(eq(mod(n,7),3))'",
      '-vsync',
      'vfr',
      '-preset',
      'ultrafast',
      varying,
    ]);
    const m = await measureVideo(varying, { tools });
    expect(m.video?.fpsConstant).toBe(false);
    expect(m.audio).toBeNull();
    expect(m.audioTrackCount).toBe(0);
  });

  it('measures other containers, by content and not by name', async () => {
    const mkv = space.file(`${name}-renamed.mp4`);
    await ffmpeg(tools, ['-i', known(), '-c', 'copy', '-f', 'matroska', mkv]);
    const m = await measureVideo(mkv, { tools });
    expect(m).toMatchObject({ container: 'mkv', moovFirst: null });
    expect(m.video).toMatchObject({ fps: 24, fpsConstant: true, frameCount: 216 });
    expect(Math.abs(m.durationMs - 9000)).toBeLessThanOrEqual(45);
  });

  it('refuses an MP4 that was cut off', async () => {
    const cut = space.file(`${name}-cut.mp4`);
    const whole = await readFile(known());
    await writeFile(cut, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const failure = await failureOf(measureVideo(cut, { tools }));
    expect(failure.code).toBe('media.truncated');
    expect(failure.message).toContain(`${name}-cut.mp4 is incomplete`);
  });

  it('refuses an MP4 whose index is garbage', async () => {
    const broken = space.file(`${name}-broken.mp4`);
    const bytes = await readFile(known());
    const at = bytes.indexOf('moov') + 4;
    bytes.fill(0x5a, at, at + 400);
    await writeFile(broken, bytes);
    const failure = await failureOf(measureVideo(broken, { tools }));
    expect(failure.code).toBe('media.unreadable');
    expect(failure.message).toContain('export it again');
  });

  it('stops at the time limit and on request', async () => {
    expect((await failureOf(measureVideo(known(), { tools, timeoutMs: 1 }))).code).toBe('media.timed_out');
    const signal = AbortSignal.abort();
    expect((await failureOf(measureVideo(known(), { tools, signal }))).code).toBe('media.cancelled');
  });

  it('refuses a video that lasts too long', async () => {
    const failure = await failureOf(measureVideo(known(), { tools, maxSeconds: 5 }));
    expect(failure.code).toBe('media.too_large');
    expect(failure.message).toContain('9 s');
  });
});

describe('measureVideo refuses what is not a video', () => {
  const { tools } = builds[0]!;

  it.each([
    ['empty.mp4', '', 'media.empty_file', '0 bytes'],
    ['notes.mp4', 'These are notes.\n', 'media.not_a_video', 'a text file'],
    ['list.mp4', '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/secret\n', 'media.not_a_video', 'a text file'],
    ['picture.mp4', '\x89PNG\r\n\x1a\n', 'media.not_a_video', 'a PNG picture'],
  ])('%s', async (file, content, code, words) => {
    await writeFile(space.file(file), content, 'latin1');
    const failure = await failureOf(measureVideo(space.file(file), { tools }));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(file);
    expect(failure.message).toContain(words);
    expect(failure.message).toContain('MP4, MOV, WebM');
  });

  it('a folder and a missing file', async () => {
    expect((await failureOf(measureVideo(space.dir, { tools }))).code).toBe('media.not_a_video');
    expect((await failureOf(measureVideo(space.file('absent.mp4'), { tools }))).code).toBe('media.not_found');
  });

  it('an option-like name is still only a name', async () => {
    const odd = space.file('-i.mp4');
    await copyFile(space.file(`${builds[0]!.name}.mp4`), odd);
    expect((await measureVideo(odd, { tools })).durationMs).toBe(9000);
  });
});
