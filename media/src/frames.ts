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

/** How much one run of ffmpeg may hold decoded: each picture keeps several of the video in memory. Nine of full HD. */
const PIXELS_AT_ONCE = 20_000_000;

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
  const pictures = atMs.map((at) => ({
    atMs: at,
    target: join(outDir, `frame-${String(Math.round(at)).padStart(9, '0')}.jpg`),
  }));
  const atOnce = Math.max(1, Math.floor(PIXELS_AT_ONCE / source.pixels));
  for (let from = 0; from < pictures.length; from += atOnce)
    await takePictures(source, pictures.slice(from, from + atOnce), options);
  const { widthPx, heightPx } = source;
  return pictures.map(({ atMs: at, target }) => ({ atMs: at, path: target, widthPx, heightPx }));
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
  await takePictures(source, [{ atMs, target: outPath }], options);
  return { path: outPath, atMs, widthPx: source.widthPx, heightPx: source.heightPx };
}

interface Source {
  run: ProbeRun;
  durationMs: number;
  /** Of one picture as it is stored. */
  pixels: number;
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
  const pixels = stream.width * stream.height;
  return { run, durationMs: Math.round(seconds * 1000), pixels, widthPx, heightPx };
}

function checkInstant(at: number, source: Source): void {
  if (Number.isFinite(at) && at >= 0 && at < source.durationMs) return;
  throw new MediaError({
    code: 'media.time_out_of_range',
    message: `atMs is ${at}; ${source.run.name} lasts ${source.durationMs} ms, so 0 to ${source.durationMs - 1} is accepted.`,
    subject: source.run.name,
  });
}

interface Picture {
  atMs: number;
  target: string;
}

/** Takes pictures by one run of ffmpeg: starting it costs more than most pictures do. */
async function takePictures(
  source: Source,
  pictures: readonly Picture[],
  options: FrameOptions,
): Promise<void> {
  const taking = pictures.map((picture) => ({ ...picture, part: resolve(`${picture.target}.part.jpg`) }));
  try {
    await runFor(source, taking, options);
    for (const picture of taking) {
      const { atMs, target, part } = picture;
      if (!(await isFilled(part))) {
        // After the start of the last picture there is nothing to seek to: step back to it.
        await runFor(source, [{ ...picture, atMs: Math.max(0, atMs - 100) }], options);
        if (!(await isFilled(part))) throw noPicture(source, atMs);
      }
      await rename(part, target);
    }
  } finally {
    await Promise.all(taking.map(({ part }) => rm(part, { force: true })));
  }
}

async function runFor(
  { run, widthPx, heightPx }: Source,
  pictures: readonly { atMs: number; part: string }[],
  options: FrameOptions,
): Promise<void> {
  const args = ['-hide_banner', '-nostdin', '-v', 'error', '-y'];
  for (const { atMs } of pictures)
    args.push(...SAFE_INPUT, '-ss', (atMs / 1000).toFixed(3), '-f', run.file.demuxer, '-i', run.path);
  for (const [at, { part }] of pictures.entries()) {
    args.push('-map', `${at}:v:0`, '-frames:v', '1');
    args.push('-vf', `scale=${widthPx}:${heightPx}:flags=area:out_range=pc,format=yuvj420p`);
    args.push('-q:v', '3', '-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact');
    args.push('-f', 'image2', '-update', '1', part);
  }
  const result = await runProcess(options.tools.ffmpeg.path, args, {
    timeoutMs: run.timeoutMs * pictures.length,
    signal: run.signal,
    subject: run.name,
  });
  requireSuccess('ffmpeg', result, run.name);
}

function isFilled(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.size > 0,
    () => false,
  );
}

function noPicture({ run }: Source, atMs: number): MediaError {
  return new MediaError({
    code: 'media.unreadable',
    message: `${run.name} gives no picture at ${atMs} ms; export it again as MP4 (H.264).`,
    subject: run.name,
  });
}
