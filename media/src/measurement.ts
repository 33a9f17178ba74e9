/**
 * What a measured video file is: the one shape that QC rules, screens and
 * spec packs speak of. Every figure is read from the file, never assumed;
 * `null` means the file has no such thing or it could not be measured.
 */
export interface VideoMeasurement {
  container: 'mp4' | 'mov' | 'webm' | 'mkv' | 'avi' | 'mpeg' | 'other';
  sizeBytes: number;
  /** Of the longest stream, in whole milliseconds. */
  durationMs: number;
  /** Of all streams: file size over duration, bits per second. */
  totalBitrateBps: number;
  /** MP4 only: the `moov` box comes before the first `mdat`. */
  moovFirst: boolean | null;
  video: VideoStreamMeasurement | null;
  audio: AudioStreamMeasurement | null;
  audioTrackCount: number;
  stretches: Stretch[];
  /** The programs that measured, with version, e.g. "ffmpeg 5.1.9". */
  tools: string[];
  measuredInMs: number;
}

export interface VideoStreamMeasurement {
  codec: 'h264' | 'hevc' | 'mpeg2video' | 'mpeg4' | 'vp8' | 'vp9' | 'av1' | 'prores' | 'other';
  /** As the codec names it, e.g. "High". */
  profile: string | null;
  /** H.264: 41 is level 4.1. */
  level: number | null;
  width: number;
  height: number;
  /** Sample (pixel) aspect, e.g. "1:1". */
  sampleAspect: string | null;
  pixelFormat: string | null;
  colorPrimaries: string | null;
  /** Frames per second, average, e.g. 23.976. */
  fps: number;
  fpsConstant: boolean | null;
  interlaced: boolean | null;
  bitrateBps: number | null;
  durationMs: number;
  frameCount: number | null;
}

export interface AudioStreamMeasurement {
  codec: string;
  sampleRateHz: number;
  channels: number;
  bitrateBps: number | null;
  durationMs: number;
  /** BS.1770-4 integrated, LUFS. Null when silent or shorter than one 400 ms block. */
  integratedLufs: number | null;
  /** dBTP. */
  truePeakDbtp: number | null;
}

/** A stretch of the file that a viewer would notice, with time codes in ms. */
export interface Stretch {
  kind: 'black' | 'frozen' | 'silent';
  startMs: number;
  endMs: number;
}
