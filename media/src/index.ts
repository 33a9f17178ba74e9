export type * from './measurement.ts';
export { MediaError, type MediaErrorCode, type MediaErrorDetails } from './errors.ts';
export { locateTools, describeTool, type LocateOptions, type MediaTool, type MediaTools, type ToolSource } from './tools.ts';
export { sniffContainer, SNIFF_BYTES, type Container, type Sniffed } from './sniff.ts';
export { walkBoxes, type BoxWalk, type TopLevelBox, type ReadAt } from './box-walk.ts';
export { inspectFile, type FileInspection, type InspectOptions } from './inspect-file.ts';
export { measureVideo, type MeasureOptions } from './measure-video.ts';
export { BLACK_MIN_SECONDS, FROZEN_MIN_SECONDS, SILENT_MIN_SECONDS } from './decode-pass.ts';
