import { readdir, readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractFrames, makeThumbnail } from '../frames.ts';
import { measureVideo } from '../measure-video.ts';
import { type ClipLook, SCENES } from '../render/look.ts';
import { renderClip } from '../render/render-clip.ts';
import { availableBuilds, failureOf, scratch } from '../testing.ts';
import { assembleSpot, type SpotSpec } from './assemble-spot.ts';
import { planCuts } from './cut-list.ts';
import { mixFrames } from './transitions.ts';

const builds = await availableBuilds(process.env.PATH ?? '');
const look: ClipLook = {
  colors: ['#2f5d50', '#e07a3f'],
  title: 'Walk further this season',
  subtitle: 'Boots made for a thousand ridges',
  callToAction: 'Find your pair',
  brandName: 'Northpath',
};
let space: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  space = await scratch();
});
afterAll(() => space.remove());

describe.each(builds)('a small spot with the $name build', ({ name, tools }) => {
  const clips = SCENES.map((scene) => scene);
  const clipPath = (scene: string): string => space.file(`${name}-${scene}.mp4`);
  const spec = (change: Partial<SpotSpec> = {}): SpotSpec => ({
    clips: clips.map(clipPath),
    durationMs: 4000,
    fps: 24,
    widthPx: 320,
    heightPx: 180,
    seed: 3,
    audioBed: { mood: 'bright' },
    videoBitrateBps: 1_500_000,
    ...change,
  });

  beforeAll(async () => {
    for (const scene of clips) {
      const silent = scene === 'body' ? ({ audio: false } as const) : {};
      await renderClip(
        { widthPx: 320, heightPx: 180, durationMs: 1500, seed: 3, scene, look },
        clipPath(scene),
        { tools, ...silent },
      );
    }
  });

  it('renders clips as specified', async () => {
    const m = await measureVideo(clipPath('hook'), { tools });
    expect(m).toMatchObject({ container: 'mp4', durationMs: 1500, moovFirst: true, stretches: [] });
    expect(m.video).toMatchObject({
      profile: 'High',
      pixelFormat: 'yuv420p',
      colorPrimaries: 'bt709',
      frameCount: 36,
      fpsConstant: true,
      sampleAspect: '1:1',
    });
    expect((await measureVideo(clipPath('body'), { tools })).audio).toBeNull();
  });

  it('is exact in length and within its limits when measured back', async () => {
    const out = space.file(`${name}-spot.mp4`);
    const spot = await assembleSpot(spec(), out, { tools });
    expect(spot.cuts.reduce((a, b) => a + b)).toBe(96);
    const m = await measureVideo(out, { tools });
    expect(m).toMatchObject({ durationMs: 4000, moovFirst: true, stretches: [] });
    expect(m.video).toMatchObject({
      profile: 'High',
      fps: 24,
      fpsConstant: true,
      interlaced: false,
      frameCount: 96,
      durationMs: 4000,
    });
    expect(m.audio).toMatchObject({ codec: 'aac', sampleRateHz: 48000, channels: 2, durationMs: 4000 });
    expect(Math.abs((m.audio?.integratedLufs ?? 0) + 24)).toBeLessThanOrEqual(1);
    expect(m.audio?.truePeakDbtp).toBeLessThanOrEqual(-2);
    expect(m.audio?.bitrateBps).toBeGreaterThanOrEqual(192_000);
    expect(m.video?.bitrateBps).toBeGreaterThanOrEqual(1_400_000);
  });

  it.each([23.976, 29.97, 25])('conforms to %d fps', async (fps) => {
    const out = space.file(`${name}-${fps}.mp4`);
    const spot = await assembleSpot(spec({ fps, transition: 'push' }), out, { tools });
    const { video, audio } = await measureVideo(out, { tools });
    expect(video).toMatchObject({ fps, fpsConstant: true, frameCount: spot.frames });
    expect(Math.abs((video?.durationMs ?? 0) - 4000)).toBeLessThanOrEqual(500 / fps + 1);
    expect(audio?.durationMs).toBe(4000);
  });

  it('tells nothing about where it was made, and leaves no other files', async () => {
    const out = space.file(`${name}-clean.mp4`);
    await assembleSpot(spec({ durationMs: 2000 }), out, { tools });
    const bytes = (await readFile(out)).toString('latin1');
    for (const word of ['Lavf', 'Lavc', 'x264', space.dir]) expect(bytes.includes(word), word).toBe(false);
    expect((await readdir(space.dir)).filter((f) => f.includes('.part'))).toEqual([]);
  });

  it('refuses clips that cannot fill the spot, and writes nothing', async () => {
    const out = space.file(`${name}-short.mp4`);
    const failure = await failureOf(assembleSpot(spec({ durationMs: 9000 }), out, { tools }));
    expect(failure.code).toBe('media.clips_too_short');
    expect(failure.message).toContain('4500 ms together; 9000 ms are needed');
    await expect(readFile(out)).rejects.toThrow();
  });

  it('refuses a clip that is not a video', async () => {
    const bad = space.file('bad.mp4');
    await writeFile(bad, 'not a video');
    const failure = await failureOf(
      assembleSpot(spec({ clips: [clipPath('hook'), bad] }), space.file('x.mp4'), { tools }),
    );
    expect(failure.code).toBe('media.not_a_video');
  });

  it('stops on request and leaves nothing half-written', async () => {
    const out = space.file(`${name}-stopped.mp4`);
    const abort = new AbortController();
    const run = assembleSpot(spec(), out, {
      tools,
      signal: abort.signal,
      onProgress: (done) => done === 20 && abort.abort(),
    });
    expect((await failureOf(run)).code).toBe('media.cancelled');
    expect((await readdir(space.dir)).filter((f) => f.startsWith(`${name}-stopped`))).toEqual([]);
  });

  it('takes pictures out at given times, the same ones again', async () => {
    const source = clipPath('hook');
    const options = { tools, widthPx: 160 };
    const a = await extractFrames(source, [0, 700, 1499], space.file(`${name}-a`), options);
    const b = await extractFrames(source, [0, 700, 1499], space.file(`${name}-b`), options);
    expect(a.map((f) => f.path.split('/').at(-1))).toEqual([
      'frame-000000000.jpg',
      'frame-000000700.jpg',
      'frame-000001499.jpg',
    ]);
    expect(a[0]).toMatchObject({ widthPx: 160, heightPx: 90 });
    for (const [i, frame] of a.entries()) {
      const bytes = await readFile(frame.path);
      expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
      expect(bytes.equals(await readFile(b[i]!.path))).toBe(true);
    }
    expect((await readFile(a[0]!.path)).equals(await readFile(a[1]!.path))).toBe(false);
    const thumbnail = await makeThumbnail(source, space.file(`${name}-thumb.jpg`), options);
    expect(thumbnail).toMatchObject({ atMs: 500, widthPx: 160, heightPx: 90 });
  });

  it('refuses a time outside the video', async () => {
    const failure = await failureOf(extractFrames(clipPath('hook'), [1500], space.dir, { tools }));
    expect(failure.code).toBe('media.time_out_of_range');
    expect(failure.message).toContain('0 to 1499 is accepted');
  });
});

describe.each(builds)('a full-size spot with the $name build', ({ name, tools }) => {
  it('meets the master recommendation, although its pictures are flat', { timeout: 180_000 }, async () => {
    const clips: string[] = [];
    for (const scene of ['hook', 'call_to_action'] as const) {
      const path = space.file(`${name}-full-${scene}.mp4`);
      await renderClip({ widthPx: 640, heightPx: 360, durationMs: 1500, seed: 8, scene, look }, path, {
        tools,
      });
      clips.push(path);
    }
    const out = space.file(`${name}-full.mp4`);
    await assembleSpot({ clips, durationMs: 3000, seed: 8, audioBed: { mood: 'calm' } }, out, { tools });
    const m = await measureVideo(out, { tools });
    expect(m).toMatchObject({ durationMs: 3000, moovFirst: true, stretches: [] });
    expect(m.video).toMatchObject({
      codec: 'h264',
      profile: 'High',
      width: 1920,
      height: 1080,
      frameCount: 72,
      fps: 24,
    });
    expect(m.video?.bitrateBps).toBeGreaterThanOrEqual(20_000_000);
    expect(m.video?.bitrateBps).toBeLessThanOrEqual(30_000_000);
    expect(m.audio?.bitrateBps).toBeGreaterThanOrEqual(192_000);
    expect(Math.abs((m.audio?.integratedLufs ?? 0) + 24)).toBeLessThanOrEqual(1);
  });
});

describe('planCuts', () => {
  it('fills the spot exactly and never takes more than a clip has, but for a short hold', () => {
    const lengths = fc.array(fc.integer({ min: 10, max: 300 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 2000 }), (frames, total) => {
        const clips = frames.map((n, i) => ({ name: `${i}.mp4`, frames: n }));
        const available = frames.reduce((a, b) => a + b, 0);
        if (available + 12 < total) {
          expect(() => planCuts(clips, total, 24)).toThrow('are needed');
          return;
        }
        const cuts = planCuts(clips, total, 24);
        expect(cuts.reduce((a, b) => a + b, 0)).toBe(total);
        for (const [i, cut] of cuts.entries()) {
          expect(cut).toBeGreaterThanOrEqual(0);
          expect(cut).toBeLessThanOrEqual((frames[i] as number) + (i === cuts.length - 1 ? 12 : 0));
        }
      }),
    );
  });
});

describe('mixFrames', () => {
  const size = { widthPx: 8, heightPx: 4 };
  const [black, white] = [new Uint8Array(48).fill(16), new Uint8Array(48).fill(235)];
  const mix = (kind: 'dissolve' | 'wipe' | 'push', amount: number): Uint8Array => {
    const out = new Uint8Array(48);
    mixFrames(kind, black, white, out, size, amount);
    return out;
  };

  it('begins with the one and ends with the other', () => {
    for (const kind of ['dissolve', 'wipe', 'push'] as const) {
      expect(mix(kind, 0)).toEqual(black);
      expect(mix(kind, 1)).toEqual(white);
    }
  });

  it('is half and half in the middle, in all three planes', () => {
    expect([...mix('dissolve', 0.5)].every((v) => v === 126)).toBe(true);
    expect([...mix('wipe', 0.5).subarray(0, 8)]).toEqual([16, 16, 16, 16, 235, 235, 235, 235]);
    expect([...mix('push', 0.5).subarray(32, 36)]).toEqual([16, 16, 235, 235]);
  });
});
