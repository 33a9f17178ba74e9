import { resolve } from 'node:path';
import { MediaError } from './errors.ts';
import type { FileInspection } from './inspect-file.ts';
import { requireSuccess, runProcess, SAFE_INPUT } from './run-process.ts';
import type { MediaTools } from './tools.ts';

/** One stream as ffprobe describes it; only what is used. */
export interface ProbedStream {
  index: number;
  codec_type?: string;
  codec_name?: string;
  profile?: string;
  level?: number;
  width?: number;
  height?: number;
  sample_aspect_ratio?: string;
  pix_fmt?: string;
  color_primaries?: string;
  field_order?: string;
  r_frame_rate?: string;
  avg_frame_rate?: string;
  time_base?: string;
  start_time?: string;
  duration?: string;
  bit_rate?: string;
  sample_rate?: string;
  channels?: number;
  disposition?: { attached_pic?: number };
  tags?: { DURATION?: string };
}

export interface Probe {
  streams: ProbedStream[];
  durationSeconds: number | null;
  startSeconds: number;
}

/** The packets of one stream, in file order; times in ticks of its time base. */
export interface PacketTrack {
  /** Presentation time; NaN where the container states none. */
  pts: number[];
  durations: number[];
  bytes: number;
}

export interface ProbeRun {
  tools: MediaTools;
  path: string;
  name: string;
  file: FileInspection;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Reads the streams' descriptions. @throws MediaError media.unreadable when ffprobe cannot parse the file */
export async function probeStreams(run: ProbeRun): Promise<Probe> {
  const result = await ffprobe(run, ['-show_entries', 'format=duration,start_time:stream', '-of', 'json']);
  const parsed = JSON.parse(result) as {
    streams?: ProbedStream[];
    format?: { duration?: string; start_time?: string };
  };
  const streams = parsed.streams ?? [];
  const duration = Number(parsed.format?.duration);
  const startSeconds = Number(parsed.format?.start_time);
  return {
    streams,
    durationSeconds: Number.isFinite(duration) && duration > 0 ? duration : null,
    startSeconds: Number.isFinite(startSeconds) ? startSeconds : 0,
  };
}

/** Reads every packet's time and size, without decoding. Key: stream index. */
export async function probePackets(run: ProbeRun): Promise<Map<number, PacketTrack>> {
  const text = await ffprobe(run, [
    '-show_entries',
    'packet=stream_index,pts,duration,size',
    '-of',
    'csv=p=0',
  ]);
  const tracks = new Map<number, PacketTrack>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [index, pts, duration, size] = line.split(',');
    const stream = Number(index);
    if (!Number.isInteger(stream)) continue;
    let track = tracks.get(stream);
    if (!track) {
      track = { pts: [], durations: [], bytes: 0 };
      tracks.set(stream, track);
    }
    track.pts.push(Number(pts));
    track.durations.push(Number(duration));
    track.bytes += Number(size) || 0;
  }
  return tracks;
}

async function ffprobe(run: ProbeRun, show: readonly string[]): Promise<string> {
  const args = ['-v', 'error', ...SAFE_INPUT, '-f', run.file.demuxer, ...show, '-i', resolve(run.path)];
  const result = await runProcess(run.tools.ffprobe.path, args, {
    timeoutMs: run.timeoutMs,
    signal: run.signal,
    subject: run.name,
    // About 24 bytes a packet: 3 h of 60 fps video with sound.
    maxStdoutBytes: 32 * 1024 * 1024,
  });
  if (result.exitCode !== 0) {
    throw new MediaError({
      code: 'media.unreadable',
      message: `${run.name} begins like ${run.file.container.toUpperCase()} but its index cannot be read; export it again as MP4 (H.264, AAC).`,
      subject: run.name,
      cause: result.stderr.trim().split('\n').slice(-8).join('\n'),
    });
  }
  return requireSuccess('ffprobe', result, run.name).stdout;
}

/** "30000/1001" as a number; null for "0/0" and other non-values. */
export function parseRational(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [numerator, denominator] = text.split(/[/:]/).map(Number);
  if (numerator === undefined || denominator === undefined) return null;
  const value = numerator / denominator;
  return Number.isFinite(value) && value > 0 ? value : null;
}
