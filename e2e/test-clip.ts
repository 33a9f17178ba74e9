import { execFileSync } from 'node:child_process';
import { locateTools } from '@cuepoint/media';

/** Length of the clip, and where its picture goes black, in milliseconds. */
export const testClip = { durationMs: 6000, blackFromMs: 2000 };

/** A small MP4 with a fault in the middle: two seconds of black, so that a check has something to point at. */
export async function makeTestClip(file: string): Promise<void> {
  const { ffmpeg } = await locateTools({ pathVariable: process.env.PATH });
  const seconds = testClip.durationMs / 1000;
  const black = testClip.blackFromMs / 1000;
  execFileSync(
    ffmpeg.path,
    [
      ...['-v', 'error', '-y'],
      ...['-f', 'lavfi', '-i', `testsrc=size=640x360:rate=25:duration=${seconds}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
      ...['-vf', `drawbox=color=black:t=fill:enable='between(t,${black},${black + 2})'`],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-ac', '2'],
      ...['-shortest', '-movflags', '+faststart', file],
    ],
    { timeout: 60_000 },
  );
}
