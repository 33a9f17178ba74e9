import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Pcm } from './audio/bed.ts';
import { interleave } from './audio/level.ts';
import type { FrameRate } from './frame-rate.ts';
import { type PipedProcess, pipeProcess, requireSuccess, SAFE_INPUT } from './run-process.ts';
import type { MediaTools } from './tools.ts';

export interface EncodeJob {
  tools: MediaTools;
  outPath: string;
  widthPx: number;
  heightPx: number;
  rate: FrameRate;
  pixelFormat: 'rgba' | 'yuv420p';
  /** Filters before the encoder; only those of both old and new builds. */
  filters: readonly string[];
  /** libx264 options: rate control and speed. */
  videoArgs: readonly string[];
  sound: Pcm | null;
  audioBitrateBps: number;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Encodes frames that `feed` writes, with sound, to an MP4 that appears under
 * its name only when it is whole. Tagged BT.709, closed groups of pictures of
 * 2 s, index first, no encoder or source names inside.
 */
export async function encodeMp4(
  job: EncodeJob,
  feed: (encoder: PipedProcess) => Promise<void>,
): Promise<void> {
  const partPath = resolve(`${job.outPath}.part.mp4`);
  const soundPath = resolve(`${job.outPath}.part.f32`);
  if (job.sound) await writeFile(soundPath, interleave(job.sound));
  const encoder = pipeProcess(job.tools.ffmpeg.path, encodeArgs(job, soundPath, partPath), {
    timeoutMs: job.timeoutMs,
    signal: job.signal,
    subject: basename(job.outPath),
  });
  try {
    await feed(encoder);
    requireSuccess('ffmpeg', await encoder.finish(), basename(job.outPath));
    await rename(partPath, job.outPath);
  } finally {
    encoder.kill();
    await Promise.all([rm(soundPath, { force: true }), rm(partPath, { force: true })]);
  }
}

function encodeArgs(job: EncodeJob, soundPath: string, partPath: string): string[] {
  const size = `${job.widthPx}x${job.heightPx}`;
  const args = ['-hide_banner', '-nostats', '-v', 'error', '-y'];
  args.push('-f', 'rawvideo', '-pix_fmt', job.pixelFormat, '-s', size, '-r', job.rate.text, '-i', 'pipe:0');
  if (job.sound) {
    args.push(...SAFE_INPUT, '-f', 'f32le', '-ar', String(job.sound.sampleRate), '-ac', '2', '-i', soundPath);
  }
  const keyEvery = Math.max(1, Math.round(job.rate.value * 2));
  args.push(
    '-map',
    '0:v',
    '-vf',
    [...job.filters, 'setsar=1', 'format=yuv420p'].join(','),
    '-r',
    job.rate.text,
  );
  args.push(
    '-c:v',
    'libx264',
    '-profile:v',
    'high',
    ...job.videoArgs,
    '-g',
    String(keyEvery),
    '-flags',
    '+cgop',
  );
  args.push('-color_range', 'tv', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709');
  // Supplemental messages carry the encoder's name and settings.
  args.push('-bsf:v', 'filter_units=remove_types=6');
  if (job.sound) {
    args.push('-map', '1:a', '-c:a', 'aac', '-profile:a', 'aac_low', '-b:a', String(job.audioBitrateBps));
    args.push('-ar', '48000', '-ac', '2');
  }
  // The sample entry names a compressor; without this, the library that was used.
  args.push(
    '-map_metadata',
    '-1',
    '-metadata:s:v',
    'encoder=AVC Coding',
    '-fflags',
    '+bitexact',
    '-flags:v',
    '+bitexact+cgop',
    '-flags:a',
    '+bitexact',
  );
  args.push('-movflags', '+faststart', '-f', 'mp4', partPath);
  return args;
}
