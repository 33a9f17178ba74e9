import { basename, resolve } from 'node:path';
import { MediaError } from '../errors.ts';
import type { FrameRate } from '../frame-rate.ts';
import { inspectFile } from '../inspect-file.ts';
import { type Probe, type ProbedStream, type ProbeRun, parseRational, probeStreams } from '../probe.ts';
import { type PipedProcess, pipeProcess, SAFE_INPUT } from '../run-process.ts';
import type { MediaTools } from '../tools.ts';

export interface ReaderJob {
  tools: MediaTools;
  widthPx: number;
  heightPx: number;
  rate: FrameRate;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** A clip as raw yuv420p frames of the wanted size and rate, read in order. */
export interface ClipReader {
  name: string;
  /** Frames that the clip should give; one or two fewer can come. */
  frames: number;
  /** Starts decoding. */
  open(): void;
  /** The next frame into `target`; false when there is none. */
  next(target: Uint8Array): Promise<boolean>;
  close(): void;
}

/** Bytes of one yuv420p frame. */
export function frameBytes(widthPx: number, heightPx: number): number {
  return (widthPx * heightPx * 3) / 2;
}

/** A rate so near to the wanted one that frames are kept one to one and only re-timed. */
const RETIME_TOLERANCE = 0.005;

/**
 * Looks at a clip and prepares its decoding: scaled to fill the picture (no
 * bars), BT.709, constant rate.
 *
 * @throws MediaError media.not_found, media.not_a_video, media.truncated, media.unreadable
 */
export async function readClip(clipPath: string, job: ReaderJob): Promise<ClipReader> {
  const path = resolve(clipPath);
  const name = basename(path);
  const file = await inspectFile(path);
  const run: ProbeRun = { tools: job.tools, path, name, file, timeoutMs: job.timeoutMs, signal: job.signal };
  const probe = await probeStreams(run);
  const stream = probe.streams.find((s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1);
  if (!stream) {
    throw new MediaError({
      code: 'media.not_a_video',
      message: `${name} has no pictures; a clip with a video stream is accepted.`,
      subject: name,
    });
  }
  const { filter, frames } = conform(stream, probe, job);
  const args = [
    '-hide_banner',
    '-nostdin',
    '-nostats',
    '-v',
    'error',
    ...SAFE_INPUT,
    '-f',
    file.demuxer,
    '-i',
    path,
  ];
  args.push('-map', `0:${stream.index}`, '-vf', filter, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'pipe:1');
  let decoder: PipedProcess | null = null;
  const reader: ClipReader = {
    name,
    frames,
    open() {
      decoder ??= pipeProcess(job.tools.ffmpeg.path, args, {
        timeoutMs: job.timeoutMs,
        signal: job.signal,
        subject: name,
      });
    },
    async next(target) {
      reader.open();
      return (decoder as PipedProcess).readExactly(target);
    },
    close() {
      decoder?.kill();
    },
  };
  return reader;
}

function conform(stream: ProbedStream, probe: Probe, job: ReaderJob): { filter: string; frames: number } {
  const seconds = Number(stream.duration) > 0 ? Number(stream.duration) : (probe.durationSeconds ?? 0);
  const own = parseRational(stream.avg_frame_rate) ?? parseRational(stream.r_frame_rate) ?? job.rate.value;
  const retime = Math.abs(own / job.rate.value - 1) < RETIME_TOLERANCE;
  const size = `${job.widthPx}:${job.heightPx}`;
  // Untagged pictures of this size are BT.709 in practice; the scaler would take them for BT.601.
  const untagged = stream.color_primaries === undefined || stream.color_primaries === 'unknown';
  const from = untagged && (stream.height ?? 0) >= 720 ? 'in_color_matrix=bt709:' : '';
  const filters = [
    retime ? `setpts=N/(${job.rate.text}*TB)` : null,
    `fps=${job.rate.text}`,
    `scale=${size}:force_original_aspect_ratio=increase:flags=bicubic:${from}out_color_matrix=bt709:out_range=tv`,
    `crop=${size}`,
    'setsar=1',
    'format=yuv420p',
  ];
  return {
    filter: filters.filter((f) => f !== null).join(','),
    frames: Math.floor(seconds * (retime ? own : job.rate.value) + 0.01),
  };
}
