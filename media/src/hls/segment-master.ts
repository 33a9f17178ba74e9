import { resolve } from 'node:path';
import { type FrameRate, frameRate } from '../frame-rate.ts';
import type { VideoMeasurement } from '../measurement.ts';
import type { ProbeRun } from '../probe.ts';
import { requireSuccess, runProcess, SAFE_INPUT } from '../run-process.ts';
import type { MasterPlan } from './master.ts';

/** A segment ends at the first key picture after so long. */
const SEGMENT_US = 2_000_000;

/**
 * Writes the master as one fragmented MP4 whose fragments hold one track each and begin with a key picture, sound cut
 * where the pictures are. Samples are kept as they are, or encoded as the plan says.
 * @throws MediaError media.tool_failed, media.timed_out, media.cancelled
 */
export async function segmentMaster(
  run: ProbeRun,
  plan: MasterPlan,
  measurement: VideoMeasurement,
  outPath: string,
): Promise<void> {
  const args = ['-hide_banner', '-nostdin', '-nostats', '-v', 'error', '-y', ...SAFE_INPUT];
  args.push('-f', run.file.demuxer, '-i', resolve(run.path), '-map', `0:${plan.video.index}`);
  if (plan.audio) args.push('-map', `0:${plan.audio.index}`);
  args.push(...(plan.video.mode === 'copy' ? ['-c:v', 'copy'] : videoArgs(measurement)));
  if (plan.audio) args.push(...(plan.audio.mode === 'copy' ? ['-c:a', 'copy'] : AUDIO_ARGS));
  args.push('-map_metadata', '-1', '-map_chapters', '-1', '-max_muxing_queue_size', '9999');
  args.push('-fflags', '+bitexact', '-flags:v', '+bitexact+cgop', '-flags:a', '+bitexact');
  // Negative offsets start decoding and showing at 0: no edit list is needed for pictures, which many players ignore.
  const flags = 'frag_keyframe+separate_moof+delay_moov+default_base_moof+negative_cts_offsets+skip_trailer';
  args.push(
    '-movflags',
    `+${flags}`,
    '-min_frag_duration',
    String(SEGMENT_US),
    '-f',
    'mp4',
    resolve(outPath),
  );
  const { timeoutMs, signal, name } = run;
  requireSuccess(
    'ffmpeg',
    await runProcess(run.tools.ffmpeg.path, args, { timeoutMs, signal, subject: name }),
    name,
  );
}

const AUDIO_ARGS = [
  ...['-af', 'aresample=async=1:first_pts=0', '-c:a', 'aac', '-profile:a', 'aac_low'],
  ...['-b:a', '192k', '-ar', '48000', '-ac', '2'],
];

function videoArgs(measurement: VideoMeasurement): string[] {
  const rate = encodedRate(measurement);
  const filters = [
    ...(measurement.video?.interlaced === true ? ['yadif'] : []),
    // Square pixels and even sides; from the very first instant, at a constant rate.
    "scale='trunc(iw*max(1,sar)/2)*2':'trunc(ih/min(1,sar)/2)*2'",
    'setsar=1',
    `fps=fps=${rate.text}:start_time=0`,
    'format=yuv420p',
  ];
  const keyEvery = String(Math.max(1, Math.round((rate.value * SEGMENT_US) / 1e6)));
  return [
    ...['-vf', filters.join(','), '-c:v', 'libx264', '-profile:v', 'high', '-preset', 'veryfast'],
    ...['-crf', '18', '-maxrate', '12M', '-bufsize', '24M'],
    ...['-g', keyEvery, '-keyint_min', keyEvery, '-sc_threshold', '0'],
  ];
}

/** The rate pictures are encoded at: that of the master, as a fraction when it is a usual one. */
export function encodedRate(measurement: VideoMeasurement): FrameRate {
  const fps = Math.min(60, measurement.video?.fps || 25);
  try {
    return frameRate(fps);
  } catch {
    const numerator = Math.max(1000, Math.round(fps * 1000));
    return { numerator, denominator: 1000, text: `${numerator}/1000`, value: numerator / 1000 };
  }
}
