import { mkdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { MediaError } from '../errors.ts';
import { inspectFile } from '../inspect-file.ts';
import type { VideoMeasurement } from '../measurement.ts';
import type { ProbeRun } from '../probe.ts';
import type { MediaTools } from '../tools.ts';
import { type CutTrack, cutMaster } from './cut-master.ts';
import type { MasterPlan, TrackMode } from './master.ts';
import { encodedRate } from './segment-master.ts';
import { type PackageFile, writePackage } from './write-package.ts';

export interface PackageOptions {
  tools: MediaTools;
  signal?: AbortSignal | undefined;
  /** For keeping the master's samples. Default 120 s. */
  timeoutMs?: number;
  /** For encoding anew. Default 900 s. */
  encodeTimeoutMs?: number;
  /** Longest video taken. Default 3600 s. */
  maxSeconds?: number;
  /** Largest master and largest package. Default 4 GB. */
  maxBytes?: number;
}

export interface PackagedRendition {
  kind: 'video' | 'audio';
  /** RFC 6381. */
  codec: string;
  /** `copy`: the master's own samples. */
  mode: TrackMode;
  durationMs: number;
  segments: number;
  longestSegmentMs: number;
  /** As shown; null for sound. */
  widthPx: number | null;
  heightPx: number | null;
}

export interface HlsPackage {
  /** SHA-256 of the multivariant playlist, and by the names in it of everything. */
  hash: string;
  /** Of the longest rendition. */
  durationMs: number;
  sizeBytes: number;
  /** Every file once, the multivariant playlist `main.m3u8` last. */
  files: PackageFile[];
  renditions: PackagedRendition[];
  /** Why samples were encoded anew; empty when all are the master's own. */
  reasons: string[];
}

/**
 * Packages a measured video for HTTP Live Streaming (RFC 8216): fragmented MP4 with sound and picture apart, segments
 * of 2 to 4 s, and playlists. Samples of a master that suits are kept as they are. The same master gives the same
 * package on the same ffmpeg; another build may write a header differently, never the samples it keeps.
 *
 * @param outDir made when missing; the files appear in it, and nothing else stays there
 * @throws MediaError media.unreadable, media.too_large, media.tool_failed, media.timed_out, media.cancelled, and those
 *   of {@link inspectFile}
 */
export async function packageHls(
  path: string,
  measurement: VideoMeasurement,
  outDir: string,
  options: PackageOptions,
): Promise<HlsPackage> {
  const name = basename(path);
  const maxBytes = options.maxBytes ?? 4_000_000_000;
  const file = await inspectFile(path, { maxBytes });
  const maxMs = (options.maxSeconds ?? 3600) * 1000;
  if (measurement.durationMs > maxMs) {
    throw tooLarge(name, `lasts ${measurement.durationMs} ms; up to ${maxMs} ms are packaged.`);
  }
  const { tools, signal, timeoutMs = 120_000, encodeTimeoutMs = 900_000 } = options;
  const run: ProbeRun = { tools, signal, path: resolve(path), name, file, timeoutMs };
  await mkdir(outDir, { recursive: true });
  const whole = join(outDir, '.whole.mp4');
  try {
    const { plan, tracks } = await cutMaster(run, measurement, whole, { encodeTimeoutMs });
    const video = tracks.find(({ track }) => track.kind === 'video')!;
    const sound = tracks.find(({ track }) => track.kind === 'audio');
    const fps = plan.video.mode === 'copy' ? measurement.video!.fps : encodedRate(measurement).value;
    const audio = sound && plan.audio ? { ...plan.audio, cut: sound } : null;
    const files = await writePackage(outDir, [{ whole, video, fps, audio }]);
    const sizeBytes = files.reduce((sum, one) => sum + one.sizeBytes, 0);
    if (sizeBytes > maxBytes) {
      throw tooLarge(name, `makes a package of ${sizeBytes} bytes; at most ${maxBytes} are accepted.`);
    }
    const renditions = tracks.map((one) => describe(one, plan));
    const durationMs = Math.max(...renditions.map((one) => one.durationMs));
    return { hash: files.at(-1)!.sha256, durationMs, sizeBytes, files, renditions, reasons: plan.reasons };
  } finally {
    await rm(whole, { force: true });
  }
}

function describe({ track, segments }: CutTrack, plan: MasterPlan): PackagedRendition {
  const isVideo = track.kind === 'video';
  return {
    kind: track.kind,
    codec: isVideo ? track.codec! : plan.audio!.codec,
    mode: (isVideo ? plan.video : plan.audio!).mode,
    durationMs: Math.round(segments.reduce((sum, one) => sum + one.durationUs, 0) / 1000),
    segments: segments.length,
    longestSegmentMs: Math.round(Math.max(...segments.map((one) => one.durationUs)) / 1000),
    widthPx: track.display?.widthPx ?? null,
    heightPx: track.display?.heightPx ?? null,
  };
}

function tooLarge(name: string, what: string): MediaError {
  return new MediaError({ code: 'media.too_large', message: `${name} ${what}`, subject: name });
}
