import { basename } from 'node:path';
import { MediaError } from './errors.ts';
import { type FileInspection, inspectFile } from './inspect-file.ts';
import { probeStreams } from './probe.ts';
import type { MediaTools } from './tools.ts';

export interface GlanceOptions {
  tools: MediaTools;
  /** Largest file taken, in bytes. */
  maxBytes?: number;
  signal?: AbortSignal;
  /** Default 30 s. */
  timeoutMs?: number;
}

export interface VideoGlance extends FileInspection {
  durationMs: number;
  width: number;
  height: number;
}

/**
 * What the index of a file says, without decoding: fast enough for somebody who waits, and enough to refuse what is
 * no video, incomplete, or too long. Everything else is for {@link measureVideo}.
 *
 * @throws MediaError those of {@link inspectFile}, media.unreadable, media.timed_out, media.tool_missing
 */
export async function glanceVideo(path: string, options: GlanceOptions): Promise<VideoGlance> {
  const name = basename(path);
  const file = await inspectFile(path, options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes });
  const { tools, signal, timeoutMs = 30_000 } = options;
  const probe = await probeStreams({ tools, path, name, file, timeoutMs, signal });
  const stream = probe.streams.find(
    (candidate) => candidate.codec_type === 'video' && candidate.disposition?.attached_pic !== 1,
  );
  if (!stream?.width || !stream.height) {
    throw new MediaError({
      code: 'media.not_a_video',
      message: `${name} has no pictures; a file with a video stream is accepted.`,
      subject: name,
    });
  }
  // The streams' own lengths first: the one of the whole file is a field of its own that may be wrong.
  const longest = Math.max(0, ...probe.streams.map((one) => Number(one.duration) || 0));
  const seconds = longest > 0 ? longest : (probe.durationSeconds ?? 0);
  return { ...file, durationMs: Math.round(seconds * 1000), width: stream.width, height: stream.height };
}
