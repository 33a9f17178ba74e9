import { basename, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type DecodePassResult, decodePass, FROZEN_MIN_SECONDS, type TimeSpan } from './decode-pass.ts';
import { MediaError } from './errors.ts';
import { frameTimes } from './frame-times.ts';
import { FrozenDetector, type FrozenRun } from './frozen-detector.ts';
import { inspectFile } from './inspect-file.ts';
import type {
  AudioStreamMeasurement,
  Stretch,
  VideoMeasurement,
  VideoStreamMeasurement,
} from './measurement.ts';
import {
  type PacketTrack,
  type Probe,
  type ProbedStream,
  type ProbeRun,
  parseRational,
  probePackets,
  probeStreams,
} from './probe.ts';
import { describeTool, type MediaTools } from './tools.ts';

export interface MeasureOptions {
  tools: MediaTools;
  signal?: AbortSignal;
  /** For each program run. Default 120 s. */
  timeoutMs?: number;
  /** Longest video taken, in seconds. Default 3600. */
  maxSeconds?: number;
}

const MAX_PIXELS = 8192 * 4352;

/**
 * Measures a video file: streams from the index, rates from every packet,
 * loudness and black, frozen and silent stretches from one decode.
 *
 * @throws MediaError media.not_found, media.empty_file, media.not_a_video, media.truncated,
 *   media.unreadable, media.too_large, media.timed_out, media.cancelled
 */
export async function measureVideo(path: string, options: MeasureOptions): Promise<VideoMeasurement> {
  const started = performance.now();
  const name = basename(path);
  const file = await inspectFile(path);
  const run: ProbeRun = {
    tools: options.tools,
    // Absolute: a relative name could read as an option or a protocol.
    path: resolve(path),
    name,
    file,
    timeoutMs: options.timeoutMs ?? 120_000,
    signal: options.signal,
  };
  const probe = await probeStreams(run);
  const videoStream = probe.streams.find(
    (s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1,
  );
  const audioStreams = probe.streams.filter((s) => s.codec_type === 'audio');
  const audioStream = audioStreams[0];
  checkLimits(name, probe, videoStream, options.maxSeconds ?? 3600);
  if (!videoStream && !audioStream) {
    throw new MediaError({
      code: 'media.unreadable',
      message: `${name} is ${file.container.toUpperCase()} but holds no pictures or sound that can be read; export it again as MP4 (H.264, AAC).`,
      subject: name,
    });
  }
  const packets = await probePackets(run);

  const askInterlaced = videoStream !== undefined && !isKnown(videoStream.field_order);
  const times = videoStream && timesOf(videoStream, packets.get(videoStream.index), probe);
  const fps = (videoStream && fpsOf(videoStream, times?.seconds ?? [])) ?? 0;
  const frozen = new FrozenDetector({ minFrames: Math.max(2, Math.floor(FROZEN_MIN_SECONDS * (fps || 25))) });
  const decoded = await decodePass({
    run,
    videoIndex: videoStream?.index ?? null,
    audioIndex: audioStream?.index ?? null,
    askInterlaced,
    frozen,
  });
  const runs = frozen.finish();

  const video = videoStream
    ? describeVideo(
        videoStream,
        packets.get(videoStream.index),
        times,
        fps,
        askInterlaced ? decoded.interlaced : isInterlaced(videoStream),
        probe,
      )
    : null;
  const audio = audioStream
    ? describeAudio(audioStream, packets.get(audioStream.index), decoded, probe)
    : null;
  if (video && frozen.frames === 0) {
    throw new MediaError({
      code: 'media.unreadable',
      message: `${name} has a video stream of which no picture can be decoded; export it again as MP4 (H.264, AAC).`,
      subject: name,
    });
  }
  const durationMs = Math.max(video?.durationMs ?? 0, audio?.durationMs ?? 0);
  const declaredMs = ms(probe.durationSeconds ?? 0);
  if (file.moovFirst === null && declaredMs - durationMs > 1000) {
    throw new MediaError({
      code: 'media.truncated',
      message: `${name} is incomplete: it declares ${declaredMs} ms but holds ${durationMs} ms; upload the whole file again.`,
      subject: name,
    });
  }
  return {
    container: file.container,
    sizeBytes: file.sizeBytes,
    durationMs,
    totalBitrateBps: durationMs > 0 ? Math.round((file.sizeBytes * 8000) / durationMs) : 0,
    moovFirst: file.container === 'mp4' ? file.moovFirst : null,
    video,
    audio,
    audioTrackCount: audioStreams.length,
    stretches: stretchesOf(
      decoded,
      runs,
      times?.seconds ?? [],
      fps,
      video?.durationMs ?? 0,
      audio?.durationMs ?? 0,
    ),
    tools: [describeTool('ffmpeg', options.tools.ffmpeg), describeTool('ffprobe', options.tools.ffprobe)],
    measuredInMs: Math.round(performance.now() - started),
  };
}

function checkLimits(name: string, probe: Probe, video: ProbedStream | undefined, maxSeconds: number): void {
  const pixels = (video?.width ?? 0) * (video?.height ?? 0);
  if (pixels > MAX_PIXELS) {
    throw new MediaError({
      code: 'media.too_large',
      message: `${name} has pictures of ${video?.width}x${video?.height}; up to 8192x4352 are accepted.`,
      subject: name,
    });
  }
  if ((probe.durationSeconds ?? 0) > maxSeconds) {
    throw new MediaError({
      code: 'media.too_large',
      message: `${name} lasts ${Math.round(probe.durationSeconds ?? 0)} s; up to ${maxSeconds} s are accepted.`,
      subject: name,
    });
  }
}

/** Frame times on the file's own timeline, which starts at 0. */
function timesOf(stream: ProbedStream, track: PacketTrack | undefined, probe: Probe) {
  const tick = parseRational(stream.time_base);
  if (!track || tick === null) return undefined;
  const times = frameTimes(track, tick);
  return { constant: times.constant, seconds: times.seconds.map((at) => at - probe.startSeconds) };
}

function fpsOf(stream: ProbedStream, seconds: readonly number[]): number | null {
  const first = seconds[0];
  const last = seconds.at(-1);
  const counted =
    first !== undefined && last !== undefined && last > first ? (seconds.length - 1) / (last - first) : null;
  const declared = parseRational(stream.avg_frame_rate) ?? parseRational(stream.r_frame_rate);
  return declared ?? counted;
}

function describeVideo(
  stream: ProbedStream,
  track: PacketTrack | undefined,
  times: { constant: boolean | null } | undefined,
  fps: number,
  interlaced: boolean | null,
  probe: Probe,
): VideoStreamMeasurement {
  const durationMs = streamMs(stream, track, probe);
  return {
    codec: codecOf(stream.codec_name),
    profile: isKnown(stream.profile) ? (stream.profile ?? null) : null,
    level: stream.level !== undefined && stream.level > 0 ? stream.level : null,
    width: stream.width ?? 0,
    height: stream.height ?? 0,
    sampleAspect: stream.sample_aspect_ratio ?? null,
    pixelFormat: stream.pix_fmt ?? null,
    colorPrimaries: isKnown(stream.color_primaries) ? (stream.color_primaries ?? null) : null,
    fps: Math.round(fps * 1000) / 1000,
    fpsConstant: times?.constant ?? null,
    interlaced,
    bitrateBps: bitrate(track, durationMs),
    durationMs,
    frameCount: track?.pts.length ?? null,
  };
}

function describeAudio(
  stream: ProbedStream,
  track: PacketTrack | undefined,
  decoded: DecodePassResult,
  probe: Probe,
): AudioStreamMeasurement {
  const durationMs = streamMs(stream, track, probe);
  return {
    codec: stream.codec_name ?? 'unknown',
    sampleRateHz: Number(stream.sample_rate ?? 0),
    channels: stream.channels ?? 0,
    bitrateBps: bitrate(track, durationMs),
    durationMs,
    integratedLufs: decoded.loudness?.integratedLufs ?? null,
    truePeakDbtp: decoded.loudness?.truePeakDbtp ?? null,
  };
}

/** The stream's own duration; else the end of its last packet; else the file's. */
function streamMs(stream: ProbedStream, track: PacketTrack | undefined, probe: Probe): number {
  const own = Number(stream.duration);
  if (Number.isFinite(own) && own > 0) return ms(own);
  const tick = parseRational(stream.time_base);
  if (track && tick !== null) {
    let end = 0;
    for (let i = 0; i < track.pts.length; i++) {
      end = Math.max(end, ((track.pts[i] ?? 0) + (track.durations[i] || 0)) * tick || 0);
    }
    if (end > 0) return ms(end - probe.startSeconds);
  }
  return ms(probe.durationSeconds ?? 0);
}

function stretchesOf(
  decoded: DecodePassResult,
  runs: readonly FrozenRun[],
  seconds: readonly number[],
  fps: number,
  videoMs: number,
  audioMs: number,
): Stretch[] {
  const frameMs = fps > 0 ? 1000 / fps : 0;
  const timeOf = (frame: number): number => seconds[frame] ?? (fps > 0 ? frame / fps : 0);
  const spans = (kind: Stretch['kind'], list: readonly TimeSpan[], end: number, snapMs: number): Stretch[] =>
    list.map((span) => {
      const endMs = span.end === null ? end : ms(span.end);
      return {
        kind,
        startMs: Math.max(0, ms(span.start)),
        // A filter that ends with the stream reports the start of its last frame or block.
        endMs: Math.abs(end - endMs) <= snapMs ? end : endMs,
      };
    });
  return [
    ...spans('black', decoded.black, videoMs, frameMs * 1.5),
    ...runs
      .map((run): Stretch => {
        const endMs = run.endFrame >= seconds.length ? videoMs : ms(timeOf(run.endFrame));
        return { kind: 'frozen', startMs: Math.max(0, ms(timeOf(run.firstFrame))), endMs };
      })
      .filter((s) => s.endMs - s.startMs >= FROZEN_MIN_SECONDS * 1000),
    ...spans('silent', decoded.silent, audioMs, 30),
  ].sort((a, b) => a.startMs - b.startMs || a.kind.localeCompare(b.kind));
}

const KNOWN_CODECS = ['h264', 'hevc', 'mpeg2video', 'mpeg4', 'vp8', 'vp9', 'av1', 'prores'] as const;

function codecOf(name: string | undefined): VideoStreamMeasurement['codec'] {
  return KNOWN_CODECS.find((known) => known === name) ?? 'other';
}

function isInterlaced(stream: ProbedStream): boolean {
  return stream.field_order !== 'progressive';
}

function isKnown(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'unknown' && value !== 'reserved';
}

function bitrate(track: PacketTrack | undefined, durationMs: number): number | null {
  return track && durationMs > 0 ? Math.round((track.bytes * 8000) / durationMs) : null;
}

function ms(seconds: number): number {
  return Math.round(seconds * 1000);
}
