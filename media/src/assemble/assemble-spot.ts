import { basename, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { composeBedInSteps, MOODS, type Mood } from '../audio/bed.ts';
import { type LoudnessTarget, levelTo } from '../audio/level.ts';
import { type Loudness, parseLoudness } from '../decode-pass.ts';
import { encodeMp4 } from '../encode.ts';
import { MediaError } from '../errors.ts';
import { frameCount, frameRate } from '../frame-rate.ts';
import { checkNumber, refuse } from '../render/look.ts';
import { seededRandom } from '../render/random.ts';
import { type PipedProcess, requireSuccess, runProcess, SAFE_INPUT } from '../run-process.ts';
import type { MediaTools } from '../tools.ts';
import { type ClipReader, frameBytes, readClip } from './clip-reader.ts';
import { LONGEST_HOLD_MS, planCuts } from './cut-list.ts';
import { type FrameSize, mixFrames, TRANSITIONS, type Transition } from './transitions.ts';

export interface SpotSpec {
  /** Files in the order they are shown. */
  clips: readonly string[];
  /** 1000 to 120000. Sound is exactly as long; pictures to the nearest frame (24 fps gives whole seconds exactly). */
  durationMs: number;
  /** 23.976, 24, 25, 29.97, 30, ... Default 24. */
  fps?: number;
  /** Default 1920 x 1080. */
  widthPx?: number;
  heightPx?: number;
  seed: number;
  audioBed: { mood: Mood };
  /** Default -24 LUFS, -2 dBTP (ATSC A/85). */
  loudness?: LoudnessTarget;
  /** Default 21 Mbps. */
  videoBitrateBps?: number;
  /** Default 256 kbps. */
  audioBitrateBps?: number;
  /** How one clip follows another. Default: chosen by the seed. */
  transition?: Transition;
}

export interface AssembleOptions {
  tools: MediaTools;
  signal?: AbortSignal;
  /** For the whole encode. Default 300 s. */
  timeoutMs?: number;
  onProgress?: (done: number, total: number) => void;
}

export interface AssembledSpot {
  path: string;
  frames: number;
  /** Of the pictures: frames over rate. */
  videoMs: number;
  audioMs: number;
  integratedLufs: number;
  truePeakDbtp: number;
  transition: Transition;
  /** Frames taken from each clip. */
  cuts: number[];
  assembledInMs: number;
}

const TRANSITION_SECONDS = 0.45;

/**
 * Joins clips to one broadcast master: exact length, constant rate, H.264 High
 * at a constant bit rate, a music bed brought to the loudness target in two
 * passes and checked again in the finished file.
 *
 * @throws MediaError media.invalid_spec, media.clips_too_short, media.loudness_missed, and those of a clip that cannot be read
 */
export async function assembleSpot(
  spec: SpotSpec,
  outPath: string,
  options: AssembleOptions,
): Promise<AssembledSpot> {
  const started = performance.now();
  const { tools, signal } = options;
  const timeoutMs = options.timeoutMs ?? 300_000;
  const size: FrameSize = { widthPx: spec.widthPx ?? 1920, heightPx: spec.heightPx ?? 1080 };
  checkSpot(spec, size);
  const rate = frameRate(spec.fps ?? 24);
  const total = frameCount(spec.durationMs, rate);
  const target = spec.loudness ?? { targetLufs: -24, truePeakDbtp: -2 };
  const bitrate = spec.videoBitrateBps ?? 21_000_000;
  const transition = spec.transition ?? seededRandom(spec.seed, 'transition').pick(TRANSITIONS.slice(1));
  const readers = await Promise.all(
    spec.clips.map((path) => readClip(path, { tools, ...size, rate, timeoutMs, signal })),
  );
  const cuts = planCuts(readers, total, rate.value);
  const bed = await composeBedInSteps({
    durationMs: spec.durationMs,
    seed: spec.seed,
    mood: spec.audioBed.mood,
  });
  const sound = await levelTo(bed, target, { tools, timeoutMs, signal });
  try {
    await encodeMp4(
      {
        tools,
        outPath,
        ...size,
        rate,
        pixelFormat: 'yuv420p',
        filters: [grain(spec.seed)],
        videoArgs: masterRate(bitrate),
        sound,
        audioBitrateBps: spec.audioBitrateBps ?? 256_000,
        timeoutMs,
        signal,
      },
      (encoder) => feedSpot(encoder, readers, cuts, size, transition, rate.value, options.onProgress),
    );
  } finally {
    for (const reader of readers) reader.close();
  }
  const loudness = await checkLoudness(outPath, target, { tools, timeoutMs, signal });
  return {
    path: outPath,
    frames: total,
    videoMs: Math.round((total * 1000) / rate.value),
    audioMs: spec.durationMs,
    ...loudness,
    transition,
    cuts,
    assembledInMs: Math.round(performance.now() - started),
  };
}

/**
 * Fine grain, hardly visible: hides banding, and gives flat pictures enough to
 * code that a constant rate is met by picture data instead of stuffing, which
 * MP4 does not allow.
 */
function grain(seed: number): string {
  return `noise=c0s=4:c0f=t:c0_seed=${Math.abs(seed % 2_000_000) + 1}`;
}

function masterRate(bitrate: number): string[] {
  const rate = String(Math.round(bitrate));
  const buffer = String(Math.round(bitrate * 1.25));
  // The fastest preset leaves out the tools that make the profile High.
  const params = 'cabac=1:8x8dct=1:open-gop=0:scenecut=0:bframes=0';
  return [
    '-preset',
    'ultrafast',
    '-b:v',
    rate,
    '-minrate',
    rate,
    '-maxrate',
    rate,
    '-bufsize',
    buffer,
    '-x264-params',
    params,
  ];
}

async function feedSpot(
  encoder: PipedProcess,
  readers: readonly ClipReader[],
  cuts: readonly number[],
  size: FrameSize,
  transition: Transition,
  fps: number,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const bytes = frameBytes(size.widthPx, size.heightPx);
  const [current, previous, mixed] = [new Uint8Array(bytes), new Uint8Array(bytes), new Uint8Array(bytes)];
  const total = cuts.reduce((a, b) => a + b, 0);
  const span = transition === 'cut' ? 0 : Math.round(TRANSITION_SECONDS * fps);
  const hold = Math.floor((LONGEST_HOLD_MS / 1000) * fps) + 2;
  let done = 0;
  for (const [i, reader] of readers.entries()) {
    // The clip before plays on under the transition if it has frames left; else its last one stays.
    const leaving = i > 0 && span > 0 ? (readers[i - 1] as ClipReader) : null;
    if (leaving) previous.set(current);
    reader.open();
    let missing = 0;
    for (let frame = 0; frame < (cuts[i] as number); frame++) {
      const got = await reader.next(current);
      if (!got && (frame === 0 || ++missing > hold)) throw endsEarly(reader, frame);
      if (leaving && frame < span) {
        await leaving.next(previous);
        mixFrames(transition, previous, current, mixed, size, (frame + 1) / (span + 1));
        await encoder.write(mixed);
      } else {
        if (leaving && frame === span) leaving.close();
        await encoder.write(current);
      }
      onProgress?.(++done, total);
    }
    if (!leaving && i > 0) (readers[i - 1] as ClipReader).close();
  }
}

function endsEarly(reader: ClipReader, frame: number): MediaError {
  return new MediaError({
    code: 'media.unreadable',
    message: `${reader.name} declares ${reader.frames} pictures but gives none after ${frame}; export it again as MP4 (H.264).`,
    subject: reader.name,
  });
}

async function checkLoudness(
  path: string,
  target: LoudnessTarget,
  run: { tools: MediaTools; timeoutMs: number; signal: AbortSignal | undefined },
): Promise<{ integratedLufs: number; truePeakDbtp: number }> {
  const args = [
    '-hide_banner',
    '-nostdin',
    '-nostats',
    ...SAFE_INPUT,
    '-f',
    'mov',
    '-i',
    resolve(path),
    '-vn',
  ];
  args.push('-filter_complex', 'ebur128=peak=true:framelog=verbose', '-f', 'null', '-');
  const subject = basename(path);
  const result = await runProcess(run.tools.ffmpeg.path, args, {
    timeoutMs: run.timeoutMs,
    signal: run.signal,
    subject,
  });
  const measured: Loudness = parseLoudness(requireSuccess('ffmpeg', result, subject).stderr);
  const { integratedLufs, truePeakDbtp } = measured;
  if (
    integratedLufs === null ||
    truePeakDbtp === null ||
    Math.abs(integratedLufs - target.targetLufs) > 1 ||
    truePeakDbtp > target.truePeakDbtp
  ) {
    throw new MediaError({
      code: 'media.loudness_missed',
      message: `${subject} measures ${integratedLufs} LUFS and ${truePeakDbtp} dBTP; ${target.targetLufs} +-1 LUFS and at most ${target.truePeakDbtp} dBTP were wanted.`,
      subject,
    });
  }
  return { integratedLufs, truePeakDbtp };
}

function checkSpot(spec: SpotSpec, size: FrameSize): void {
  if (spec.clips.length === 0 || spec.clips.length > 60) refuse('clips', spec.clips.length, '1 to 60 files');
  checkNumber('durationMs', spec.durationMs, 1000, 120_000);
  checkNumber('widthPx', size.widthPx, 160, 3840, { even: true });
  checkNumber('heightPx', size.heightPx, 90, 3840, { even: true });
  checkNumber('seed', spec.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  checkNumber('videoBitrateBps', spec.videoBitrateBps ?? 21_000_000, 100_000, 100_000_000);
  checkNumber('audioBitrateBps', spec.audioBitrateBps ?? 256_000, 64_000, 512_000);
  if (spec.loudness) {
    checkNumber('loudness.targetLufs', spec.loudness.targetLufs, -40, -10, { fraction: true });
    checkNumber('loudness.truePeakDbtp', spec.loudness.truePeakDbtp, -20, 0, { fraction: true });
  }
  if (!MOODS.includes(spec.audioBed.mood))
    refuse('audioBed.mood', spec.audioBed.mood, `one of ${MOODS.join(', ')}`);
  if (spec.transition && !TRANSITIONS.includes(spec.transition)) {
    refuse('transition', spec.transition, `one of ${TRANSITIONS.join(', ')}`);
  }
}
