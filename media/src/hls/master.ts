import { resolve } from 'node:path';
import { MediaError } from '../errors.ts';
import type { VideoMeasurement } from '../measurement.ts';
import { type ProbedStream, type ProbeRun, parseRational, probeStreams } from '../probe.ts';
import { runProcess, SAFE_INPUT } from '../run-process.ts';

/** Longest time between two key pictures that is kept: a segment begins with one. */
const MAX_KEY_DISTANCE_MS = 4_000;
/** A stream that begins later than this is out of step where a player starts both streams at once. */
const MAX_LATE_START_MS = 2;

export type TrackMode = 'copy' | 'encode';

/** How a master goes into segments; starts count from that of the file. */
export interface MasterPlan {
  video: { index: number; mode: TrackMode; startMs: number };
  /** Null when there is no sound. */
  audio: { index: number; mode: TrackMode; startMs: number; codec: string; channels: number } | null;
  /** Why something is encoded anew, for people; empty when all is kept as it is. */
  reasons: string[];
}

/** A coded picture in decoding order, times in ticks. */
export interface CodedPicture {
  pts: number;
  isKey: boolean;
  /** The edit list leaves it out. */
  isDiscarded: boolean;
}

/** AAC by ffprobe's name of the profile, as RFC 6381 writes it. */
const AAC_CODECS: Readonly<Record<string, string>> = {
  LC: 'mp4a.40.2',
  'HE-AAC': 'mp4a.40.5',
  'HE-AACv2': 'mp4a.40.29',
};
export const ENCODED_AAC = 'mp4a.40.2';

/**
 * Decides what of a master can be kept as it is: H.264 that any player decodes with a key picture where segments
 * begin, and AAC. Everything else is encoded anew, sound and picture apart.
 * @throws MediaError media.unreadable when there are no pictures or the index cannot be read
 */
export async function planMaster(run: ProbeRun, measurement: VideoMeasurement): Promise<MasterPlan> {
  const { streams, startSeconds } = await probeStreams(run);
  const startOf = (one: ProbedStream): number => (Number(one.start_time ?? 0) - startSeconds) * 1000;
  const video = streams.find((one) => one.codec_type === 'video' && one.disposition?.attached_pic !== 1);
  const audio = streams.find((one) => one.codec_type === 'audio');
  if (!video || measurement.video === null) {
    throw new MediaError({
      code: 'media.unreadable',
      message: `${run.name} has no pictures; a file with a video stream is accepted.`,
      subject: run.name,
    });
  }
  const tick = parseRational(video.time_base);
  const pictures = video.codec_name === 'h264' && tick !== null ? await readPictures(run, video.index) : [];
  const videoWhy =
    streamProblem(video, measurement.video) ??
    lateStart(startOf(video)) ??
    (tick === null ? 'its time base is unknown' : keyPictureProblem(pictures, tick));
  const audioWhy = audio ? (audioProblem(audio) ?? lateStart(startOf(audio))) : null;
  return {
    video: { index: video.index, mode: videoWhy === null ? 'copy' : 'encode', startMs: startOf(video) },
    audio: audio
      ? {
          index: audio.index,
          mode: audioWhy === null ? 'copy' : 'encode',
          startMs: startOf(audio),
          codec: audioWhy === null ? AAC_CODECS[audio.profile ?? '']! : ENCODED_AAC,
          channels: audioWhy === null ? (audio.channels ?? 2) : 2,
        }
      : null,
    reasons: [videoWhy && `picture: ${videoWhy}`, audioWhy && `sound: ${audioWhy}`].filter(
      (why) => why !== null,
    ),
  };
}

function streamProblem(stream: ProbedStream, video: NonNullable<VideoMeasurement['video']>): string | null {
  if (stream.codec_name !== 'h264') return `its codec is ${stream.codec_name ?? 'unknown'}`;
  if (stream.pix_fmt !== 'yuv420p' && stream.pix_fmt !== 'yuvj420p')
    return `its pixel format is ${stream.pix_fmt ?? 'unknown'}`;
  if (video.interlaced === true) return 'it is interlaced';
  return null;
}

function audioProblem(stream: ProbedStream): string | null {
  if (stream.codec_name !== 'aac') return `its codec is ${stream.codec_name ?? 'unknown'}`;
  if (AAC_CODECS[stream.profile ?? ''] === undefined) return `its profile is ${stream.profile ?? 'unknown'}`;
  return null;
}

function lateStart(startMs: number): string | null {
  return Math.abs(startMs) <= MAX_LATE_START_MS ? null : `it starts at ${Math.round(startMs)} ms`;
}

/**
 * Whether every segment can begin with a key picture and be decoded on its own: the first picture is one, they are
 * near enough to each other, and none that comes after one in the file is shown before it (an open group).
 */
export function keyPictureProblem(pictures: readonly CodedPicture[], tickSeconds: number): string | null {
  if (pictures.length === 0) return 'its pictures are not listed';
  if (!pictures[0]!.isKey) return 'it does not begin with a key picture';
  let key = Number.NaN;
  let longest = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const { pts, isKey, isDiscarded } of pictures) {
    if (!Number.isFinite(pts)) return 'pictures have no time';
    if (isDiscarded) return 'its edit list leaves pictures out';
    if (isKey) {
      if (pts < last) return 'groups of pictures overlap';
      longest = Math.max(longest, pts - key || 0);
      key = pts;
    } else if (pts < key) return 'its groups of pictures are open';
    last = Math.max(last, pts);
  }
  const distanceMs = Math.round(Math.max(longest, last - key) * tickSeconds * 1000);
  return distanceMs <= MAX_KEY_DISTANCE_MS ? null : `key pictures are ${distanceMs} ms apart`;
}

async function readPictures(run: ProbeRun, index: number): Promise<CodedPicture[]> {
  const args = ['-v', 'error', ...SAFE_INPUT, '-f', run.file.demuxer, '-select_streams', String(index)];
  args.push('-show_entries', 'packet=pts,flags', '-of', 'csv=p=0', '-i', resolve(run.path));
  const { timeoutMs, signal, name } = run;
  const result = await runProcess(run.tools.ffprobe.path, args, {
    timeoutMs,
    signal,
    subject: name,
    maxStdoutBytes: 32 * 1024 * 1024,
  });
  if (result.exitCode !== 0) return [];
  return result.stdout.split('\n').flatMap((line) => {
    const [pts, flags] = line.split(',');
    if (flags === undefined) return [];
    return [
      {
        pts: pts === '' ? Number.NaN : Number(pts),
        isKey: flags.includes('K'),
        isDiscarded: flags.includes('D'),
      },
    ];
  });
}
