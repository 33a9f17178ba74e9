export {
  type AssembledSpot,
  type AssembleOptions,
  assembleSpot,
  type SpotSpec,
} from './assemble/assemble-spot.ts';
export { TRANSITIONS, type Transition } from './assemble/transitions.ts';
export { type BedSpec, composeBed, composeBedInSteps, MOODS, type Mood, type Pcm } from './audio/bed.ts';
export { type LoudnessTarget, levelTo, measurePcm } from './audio/level.ts';
export { type BoxWalk, type ReadAt, type TopLevelBox, walkBoxes } from './box-walk.ts';
export { BLACK_MIN_SECONDS, FROZEN_MIN_SECONDS, type Loudness, SILENT_MIN_SECONDS } from './decode-pass.ts';
export { MediaError, type MediaErrorCode, type MediaErrorDetails } from './errors.ts';
export { type FrameRate, frameCount, frameRate } from './frame-rate.ts';
export {
  type ExtractedFrame,
  extractFrames,
  type FrameOptions,
  makeThumbnail,
  type Thumbnail,
} from './frames.ts';
export { type GlanceOptions, glanceVideo, type VideoGlance } from './glance-video.ts';
export {
  type HlsPackage,
  type PackagedRendition,
  type PackageOptions,
  packageHls,
} from './hls/package-hls.ts';
export { MAIN_PLAYLIST, type PackageFile } from './hls/write-package.ts';
export { type FileInspection, type InspectOptions, inspectFile } from './inspect-file.ts';
export { type MeasureOptions, measureVideo } from './measure-video.ts';
export type * from './measurement.ts';
export {
  type ClipLook,
  type ClipSpec,
  MOTIFS,
  type MotifName,
  SCENES,
  type SceneName,
  suggestMotif,
} from './render/look.ts';
export {
  drawFrame,
  hashFrame,
  type RenderedClip,
  type RenderOptions,
  renderClip,
} from './render/render-clip.ts';
export { type Container, SNIFF_BYTES, type Sniffed, sniffContainer } from './sniff.ts';
export {
  describeTool,
  type LocateOptions,
  locateTools,
  type MediaTool,
  type MediaTools,
  type ToolSource,
} from './tools.ts';
