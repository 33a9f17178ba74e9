import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { loadConfig, locateMediaTools } from '@cuepoint/server';

/** A short spot with picture and sound that fits online video, made in a moment. */
export async function makeSampleVideo(path: string, seconds = 6): Promise<void> {
  const { ffmpeg } = await locateMediaTools(loadConfig().config);
  await promisify(execFile)(ffmpeg.path, [
    ...['-v', 'error', '-y'],
    ...['-f', 'lavfi', '-i', `testsrc=size=640x360:rate=24:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
    ...['-b:v', '3M', '-minrate', '3M', '-maxrate', '3M', '-bufsize', '3M', '-x264-params', 'nal-hrd=cbr'],
    ...['-c:a', 'aac', '-ac', '2', '-b:a', '128k', '-movflags', '+faststart', path],
  ]);
}
