import { locateTools, type MediaTools } from '@cuepoint/media';
import type { Config } from './config.ts';

/** ffmpeg and ffprobe as the settings say: a named one, else the system's, else those that came with npm. */
export function locateMediaTools(
  config: Pick<Config, 'ffmpegPath' | 'ffprobePath' | 'searchPath'>,
): Promise<MediaTools> {
  return locateTools({
    pathVariable: config.searchPath,
    ...(config.ffmpegPath ? { ffmpegPath: config.ffmpegPath } : {}),
    ...(config.ffprobePath ? { ffprobePath: config.ffprobePath } : {}),
  });
}
