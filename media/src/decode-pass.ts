import { MediaError } from './errors.ts';
import { type FrozenDetector, GRAY_HEIGHT, GRAY_WIDTH } from './frozen-detector.ts';
import type { ProbeRun } from './probe.ts';
import { runProcess, SAFE_INPUT } from './run-process.ts';
import type { MediaTool } from './tools.ts';

/** Shortest stretches that are reported; what is allowed is for the rules to say. */
export const BLACK_MIN_SECONDS = 0.5;
export const FROZEN_MIN_SECONDS = 2;
export const SILENT_MIN_SECONDS = 1;
const SILENCE_DB = -60;

export interface DecodePassInput {
  run: ProbeRun;
  /** Index of the video stream to examine, or null. */
  videoIndex: number | null;
  audioIndex: number | null;
  /** The container does not say whether the pictures are interlaced. */
  askInterlaced: boolean;
  frozen: FrozenDetector;
}

export interface TimeSpan {
  start: number;
  /** Null: until the end. */
  end: number | null;
}

export interface DecodePassResult {
  black: TimeSpan[];
  silent: TimeSpan[];
  interlaced: boolean | null;
  loudness: Loudness | null;
}

export interface Loudness {
  /** Null when there was nothing to measure: silence, or shorter than 0.4 s. */
  integratedLufs: number | null;
  truePeakDbtp: number | null;
}

/**
 * Decodes the file once and measures all that needs decoded pictures and
 * sound: black and silent stretches, loudness (BS.1770-4), small gray frames
 * for the frozen detector.
 */
export async function decodePass(input: DecodePassInput): Promise<DecodePassResult> {
  const { run, videoIndex, audioIndex, frozen } = input;
  const { ffmpeg } = run.tools;
  const chains: string[] = [];
  const outputs: string[] = [];
  if (videoIndex !== null) {
    const idet = input.askInterlaced ? 'idet,' : '';
    chains.push(
      `[0:${videoIndex}]${idet}blackdetect=d=${BLACK_MIN_SECONDS}:pic_th=0.98:pix_th=0.10,scale=${GRAY_WIDTH}:${GRAY_HEIGHT}:flags=area,format=gray[gray]`,
    );
    outputs.push('-map', '[gray]', ...passthrough(ffmpeg), '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1');
  }
  if (audioIndex !== null) {
    chains.push(
      `[0:${audioIndex}]silencedetect=n=${SILENCE_DB}dB:d=${SILENT_MIN_SECONDS},ebur128=peak=true:framelog=verbose[loud]`,
    );
    outputs.push('-map', '[loud]', '-f', 'null', '-');
  }
  const args = ['-hide_banner', '-nostdin', '-nostats', ...SAFE_INPUT, '-f', run.file.demuxer];
  args.push('-i', run.path, '-filter_complex', chains.join(';'), ...outputs);
  const result = await runProcess(ffmpeg.path, args, {
    timeoutMs: run.timeoutMs,
    signal: run.signal,
    subject: run.name,
    onStdout: (chunk) => frozen.push(chunk),
  });
  // A refused option still prints "I: 0.0 LUFS": nothing may be read from a failed run.
  if (result.exitCode !== 0) {
    throw new MediaError({
      code: 'media.unreadable',
      message: `${run.name} cannot be decoded to its end; export it again as MP4 (H.264, AAC).`,
      subject: run.name,
      cause: result.stderr.trim().split('\n').slice(-12).join('\n'),
    });
  }
  return {
    black: parseBlack(result.stderr),
    silent: parseSilent(result.stderr),
    interlaced: input.askInterlaced ? parseIdet(result.stderr) : null,
    loudness: audioIndex === null ? null : parseLoudness(result.stderr),
  };
}

/** One frame out for one frame in: the option was renamed in 5.1 and the old name removed later. */
export function passthrough(ffmpeg: MediaTool): string[] {
  // A release is told by its number: maintained old ones print a new year. Snapshots have no number.
  const release = /^n?(\d+)\.(\d+)/.exec(ffmpeg.version);
  const renamed = release ? Number(release[1]) * 100 + Number(release[2]) >= 501 : (ffmpeg.year ?? 0) >= 2023;
  return renamed ? ['-fps_mode', 'passthrough'] : ['-vsync', '0'];
}

/** Reads blackdetect's lines. */
export function parseBlack(stderr: string): TimeSpan[] {
  return [...stderr.matchAll(/black_start:\s*(-?[\d.]+)\s+black_end:\s*(-?[\d.]+)/g)].map((m) => ({
    start: Number(m[1]),
    end: Number(m[2]),
  }));
}

/** Pairs silencedetect's start and end lines; an open one lasts until the end. */
export function parseSilent(stderr: string): TimeSpan[] {
  const spans: TimeSpan[] = [];
  for (const match of stderr.matchAll(/silence_(start|end):\s*(-?[\d.e+-]+)/g)) {
    const at = Number(match[2]);
    const open = spans.at(-1);
    if (match[1] === 'start') spans.push({ start: at, end: null });
    else if (open && open.end === null) open.end = at;
  }
  return spans;
}

/**
 * Reads the LAST summary of the ebur128 filter: a run prints one more, empty,
 * when the graph is set up. -70.0 is the absolute gate, not a level.
 */
export function parseLoudness(stderr: string): Loudness {
  const at = stderr.lastIndexOf('Summary:');
  const summary = at < 0 ? '' : stderr.slice(at);
  const lufs = Number(/\bI:\s*(-?[\d.]+|-inf|nan) LUFS/.exec(summary)?.[1] ?? Number.NaN);
  const peak = Number(/\bPeak:\s*(-?[\d.]+|-inf|nan) dBFS/.exec(summary)?.[1] ?? Number.NaN);
  const measurable = Number.isFinite(lufs) && lufs > -70;
  return {
    integratedLufs: measurable ? lufs : null,
    truePeakDbtp: measurable && Number.isFinite(peak) ? peak : null,
  };
}

function parseIdet(stderr: string): boolean | null {
  const counts = [
    ...stderr.matchAll(/Multi frame detection:\s*TFF:\s*(\d+)\s*BFF:\s*(\d+)\s*Progressive:\s*(\d+)/g),
  ].at(-1);
  if (!counts) return null;
  const fields = Number(counts[1]) + Number(counts[2]);
  const progressive = Number(counts[3]);
  return fields + progressive === 0 ? null : fields > progressive;
}
