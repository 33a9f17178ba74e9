import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { MediaError } from './errors.ts';
import { inspectFile } from './inspect-file.ts';
import { type ProbeRun, probeStreams } from './probe.ts';
import { checkNumber } from './render/look.ts';
import { requireSuccess, runProcess, SAFE_INPUT } from './run-process.ts';
import type { MediaTools } from './tools.ts';

export interface FrameOptions {
  tools: MediaTools;
  signal?: AbortSignal;
  /** For each picture. Default 30 s. */
  timeoutMs?: number;
  /** Width of the pictures; the height follows from the video's shape. Default 640. */
  widthPx?: number;
}

export interface ExtractedFrame {
  atMs: number;
  /** `frame-000015000.jpg`: the time in milliseconds, nine digits. */
  path: string;
  widthPx: number;
  heightPx: number;
}

/**
 * Takes JPEG pictures out of a video, one for each instant.
 *
 * @throws MediaError media.time_out_of_range when an instant is not inside the video, and those of {@link inspectFile}
 */
export async function extractFrames(
  path: string,
  atMs: readonly number[],
  outDir: string,
  options: FrameOptions,
): Promise<ExtractedFrame[]> {
  const source = await openSource(path, options);
  for (const at of atMs) checkInstant(at, source);
  await mkdir(outDir, { recursive: true });
  const frames: ExtractedFrame[] = [];
  for (const at of atMs) {
    const target = join(outDir, `frame-${String(Math.round(at)).padStart(9, '0')}.jpg`);
    await takePicture(source, at, target, options);
    frames.push({ atMs: at, path: target, widthPx: source.widthPx, heightPx: source.heightPx });
  }
  return frames;
}

export interface Thumbnail {
  path: string;
  atMs: number;
  widthPx: number;
  heightPx: number;
}

/**
 * Makes the picture that stands for a video in lists: the one at a third of
 * its length, when words and figures have come on.
 *
 * @throws MediaError as {@link extractFrames}
 */
export async function makeThumbnail(
  path: string,
  outPath: string,
  options: FrameOptions,
): Promise<Thumbnail> {
  const source = await openSource(path, options);
  const atMs = Math.floor(source.durationMs / 3);
  await takePicture(source, atMs, outPath, options);
  return { path: outPath, atMs, widthPx: source.widthPx, heightPx: source.heightPx };
}

interface Source {
  run: ProbeRun;
  durationMs: number;
  widthPx: number;
  heightPx: number;
}

async function openSource(path: string, options: FrameOptions): Promise<Source> {
  const widthPx = options.widthPx ?? 640;
  checkNumber('widthPx', widthPx, 16, 3840, { even: true });
  const name = basename(path);
  const file = await inspectFile(path);
  const run: ProbeRun = {
    tools: options.tools,
    path: resolve(path),
    name,
    file,
    timeoutMs: options.timeoutMs ?? 30_000,
    signal: options.signal,
  };
  const probe = await probeStreams(run);
  const stream = probe.streams.find((s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1);
  if (!stream?.width || !stream.height) {
    throw new MediaError({
      code: 'media.not_a_video',
      message: `${name} has no pictures; a file with a video stream is accepted.`,
      subject: name,
    });
  }
  const seconds = Number(stream.duration) > 0 ? Number(stream.duration) : (probe.durationSeconds ?? 0);
  const heightPx = Math.max(2, Math.round((widthPx * stream.height) / stream.width / 2) * 2);
  return { run, durationMs: Math.round(seconds * 1000), widthPx, heightPx };
}

function checkInstant(at: number, source: Source): void {
  if (Number.isFinite(at) && at >= 0 && at < source.durationMs) return;
  throw new MediaError({
    code: 'media.time_out_of_range',
    message: `atMs is ${at}; ${source.run.name} lasts ${source.durationMs} ms, so 0 to ${source.durationMs - 1} is accepted.`,
    subject: source.run.name,
  });
}

async function takePicture(
  source: Source,
  atMs: number,
  target: string,
  options: FrameOptions,
): Promise<void> {
  const { run } = source;
  const part = resolve(`${target}.part.jpg`);
  const once = async (seconds: number): Promise<boolean> => {
    const args = ['-hide_banner', '-nostdin', '-v', 'error', '-y', ...SAFE_INPUT, '-ss', seconds.toFixed(3)];
    args.push('-f', run.file.demuxer, '-i', run.path, '-map', '0:v:0', '-frames:v', '1');
    args.push('-vf', `scale=${source.widthPx}:${source.heightPx}:flags=area:out_range=pc,format=yuvj420p`);
    args.push('-q:v', '3', '-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact');
    args.push('-f', 'image2', '-update', '1', part);
    const { timeoutMs, name } = run;
    requireSuccess(
      'ffmpeg',
      await runProcess(options.tools.ffmpeg.path, args, { timeoutMs, signal: run.signal, subject: name }),
      name,
    );
    return stat(part).then(
      (info) => info.size > 0,
      () => false,
    );
  };
  try {
    // After the start of the last picture there is nothing to seek to: step back to it.
    if (!(await once(atMs / 1000)) && !(await once(Math.max(0, atMs / 1000 - 0.1)))) {
      throw new MediaError({
        code: 'media.unreadable',
        message: `${run.name} gives no picture at ${atMs} ms; export it again as MP4 (H.264).`,
        subject: run.name,
      });
    }
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}
