import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { levelTo, limit, measurePcm } from './audio/level.ts';
import { parseLoudness } from './decode-pass.ts';
import { measureVideo } from './measure-video.ts';
import { requireSuccess, runProcess } from './run-process.ts';
import { availableBuilds, failureOf, scratch } from './testing.ts';

const builds = await availableBuilds(process.env.PATH ?? '');
const RATE = 48_000;
let space: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  space = await scratch();
});
afterAll(() => space.remove());

type Segment = readonly [hz: number, dbfsPeak: number | null, seconds: number];

/** Sine tones after EBU Tech 3341 and ITU-R BS.1770-4, with the values two independent meters agree on. */
const VECTORS: readonly {
  name: string;
  segments: readonly Segment[];
  channels: 1 | 2;
  lufs: number | null;
  peak: number | null;
}[] = [
  { name: '1 kHz at -23', segments: [[1000, -23, 20]], channels: 2, lufs: -22.99, peak: -22.99 },
  { name: 'mono at -20', segments: [[1000, -20, 15]], channels: 1, lufs: -23.0, peak: -19.99 },
  { name: '100 Hz', segments: [[100, -20, 15]], channels: 2, lufs: -21.82, peak: -19.99 },
  { name: '10 kHz', segments: [[10000, -20, 15]], channels: 2, lufs: -16.65, peak: -19.58 },
  { name: 'silence', segments: [[1000, null, 15]], channels: 2, lufs: null, peak: null },
  {
    name: 'a burst and then silence',
    segments: [
      [1000, -10, 2],
      [1000, null, 13],
    ],
    channels: 2,
    lufs: -10.33,
    peak: -9.99,
  },
  {
    name: 'relative gate',
    segments: [
      [1000, -36, 10],
      [1000, -23, 60],
      [1000, -36, 10],
    ],
    channels: 2,
    lufs: -23.01,
    peak: -22.99,
  },
  { name: '440 Hz at -24', segments: [[440, -24, 30]], channels: 2, lufs: -24.68, peak: -23.99 },
];

function tones(segments: readonly Segment[]): Float32Array {
  const parts = segments.map(([hz, db, seconds]) => {
    const level = db === null ? 0 : 10 ** (db / 20);
    return Float32Array.from(
      { length: seconds * RATE },
      (_, i) => level * Math.sin((2 * Math.PI * hz * i) / RATE),
    );
  });
  const all = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

describe.each(builds)('loudness with the $name build', ({ name, tools }) => {
  it.each(VECTORS)('$name', async ({ segments, channels, lufs, peak }) => {
    const side = tones(segments);
    if (channels === 2) {
      const measured = await measurePcm(
        { sampleRate: RATE, left: side, right: side },
        { tools, timeoutMs: 60_000 },
      );
      check(measured.integratedLufs, lufs, 0.1);
      check(measured.truePeakDbtp, peak, 0.5);
      return;
    }
    // A file keeps one channel as one channel, which counts 3 dB less than two.
    const raw = space.file(`${name}.f32`);
    await writeFile(raw, Buffer.from(side.buffer));
    const file = space.file(`${name}.mov`);
    const args = [
      '-nostdin',
      '-v',
      'error',
      '-y',
      '-f',
      'f32le',
      '-ar',
      String(RATE),
      '-ac',
      '1',
      '-i',
      raw,
      '-c:a',
      'pcm_s24le',
      file,
    ];
    requireSuccess('ffmpeg', await runProcess(tools.ffmpeg.path, args, { timeoutMs: 60_000 }));
    const { audio, video } = await measureVideo(file, { tools });
    expect(video).toBeNull();
    check(audio?.integratedLufs, lufs, 0.1);
    check(audio?.truePeakDbtp, peak, 0.5);
  });

  it('is not measurable below one block', async () => {
    const side = tones([[1000, -20, 0.3 as number]]);
    const short = await measurePcm(
      { sampleRate: RATE, left: side, right: side },
      { tools, timeoutMs: 60_000 },
    );
    expect(short.integratedLufs).toBeNull();
  });

  it('brings sound to its target and keeps peaks under the limit', async () => {
    const side = tones([
      [300, -30, 5],
      [500, -1, 0.02],
      [300, -30, 4],
    ]);
    const run = { tools, timeoutMs: 60_000 };
    const pcm = await levelTo(
      { sampleRate: RATE, left: side, right: side },
      { targetLufs: -24, truePeakDbtp: -6 },
      run,
    );
    const measured = await measurePcm(pcm, run);
    expect(Math.abs((measured.integratedLufs ?? 0) + 24)).toBeLessThan(0.3);
    expect(measured.truePeakDbtp).toBeLessThanOrEqual(-6);
  });

  it('refuses to bring silence to a level', async () => {
    const side = new Float32Array(RATE);
    const failure = await failureOf(
      levelTo(
        { sampleRate: RATE, left: side, right: side },
        { targetLufs: -24, truePeakDbtp: -2 },
        { tools, timeoutMs: 60_000 },
      ),
    );
    expect(failure.code).toBe('media.loudness_missed');
  });
});

function check(actual: number | null | undefined, wanted: number | null, tolerance: number): void {
  if (wanted === null) expect(actual).toBeNull();
  else expect(Math.abs((actual ?? 999) - wanted)).toBeLessThanOrEqual(tolerance + 0.001);
}

describe('parseLoudness', () => {
  const summary = (lufs: string, peak: string): string =>
    `[x] Summary:\n  Integrated loudness:\n    I: ${lufs} LUFS\n  True peak:\n    Peak: ${peak} dBFS\n`;

  it('reads the last of several summaries', () => {
    const text = summary('-70.0', '-inf') + summary('-23.4', '-3.1');
    expect(parseLoudness(text)).toEqual({ integratedLufs: -23.4, truePeakDbtp: -3.1 });
  });

  it('takes the absolute gate for "not measurable"', () => {
    expect(parseLoudness(summary('-70.0', '-inf'))).toEqual({ integratedLufs: null, truePeakDbtp: null });
    expect(parseLoudness('no summary')).toEqual({ integratedLufs: null, truePeakDbtp: null });
  });
});

describe('limit', () => {
  it('leaves sound below the ceiling as it is', () => {
    const side = Float32Array.from({ length: 5000 }, (_, i) => 0.4 * Math.sin(i / 9));
    const pcm = { sampleRate: RATE, left: side, right: side };
    expect(limit(pcm, 0.5)).toBe(pcm);
  });

  it('keeps every sample under the ceiling, on both sides alike', () => {
    const left = Float32Array.from(
      { length: 20_000 },
      (_, i) => Math.sin(i / 7) * (i > 9000 && i < 9200 ? 1.8 : 0.3),
    );
    const right = left.map((v) => v / 2);
    const out = limit({ sampleRate: RATE, left, right }, 0.5);
    expect(Math.max(...out.left.map(Math.abs))).toBeLessThanOrEqual(0.5001);
    expect(out.left[100]).toBeCloseTo(left[100] as number, 6);
    expect(out.right[9100]! / out.left[9100]!).toBeCloseTo(0.5, 3);
  });
});
