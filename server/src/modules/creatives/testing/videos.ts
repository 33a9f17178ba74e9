import { execFile } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { locateTools, type MediaTools } from '@cuepoint/media';

const run = promisify(execFile);

/** The tools of this machine, else those from npm. */
export const testTools = (): Promise<MediaTools> => {
  located ??= locateTools({ pathVariable: process.env.PATH });
  return located;
};
let located: Promise<MediaTools> | undefined;

export interface VideoSpec {
  seconds?: number;
  /** Makes the content another: shown by the test picture as a hue. */
  hue?: number;
  /** The index at the end, as cameras write it. */
  moovLast?: boolean;
  extension?: 'mp4' | 'mov';
}

/** A real, small video with sound, made by ffmpeg. */
export async function makeVideo(folder: string, name: string, spec: VideoSpec = {}): Promise<string> {
  const { seconds = 2, hue = 0, moovLast = false, extension = 'mp4' } = spec;
  const { ffmpeg } = await testTools();
  const path = join(folder, `${name}.${extension}`);
  const args = ['-hide_banner', '-v', 'error', '-y'];
  args.push('-f', 'lavfi', '-i', `testsrc=size=640x360:rate=25:duration=${seconds}`);
  args.push('-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`);
  args.push('-vf', `hue=h=${hue}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p');
  args.push('-profile:v', 'baseline', '-c:a', 'aac', '-b:a', '96k', '-ac', '2', '-t', String(seconds));
  if (!moovLast) args.push('-movflags', '+faststart');
  await run(ffmpeg.path, [...args, path]);
  return path;
}

/** The first half of a file. */
export function truncated(path: string, to: string): string {
  const bytes = readFileSync(path);
  writeFileSync(to, bytes.subarray(0, Math.floor(bytes.length / 2)));
  return to;
}

/** A whole file by its boxes whose index is nonsense. */
export function withBrokenIndex(path: string, to: string): string {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('stsd', 0, 'latin1');
  bytes.fill(0xff, at + 8, at + bytes.readUInt32BE(at - 4) - 4);
  writeFileSync(to, bytes);
  return to;
}

/** A whole file with a sound index whose pictures cannot be decoded: only measuring finds out. */
export function withBrokenPictures(path: string, to: string): string {
  const bytes = readFileSync(path);
  bytes.fill(0, bytes.indexOf('mdat', 0, 'latin1') + 4);
  writeFileSync(to, bytes);
  return to;
}

/** A file of this size that takes no room on the disk. */
export function sparse(to: string, sizeBytes: number): string {
  const file = openSync(to, 'w');
  writeSync(file, Buffer.from([0]), 0, 1, sizeBytes - 1);
  closeSync(file);
  return to;
}
