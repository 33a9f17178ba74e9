import type { VideoMeasurement, VideoStreamMeasurement } from '@cuepoint/media';

type Container = VideoMeasurement['container'];

const KINDS: Readonly<Record<Container, { extension: string; mime: string }>> = {
  mp4: { extension: 'mp4', mime: 'video/mp4' },
  mov: { extension: 'mov', mime: 'video/quicktime' },
  webm: { extension: 'webm', mime: 'video/webm' },
  mkv: { extension: 'mkv', mime: 'video/x-matroska' },
  avi: { extension: 'avi', mime: 'video/x-msvideo' },
  mpeg: { extension: 'mpg', mime: 'video/mpeg' },
  other: { extension: 'bin', mime: 'application/octet-stream' },
};

/** Name ending and media type of a container as it was found in the file, whatever its name says. */
export function fileKind(container: Container): { extension: string; mime: string } {
  return KINDS[container];
}

/** The name ending that a stored media type stands for. */
export function extensionOf(mime: string): string {
  return Object.values(KINDS).find((kind) => kind.mime === mime)?.extension ?? 'bin';
}

// RFC 6381: profile_idc and constraint flags as they stand in avcC.
const H264_PROFILES: Readonly<Record<string, string>> = {
  'Constrained Baseline': '42e0',
  Baseline: '4200',
  Main: '4d40',
  High: '6400',
  'High 10': '6e00',
  'High 4:2:2': '7a00',
};
const OTHER_CODECS: Readonly<Record<string, string>> = { hevc: 'hvc1', vp8: 'vp8', vp9: 'vp09', av1: 'av01' };

/** The codec as `MediaFile@codec` names it (RFC 6381), e.g. "avc1.640028"; as exact as the measurement is. */
export function codecString({ codec, profile, level }: VideoStreamMeasurement): string {
  if (codec !== 'h264') return OTHER_CODECS[codec] ?? codec;
  const known = profile === null ? undefined : H264_PROFILES[profile];
  if (known === undefined || level === null) return 'avc1';
  return `avc1.${known}${level.toString(16).padStart(2, '0')}`;
}

/**
 * Where pictures are taken for the filmstrip: nine, evenly from the first frame to the last, so that the quarters are
 * among them. Whole milliseconds, each once, all inside the video.
 */
export function filmstripTimes(durationMs: number, fps: number): number[] {
  const frameMs = 1000 / (fps > 0 ? fps : 25);
  // A frame and a half before the end: after the start of the last frame there is nothing to seek to.
  const last = Math.max(0, Math.floor(durationMs - 1.5 * frameMs));
  const times = Array.from({ length: 9 }, (_, index) => Math.round((last * index) / 8));
  return [...new Set(times)];
}
